//! What a new installation makes for itself, and shows once.

use super::admin::{AdminToken, MintedToken};
use super::mint::{MintedKey, mint_key};
use super::settings::KeySettings;
use super::table::KeyPolicy;
use crate::store::{KeyHash, NewKey, SettingsStore, StoreError};

/// The fact that holds the admin token's hash.
pub(super) const ADMIN_TOKEN: &str = "admin_token_hash";
/// The name of the key that the first start makes.
const FIRST_KEY: &str = "first key";

/// Secrets that were made just now, to be shown once.
#[derive(Clone, Debug, Default)]
pub struct Announcement {
    pub key: Option<MintedKey>,
    pub admin_token: Option<MintedToken>,
}

/// The owner's token in force; none where none was made.
pub(super) async fn owner_token(
    policy: &KeyPolicy,
    store: &dyn SettingsStore,
) -> Result<AdminToken, StoreError> {
    if let Some(secret) = &policy.admin_token {
        return Ok(AdminToken::from_secret(secret));
    }
    let stored = store.fact(ADMIN_TOKEN).await?;
    let hash = stored.as_deref().and_then(KeyHash::from_bytes);
    Ok(hash.map(AdminToken::from_hash).unwrap_or_default())
}

/// Makes a key when there never was one of any kind, and an admin token when there is none.
pub(super) async fn first_start(
    policy: &KeyPolicy,
    store: &dyn SettingsStore,
    now: u64,
) -> Result<Announcement, StoreError> {
    let mut announcement = Announcement::default();
    // A revoked key was a key: whoever revoked the last one does not want another.
    if policy.fixed.is_empty() && !policy.open && store.keys().await?.is_empty() {
        let minted = mint_key();
        store.create_key(&new_key(&minted, FIRST_KEY, &KeySettings::default(), now)).await?;
        announcement.key = Some(minted);
    }
    if policy.admin_token.is_none() && store.fact(ADMIN_TOKEN).await?.is_none() {
        let token = MintedToken::admin();
        // Another process may have been first.
        if store.add_fact(ADMIN_TOKEN, token.hash().as_bytes()).await? {
            announcement.admin_token = Some(token);
        }
    }
    Ok(announcement)
}

pub(super) fn new_key(minted: &MintedKey, name: &str, settings: &KeySettings, now: u64) -> NewKey {
    NewKey {
        name: name.to_owned(),
        prefix: minted.prefix(),
        hashes: minted.hashes(),
        settings: serde_json::Value::from(settings.document()).to_string(),
        created_at: now,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Database, KeyStore};

    async fn start(policy: &KeyPolicy, store: &Database) -> (Announcement, AdminToken) {
        let announcement = first_start(policy, store, 5).await.unwrap();
        (announcement, owner_token(policy, store).await.unwrap())
    }

    #[tokio::test]
    async fn the_first_start_makes_a_key_and_a_token_and_the_second_does_not() {
        let (store, policy) = (Database::in_memory().await, KeyPolicy::default());
        let (announcement, admin) = start(&policy, &store).await;
        let minted = announcement.key.unwrap();
        let stored = store.keys().await.unwrap().remove(0);
        assert!(stored.hashes[0].key.matches(&KeyHash::of(&minted.key)));
        let token = announcement.admin_token.unwrap();
        assert!(admin.accepts(token.as_str()));

        let (again, admin) = start(&policy, &store).await;
        assert!(again.key.is_none() && again.admin_token.is_none());
        assert!(store.keys().await.unwrap().len() == 1 && admin.accepts(token.as_str()));
    }

    #[tokio::test]
    async fn fixed_keys_open_mode_and_a_set_token_make_nothing() {
        let secret = crate::env::Secret::new("hush");
        for (fixed, open) in [(vec!["k".parse().unwrap()], false), (Vec::new(), true)] {
            let admin_token = Some(secret.clone());
            let policy = KeyPolicy { fixed, open, admin_token, ..KeyPolicy::default() };
            let store = Database::in_memory().await;
            let (announcement, admin) = start(&policy, &store).await;
            assert!(announcement.key.is_none() && announcement.admin_token.is_none());
            assert!(admin.accepts("hush") && store.keys().await.unwrap().is_empty());
        }
    }

    #[tokio::test]
    async fn a_revoked_last_key_is_not_replaced() {
        let (store, policy) = (Database::in_memory().await, KeyPolicy::default());
        let new = new_key(&mint_key(), "x", &KeySettings::default(), 1);
        let id = store.create_key(&new).await.unwrap();
        store.revoke_key(id, 2).await.unwrap();
        assert!(start(&policy, &store).await.0.key.is_none());
    }
}
