//! The shapes of an element's fields: reading, errors and schemas are made from them.

use serde_json::{Map, Value, json};

use super::condition::{self, Condition};
use super::template::{MAX_TEXT, Template};
use crate::model::{HexColour, Words};
use crate::request::fields::{FieldReader, Place};

/// One field of an element.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FieldSpec {
    pub(crate) name: &'static str,
    pub(crate) shape: FieldShape,
    pub(crate) required: bool,
    /// What it is where nobody gives it, as docs show it; empty where it is required.
    pub(crate) default: &'static str,
    /// One sentence.
    pub(crate) help: &'static str,
}

/// What a field's value may be.
#[derive(Clone, Copy, Debug)]
pub(crate) enum FieldShape {
    /// A finite number.
    Number {
        min: f64,
        max: f64,
    },
    Whole {
        min: u64,
        max: u64,
    },
    Words(&'static [&'static str]),
    /// Some of these words, each once.
    List(&'static [&'static str]),
    Boolean,
    /// `rrggbb`, with or without `#`.
    Colour,
    /// A name of an element.
    Id,
    /// Text with places for facts.
    Template,
    Condition,
}

/// Longest name of an element, in characters.
const MAX_ID: usize = 40;

impl FieldShape {
    /// Notes what is wrong with a value.
    fn check(self, reader: &mut FieldReader, place: Place<'_>, value: &Value) {
        match self {
            Self::Number { min, max } => {
                reader.number(place, value, min, max);
            }
            Self::Whole { min, max } => {
                reader.whole(place, value, min, max);
            }
            Self::Words(words) => {
                reader.word(place, value, &self_named(words));
            }
            Self::List(words) => {
                let members = reader.list(place, value, words.len()).unwrap_or_default();
                for (index, member) in members.iter().enumerate() {
                    reader.word(place.index(index), member, &self_named(words));
                }
            }
            Self::Boolean => {
                reader.boolean(place, value);
            }
            Self::Colour => {
                let text = reader.text(place, value, 7);
                if text.is_some_and(|text| text.parse::<HexColour>().is_err()) {
                    reader.refuse(place, "expected a colour such as ff8800");
                }
            }
            Self::Id => {
                let plain = |b: u8| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' | b'.');
                let text = reader.text(place, value, MAX_ID);
                if text.is_some_and(|text| text.is_empty() || !text.bytes().all(plain)) {
                    reader.refuse(place, "expected a name of a-z 0-9 _ - .");
                }
            }
            Self::Template => {
                let text = reader.text(place, value, MAX_TEXT);
                if let Some(Err(error)) = text.map(str::parse::<Template>) {
                    reader.refuse(place, error.to_string());
                }
            }
            Self::Condition => {
                condition::read(reader, place, value);
            }
        }
    }

    /// Its schema in the `OpenAPI` document.
    pub(crate) fn schema(self) -> Value {
        match self {
            Self::Number { min, max } => json!({"type": "number", "minimum": min, "maximum": max}),
            Self::Whole { min, max } => json!({"type": "integer", "minimum": min, "maximum": max}),
            Self::Words(words) => json!({"enum": words}),
            Self::List(words) => {
                json!({"type": "array", "items": {"enum": words}, "maxItems": words.len()})
            }
            Self::Boolean => json!({"type": "boolean"}),
            Self::Colour => json!({"type": "string", "pattern": "^#?[0-9a-fA-F]{6}$"}),
            Self::Id => {
                json!({"type": "string", "pattern": "^[a-z0-9_.-]+$", "maxLength": MAX_ID})
            }
            Self::Template => json!({"type": "string", "maxLength": MAX_TEXT}),
            Self::Condition => json!({"$ref": "#/components/schemas/LayoutCondition"}),
        }
    }

    /// The values in a cell of a Markdown table.
    pub(crate) fn markdown(self) -> String {
        let quoted = |words: &[&str]| {
            words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(" ")
        };
        match self {
            Self::Number { min, max } => format!("{min} to {max}"),
            Self::Whole { min, max } => format!("{min} to {max}, whole"),
            Self::Words(words) => quoted(words),
            Self::List(words) => format!("list of {}", quoted(words)),
            Self::Boolean => "`true` `false`".to_owned(),
            Self::Colour => "`rrggbb`".to_owned(),
            Self::Id => format!("1 to {MAX_ID} of `a-z 0-9 _ - .`"),
            Self::Template => format!("at most {MAX_TEXT} characters"),
            Self::Condition => "a condition".to_owned(),
        }
    }
}

/// Words that stand for themselves.
fn self_named(words: &'static [&'static str]) -> Vec<(&'static str, &'static str)> {
    words.iter().map(|word| (*word, *word)).collect()
}

/// Checks the fields of an element against their shapes; names that are no field's are mistakes.
pub(super) fn check<'a>(
    reader: &mut FieldReader,
    place: Place<'_>,
    fields: &Map<String, Value>,
    specs: impl Iterator<Item = &'a FieldSpec> + Clone,
) {
    for spec in specs.clone() {
        match fields.get(spec.name) {
            Some(value) => spec.shape.check(reader, place.name(spec.name), value),
            None if spec.required => reader.refuse(place.name(spec.name), "missing"),
            None => {}
        }
    }
    let known: Vec<&str> = specs.map(|spec| spec.name).collect();
    for name in fields.keys().filter(|name| *name != "kind" && !known.contains(&name.as_str())) {
        reader.refuse(place.name(name), format!("unknown; expected {}", known.join(", ")));
    }
}

/// The fields of an element after [`check`] found nothing: what is absent or of another shape is
/// `None`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Given<'a>(pub(super) &'a Map<String, Value>);

impl Given<'_> {
    pub(super) fn number(&self, name: &str) -> Option<f32> {
        self.0.get(name)?.as_f64().map(|number| number as f32)
    }

    pub(super) fn whole(&self, name: &str) -> Option<u8> {
        self.0.get(name)?.as_u64().and_then(|number| u8::try_from(number).ok())
    }

    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_str()
    }

    pub(super) fn flag(&self, name: &str) -> Option<bool> {
        self.0.get(name)?.as_bool()
    }

    pub(super) fn word<T: Words>(&self, name: &str) -> Option<T> {
        T::from_word(self.text(name)?)
    }

    pub(super) fn colour(&self, name: &str) -> Option<HexColour> {
        self.text(name)?.parse().ok()
    }

    /// Without repetitions.
    pub(super) fn list<T: Words + PartialEq>(&self, name: &str) -> Vec<T> {
        let members = self.0.get(name).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let mut read = Vec::new();
        for member in members.iter().filter_map(|member| T::from_word(member.as_str()?)) {
            if !read.contains(&member) {
                read.push(member);
            }
        }
        read
    }

    pub(super) fn condition(&self, name: &str) -> Option<Condition> {
        let mut reader = FieldReader::default();
        condition::read(&mut reader, Place::ROOT, self.0.get(name)?)
    }
}
