//! What Plex sends when it looks for a title.

use serde_json::{Map, Value};

use super::rating_key::Section;
use crate::model::Date;

/// Longest text that is read, in characters.
const MAX_TEXT_CHARS: usize = 1024;

/// Which kind of thing is looked for, with what only that has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// A film or a whole series.
    Title,
    Season {
        index: u16,
    },
    Episode {
        season: u16,
        index: u16,
    },
    /// An episode by the day it was aired.
    Aired(Date),
}

/// A look-up, as far as we use what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatchRequest {
    pub wanted: Wanted,
    /// Of the film or of the series.
    pub title: Option<String>,
    pub year: Option<i16>,
    /// `imdb://tt0133093`, or of another scheme.
    pub guid: Option<String>,
    /// Below the library's root. Stands in no log.
    pub filename: Option<String>,
    /// All candidates are wanted, the best first.
    pub manual: bool,
    pub include_children: bool,
}

/// Why a look-up cannot be understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MatchRequestError {
    #[error("the body is no JSON object")]
    NoObject,
    #[error("this provider has no such type")]
    Type,
    #[error("a season needs its index")]
    NoIndex,
    #[error("an episode needs index and parentIndex, or a date")]
    NoNumber,
}

impl MatchRequest {
    /// Reads a body; numbers may be written as texts.
    pub fn read(section: Section, body: &Value) -> Result<Self, MatchRequestError> {
        let fields = body.as_object().ok_or(MatchRequestError::NoObject)?;
        let kind = number(fields, "type").ok_or(MatchRequestError::Type)?;
        if !section.types().iter().any(|known| i64::from(*known) == kind) {
            return Err(MatchRequestError::Type);
        }
        let small = |name| number(fields, name).and_then(|number| u16::try_from(number).ok());
        let wanted = match kind {
            3 => Wanted::Season { index: small("index").ok_or(MatchRequestError::NoIndex)? },
            4 => match (small("parentIndex"), small("index"), date(fields)) {
                (Some(season), Some(index), _) => Wanted::Episode { season, index },
                (_, _, Some(date)) => Wanted::Aired(date),
                _ => return Err(MatchRequestError::NoNumber),
            },
            _ => Wanted::Title,
        };
        // What names the series is another field for each type; `title` is the season's or episode's then.
        let title = match kind {
            3 => text(fields, "parentTitle").or_else(|| text(fields, "grandparentTitle")),
            4 => text(fields, "grandparentTitle"),
            _ => text(fields, "title"),
        };
        Ok(Self {
            wanted,
            title,
            year: number(fields, "year")
                .and_then(|year| year.try_into().ok())
                .filter(|y| *y > 1800),
            guid: text(fields, "guid"),
            filename: text(fields, "filename"),
            manual: number(fields, "manual") == Some(1),
            include_children: number(fields, "includeChildren") == Some(1),
        })
    }
}

fn text(fields: &Map<String, Value>, name: &str) -> Option<String> {
    let text = fields.get(name)?.as_str()?.trim();
    (!text.is_empty()).then(|| text.chars().take(MAX_TEXT_CHARS).collect())
}

fn number(fields: &Map<String, Value>, name: &str) -> Option<i64> {
    match fields.get(name)? {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.trim().parse().ok(),
        Value::Bool(value) => Some(i64::from(*value)),
        _ => None,
    }
}

fn date(fields: &Map<String, Value>) -> Option<Date> {
    text(fields, "date")?.get(..10)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_season_is_looked_for_by_its_series_title() {
        // As Plex's description of the match feature has it.
        let body = json!({
            "parentTitle": "Adventure Time", "type": 3, "index": 8,
            "filename": "TV Shows/Adventure Time/Adventure Time S08E01.mp4",
            "includeElements": "Metadata,Children", "includeChildren": 1,
        });
        let read = MatchRequest::read(Section::Series, &body).unwrap();
        assert_eq!(read.wanted, Wanted::Season { index: 8 });
        assert_eq!(read.title.as_deref(), Some("Adventure Time"));
        assert!(read.include_children && !read.manual);
    }

    #[test]
    fn numbers_may_be_texts_and_an_episode_may_have_a_date_only() {
        let body =
            json!({"type": "4", "grandparentTitle": "News", "date": "2024-05-01", "year": "2001"});
        let read = MatchRequest::read(Section::Series, &body).unwrap();
        assert_eq!(read.wanted, Wanted::Aired("2024-05-01".parse().unwrap()));
        assert_eq!(read.year, Some(2001));
        let body = json!({"type": 4, "parentIndex": 0, "index": 3, "grandparentTitle": "x"});
        let read = MatchRequest::read(Section::Series, &body).unwrap();
        assert_eq!(read.wanted, Wanted::Episode { season: 0, index: 3 });
    }

    #[test]
    fn what_cannot_be_looked_for_is_refused() {
        use MatchRequestError::{NoIndex, NoNumber, NoObject, Type};
        let read = |section, body: Value| MatchRequest::read(section, &body).unwrap_err();
        assert_eq!(read(Section::Movies, json!([])), NoObject);
        assert_eq!(read(Section::Movies, json!({"title": "x"})), Type);
        for kind in [json!(2), json!(4), json!(99), json!(-1), json!("film"), json!(null)] {
            assert_eq!(read(Section::Movies, json!({"type": kind, "title": "x"})), Type);
        }
        assert_eq!(read(Section::Series, json!({"type": 1})), Type);
        assert_eq!(read(Section::Series, json!({"type": 3, "parentTitle": "x"})), NoIndex);
        assert_eq!(read(Section::Series, json!({"type": 4, "index": 3})), NoNumber);
    }
}
