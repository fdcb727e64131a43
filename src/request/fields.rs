//! Reads JSON that people write, and says of every mistake where it stands.

use std::fmt;

use serde::Serialize;
use serde_json::{Map, Value};

/// Further mistakes are not looked for.
const MAX_MISTAKES: usize = 50;
/// Objects and lists within each other.
const MAX_DEPTH: usize = 8;

/// A mistake in a document: where, and what was expected. Values are never quoted: they may be
/// secrets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct InvalidField {
    /// As `families.poster.layout[3].x`; empty for the whole document.
    pub path: String,
    pub message: String,
}

/// All mistakes of a document.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct InvalidFields(pub Vec<InvalidField>);

impl InvalidFields {
    /// The same mistakes in a document that stands at `name` of another.
    #[must_use]
    pub fn below(self, name: &str) -> Self {
        let fields = self.0.into_iter().map(|field| {
            let dot = if field.path.is_empty() { "" } else { "." };
            InvalidField { path: format!("{name}{dot}{}", field.path), ..field }
        });
        Self(fields.collect())
    }
}

impl fmt::Display for InvalidFields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let texts = self.0.iter().map(|InvalidField { path, message }| match path.is_empty() {
            true => message.clone(),
            false => format!("{path}: {message}"),
        });
        f.write_str(&texts.collect::<Vec<_>>().join("; "))
    }
}

/// A place in a document.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    above: Option<&'a Place<'a>>,
    step: PathStep<'a>,
}

#[derive(Clone, Copy, Debug)]
enum PathStep<'a> {
    Root,
    Name(&'a str),
    Index(usize),
}

impl Place<'_> {
    pub const ROOT: Place<'static> = Place { above: None, step: PathStep::Root };

    pub fn name<'b>(&'b self, name: &'b str) -> Place<'b> {
        Place { above: Some(self), step: PathStep::Name(name) }
    }

    pub fn index(&self, index: usize) -> Place<'_> {
        Place { above: Some(self), step: PathStep::Index(index) }
    }
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(above) = self.above else { return Ok(()) };
        write!(f, "{above}")?;
        match (self.step, above.above) {
            (PathStep::Index(index), _) => write!(f, "[{index}]"),
            (PathStep::Name(name), None) => f.write_str(&shown(name)),
            (PathStep::Name(name), Some(_)) => write!(f, ".{}", shown(name)),
            (PathStep::Root, _) => Ok(()),
        }
    }
}

/// A name as it may stand in an answer: short, without control characters.
fn shown(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(48).collect()
}

/// Collects mistakes while a document is read. Every reading function notes what is wrong and
/// gives `None`.
#[derive(Debug, Default)]
pub struct FieldReader {
    invalid: Vec<InvalidField>,
}

impl FieldReader {
    /// What was read, unless something was wrong.
    ///
    /// # Errors
    /// All mistakes.
    pub fn finish<T>(self, read: Option<T>) -> Result<T, InvalidFields> {
        match read {
            Some(read) if self.invalid.is_empty() => Ok(read),
            _ => Err(InvalidFields(self.invalid)),
        }
    }

    pub fn refuse(&mut self, place: Place<'_>, message: impl Into<String>) {
        if self.invalid.len() < MAX_MISTAKES {
            let field = InvalidField { path: place.to_string(), message: message.into() };
            self.invalid.push(field);
        }
    }

    /// An object; names that are not `known` are mistakes.
    pub fn object<'v>(
        &mut self,
        place: Place<'_>,
        value: &'v Value,
        known: &[&str],
    ) -> Option<&'v Map<String, Value>> {
        let map = self.map(place, value)?;
        for name in map.keys().filter(|name| !known.contains(&name.as_str())) {
            self.refuse(place.name(name), format!("unknown; expected {}", known.join(", ")));
        }
        Some(map)
    }

    /// An object with names of the writer's own.
    pub fn map<'v>(
        &mut self,
        place: Place<'_>,
        value: &'v Value,
    ) -> Option<&'v Map<String, Value>> {
        let map = value.as_object();
        if map.is_none() {
            self.refuse(place, "expected an object");
        }
        map
    }

    pub fn list<'v>(
        &mut self,
        place: Place<'_>,
        value: &'v Value,
        max: usize,
    ) -> Option<&'v [Value]> {
        match value.as_array() {
            Some(list) if list.len() <= max => Some(list),
            Some(_) => self.no(place, format!("at most {max} members")),
            None => self.no(place, "expected a list"),
        }
    }

    /// A text of at most `max` characters, none of them a control character.
    pub fn text<'v>(&mut self, place: Place<'_>, value: &'v Value, max: usize) -> Option<&'v str> {
        let Some(text) = value.as_str() else { return self.no(place, "expected a text") };
        if text.chars().count() > max {
            return self.no(place, format!("at most {max} characters"));
        }
        if text.chars().any(char::is_control) {
            return self.no(place, "no control characters");
        }
        Some(text)
    }

    pub fn boolean(&mut self, place: Place<'_>, value: &Value) -> Option<bool> {
        value.as_bool().or_else(|| self.no(place, "expected true or false"))
    }

    /// A whole number in `min..=max`.
    pub fn whole(&mut self, place: Place<'_>, value: &Value, min: u64, max: u64) -> Option<u64> {
        let number = value.as_u64().filter(|number| (min..=max).contains(number));
        number.or_else(|| self.no(place, format!("expected a whole number from {min} to {max}")))
    }

    /// A finite number in `min..=max`.
    pub fn number(&mut self, place: Place<'_>, value: &Value, min: f64, max: f64) -> Option<f64> {
        let number = value.as_f64().filter(|number| number.is_finite());
        let number = number.filter(|number| (min..=max).contains(number));
        number.or_else(|| self.no(place, format!("expected a number from {min} to {max}")))
    }

    /// One of a closed list of words.
    pub fn word<T: Copy>(
        &mut self,
        place: Place<'_>,
        value: &Value,
        words: &[(&str, T)],
    ) -> Option<T> {
        let text = value.as_str();
        let found = words.iter().find(|(word, _)| Some(*word) == text).map(|(_, value)| *value);
        found.or_else(|| {
            let words: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            self.no(place, format!("expected one of {}", words.join(", ")))
        })
    }

    /// Whether the document is not deeper than is ever needed.
    pub fn is_shallow(&mut self, value: &Value) -> bool {
        let shallow = depth_within(value, MAX_DEPTH);
        if !shallow {
            self.refuse(Place::ROOT, format!("at most {MAX_DEPTH} levels"));
        }
        shallow
    }

    fn no<T>(&mut self, place: Place<'_>, message: impl Into<String>) -> Option<T> {
        self.refuse(place, message);
        None
    }
}

fn depth_within(value: &Value, left: usize) -> bool {
    match value {
        Value::Array(list) => left > 0 && list.iter().all(|value| depth_within(value, left - 1)),
        Value::Object(map) => left > 0 && map.values().all(|value| depth_within(value, left - 1)),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_mistake_is_named_with_its_place() {
        let document = json!({"a": {"b": [1, "x", -1]}, "c\u{7}": 1, "f": "word"});
        let mut reader = FieldReader::default();
        let root = Place::ROOT;
        let map = reader.object(root, &document, &["a", "f"]).unwrap();
        let a = root.name("a");
        let inner = reader.object(a, &map["a"], &["b"]).unwrap();
        let b = a.name("b");
        for (index, value) in reader.list(b, &inner["b"], 9).unwrap().iter().enumerate() {
            reader.whole(b.index(index), value, 1, 5);
        }
        reader.word(root.name("f"), &map["f"], &[("yes", true), ("no", false)]);
        let invalid = reader.finish(Some(())).unwrap_err();
        assert_eq!(
            invalid.to_string(),
            "c: unknown; expected a, f; a.b[1]: expected a whole number from 1 to 5; \
             a.b[2]: expected a whole number from 1 to 5; f: expected one of yes, no"
        );
    }

    #[test]
    fn odd_numbers_and_texts_are_refused() {
        let mut reader = FieldReader::default();
        let big: Value = serde_json::from_str("1e999").unwrap_or(Value::Null);
        for value in [big, json!("1"), json!(1.5), json!(-0.1), json!(null), json!(u64::MAX)] {
            assert_eq!(reader.number(Place::ROOT, &value, 0.0, 1.0), None, "{value}");
        }
        for value in [json!(1.5), json!(-1), json!(1e30), json!("3")] {
            assert_eq!(reader.whole(Place::ROOT, &value, 0, 9), None, "{value}");
        }
        assert_eq!(reader.text(Place::ROOT, &json!("a\u{0}b"), 9), None);
        assert_eq!(reader.text(Place::ROOT, &json!("äöü"), 3), Some("äöü"));
    }

    #[test]
    fn what_is_too_deep_is_not_read() {
        let nested = |levels| (0..levels).fold(json!(1), |inner, _| json!([inner]));
        assert!(FieldReader::default().is_shallow(&nested(MAX_DEPTH)));
        assert!(!FieldReader::default().is_shallow(&nested(MAX_DEPTH + 1)));
    }

    #[test]
    fn mistakes_are_bounded() {
        let mut reader = FieldReader::default();
        for _ in 0..1000 {
            reader.refuse(Place::ROOT, "no");
        }
        assert_eq!(reader.finish(Some(())).unwrap_err().0.len(), MAX_MISTAKES);
    }
}
