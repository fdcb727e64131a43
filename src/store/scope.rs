//! What a purge removes.

use std::fmt;
use std::str::FromStr;

use super::Tier;
use crate::model::{ArtworkKind, Words};

/// What a purge removes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PurgeScope {
    All,
    Tier(Tier),
    Family(ArtworkKind),
    /// Everything labelled with this id, as [`super::Labels::titles`] spells it.
    Title(String),
}

/// A text that names no scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected `all`, `tier:…`, `family:…` or `title:…`")]
pub struct ScopeError;

impl fmt::Display for PurgeScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("all"),
            Self::Tier(tier) => write!(f, "tier:{}", tier.name()),
            Self::Family(kind) => write!(f, "family:{}", kind.family()),
            Self::Title(id) => write!(f, "title:{id}"),
        }
    }
}

impl FromStr for PurgeScope {
    type Err = ScopeError;

    fn from_str(text: &str) -> Result<Self, ScopeError> {
        if text == "all" {
            return Ok(Self::All);
        }
        match text.split_once(':').ok_or(ScopeError)? {
            ("tier", name) => {
                let tier = Tier::ALL.into_iter().find(|tier| tier.name() == name);
                tier.map(Self::Tier).ok_or(ScopeError)
            }
            ("family", name) => ArtworkKind::from_word(name).map(Self::Family).ok_or(ScopeError),
            ("title", id) if is_title_label(id) => Ok(Self::Title(id.to_owned())),
            _ => Err(ScopeError),
        }
    }
}

/// Labels are stored separated by spaces and come from command lines.
pub(super) fn is_title_label(id: &str) -> bool {
    let plain =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b':' | b'.');
    (1..=64).contains(&id.len()) && id.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_scope_reads_back_what_it_writes() {
        let mut scopes = vec![PurgeScope::All, PurgeScope::Title("tv-1396:1:1".into())];
        scopes.extend(Tier::ALL.map(PurgeScope::Tier));
        scopes.extend(ArtworkKind::ALL.map(PurgeScope::Family));
        for scope in scopes {
            assert_eq!(scope.to_string().parse(), Ok(scope));
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in ".{0,100}") {
            let _ = text.parse::<PurgeScope>();
        }
    }
}
