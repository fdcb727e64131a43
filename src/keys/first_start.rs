//! What a new installation makes for itself, and shows once.

use super::admin::AdminToken;
use super::mint::{MintedKey, mint_key, random_text};
use super::table::{KeyPolicy, Keys};
use crate::store::{Database, KeyHash, StoreError};

/// The fact that holds the admin token's hash.
const ADMIN_TOKEN: &str = "admin_token_hash";

/// Secrets that were made just now, to be shown once.
#[derive(Clone, Debug, Default)]
pub struct Announcement {
    pub key: Option<MintedKey>,
    pub admin_token: Option<AnnouncedToken>,
}

/// An admin token that was made just now. `Debug` hides it.
#[derive(Clone)]
pub struct AnnouncedToken(String);

impl AnnouncedToken {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for AnnouncedToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

/// Loads the stored keys and the admin token, and makes nothing: for a database that comes back
/// while the server runs, when nobody would see what was made.
pub(super) async fn load(
    policy: &KeyPolicy,
    database: &Database,
    keys: &Keys,
) -> Result<AdminToken, StoreError> {
    keys.set_stored(&database.api_keys().await?);
    match &policy.admin_token {
        Some(secret) => Ok(AdminToken::from_secret(secret)),
        None => Ok(known_admin_token(database).await?.unwrap_or_default()),
    }
}

async fn known_admin_token(database: &Database) -> Result<Option<AdminToken>, StoreError> {
    let stored = database.fact(ADMIN_TOKEN).await?;
    Ok(stored.as_deref().and_then(KeyHash::from_bytes).map(AdminToken::from_hash))
}

/// Makes a key when there is none of any kind, and an admin token when there is none; loads the
/// stored keys.
pub async fn first_start(
    policy: &KeyPolicy,
    database: &Database,
    keys: &Keys,
) -> Result<(Announcement, AdminToken), StoreError> {
    let mut rows = database.api_keys().await?;
    let mut announcement = Announcement::default();
    // A revoked key was a key: whoever revoked the last one does not want another.
    if rows.is_empty() && policy.fixed.is_empty() && !policy.open {
        let minted = mint_key();
        database.create_key(&minted.to_stored("first key")).await?;
        rows = database.api_keys().await?;
        announcement.key = Some(minted);
    }
    keys.set_stored(&rows);
    let admin = match &policy.admin_token {
        Some(secret) => AdminToken::from_secret(secret),
        None => stored_admin_token(database, &mut announcement).await?,
    };
    Ok((announcement, admin))
}

async fn stored_admin_token(
    database: &Database,
    announcement: &mut Announcement,
) -> Result<AdminToken, StoreError> {
    if let Some(known) = known_admin_token(database).await? {
        return Ok(known);
    }
    let token = format!("admin-{}", random_text());
    let hash = KeyHash::of(&token);
    if database.add_fact(ADMIN_TOKEN, hash.as_bytes()).await? {
        announcement.admin_token = Some(AnnouncedToken(token));
        return Ok(AdminToken::from_hash(hash));
    }
    // Another process was first, or the fact is torn: then only the setting opens the door.
    Ok(known_admin_token(database).await?.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_first_start_makes_a_key_and_a_token_and_the_second_does_not() {
        let (database, keys) = (Database::in_memory().await, Keys::new(&KeyPolicy::default()));
        let policy = KeyPolicy::default();
        let (announcement, admin) = first_start(&policy, &database, &keys).await.unwrap();
        let minted = announcement.key.unwrap();
        assert!(keys.check(&minted.key).is_ok());
        let token = announcement.admin_token.unwrap();
        assert!(admin.accepts(token.as_str()));

        let keys = Keys::new(&KeyPolicy::default());
        let (again, admin) = first_start(&policy, &database, &keys).await.unwrap();
        assert!(again.key.is_none() && again.admin_token.is_none());
        assert!(keys.check(&minted.key).is_ok() && admin.accepts(token.as_str()));
    }

    #[tokio::test]
    async fn fixed_keys_open_mode_and_a_set_token_make_nothing() {
        let secret = crate::env::Secret::new("hush");
        for (fixed, open) in [(vec!["k".parse().unwrap()], false), (Vec::new(), true)] {
            let admin_token = Some(secret.clone());
            let policy = KeyPolicy { fixed, open, admin_token, ..KeyPolicy::default() };
            let (database, keys) = (Database::in_memory().await, Keys::new(&KeyPolicy::default()));
            let (announcement, admin) = first_start(&policy, &database, &keys).await.unwrap();
            assert!(announcement.key.is_none() && announcement.admin_token.is_none());
            assert!(admin.accepts("hush") && database.api_keys().await.unwrap().is_empty());
        }
    }

    #[tokio::test]
    async fn a_revoked_last_key_is_not_replaced() {
        let (database, keys) = (Database::in_memory().await, Keys::new(&KeyPolicy::default()));
        let id = database.create_key(&mint_key().to_stored("x")).await.unwrap();
        database.revoke_key(id).await.unwrap();
        let (announcement, _) = first_start(&KeyPolicy::default(), &database, &keys).await.unwrap();
        assert!(announcement.key.is_none() && keys.is_empty());
    }
}
