//! The token that authorises changes.

use crate::env::Secret;
use crate::store::KeyHash;

/// The admin token's hash; without one the admin API is closed.
#[derive(Clone, Debug, Default)]
pub struct AdminToken {
    hash: Option<KeyHash>,
}

impl AdminToken {
    pub fn from_hash(hash: KeyHash) -> Self {
        Self { hash: Some(hash) }
    }

    pub fn from_secret(secret: &Secret) -> Self {
        Self::from_hash(KeyHash::of(secret.expose()))
    }

    pub fn accepts(&self, presented: &str) -> bool {
        self.hash.is_some_and(|hash| hash.matches(&KeyHash::of(presented)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_token_nothing_is_accepted() {
        assert!(!AdminToken::default().accepts(""));
        let token = AdminToken::from_secret(&Secret::new("hush"));
        assert!(token.accepts("hush") && !token.accepts("hush "));
    }
}
