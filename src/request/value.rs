//! The shapes of parameters' values: what the docs, forms, errors, tests and the `OpenAPI` document say of each.

use serde_json::{Value, json};

use crate::model::{AwardBody, RatingSource, SashMark, Words};

/// The shape of a parameter's value.
#[derive(Clone, Copy, Debug)]
pub enum ValueKind {
    /// One of these words.
    Words(&'static [&'static str]),
    /// Some of these words, separated by commas.
    List(&'static [&'static str]),
    Boolean,
    /// A whole number in this range.
    Number {
        min: u8,
        max: u8,
    },
    /// A factor in hundredths in this range, written `0.5`.
    Factor {
        min: u8,
        max: u8,
    },
    /// Rating keys, separated by commas.
    Sources,
    /// Rating keys with an optional weight: `imdb:2,rt`.
    Weights,
    /// Three whole numbers of 0 to 100, rising: `40,60,75`.
    Thresholds,
    /// `rrggbb`, with or without `#`.
    Colour,
    /// Four colours, separated by commas.
    Colours,
    /// Marks, `-mark` to leave one out, `default` for all of them.
    Sashes,
    /// `de`, `pt-BR`, `original`.
    Language,
    /// Two letters of ISO 3166-1.
    Country,
    /// `true`, `false`, or award names separated by commas.
    Awards,
    /// A picture of the title, as explain lists them.
    Path,
    /// Free text of at most so many characters.
    Text {
        max: u8,
    },
}

impl ValueKind {
    /// The values in a cell of a Markdown table.
    pub fn markdown(self) -> String {
        match self {
            Self::Words(words) => quoted(words),
            Self::List(words) => format!("list of {}", quoted(words)),
            Self::Boolean => "`true` `false`".to_owned(),
            Self::Number { min, max } => format!("{min} to {max}"),
            Self::Factor { min, max } => format!("{} to {}", hundredths(min), hundredths(max)),
            Self::Sources => "rating keys".to_owned(),
            Self::Weights => {
                "rating keys, each with an optional weight of 1 to 100: `imdb:2,rt`".to_owned()
            }
            Self::Thresholds => "three rising numbers of 0 to 100".to_owned(),
            Self::Colour => "`rrggbb`".to_owned(),
            Self::Colours => "four colours `rrggbb`".to_owned(),
            Self::Sashes => {
                format!("list of {}, `default`, `-x` to leave out x", quoted(SashMark::NAMES))
            }
            Self::Language => "`de`, `pt-BR` …, `original`".to_owned(),
            Self::Country => "`DE`, `US` …".to_owned(),
            Self::Awards => "`true`, `false`, or names".to_owned(),
            Self::Path => "`/abc.jpg`".to_owned(),
            Self::Text { max } => format!("text of at most {max} characters"),
        }
    }

    /// What a value has to be, as an error says it.
    pub fn expectation(self) -> String {
        match self {
            Self::Words(words) => format!("expected one of {}", words.join(", ")),
            Self::List(words) => format!("expected a list of {}", words.join(", ")),
            Self::Boolean => "expected true or false".to_owned(),
            Self::Number { min, max } => format!("expected a whole number from {min} to {max}"),
            Self::Factor { min, max } => {
                format!("expected a number from {} to {}", hundredths(min), hundredths(max))
            }
            Self::Sources => "expected a list of rating keys".to_owned(),
            Self::Weights => {
                "expected a list of rating keys with weights, such as imdb:2,rt".to_owned()
            }
            Self::Thresholds => "expected three rising numbers such as 40,60,75".to_owned(),
            Self::Colour => "expected a colour such as ff8800".to_owned(),
            Self::Colours => "expected four colours separated by commas".to_owned(),
            Self::Sashes => {
                format!("expected a list of {}, default or -mark", SashMark::NAMES.join(", "))
            }
            Self::Language => "expected a language such as de, pt-BR or original".to_owned(),
            Self::Country => "expected a country such as DE".to_owned(),
            Self::Awards => "expected true, false or a list of awards".to_owned(),
            Self::Path => "expected the path of a picture such as /abc.jpg".to_owned(),
            Self::Text { max } => format!("expected a text of at most {max} characters"),
        }
    }

    /// Its schema in the `OpenAPI` document.
    pub fn schema(self) -> Value {
        match self {
            Self::Words(words) => json!({"type": "string", "enum": words}),
            Self::List(words) => {
                json!({"type": "array", "items": {"type": "string", "enum": words}})
            }
            Self::Boolean => json!({"type": "boolean"}),
            Self::Number { min, max } => json!({"type": "integer", "minimum": min, "maximum": max}),
            Self::Factor { min, max } => {
                let (min, max) = (f64::from(min) / 100.0, f64::from(max) / 100.0);
                json!({"type": "number", "minimum": min, "maximum": max})
            }
            Self::Sources => {
                json!({"type": "array", "items": {"$ref": "#/components/schemas/RatingSource"}})
            }
            Self::Colour => json!({"type": "string", "pattern": "^#?[0-9a-fA-F]{6}$"}),
            Self::Country => json!({"type": "string", "pattern": "^[A-Za-z]{2}$"}),
            Self::Path => {
                json!({"type": "string", "pattern": "^/[A-Za-z0-9_./-]+$", "maxLength": 256})
            }
            Self::Text { max } => json!({"type": "string", "maxLength": max}),
            Self::Weights
            | Self::Thresholds
            | Self::Colours
            | Self::Sashes
            | Self::Language
            | Self::Awards => {
                json!({"type": "string", "examples": self.samples()})
            }
        }
    }

    /// Whether values are lists that an `OpenAPI` client joins with commas.
    pub fn is_list(self) -> bool {
        matches!(self, Self::Sources | Self::List(_))
    }

    /// Values that every parameter of this shape understands.
    pub fn samples(self) -> Vec<String> {
        let own = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        match self {
            Self::Words(words) => own(words),
            // What a list may hold at most differs, so never more than two at once.
            Self::List(words) => {
                let pairs = words.windows(2).map(|pair| pair.join(","));
                words.iter().map(|word| (*word).to_owned()).chain(pairs).collect()
            }
            Self::Boolean => own(&["true", "false"]),
            Self::Number { min, max } => {
                (min..=max).step_by(5).chain([max]).map(|number| number.to_string()).collect()
            }
            Self::Factor { min, max } => vec![hundredths(min), "1".into(), hundredths(max)],
            Self::Sources => {
                let lists = ["imdb,rt,mc", "ebert,lb", "tomatoes-critics,letterboxd"];
                RatingSource::NAMES.iter().copied().chain(lists).map(str::to_owned).collect()
            }
            Self::Weights => own(&["imdb:2,rt", "mc", "imdb,mc:100"]),
            Self::Thresholds => own(&["40,60,75", "0,50,100"]),
            Self::Colour => own(&["ff8800", "#00a0FF"]),
            Self::Colours => own(&["aa0000,cc8800,88aa00,008844"]),
            Self::Sashes => {
                let lists = ["default", "-trending", "default,-ended,-emmy", "oscar,top250"];
                SashMark::NAMES.iter().copied().chain(lists).map(str::to_owned).collect()
            }
            Self::Language => own(&["de", "pt-BR", "original", "zz"]),
            Self::Country => own(&["DE", "us", "GB"]),
            Self::Awards => {
                let lists = ["true", "false", "oscar,bafta"];
                AwardBody::NAMES.iter().copied().chain(lists).map(str::to_owned).collect()
            }
            Self::Path => own(&["/abc.jpg", "/fanart/movies/1/movieposter/a.jpg"]),
            Self::Text { .. } => own(&["a", "Rewatch 2026"]),
        }
    }
}

fn quoted(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    quoted.join(" ")
}

fn hundredths(value: u8) -> String {
    let text = format!("{}.{:02}", value / 100, value % 100);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
