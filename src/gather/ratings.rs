//! Merging what the providers say into one rating per source; pure.
//!
//! The rules are told with their reasons in `docs/ratings.md`; a change here is
//! a change there.

use std::cmp::Reverse;

use crate::model::{
    MediaType, ProviderRatings, Rating, RatingSource, RawRating, Scale, Score, Verdict,
};
use crate::request::RatingsPreference;

/// From this score on critics' praise can be certified, in per cent.
const CERTIFIED_FRESH: u16 = 75;
/// From this score on a title is fresh (critics) or upright (audience), in per cent.
const FRESH: u16 = 60;
/// From this score on an audience can be verified hot, in per cent.
const VERIFIED_HOT: u16 = 90;
/// Critics' reviews that a film needs to be certified. Contract, section 5.
const REVIEWS_OF_A_FILM: u32 = 80;
/// Critics' reviews that a series needs to be certified. Contract, section 5.
const REVIEWS_OF_A_SERIES: u32 = 40;
/// Audience ratings that "verified hot" needs. Rotten Tomatoes publishes no
/// number; below some hundreds a few fans make the score.
const AUDIENCE_VOTES: u32 = 500;
/// A reading this much older than another provider's yields to it.
const OUTDATED_AFTER_SECS: u64 = 30 * 24 * 3600;
/// No binary fraction is 4.05: this makes the nearest one, even of 32 bits,
/// count as the half it means. Providers write five decimals at most.
const NUDGE: f64 = 1e-5;

/// What the merging depends on besides the readings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MergeContext {
    /// Decides how many reviews a certification needs.
    pub media: MediaType,
}

/// The outcome of a merge.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Merged {
    /// At most one per source, in the default order.
    pub ratings: Vec<Rating>,
    /// The readings that lost, best first within each source; for explain.
    pub alternatives: Vec<Rating>,
}

/// Chooses one rating per source among everything the providers say.
///
/// The order of `readings` does not matter.
pub fn merge(readings: &[ProviderRatings], context: &MergeContext) -> Merged {
    let mut merged = Merged::default();
    for source in RatingSource::ALL {
        let mut candidates = candidates(readings, source);
        let newest = candidates.iter().map(|candidate| candidate.rating.read_at).max().unwrap_or(0);
        candidates.sort_by_key(|candidate| preference(candidate.rating, newest));
        let evidence = Evidence::of(&candidates);
        let mut ratings = candidates.into_iter().map(|RatingCandidate { rating, .. }| Rating {
            verdict: verdict(&rating, evidence, context.media),
            ..rating
        });
        merged.ratings.extend(ratings.next());
        merged.alternatives.extend(ratings);
    }
    merged
}

/// A rating that may be drawn, as one provider gave it.
#[derive(Clone, Copy, Debug)]
struct RatingCandidate {
    /// Its verdict is still to come.
    rating: Rating,
    certified: bool,
}

fn candidates(readings: &[ProviderRatings], source: RatingSource) -> Vec<RatingCandidate> {
    let of_source = |reading: &ProviderRatings| {
        let (provider, read_at) = (reading.provider, reading.read_at);
        let mut raw = reading.ratings.iter().filter(|raw| raw.source == source);
        raw.find_map(|raw| {
            let (score, votes) = (usable(raw)?, raw.votes);
            let rating = Rating { source, score, votes, verdict: None, provider, read_at };
            Some(RatingCandidate { rating, certified: raw.certified })
        })
    };
    readings.iter().filter_map(of_source).collect()
}

/// The score, or nothing for what is no rating: 0, outside of the scale, or without a vote.
fn usable(raw: &RawRating) -> Option<Score> {
    if raw.source.row().voted && raw.votes == Some(0) {
        return None;
    }
    let scale = raw.source.scale();
    // NaN is not below the top.
    (raw.value > 0.0 && raw.value <= scale.top()).then(|| as_drawn(raw.value, scale)).flatten()
}

/// Rounds half up to the digits that are drawn, so that a change too small to
/// see gives no new picture.
fn as_drawn(value: f64, scale: Scale) -> Option<Score> {
    let steps_per_point = match scale {
        Scale::OneDecimal { .. } => 10.0,
        Scale::TwoDecimals { .. } => 100.0,
        Scale::Percent | Scale::Points => 1.0,
    };
    let steps = (value * steps_per_point + 0.5 + NUDGE).floor();
    Score::new(steps / steps_per_point, scale)
}

/// Smaller is better: not outdated, first-hand, most votes, most trusted.
///
/// Votes only grow, so among second-hand readings the one with the most votes
/// is the newest, whoever gave it.
fn preference(rating: Rating, newest: u64) -> impl Ord {
    let outdated = newest.saturating_sub(rating.read_at) > OUTDATED_AFTER_SECS;
    let source = rating.source.row();
    let order = source.trusted;
    let place = order.iter().position(|p| *p == rating.provider).unwrap_or(order.len());
    let second_hand = source.first_hand != Some(rating.provider);
    (outdated, second_hand, Reverse(rating.votes.unwrap_or(0)), place, rating.provider)
}

/// What all providers together know of how many rated a source.
#[derive(Clone, Copy, Debug)]
struct Evidence {
    votes: u32,
    certified: bool,
}

impl Evidence {
    fn of(candidates: &[RatingCandidate]) -> Self {
        Self {
            votes: candidates.iter().filter_map(|c| c.rating.votes).max().unwrap_or(0),
            certified: candidates.iter().any(|candidate| candidate.certified),
        }
    }
}

fn verdict(rating: &Rating, evidence: Evidence, media: MediaType) -> Option<Verdict> {
    let score = rating.score.hundredths() / 100;
    let enough = |votes| evidence.certified || evidence.votes >= votes;
    match rating.source {
        RatingSource::RottenTomatoes => {
            let reviews = match media {
                MediaType::Movie => REVIEWS_OF_A_FILM,
                MediaType::Series => REVIEWS_OF_A_SERIES,
            };
            Some(match score {
                CERTIFIED_FRESH.. if enough(reviews) => Verdict::CertifiedFresh,
                FRESH.. => Verdict::Fresh,
                _ => Verdict::Rotten,
            })
        }
        RatingSource::RottenTomatoesAudience => Some(match score {
            VERIFIED_HOT.. if enough(AUDIENCE_VOTES) => Verdict::VerifiedHot,
            FRESH.. => Verdict::Upright,
            _ => Verdict::Spilled,
        }),
        _ => None,
    }
}

/// The sources that may be drawn, in order: the named ones first, then the others in the default
/// order.
pub fn in_order(preference: &RatingsPreference) -> impl Iterator<Item = RatingSource> {
    let others = RatingSource::ALL.iter().filter(|_| !preference.only);
    let mut seen: Vec<RatingSource> = Vec::new();
    preference.order.iter().chain(others).copied().filter(move |source| {
        let is_new = !seen.contains(source);
        seen.push(*source);
        is_new && !preference.exclude.contains(*source)
    })
}

/// The ratings to draw, up to the limit. A source without a rating is passed over.
pub fn order(ratings: &[Rating], preference: &RatingsPreference) -> Vec<Rating> {
    let of_source = |source| ratings.iter().find(|rating| rating.source == source).copied();
    in_order(preference).filter_map(of_source).take(usize::from(preference.limit)).collect()
}

#[cfg(test)]
#[path = "ratings_tests.rs"]
mod tests;
