//! The tokens that authorise changes.

use arc_swap::ArcSwap;

use super::mint::random_text;
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

/// A token that was made just now: the only moment at which its text is known. `Debug` hides it.
#[derive(Clone)]
pub struct MintedToken(String);

impl MintedToken {
    /// `admin-` and 32 of `[A-Za-z0-9]`.
    pub fn admin() -> Self {
        Self(format!("admin-{}", random_text()))
    }

    /// `control-` and 32 of `[A-Za-z0-9]`.
    pub fn control() -> Self {
        Self(format!("control-{}", random_text()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn hash(&self) -> KeyHash {
        KeyHash::of(&self.0)
    }
}

impl std::fmt::Debug for MintedToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

/// The tokens that open the admin API: the owner's, and the one in `control.json` that commands on
/// the same machine use.
#[derive(Debug)]
pub struct AdminTokens {
    owner: ArcSwap<AdminToken>,
    control: AdminToken,
}

impl AdminTokens {
    pub(super) fn new(control: &MintedToken) -> Self {
        Self { owner: ArcSwap::default(), control: AdminToken::from_hash(control.hash()) }
    }

    pub(super) fn set_owner(&self, token: AdminToken) {
        self.owner.store(std::sync::Arc::new(token));
    }

    pub fn accepts(&self, presented: &str) -> bool {
        // Both, so that the time does not tell which.
        let (owner, control) =
            (self.owner.load().accepts(presented), self.control.accepts(presented));
        owner | control
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

    #[test]
    fn the_owners_token_and_the_control_token_open() {
        let control = MintedToken::control();
        let tokens = AdminTokens::new(&control);
        assert!(tokens.accepts(control.as_str()) && !tokens.accepts("hush"));
        tokens.set_owner(AdminToken::from_secret(&Secret::new("hush")));
        assert!(tokens.accepts(control.as_str()) && tokens.accepts("hush"));
        assert!(!tokens.accepts("") && !tokens.accepts("control-"));
        assert_eq!(format!("{control:?}"), "***");
    }
}
