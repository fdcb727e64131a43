//! JSON read loosely: one odd field must not cost the whole answer.
//!
//! Providers send null, `""`, `0`, `"8.7"` and sometimes a list where a number was
//! promised. A wire struct made of these types takes whatever comes and gives what is usable.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::model::{Date, Language};

/// A number, a text, or nothing that can be used.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Loose {
    #[default]
    Nothing,
    Number(f64),
    Text(String),
}

impl Loose {
    /// The number, also when written as text (`"28,011"`); never infinite or NaN.
    pub(super) fn number(&self) -> Option<f64> {
        let number = match self {
            Self::Nothing => None,
            Self::Number(number) => Some(*number),
            Self::Text(text) => text.trim().replace(',', "").parse().ok(),
        };
        number.filter(|n| n.is_finite())
    }

    /// A whole number of 0 and above.
    pub(super) fn whole(&self) -> Option<u32> {
        let number = self.number()?;
        (number >= 0.0 && number <= f64::from(u32::MAX) && number.fract() == 0.0)
            .then_some(number as u32)
    }

    /// A whole number that fits a season's or an episode's.
    pub(super) fn small(&self) -> Option<u16> {
        self.whole().and_then(|number| number.try_into().ok())
    }

    /// The text, trimmed, unless it is empty.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text.trim()).filter(|text| !text.is_empty()),
            Self::Nothing | Self::Number(_) => None,
        }
    }

    /// The first ten characters as a day: some answers carry a time behind it.
    pub(super) fn date(&self) -> Option<Date> {
        self.text()?.get(..10)?.parse().ok()
    }

    pub(super) fn language(&self) -> Option<Language> {
        self.text()?.parse().ok()
    }
}

impl<'de> Deserialize<'de> for Loose {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct LooseVisitor;

        impl<'de> Visitor<'de> for LooseVisitor {
            type Value = Loose;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("anything")
            }
            fn visit_bool<E>(self, _: bool) -> Result<Loose, E> {
                Ok(Loose::Nothing)
            }
            fn visit_i64<E>(self, number: i64) -> Result<Loose, E> {
                Ok(Loose::Number(number as f64))
            }
            fn visit_u64<E>(self, number: u64) -> Result<Loose, E> {
                Ok(Loose::Number(number as f64))
            }
            fn visit_f64<E>(self, number: f64) -> Result<Loose, E> {
                Ok(Loose::Number(number))
            }
            fn visit_str<E>(self, text: &str) -> Result<Loose, E> {
                Ok(Loose::Text(text.to_owned()))
            }
            fn visit_string<E>(self, text: String) -> Result<Loose, E> {
                Ok(Loose::Text(text))
            }
            fn visit_unit<E>(self) -> Result<Loose, E> {
                Ok(Loose::Nothing)
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Loose, A::Error> {
                skip_seq(&mut seq)?;
                Ok(Loose::Nothing)
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Loose, A::Error> {
                skip_map(&mut map)?;
                Ok(Loose::Nothing)
            }
        }

        deserializer.deserialize_any(LooseVisitor)
    }
}

/// An object of shape `T`, or nothing where something else came.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Part<T>(pub(super) Option<T>);

impl<T> Default for Part<T> {
    fn default() -> Self {
        Self(None)
    }
}

/// The objects of shape `T` in a list; what is no such object is left out.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Many<T>(pub(super) Vec<T>);

impl<T> Default for Many<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

/// Accepts any JSON and keeps what has the shape: one object, or the objects of a list.
struct Shape<T> {
    wants_list: bool,
    found: Vec<T>,
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Part<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let shape = Shape { wants_list: false, found: Vec::new() };
        deserializer.deserialize_any(shape).map(|mut found| Self(found.pop()))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Many<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Shape { wants_list: true, found: Vec::new() }).map(Self)
    }
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for Shape<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything")
    }
    fn visit_bool<E>(self, _: bool) -> Result<Vec<T>, E> {
        Ok(self.found)
    }
    fn visit_i64<E>(self, _: i64) -> Result<Vec<T>, E> {
        Ok(self.found)
    }
    fn visit_u64<E>(self, _: u64) -> Result<Vec<T>, E> {
        Ok(self.found)
    }
    fn visit_f64<E>(self, _: f64) -> Result<Vec<T>, E> {
        Ok(self.found)
    }
    fn visit_str<E>(self, _: &str) -> Result<Vec<T>, E> {
        Ok(self.found)
    }
    fn visit_unit<E>(self) -> Result<Vec<T>, E> {
        Ok(self.found)
    }
    fn visit_seq<A: SeqAccess<'de>>(mut self, mut seq: A) -> Result<Vec<T>, A::Error> {
        if !self.wants_list {
            skip_seq(&mut seq)?;
            return Ok(self.found);
        }
        while let Some(part) = seq.next_element::<Part<T>>()? {
            self.found.extend(part.0);
        }
        Ok(self.found)
    }
    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<Vec<T>, A::Error> {
        if self.wants_list {
            skip_map(&mut map)?;
            return Ok(self.found);
        }
        self.found.push(T::deserialize(MapAccessDeserializer::new(map))?);
        Ok(self.found)
    }
}

fn skip_seq<'de, A: SeqAccess<'de>>(seq: &mut A) -> Result<(), A::Error> {
    while seq.next_element::<IgnoredAny>()?.is_some() {}
    Ok(())
}

fn skip_map<'de, A: MapAccess<'de>>(map: &mut A) -> Result<(), A::Error> {
    while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
    Ok(())
}

/// The object in a body that may be anything.
pub(super) fn part<T: serde::de::DeserializeOwned>(body: &[u8]) -> Option<T> {
    serde_json::from_slice::<Part<T>>(body).ok().and_then(|Part(part)| part)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::Deserialize;

    use super::*;

    #[derive(Clone, Debug, Default, Deserialize, PartialEq)]
    #[serde(default)]
    struct Row {
        a: Loose,
        b: Part<Box<Row>>,
        c: Many<Row>,
    }

    fn read(json: &str) -> Row {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn numbers_are_read_from_numbers_and_texts() {
        for (json, expected) in [
            (r#"{"a":8.5}"#, Some(8.5)),
            (r#"{"a":"8.5"}"#, Some(8.5)),
            (r#"{"a":" 28,011 "}"#, Some(28011.0)),
            (r#"{"a":null}"#, None),
            (r#"{"a":""}"#, None),
            (r#"{"a":"N/A"}"#, None),
            (r#"{"a":"NaN"}"#, None),
            (r#"{"a":"inf"}"#, None),
            (r#"{"a":[1]}"#, None),
            (r#"{"a":{"b":1}}"#, None),
            (r#"{"a":true}"#, None),
            ("{}", None),
        ] {
            assert_eq!(read(json).a.number(), expected, "{json}");
        }
    }

    #[test]
    fn whole_numbers_are_whole_and_fit() {
        for json in ["-1", "1.5", "4294967296", "null"] {
            assert_eq!(serde_json::from_str::<Loose>(json).unwrap().whole(), None, "{json}");
        }
        assert_eq!(Loose::Number(603.0).whole(), Some(603));
        assert_eq!(Loose::Number(65536.0).small(), None);
    }

    #[test]
    fn parts_of_another_shape_are_left_out() {
        let row = read(r#"{"b":[1,2],"c":[null,{"a":1},"x",[{}],{"a":"2"}]}"#);
        assert_eq!(row.b, Part(None));
        assert_eq!(row.c.0.iter().filter_map(|r| r.a.whole()).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(read(r#"{"b":{"a":7},"c":{"a":1}}"#).b.0.unwrap().a.whole(), Some(7));
    }

    fn any_json() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<f64>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            ".{0,8}".prop_map(Into::into),
        ];
        leaf.prop_recursive(4, 32, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
                prop::collection::hash_map("[abc]", inner, 0..4)
                    .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn any_object_is_accepted(value in any_json()) {
            if value.is_object() {
                let row: Row = serde_json::from_str(&value.to_string()).unwrap();
                prop_assert!(row.a.number().is_none_or(f64::is_finite));
                let _ = (row.a.whole(), row.a.text(), row.a.date(), row.a.language());
            }
        }
    }
}
