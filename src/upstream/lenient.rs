//! JSON fields as providers really fill them.
//!
//! A number arrives as a number, as text with separators or a unit, as `N/A`,
//! as null, or not at all. One odd field must not cost the other nine ratings,
//! so these types read anything and keep what makes sense.

use serde::de::{Deserialize, DeserializeOwned, Deserializer, Error};
use serde_json::Value;

/// A number, or nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Number(Option<f64>);

impl Number {
    /// What was written, if it was a number: may be 0 or negative.
    pub(super) fn get(self) -> Option<f64> {
        self.0
    }

    /// Nothing for 0 and below: no provider rates anything 0, they mean "none".
    pub(super) fn positive(self) -> Option<f64> {
        self.0.filter(|number| *number > 0.0)
    }

    /// A number of votes: whole, and at most `u32::MAX`.
    pub(super) fn count(self) -> Option<u32> {
        // `as` cuts to whole numbers and saturates.
        self.0.filter(|number| *number >= 0.0).map(|number| number as u32)
    }

    /// Reads `8.1`, `1,234,567`, `97%`, `74/100`, `8.1/10`.
    pub(super) fn from_text(text: &str) -> Self {
        let text = text.split_once('/').map_or(text, |(value, _)| value);
        let text = text.trim().trim_end_matches('%').trim_end();
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |part: &str| (1..=15).contains(&part.len()) && all_digits(part);
        let mut groups = whole.split(',');
        let first_fits = groups.next().is_some_and(|first| {
            let longest = if whole.contains(',') { 3 } else { 15 };
            digits(first) && first.len() <= longest
        });
        if !first_fits || !groups.all(|group| group.len() == 3 && digits(group)) {
            return Self(None);
        }
        if !digits(fraction) {
            return Self(None);
        }
        Self(format!("{}.{fraction}", whole.replace(',', "")).parse().ok())
    }
}

fn all_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Value::deserialize(deserializer)? {
            Value::Number(number) => Self(number.as_f64().filter(|number| number.is_finite())),
            Value::String(text) => Self::from_text(&text),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => Self(None),
        })
    }
}

/// A text; empty for anything else.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Text(String);

impl Text {
    /// Nothing for empty and for OMDb's `N/A`.
    pub(super) fn get(&self) -> Option<&str> {
        let text = self.0.trim();
        (!text.is_empty() && text != "N/A").then_some(text)
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Value::deserialize(deserializer)? {
            Value::String(text) => Self(text),
            Value::Number(number) => Self(number.to_string()),
            Value::Bool(flag) => Self(flag.to_string()),
            Value::Null | Value::Array(_) | Value::Object(_) => Self::default(),
        })
    }
}

/// A list whose bad members are left out; empty for anything else.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Rows<T>(pub(super) Vec<T>);

impl<T> Default for Rows<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Rows<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Value::deserialize(deserializer)? {
            Value::Array(rows) => {
                Self(rows.into_iter().filter_map(|row| serde_json::from_value(row).ok()).collect())
            }
            _ => Self::default(),
        })
    }
}

/// A whole body, which must be an object: elsewhere serde takes a list for a struct, too.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Object<T>(pub(super) T);

impl<'de, T: DeserializeOwned> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let fields = serde_json::Map::deserialize(deserializer)?;
        serde_json::from_value(Value::Object(fields)).map(Self).map_err(D::Error::custom)
    }
}

/// A nested object; its default for anything else.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Part<T>(pub(super) T);

impl<'de, T: DeserializeOwned + Default> Deserialize<'de> for Part<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        Ok(Self(serde_json::from_value(value).unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn number(json: &str) -> Option<f64> {
        serde_json::from_str::<Number>(json).unwrap().get()
    }

    #[test]
    fn numbers_are_read_from_text_too() {
        let table = [
            ("8.1", Some(8.1)),
            ("\"8.1\"", Some(8.1)),
            ("\"1,234,567\"", Some(1_234_567.0)),
            ("\"10914\"", Some(10_914.0)),
            ("\"97%\"", Some(97.0)),
            ("\"74/100\"", Some(74.0)),
            ("\"8.1/10\"", Some(8.1)),
            ("\" 8 \"", Some(8.0)),
            ("0", Some(0.0)),
            ("\"0\"", Some(0.0)),
        ];
        for (json, expected) in table {
            assert_eq!(number(json), expected, "{json}");
        }
    }

    #[test]
    fn what_is_no_number_is_nothing() {
        let odd = [
            "null",
            "true",
            "[]",
            "{}",
            "\"\"",
            "\"N/A\"",
            "\"inf\"",
            "\"NaN\"",
            "\"1e5\"",
            "\"-1\"",
            "\"8,1\"",
            "\"1,23\"",
            "\".\"",
            "\"%\"",
            "\"/10\"",
            "\"1234,567\"",
            "\"1,,234\"",
        ];
        for json in odd {
            assert_eq!(number(json), None, "{json}");
        }
    }

    #[test]
    fn bad_rows_are_left_out() {
        let rows: Rows<u8> = serde_json::from_str("[1, \"x\", null, 300, 4]").unwrap();
        assert_eq!(rows.0, [1, 4]);
        assert_eq!(serde_json::from_str::<Rows<u8>>("{\"a\":1}").unwrap(), Rows::default());
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in ".{0,40}") {
            let read = Number::from_text(&text).get();
            prop_assert!(read.is_none_or(|number| number.is_finite() && number >= 0.0));
        }

        #[test]
        fn counts_round_trip_with_separators(count in any::<u32>()) {
            let digits = count.to_string();
            let mut text = String::new();
            for (place, digit) in digits.chars().enumerate() {
                if place > 0 && (digits.len() - place).is_multiple_of(3) {
                    text.push(',');
                }
                text.push(digit);
            }
            prop_assert_eq!(Number::from_text(&text).count(), Some(count));
        }
    }
}
