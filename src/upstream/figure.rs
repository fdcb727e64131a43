//! Numbers as rating providers write them: with separators, units and scales.

use serde::de::{Deserialize, Deserializer};

use super::loose::Loose;

/// A number, or nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Figure(Option<f64>);

impl Figure {
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

impl<'de> Deserialize<'de> for Figure {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Loose::deserialize(deserializer)? {
            Loose::Number(number) => Self(Some(number).filter(|number| number.is_finite())),
            Loose::Text(text) => Self::from_text(&text),
            Loose::Nothing => Self(None),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn number(json: &str) -> Option<f64> {
        serde_json::from_str::<Figure>(json).unwrap().0
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

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in ".{0,40}") {
            let read = Figure::from_text(&text).0;
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
            prop_assert_eq!(Figure::from_text(&text).count(), Some(count));
        }
    }
}
