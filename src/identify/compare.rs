//! Two spellings of one title, compared.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Articles that stand before a title or, behind a comma, after it.
const ARTICLES: [&str; 18] = [
    "the", "a", "an", "der", "die", "das", "le", "la", "les", "el", "los", "las", "il", "lo",
    "gli", "de", "het", "o",
];

/// Words for "and".
const AND: [&str; 6] = ["and", "und", "et", "y", "og", "och"];

const ROMAN: [&str; 20] = [
    "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv", "xv",
    "xvi", "xvii", "xviii", "xix", "xx",
];

const NUMBER_WORDS: [&str; 10] =
    ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];

/// Letters that do not come apart into a base letter and a mark.
const LETTERS: [(char, &str); 8] = [
    ('ß', "ss"),
    ('æ', "ae"),
    ('œ', "oe"),
    ('ø', "o"),
    ('đ', "d"),
    ('ð', "d"),
    ('ł', "l"),
    ('þ', "th"),
];

/// A title as words that compare: lower case, without marks, articles at its start and punctuation; numerals as digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Normal {
    words: Vec<String>,
}

impl Normal {
    pub(super) fn of(title: &str) -> Self {
        let plain = plain(title);
        let mut words: Vec<String> = plain.split_whitespace().map(str::to_owned).collect();
        let last = words.len().saturating_sub(1);
        for (at, word) in words.iter_mut().enumerate() {
            if let Some(number) = number(word, at, last) {
                *word = number.to_string();
            } else if AND.contains(&word.as_str()) {
                "and".clone_into(word);
            }
        }
        if words.len() > 1 && ARTICLES.contains(&words[0].as_str()) {
            words.remove(0);
        }
        Self { words }
    }

    /// How alike two titles are, from 0 to 1.
    pub(super) fn likeness(&self, other: &Self) -> f64 {
        if self.words.is_empty() || other.words.is_empty() {
            return 0.0;
        }
        let (one, two) = (self.words.concat(), other.words.concat());
        if one == two {
            return 1.0;
        }
        if self.numbers() != other.numbers() {
            // "Rocky 2" is not "Rocky 3", however alike they look.
            return strsim::normalized_levenshtein(&one, &two).min(0.6);
        }
        strsim::normalized_levenshtein(&one, &two).max(self.shared(other))
    }

    /// The share of words that both have: a subtitle that one leaves out costs less than another title.
    fn shared(&self, other: &Self) -> f64 {
        let in_other = self.words.iter().filter(|word| other.words.contains(word)).count();
        let in_self = other.words.iter().filter(|word| self.words.contains(word)).count();
        let common = in_other.min(in_self);
        let (fewer, more) =
            (self.words.len().min(other.words.len()), self.words.len().max(other.words.len()));
        let (of_fewer, of_more) = (common as f64 / fewer as f64, common as f64 / more as f64);
        // One word in common is chance.
        if fewer < 2 { of_more * 0.9 } else { of_fewer * 0.45 + of_more * 0.5 }
    }

    fn numbers(&self) -> Vec<&str> {
        self.words
            .iter()
            .map(String::as_str)
            .filter(|w| w.bytes().all(|b| b.is_ascii_digit()))
            .collect()
    }
}

/// Lower case without marks; `&` a word of its own; an article behind a comma moved to the front.
fn plain(title: &str) -> String {
    let title = match title.rsplit_once(", ") {
        Some((rest, article)) if ARTICLES.contains(&article.to_lowercase().as_str()) => {
            format!("{article} {rest}")
        }
        _ => title.to_owned(),
    };
    let title = title.split_whitespace().map(without_dots).collect::<Vec<_>>().join(" ");
    let mut out = String::with_capacity(title.len());
    for c in title.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase) {
        let letter = LETTERS.into_iter().find(|(from, _)| *from == c);
        match (c, letter) {
            (_, Some((_, text))) => out.push_str(text),
            // "Ocean's" is one word.
            ('\'' | '’' | '‘' | '`' | '·', _) => {}
            ('&' | '+', _) => out.push_str(" and "),
            (c, _) if c.is_alphanumeric() => out.push(c),
            _ => out.push(' '),
        }
    }
    out
}

/// "S.W.A.T." is one word, "Vol.1" two.
fn without_dots(word: &str) -> String {
    let mut parts = word.split('.').filter(|part| !part.is_empty());
    let initials = parts.all(|part| part.chars().count() == 1);
    word.replace('.', if initials { "" } else { " " })
}

/// The number that a word stands for; `i` only at the end, and nothing at the start, where it may be a name.
fn number(word: &str, at: usize, last: usize) -> Option<usize> {
    if at == 0 {
        return None;
    }
    let place = |list: &[&str]| list.iter().position(|known| *known == word).map(|place| place + 1);
    let roman = place(&ROMAN).filter(|_| !matches!(word, "i" | "v" | "x") || at == last);
    roman.or_else(|| place(&NUMBER_WORDS))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn likeness(one: &str, two: &str) -> f64 {
        Normal::of(one).likeness(&Normal::of(two))
    }

    #[test]
    fn spellings_of_one_title_are_the_same() {
        for (one, two) in [
            ("Fast & Furious", "Fast and Furious"),
            ("Matrix, The", "The Matrix"),
            ("Rocky II", "Rocky 2"),
            ("Dune: Part Two", "Dune Part 2"),
            ("Amélie", "Amelie"),
            ("WALL·E", "WALL-E"),
            ("Ocean's Eleven", "Oceans Eleven"),
            ("S.W.A.T.", "SWAT"),
            ("Kill Bill: Vol. 1", "Kill Bill Vol.1"),
            ("Der Untergang", "Untergang"),
            ("Große Freiheit", "Grosse Freiheit"),
        ] {
            assert!(
                (likeness(one, two) - 1.0).abs() < 1e-9,
                "{one} / {two}: {}",
                likeness(one, two)
            );
        }
    }

    #[test]
    fn another_part_is_another_title() {
        for (one, two) in
            [("Rocky II", "Rocky III"), ("Alien", "Aliens 2"), ("Toy Story 3", "Toy Story 4")]
        {
            assert!(likeness(one, two) <= 0.8, "{one} / {two}: {}", likeness(one, two));
        }
        assert!(likeness("Star Wars Episode IV A New Hope", "Star Wars") < 0.8);
    }

    proptest! {
        #[test]
        fn likeness_is_between_0_and_1_and_has_no_direction(one in "\\PC{0,40}", two in "\\PC{0,40}") {
            let there = likeness(&one, &two);
            prop_assert!((0.0..=1.0).contains(&there));
            prop_assert!((there - likeness(&two, &one)).abs() < 1e-9);
        }
    }
}
