//! What the admin sets while the server runs: keys, profiles, overrides of artwork, purges. The
//! traits are what every database has to offer; `contract` tests them against each.

use std::fmt::Debug;

use async_trait::async_trait;

use super::{KeyHash, PurgeScope, StoreError};

/// The hashes of a key and of its share form.
#[derive(Clone, Copy, Debug)]
pub struct KeyHashes {
    pub key: KeyHash,
    pub share: KeyHash,
    /// Seconds since 1970; `None`: as long as the key is in use.
    pub valid_until: Option<u64>,
}

/// A key to be stored.
#[derive(Clone, Debug)]
pub struct NewKey {
    pub name: String,
    /// First characters of the key, to recognise it by.
    pub prefix: String,
    pub hashes: KeyHashes,
    /// A JSON object.
    pub settings: String,
    /// Seconds since 1970.
    pub created_at: u64,
}

/// A stored key; times are seconds since 1970.
#[derive(Clone, Debug)]
pub struct KeyRecord {
    pub id: i64,
    pub name: String,
    pub prefix: String,
    /// The newest pair first.
    pub hashes: Vec<KeyHashes>,
    pub settings: String,
    pub created_at: u64,
    pub revoked_at: Option<u64>,
    pub last_used_at: Option<u64>,
    /// Of all months together.
    pub requests: u64,
}

/// What a key was used for in one UTC month.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MonthlyUsage {
    pub key_id: i64,
    /// `2026-11`.
    pub month: String,
    pub requests: u64,
    /// Pictures that were made because of them.
    pub made: u64,
}

/// A stored profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileRecord {
    pub name: String,
    /// The profile as JSON.
    pub document: String,
    pub revision: u64,
    pub updated_at: u64,
}

/// Artwork that the admin has chosen for a title's family.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OverrideRecord {
    /// As [`PurgeScope::Title`] spells it: `movie-603`, `tv-1396`.
    pub title: String,
    /// The family's word in addresses.
    pub family: String,
    pub path: String,
}

/// A wrapped add-on of Stremio.
#[derive(Clone, PartialEq, Eq)]
pub struct WrapperRecord {
    pub id: String,
    /// The wrapper as JSON; holds the add-on's secret address.
    pub document: String,
    /// Seconds since 1970.
    pub created_at: u64,
}

impl Debug for WrapperRecord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("WrapperRecord(***)")
    }
}

/// A purge that waits to be carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PurgeRequest {
    pub id: i64,
    pub scope: PurgeScope,
}

/// Keys and what they were used for.
#[async_trait]
pub trait KeyStore: Debug + Send + Sync {
    /// Stores a key and gives its id.
    ///
    /// # Errors
    /// [`StoreError::NameTaken`] where a key in use has the name.
    async fn create_key(&self, new: &NewKey) -> Result<i64, StoreError>;

    /// All keys, revoked ones too, oldest first.
    async fn keys(&self) -> Result<Vec<KeyRecord>, StoreError>;

    /// Replaces name and settings; false when no key in use has the id.
    ///
    /// # Errors
    /// [`StoreError::NameTaken`] where another key in use has the name.
    async fn update_key(&self, id: i64, name: &str, settings: &str) -> Result<bool, StoreError>;

    /// Revokes a key; false when no key in use has the id.
    async fn revoke_key(&self, id: i64, now: u64) -> Result<bool, StoreError>;

    /// Gives a key new hashes; those it has end at `old_until` at the latest. False when no key in
    /// use has the id.
    async fn rotate_key(
        &self,
        id: i64,
        prefix: &str,
        hashes: &KeyHashes,
        old_until: u64,
    ) -> Result<bool, StoreError>;

    /// Adds usage, all or none; keys that were used were last used `now`.
    async fn add_usage(&self, usage: &[MonthlyUsage], now: u64) -> Result<(), StoreError>;

    /// The usage of all keys since `month` (`2026-11`), oldest first.
    async fn usage_since(&self, month: &str) -> Result<Vec<MonthlyUsage>, StoreError>;
}

/// Small facts of this installation, such as the admin token's hash.
#[async_trait]
pub trait FactStore: Debug + Send + Sync {
    async fn fact(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError>;

    /// Records a fact unless there is one of that name; tells whether it was recorded.
    async fn add_fact(&self, name: &str, value: &[u8]) -> Result<bool, StoreError>;

    /// Records a fact in the place of an earlier one.
    async fn replace_fact(&self, name: &str, value: &[u8]) -> Result<(), StoreError>;

    /// Rises with every change of keys, profiles, overrides and replaced facts, by this process
    /// or another; not with usage.
    async fn revision(&self) -> Result<i64, StoreError>;
}

/// Named sets of options and layouts.
#[async_trait]
pub trait ProfileStore: Debug + Send + Sync {
    /// By name.
    async fn profiles(&self) -> Result<Vec<ProfileRecord>, StoreError>;

    /// Stores a profile in the place of an earlier one of the name; gives its revision.
    async fn put_profile(&self, name: &str, document: &str, now: u64) -> Result<u64, StoreError>;

    /// False when there is none of the name.
    async fn delete_profile(&self, name: &str) -> Result<bool, StoreError>;
}

/// Artwork that the admin has chosen.
#[async_trait]
pub trait OverrideStore: Debug + Send + Sync {
    /// By title and family.
    async fn overrides(&self) -> Result<Vec<OverrideRecord>, StoreError>;

    /// Replaces all overrides of a title, `(family, path)` each; without any, there are none.
    async fn set_overrides(
        &self,
        title: &str,
        paths: &[(String, String)],
        now: u64,
    ) -> Result<(), StoreError>;
}

/// Wrapped add-ons of Stremio.
#[async_trait]
pub trait WrapperStore: Debug + Send + Sync {
    /// Oldest first.
    async fn wrappers(&self) -> Result<Vec<WrapperRecord>, StoreError>;

    async fn add_wrapper(&self, wrapper: &WrapperRecord) -> Result<(), StoreError>;

    /// False when there is none of the id.
    async fn delete_wrapper(&self, id: &str) -> Result<bool, StoreError>;
}

/// Purges on their way to a running server.
#[async_trait]
pub trait PurgeStore: Debug + Send + Sync {
    async fn request_purge(&self, scope: &PurgeScope, now: u64) -> Result<i64, StoreError>;

    /// Oldest first, at most 100; those this version cannot read are left out.
    async fn pending_purges(&self) -> Result<Vec<PurgeRequest>, StoreError>;

    /// Marks a purge as done and forgets those done more than a day ago.
    async fn finish_purge(&self, id: i64, removed: u64, now: u64) -> Result<(), StoreError>;

    /// How many blobs a finished purge removed; `None` while it waits.
    async fn purge_result(&self, id: i64) -> Result<Option<u64>, StoreError>;
}

/// A database of settings.
pub trait SettingsStore:
    KeyStore + FactStore + ProfileStore + OverrideStore + WrapperStore + PurgeStore
{
}

impl<S> SettingsStore for S where
    S: KeyStore + FactStore + ProfileStore + OverrideStore + WrapperStore + PurgeStore
{
}
