//! Keys and tokens as the database keeps them.

use std::fmt;

use subtle::ConstantTimeEq;

/// The BLAKE3 hash of a key under a context of our own.
///
/// Unsalted and fast on purpose: the keys it guards against a leaked database are random (190
/// bits), so there is nothing to guess, and a check costs less than a microsecond.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyHash([u8; 32]);

impl KeyHash {
    pub fn of(key: &str) -> Self {
        Self(blake3::derive_key("laurel 2026-01-01 api key hash v1", key.as_bytes()))
    }

    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Compares without telling by its duration where the difference is.
    pub fn matches(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }

    /// 64 bits of the hash: names the key in tables without being the key.
    pub fn short(&self) -> u64 {
        let mut start = [0; 8];
        start.copy_from_slice(&self.0[..8]);
        u64::from_le_bytes(start)
    }
}

impl fmt::Debug for KeyHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyHash(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_compared_whole_and_never_shown() {
        assert!(KeyHash::of("one").matches(&KeyHash::of("one")));
        assert!(!KeyHash::of("one").matches(&KeyHash::of("One")));
        assert_eq!(format!("{:?}", KeyHash::of("x")), "KeyHash(***)");
    }
}
