//! Where in a request a provider's key goes.

use crate::env::Secret;

/// Where a provider wants its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyPlace {
    /// `?{name}=key`.
    Query(&'static str),
    /// A header of that name.
    Header(&'static str),
    /// TMDB: a v3 key as `?api_key=`, a v4 read token as `Authorization: Bearer`.
    Tmdb,
}

/// Where one key goes, once its shape is known.
pub(super) enum PlacedKey {
    Query(&'static str),
    Header(&'static str),
    Bearer,
}

impl KeyPlace {
    pub(super) fn of(self, key: &Secret) -> PlacedKey {
        match self {
            Self::Query(name) => PlacedKey::Query(name),
            Self::Header(name) => PlacedKey::Header(name),
            Self::Tmdb if is_v4_token(key.expose()) => PlacedKey::Bearer,
            Self::Tmdb => PlacedKey::Query("api_key"),
        }
    }
}

/// A v4 token is a JWT: three base64url parts with dots between; a v3 key is 32 hex digits.
fn is_v4_token(key: &str) -> bool {
    key.starts_with("eyJ") || key.bytes().filter(|b| *b == b'.').count() == 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tmdb_keys_are_told_apart_by_shape() {
        let v3 = Secret::new("0123456789abcdef0123456789abcdef");
        let v4 = Secret::new("eyJhbGciOiJIUzI1NiJ9.eyJhdWQiOiIwIn0.c2lnbmF0dXJl");
        assert!(matches!(KeyPlace::Tmdb.of(&v3), PlacedKey::Query("api_key")));
        assert!(matches!(KeyPlace::Tmdb.of(&v4), PlacedKey::Bearer));
    }
}
