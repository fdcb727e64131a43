//! Options as they are saved with a key or in a profile: `{"badge_size":"l"}`, by the names and
//! values of the query.

use serde::Serialize;
use serde_json::{Map, Value};

use super::fields::{FieldReader, Place};
use super::options::OptionsPatch;
use super::table::{self, OptionSpec};
use super::value::ValueKind;
use crate::model::ArtworkKind;

/// Longest value, in bytes; the longest that means anything is a list of all sources.
const MAX_VALUE: usize = 256;

/// Options by name, checked. Serialised as they were given, under the table's own names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct SavedOptions {
    given: Map<String, Value>,
    #[serde(skip)]
    patch: OptionsPatch,
}

impl SavedOptions {
    pub fn patch(&self) -> &OptionsPatch {
        &self.patch
    }

    pub fn is_empty(&self) -> bool {
        self.given.is_empty()
    }

    /// Sets one option as a query does; false where the value means nothing.
    pub fn set(&mut self, spec: &OptionSpec, value: &str) -> bool {
        let mut patch = self.patch.clone();
        if (spec.set)(&mut patch, value).is_err() {
            return false;
        }
        self.patch = patch;
        self.given.insert(spec.name.to_owned(), value.into());
        true
    }

    /// By name, as a query writes them.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, String)> {
        self.given.iter().filter_map(|(name, value)| Some((name.as_str(), query_text(value)?)))
    }

    /// Reads an object of options; `kind` is the family they are for, where it is one.
    pub(crate) fn read(
        reader: &mut FieldReader,
        place: Place<'_>,
        value: &Value,
        kind: Option<ArtworkKind>,
    ) -> Option<Self> {
        let mut given: Vec<(usize, &OptionSpec, &Value)> = Vec::new();
        for (name, value) in reader.map(place, value)? {
            match table::find(name) {
                None => reader.refuse(place.name(name), "no such option"),
                Some((_, spec)) if kind.is_some_and(|kind| !spec.is_honoured_by(kind)) => {
                    let family = kind.map_or("", ArtworkKind::family);
                    reader.refuse(place.name(name), format!("{family} does not have this option"));
                }
                Some((_, OptionSpec { value: ValueKind::Path, .. })) => {
                    reader.refuse(place.name(name), "names a picture of one title; see overrides");
                }
                Some((row, spec)) => given.push((row, spec, value)),
            }
        }
        // A specific inset wins over the general one, as in a query.
        given.sort_by_key(|(row, ..)| *row);
        let mut saved = Self::default();
        for (_, spec, value) in given {
            let text = query_text(value).filter(|text| text.len() <= MAX_VALUE);
            match text {
                Some(text) if saved.set(spec, text.trim()) => {
                    saved.given.insert(spec.name.to_owned(), value.clone());
                }
                _ => reader.refuse(place.name(spec.name), table::expectation(spec.value)),
            }
        }
        Some(saved)
    }
}

/// A value as a query writes it; `None` for what no query can say.
fn query_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => (!text.trim().is_empty()).then(|| text.clone()),
        Value::Bool(value) => Some(value.to_string()),
        Value::Number(number) => Some(number.to_string()),
        Value::Array(members) => {
            let texts: Option<Vec<&str>> = members.iter().map(Value::as_str).collect();
            texts.map(|texts| texts.join(","))
        }
        Value::Null | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::request::{BadgeSize, InvalidFields};

    fn read(value: &Value, kind: Option<ArtworkKind>) -> Result<SavedOptions, InvalidFields> {
        let mut reader = FieldReader::default();
        let saved = SavedOptions::read(&mut reader, Place::ROOT.name("options"), value, kind);
        reader.finish(saved)
    }

    #[test]
    fn options_are_read_by_names_aliases_and_json_types() {
        let given = json!({
            "badge_size": "l", "order": ["imdb", "rt"], "split": true, "ratings_limit": 4,
        });
        let saved = read(&given, Some(ArtworkKind::Poster)).unwrap();
        assert_eq!(saved.patch().badge_size, Some(BadgeSize::Large));
        assert_eq!(saved.patch().ratings_order.as_ref().map(Vec::len), Some(2));
        assert_eq!((saved.patch().split, saved.patch().ratings_limit), (Some(true), Some(4)));
        let written = json!({
            "badge_size": "l", "ratings_order": ["imdb", "rt"], "split": true, "ratings_limit": 4,
        });
        assert_eq!(json!(saved), written);
        assert_eq!(read(&json!(saved), None).unwrap(), saved);
    }

    #[test]
    fn every_mistake_is_named() {
        let given = json!({
            "badge_size": "huge", "colour": "red", "split": true, "ratings_limit": 11,
            "lang": null, "order": [["imdb"]], "blur": {"a": 1},
        });
        let invalid = read(&given, Some(ArtworkKind::Backdrop)).unwrap_err();
        let mut paths: Vec<_> = invalid.0.iter().map(|field| field.path.as_str()).collect();
        paths.sort_unstable();
        assert_eq!(
            paths,
            [
                "options.badge_size",
                "options.blur",
                "options.colour",
                "options.lang",
                "options.ratings_limit",
                "options.ratings_order",
                "options.split"
            ]
        );
    }
}
