//! Text with places for what is known of a title: `{title} ({year})`.

use std::str::FromStr;

use crate::model::{InfoKind, RatingSource, Words};

/// Longest text, in characters.
pub(super) const MAX_TEXT: usize = 120;
/// Letters of a usual title, and of another fact.
const TITLE_LENGTH: usize = 16;
const FACT_LENGTH: usize = 6;

/// A text of a layout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    pub pieces: Vec<Piece>,
}

/// A part of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    Literal(String),
    Fact(TextFact),
}

/// What may stand in braces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextFact {
    /// The title in the language of the picture.
    Title,
    /// The aggregate of the ratings, out of 100.
    Score,
    /// By the words of `info`.
    Info(InfoKind),
    /// A rating as its source writes it.
    Rating(RatingSource),
}

/// Why a text cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    #[error("the text is empty")]
    Empty,
    #[error("a brace is not closed, or not opened")]
    Braces,
    #[error("no such fact: {{{0}}}")]
    Unknown(String),
}

impl TextFact {
    fn from_word(word: &str) -> Option<Self> {
        match word {
            "title" => Some(Self::Title),
            "score" => Some(Self::Score),
            // A file's qualities are several, and no words of a line.
            "quality" => None,
            _ => {
                let info = InfoKind::NAMES.contains(&word).then(|| InfoKind::from_word(word));
                let rating = || RatingSource::from_word(word).map(Self::Rating);
                info.flatten().map(Self::Info).or_else(rating)
            }
        }
    }

    #[cfg(test)]
    pub(super) fn words() -> Vec<&'static str> {
        let known = ["title", "score"].into_iter();
        let info = InfoKind::NAMES.iter().copied().filter(|name| *name != "quality");
        known.chain(info).chain(RatingSource::NAMES.iter().copied()).collect()
    }
}

impl FromStr for Template {
    type Err = TemplateError;

    fn from_str(text: &str) -> Result<Self, TemplateError> {
        if text.trim().is_empty() {
            return Err(TemplateError::Empty);
        }
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (word, after) = after.split_once('}').ok_or(TemplateError::Braces)?;
            if before.contains('}') || word.contains('{') {
                return Err(TemplateError::Braces);
            }
            if !before.is_empty() {
                pieces.push(Piece::Literal(before.to_owned()));
            }
            let fact = TextFact::from_word(word);
            let unknown = || TemplateError::Unknown(word.chars().take(24).collect());
            pieces.push(Piece::Fact(fact.ok_or_else(unknown)?));
            rest = after;
        }
        if rest.contains('}') {
            return Err(TemplateError::Braces);
        }
        if !rest.is_empty() {
            pieces.push(Piece::Literal(rest.to_owned()));
        }
        Ok(Self { pieces })
    }
}

impl Template {
    pub fn facts(&self) -> impl Iterator<Item = TextFact> + '_ {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Literal(_) => None,
            Piece::Fact(fact) => Some(*fact),
        })
    }

    /// About how many letters it has with its facts.
    pub(super) fn estimated_length(&self) -> usize {
        let length = |piece: &Piece| match piece {
            Piece::Literal(literal) => literal.chars().count(),
            Piece::Fact(TextFact::Title) => TITLE_LENGTH,
            Piece::Fact(_) => FACT_LENGTH,
        };
        self.pieces.iter().map(length).sum()
    }

    /// The text with its facts; `None` where one of them is not known.
    pub fn filled(&self, known: impl Fn(TextFact) -> Option<String>) -> Option<String> {
        let mut text = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Literal(literal) => text.push_str(literal),
                Piece::Fact(fact) => text.push_str(&known(*fact)?),
            }
        }
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        (!text.is_empty()).then_some(text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn facts_stand_in_braces() {
        let template: Template = "{title}  ({year}) {imdb}".parse().unwrap();
        let facts: Vec<TextFact> = template.facts().collect();
        let imdb = TextFact::Rating(RatingSource::Imdb);
        assert_eq!(facts, [TextFact::Title, TextFact::Info(InfoKind::Year), imdb]);
        let known = |fact| match fact {
            TextFact::Title => Some("Dune".to_owned()),
            TextFact::Info(_) => Some("2021".to_owned()),
            TextFact::Score | TextFact::Rating(_) => Some("8.0".to_owned()),
        };
        assert_eq!(template.filled(known).as_deref(), Some("Dune (2021) 8.0"));
        let without_rating = |fact| known(fact).filter(|_| fact != imdb);
        assert_eq!(template.filled(without_rating), None);
    }

    #[test]
    fn mistakes_are_told_apart() {
        let error = |text: &str| text.parse::<Template>().unwrap_err();
        assert_eq!(error(" "), TemplateError::Empty);
        for text in ["{title", "title}", "{a{b}}", "}{title}"] {
            assert_eq!(error(text), TemplateError::Braces, "{text}");
        }
        for text in ["{}", "{cast}", "{quality}", "{Title}"] {
            assert!(matches!(error(text), TemplateError::Unknown(_)), "{text}");
        }
        for word in TextFact::words() {
            assert!(format!("{{{word}}}").parse::<Template>().is_ok(), "{word}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_survived(text in "[{}a-z ]{0,40}|.{0,60}") {
            let _ = text.parse::<Template>();
        }
    }
}
