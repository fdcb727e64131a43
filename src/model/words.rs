//! Closed lists of values that have words: in URLs, settings and on the command line.

/// A closed list of values with one or more words each. The words stand in the list's own table and
/// nowhere else: parsers, docs and forms read them from here.
pub trait Words: Sized + Copy + 'static {
    /// The first word of each value, in the order of the docs.
    const NAMES: &'static [&'static str];
    /// Every word with its value.
    const WORDS: &'static [(&'static str, Self)];

    /// Reads a word, in any case.
    fn from_word(word: &str) -> Option<Self> {
        let row = Self::WORDS.iter().find(|(known, _)| known.eq_ignore_ascii_case(word));
        row.map(|(_, value)| *value)
    }
}

/// An enum with its table of words; the first word of a value is its name.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident {
        $($(#[$variant_meta:meta])* $variant:ident = $first:literal $(| $other:literal)*),+ $(,)?
    }) => {
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord,
            serde::Serialize, serde::Deserialize,
        )]
        $(#[$meta])*
        pub enum $name { $($(#[$variant_meta])* $variant),+ }

        impl $name {
            /// Every value, in the order of the docs.
            #[allow(dead_code, reason = "not every table is walked as a whole")]
            pub const ALL: [Self; [$($first),+].len()] = [$(Self::$variant),+];

            /// The first word.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $first),+ }
            }
        }

        impl $crate::model::Words for $name {
            const NAMES: &'static [&'static str] = &[$($first),+];
            const WORDS: &'static [(&'static str, Self)] =
                &[$(($first, Self::$variant), $(($other, Self::$variant),)*)+];
        }
    };
}

pub(crate) use words;
