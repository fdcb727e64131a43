//! When an element of a layout is drawn.

use serde_json::{Value, json};

use crate::model::{MediaType, RatingSource, Words};
use crate::request::fields::{FieldReader, Place};

/// Members of a condition; all that are given have to hold.
const FIELDS: [&str; 9] =
    ["type", "won", "min_ratings", "max_ratings", "rating", "min", "max", "any", "not"];

/// The word for the aggregate of all ratings beside the sources' own.
const SCORE: &str = "score";
/// Alternatives of one condition.
const MAX_ALTERNATIVES: usize = 8;
const MAX_RATINGS: u64 = 10;

/// What has to hold for an element to be drawn; the default always does.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Condition {
    pub media: Option<MediaType>,
    /// Whether an award that may be shown was won.
    pub won: Option<bool>,
    /// Ratings that a strip shows.
    pub min_ratings: Option<u8>,
    pub max_ratings: Option<u8>,
    pub rating: Option<RatingBound>,
    /// One of these has to hold, where there are any.
    pub any: Vec<Condition>,
    pub not: Option<Box<Condition>>,
}

/// Bounds of one rating; without one it does not hold.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RatingBound {
    /// `None`: the aggregate, out of 100.
    pub source: Option<RatingSource>,
    /// On the source's own scale, as it is drawn.
    pub min: Option<f64>,
    pub max: Option<f64>,
}

/// What conditions are about.
pub struct ConditionFacts<'a> {
    pub media: Option<MediaType>,
    pub won: bool,
    /// Ratings that a strip shows.
    pub ratings: usize,
    /// A rating on its source's own scale; of `None` the aggregate.
    pub value: &'a dyn Fn(Option<RatingSource>) -> Option<f64>,
}

impl std::fmt::Debug for ConditionFacts<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ConditionFacts").field("ratings", &self.ratings).finish_non_exhaustive()
    }
}

impl Condition {
    pub fn holds(&self, facts: &ConditionFacts<'_>) -> bool {
        self.media.is_none_or(|media| facts.media == Some(media))
            && self.won.is_none_or(|won| facts.won == won)
            && self.min_ratings.is_none_or(|min| facts.ratings >= usize::from(min))
            && self.max_ratings.is_none_or(|max| facts.ratings <= usize::from(max))
            && self.rating.is_none_or(|bound| bound.holds(facts))
            && (self.any.is_empty() || self.any.iter().any(|one| one.holds(facts)))
            && self.not.as_ref().is_none_or(|not| !not.holds(facts))
    }

    /// This condition and all below it.
    pub fn all(&self) -> Vec<&Condition> {
        let below = self.any.iter().chain(self.not.as_deref());
        std::iter::once(self).chain(below.flat_map(Condition::all)).collect()
    }
}

impl RatingBound {
    fn holds(&self, facts: &ConditionFacts<'_>) -> bool {
        let value = (facts.value)(self.source);
        value.is_some_and(|value| {
            self.min.is_none_or(|min| value >= min) && self.max.is_none_or(|max| value <= max)
        })
    }
}

/// Reads a condition; notes every mistake.
pub(super) fn read(reader: &mut FieldReader, place: Place<'_>, value: &Value) -> Option<Condition> {
    let fields = reader.object(place, value, &FIELDS)?;
    if fields.is_empty() {
        reader.refuse(place, format!("expected one of {}", FIELDS.join(", ")));
        return None;
    }
    let whole = |reader: &mut FieldReader, name: &'static str| {
        let value = fields.get(name)?;
        let number = reader.whole(place.name(name), value, 0, MAX_RATINGS)?;
        u8::try_from(number).ok()
    };
    let media = fields.get("type").and_then(|value| {
        let words = MediaType::ALL.map(|media| (media.name(), media));
        reader.word(place.name("type"), value, &words)
    });
    let won = fields.get("won").and_then(|value| reader.boolean(place.name("won"), value));
    let (min_ratings, max_ratings) = (whole(reader, "min_ratings"), whole(reader, "max_ratings"));
    let rating = read_bound(reader, place, fields);
    let mut any = Vec::new();
    if let Some(value) = fields.get("any") {
        let place = place.name("any");
        let members = reader.list(place, value, MAX_ALTERNATIVES).unwrap_or_default();
        for (index, member) in members.iter().enumerate() {
            any.extend(read(reader, place.index(index), member));
        }
    }
    let not = fields.get("not").and_then(|value| read(reader, place.name("not"), value));
    Some(Condition { media, won, min_ratings, max_ratings, rating, any, not: not.map(Box::new) })
}

fn read_bound(
    reader: &mut FieldReader,
    place: Place<'_>,
    fields: &serde_json::Map<String, Value>,
) -> Option<RatingBound> {
    let Some(value) = fields.get("rating") else {
        for name in ["min", "max"].into_iter().filter(|name| fields.contains_key(*name)) {
            reader.refuse(place.name(name), "needs a rating");
        }
        return None;
    };
    let mut words = vec![(SCORE, None)];
    words.extend(RatingSource::ALL.map(|source| (source.key(), Some(source))));
    let source = reader.word(place.name("rating"), value, &words)?;
    let top = source.map_or(100.0, |source| source.scale().top());
    let mut bound =
        |name: &'static str| reader.number(place.name(name), fields.get(name)?, 0.0, top);
    let (min, max) = (bound("min"), bound("max"));
    Some(RatingBound { source, min, max })
}

/// The schema of a condition in the `OpenAPI` document.
pub(crate) fn schema() -> Value {
    let this = json!({"$ref": "#/components/schemas/LayoutCondition"});
    let ratings: Vec<&str> = RatingSource::NAMES.iter().copied().chain([SCORE]).collect();
    let count = json!({"type": "integer", "minimum": 0, "maximum": MAX_RATINGS});
    let bound = json!({"type": "number", "minimum": 0, "maximum": 100});
    json!({
        "type": "object",
        "minProperties": 1,
        "additionalProperties": false,
        "properties": {
            "type": {"enum": MediaType::NAMES},
            "won": {"type": "boolean"},
            "min_ratings": count,
            "max_ratings": count,
            "rating": {"enum": ratings},
            "min": bound,
            "max": bound,
            "any": {"type": "array", "items": this, "maxItems": MAX_ALTERNATIVES},
            "not": this,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::InvalidFields;

    fn parse(value: &Value) -> Result<Condition, InvalidFields> {
        let mut reader = FieldReader::default();
        let condition = read(&mut reader, Place::ROOT.name("when"), value);
        reader.finish(condition)
    }

    fn holds(when: &Value) -> bool {
        let value = |source| match source {
            Some(RatingSource::Imdb) => Some(8.1),
            None => Some(77.0),
            Some(_) => None,
        };
        let facts =
            ConditionFacts { media: Some(MediaType::Movie), won: true, ratings: 3, value: &value };
        parse(when).unwrap().holds(&facts)
    }

    #[test]
    fn everything_that_is_given_has_to_hold() {
        for when in [
            json!({"type": "movie"}),
            json!({"won": true, "min_ratings": 3, "max_ratings": 3}),
            json!({"rating": "imdb", "min": 8}),
            json!({"rating": "imdb", "min": 8, "max": 8.1}),
            json!({"rating": "score", "max": 77}),
            json!({"rating": "score"}),
            json!({"any": [{"type": "series"}, {"won": true}]}),
            json!({"not": {"rating": "rt"}}),
        ] {
            assert!(holds(&when), "{when}");
        }
        for when in [
            json!({"type": "series"}),
            json!({"type": "movie", "won": false}),
            json!({"min_ratings": 4}),
            json!({"rating": "imdb", "min": 8.2}),
            json!({"rating": "mc", "min": 0}),
            json!({"any": [{"type": "series"}, {"won": false}]}),
            json!({"not": {"won": true}}),
        ] {
            assert!(!holds(&when), "{when}");
        }
    }

    #[test]
    fn mistakes_are_named_by_their_paths() {
        let wrong = json!({"type": "song", "won": 1, "min_ratings": 11, "min": 3, "colour": 1,
            "any": [{"rating": "imdb", "min": 11}, {}], "not": []});
        let invalid = parse(&wrong).unwrap_err();
        let mut paths: Vec<_> = invalid.0.iter().map(|field| field.path.as_str()).collect();
        paths.sort_unstable();
        assert_eq!(
            paths,
            [
                "when.any[0].min",
                "when.any[1]",
                "when.colour",
                "when.min",
                "when.min_ratings",
                "when.not",
                "when.type",
                "when.won",
            ]
        );
    }
}
