//! Ratings: who rates, on which scale, how it is written.

use serde::{Deserialize, Serialize};

use super::{Provider, RatingSource};

/// What a published score is out of, and how it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scale {
    /// `8.7` of `top`.
    OneDecimal { top: u8 },
    /// `8.63` of `top`.
    TwoDecimals { top: u8 },
    /// `92%`.
    Percent,
    /// `74` of 100.
    Points,
}

impl Scale {
    pub fn top(self) -> f64 {
        match self {
            Self::OneDecimal { top } | Self::TwoDecimals { top } => f64::from(top),
            Self::Percent | Self::Points => 100.0,
        }
    }

    /// As drawn: `8.7`, `92%`, `74`, `8.63`.
    pub fn write(self, value: f64) -> String {
        match self {
            Self::OneDecimal { .. } => format!("{value:.1}"),
            Self::TwoDecimals { .. } => format!("{value:.2}"),
            Self::Percent => format!("{value:.0}%"),
            Self::Points => format!("{value:.0}"),
        }
    }
}

/// A score on its source's own scale, in hundredths of a point so that it can
/// be hashed: IMDb 8.7 is 870, Rotten Tomatoes 92 % is 9200.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Score(u16);

impl Score {
    /// `None` for what is no rating: 0, below 0, above the scale, not a number.
    pub fn new(value: f64, scale: Scale) -> Option<Self> {
        // `contains` is false for NaN.
        let hundredths = (value * 100.0).round();
        (1.0..=scale.top() * 100.0).contains(&hundredths).then_some(Self(hundredths as u16))
    }

    pub fn hundredths(self) -> u16 {
        self.0
    }

    pub fn value(self) -> f64 {
        f64::from(self.0) / 100.0
    }
}

/// Rotten Tomatoes' own mark beside a score.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    CertifiedFresh,
    Fresh,
    Rotten,
    VerifiedHot,
    Upright,
    Spilled,
}

impl Verdict {
    pub const ALL: [Self; 6] = [
        Self::CertifiedFresh,
        Self::Fresh,
        Self::Rotten,
        Self::VerifiedHot,
        Self::Upright,
        Self::Spilled,
    ];
}

/// A score with where it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Rating {
    pub source: RatingSource,
    pub score: Score,
    /// How many people rated, or critics wrote; `None` where nobody says.
    pub votes: Option<u32>,
    /// Only for Rotten Tomatoes' two.
    pub verdict: Option<Verdict>,
    pub provider: Provider,
    /// When it was read, in seconds since 1970.
    pub read_at: u64,
}

impl Rating {
    pub fn mark(&self) -> Mark {
        Mark { source: self.source, verdict: self.verdict }
    }

    /// As drawn: `8.7`, `92%`, `74`, `8.63`.
    pub fn text(&self) -> String {
        self.source.scale().write(self.score.value())
    }
}

/// Which picture stands for a rating's source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Mark {
    pub source: RatingSource,
    pub verdict: Option<Verdict>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_and_nonsense_are_no_scores() {
        for value in [0.0, -1.0, 10.01, f64::NAN, f64::INFINITY] {
            assert_eq!(Score::new(value, RatingSource::Imdb.scale()), None, "{value}");
        }
        assert_eq!(Score::new(8.7, RatingSource::Imdb.scale()).map(Score::hundredths), Some(870));
    }
}
