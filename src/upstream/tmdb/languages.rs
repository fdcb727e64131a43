//! The languages that a title's details are asked in.

use std::collections::HashSet;

use crate::model::Language;
use crate::upstream::Call;

/// What a title is to be told in, and in which languages its pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ImageLanguages {
    /// Of the title's texts, and of its pictures first of all.
    pub preferred: Language,
    /// The server's.
    pub server: Language,
}

impl ImageLanguages {
    /// Whether pictures of this language are among those asked for; regions do not count.
    pub fn include(&self, language: Language) -> bool {
        self.all().into_iter().any(|own| own.is_same(language))
    }

    /// The call, for a title and its pictures in these languages; without any, for pictures of all languages.
    pub(super) fn ask(languages: Option<Self>, call: Call) -> Call {
        match languages {
            Some(languages) => call
                .query("language", languages.preferred.to_string())
                .query("include_image_language", languages.parameter()),
            None => call,
        }
    }

    /// TMDB's `include_image_language`: `pt-BR,pt,en,null`. Those without lettering are `null`.
    pub(super) fn parameter(&self) -> String {
        let mut words: Vec<String> = Vec::new();
        for language in self.all() {
            words.push(language.to_string());
            // Regions are told apart in the answer; the code alone names them all.
            words.extend(language.codes().into_iter().map(str::to_owned));
        }
        words.push("null".to_owned());
        let mut seen = HashSet::new();
        words.retain(|word| seen.insert(word.clone()));
        words.join(",")
    }

    fn all(&self) -> [Language; 3] {
        [self.preferred, self.server, Language::ENGLISH]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_asked_for_in_every_language_that_is_looked_at() {
        let of = |preferred: &str| ImageLanguages {
            preferred: preferred.parse().unwrap(),
            server: "fr".parse().unwrap(),
        };
        assert_eq!(of("de").parameter(), "de,fr,en,null");
        assert_eq!(of("en").parameter(), "en,fr,null");
        assert_eq!(of("pt-BR").parameter(), "pt-BR,pt,fr,en,null");
        assert_eq!(of("nb").parameter(), "nb,no,nn,fr,en,null");
        assert!(of("nb").include("no".parse().unwrap()));
        assert!(!of("de").include("ja".parse().unwrap()));
    }
}
