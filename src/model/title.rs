//! What a title is, once it is known.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::words::words;
use super::{EpisodeNumber, ImdbId, Language, TmdbId, TvdbId};

words!(
    /// A film or a series.
    #[serde(rename_all = "lowercase")]
    MediaType {
        Movie = "movie" | "movies" | "film",
        Series = "series" | "tv" | "show" | "shows",
    }
);

impl MediaType {
    /// TMDB's word in paths: `movie` or `tv`.
    pub fn tmdb_path(self) -> &'static str {
        match self {
            Self::Movie => "movie",
            Self::Series => "tv",
        }
    }

    /// MDBList's and Trakt's word: `movie` or `show`.
    pub fn show_path(self) -> &'static str {
        match self {
            Self::Movie => "movie",
            Self::Series => "show",
        }
    }
}

/// A calendar day, as providers write it: `2008-01-20`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Date {
    pub year: i16,
    pub month: u8,
    pub day: u8,
}

impl Date {
    /// Days since 1970-01-01 in the proleptic Gregorian calendar.
    pub fn days_since_epoch(self) -> i64 {
        // Howard Hinnant's days_from_civil: years start in March, eras last 400 years.
        let year = i64::from(self.year) - i64::from(self.month <= 2);
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let month = (i64::from(self.month) + 9) % 12;
        let day_of_year = (153 * month + 2) / 5 + i64::from(self.day) - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        era * 146_097 + day_of_era - 719_468
    }

    /// The day in UTC of a moment in seconds since 1970.
    pub fn of_unix_secs(seconds: u64) -> Self {
        Self::of_days_since_epoch(i64::try_from(seconds / 86_400).unwrap_or(0))
    }

    /// The inverse of [`Date::days_since_epoch`], from the year 1 to 9999.
    pub fn of_days_since_epoch(days: i64) -> Self {
        // Howard Hinnant's civil_from_days.
        let days = days.saturating_add(719_468);
        let era = days.div_euclid(146_097);
        let day_of_era = days.rem_euclid(146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month + 2) / 5 + 1;
        let month = if month < 10 { month + 3 } else { month - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        Self { year: year.clamp(1, 9999) as i16, month: month as u8, day: day as u8 }
    }
}

impl FromStr for Date {
    type Err = super::IdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = super::IdError { expected: "a date (`2008-01-20`)" };
        let mut parts = text.splitn(3, '-');
        let mut next = |max: u16| -> Option<u16> {
            let part = parts.next()?;
            let plain = (1..=4).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
            plain.then(|| part.parse().ok()).flatten().filter(|n| (1..=max).contains(n))
        };
        let (Some(year), Some(month), Some(day)) = (next(9999), next(12), next(31)) else {
            return Err(error);
        };
        Ok(Self { year: year as i16, month: month as u8, day: day as u8 })
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl TryFrom<String> for Date {
    type Error = super::IdError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Date> for String {
    fn from(date: Date) -> Self {
        date.to_string()
    }
}

/// The ids one title has at the services we ask.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TitleIds {
    pub imdb: Option<ImdbId>,
    pub tmdb: Option<TmdbId>,
    pub tvdb: Option<TvdbId>,
}

/// A title as resolved: for an episode, `ids` and `name` are the series'.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Title {
    pub media: MediaType,
    pub ids: TitleIds,
    pub name: String,
    pub original_language: Option<Language>,
    /// First release of a film, first air date of a series.
    pub released: Option<Date>,
    pub episode: Option<EpisodeNumber>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_count_from_the_unix_epoch() {
        let day = |text: &str| text.parse::<Date>().unwrap().days_since_epoch();
        assert_eq!(day("1970-01-01"), 0);
        assert_eq!(day("2000-03-01"), 11_017);
        assert_eq!(day("1969-12-31"), -1);
    }

    #[test]
    fn what_is_no_day_is_refused() {
        for text in ["", "2008", "2008-13-01", "2008-00-10", "2008-01-32", "-1-1-1", "a-b-c"] {
            assert!(text.parse::<Date>().is_err(), "{text}");
        }
    }
}
