//! New keys.

use rand::Rng;
use rand::distr::Alphanumeric;

use crate::store::{KeyHash, KeyHashes};

/// 32 of 62 characters: 190 bits.
const RANDOM_CHARS: usize = 32;

/// A key that was just made: the only moment at which its text is known.
#[derive(Clone, PartialEq, Eq)]
pub struct MintedKey {
    /// `t3-` and 32 of `[A-Za-z0-9]`.
    pub key: String,
    /// `h.` and 32 of `[A-Za-z0-9]`: images and `isValid` only.
    pub share: String,
}

impl std::fmt::Debug for MintedKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MintedKey(***)")
    }
}

impl MintedKey {
    /// What the database may keep of it.
    pub fn hashes(&self) -> KeyHashes {
        let (key, share) = (KeyHash::of(&self.key), KeyHash::of(&self.share));
        KeyHashes { key, share, valid_until: None }
    }

    /// The first characters, to recognise it by.
    pub fn prefix(&self) -> String {
        self.key.chars().take(7).collect()
    }
}

/// Makes a key and its share form, each of its own randomness.
pub fn mint_key() -> MintedKey {
    MintedKey { key: format!("t3-{}", random_text()), share: format!("h.{}", random_text()) }
}

/// 32 of `[A-Za-z0-9]` from a cryptographic generator.
pub(super) fn random_text() -> String {
    // ThreadRng is ChaCha12, seeded and reseeded by the system.
    rand::rng().sample_iter(&Alphanumeric).take(RANDOM_CHARS).map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::text::KeyText;

    #[test]
    fn a_minted_key_has_the_shape_clients_expect() {
        let minted = mint_key();
        let random = minted.key.strip_prefix("t3-").unwrap();
        assert_eq!(random.len(), 32);
        assert!(random.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        assert!(minted.key.parse::<KeyText>().is_ok() && minted.share.parse::<KeyText>().is_ok());
        assert!(!minted.share.contains(random));
        assert_ne!(mint_key(), minted);
    }
}
