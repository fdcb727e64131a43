//! What a key may look like.

use std::fmt;
use std::str::FromStr;

/// The public key, when `LAUREL_FREE_KEY` is on and on the demo catalogue.
pub const FREE_KEY: &str = "t0-free-rpdb";

/// Words in a key's place that mean something else.
const RESERVED: [&str; 6] = ["api", "admin", "c", "plex", "stremio", "assets"];

/// A text that may be a key: 1 to 64 of `[A-Za-z0-9_.-]`, and no reserved word. `Debug` hides it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct KeyText(String);

/// Why a text cannot be a key. Never quotes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyTextError {
    #[error("a key is 1 to 64 of A-Z a-z 0-9 _ . -")]
    Malformed,
    #[error("`api`, `admin`, `c`, `plex`, `stremio` and `assets` cannot be keys")]
    Reserved,
}

impl KeyText {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Checks without copying.
    pub(super) fn check(text: &str) -> Result<(), KeyTextError> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
        if !(1..=64).contains(&text.len()) || !text.bytes().all(plain) {
            return Err(KeyTextError::Malformed);
        }
        if RESERVED.contains(&text) {
            return Err(KeyTextError::Reserved);
        }
        Ok(())
    }
}

impl FromStr for KeyText {
    type Err = KeyTextError;

    fn from_str(text: &str) -> Result<Self, KeyTextError> {
        Self::check(text).map(|()| Self(text.to_owned()))
    }
}

impl fmt::Debug for KeyText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reserved_words_and_odd_characters_are_no_keys() {
        for text in [
            "api",
            "admin",
            "c",
            "plex",
            "stremio",
            "assets",
            "",
            "a/b",
            "a b",
            "ä",
            "a%",
            &"x".repeat(65),
        ] {
            assert!(text.parse::<KeyText>().is_err(), "{text}");
        }
        for text in ["a", "t0-free-rpdb", "h.abc", "API", "cc", &"x".repeat(64)] {
            assert!(text.parse::<KeyText>().is_ok(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn whatever_parses_can_stand_in_a_path(text in ".{0,80}") {
            if let Ok(key) = text.parse::<KeyText>() {
                prop_assert!(!key.as_str().contains(['/', '%', '?', '#', ' ']));
            }
        }
    }
}
