//! The rules of administration, the same for the admin API and the command line. Answers are the
//! JSON documents of the admin API.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::admin::MintedToken;
use super::first_start::{ADMIN_TOKEN, new_key};
use super::mint::{MintedKey, mint_key};
use super::settings::{FIELDS, KeyName, KeySettings, Timestamp};
use super::table::KeyPolicy;
use crate::clock::Clock;
use crate::request::{FieldReader, InvalidField, InvalidFields, Place, Profile, ProfileName};
use crate::store::{KeyRecord, MonthlyUsage, SettingsStore, StoreError};

/// Longest grace of a rotated key: 90 days, in seconds.
pub const MAX_GRACE_SECS: u64 = 90 * 86_400;
/// Profiles of one server.
const MAX_PROFILES: usize = 500;
/// Wrapped add-ons of one server.
pub(super) const MAX_WRAPPERS: usize = 500;
/// Months of usage that a key's document tells.
const USAGE_MONTHS: u64 = 12;

/// Why a change was refused.
#[derive(Debug, thiserror::Error)]
pub enum AdminError {
    #[error(transparent)]
    Invalid(#[from] InvalidFields),
    #[error("there is no such key in use")]
    UnknownKey,
    #[error("a key in use has this name")]
    NameTaken,
    #[error("no such profile")]
    UnknownProfile,
    /// With the names of the keys.
    #[error("used by {}", .0.join(", "))]
    ProfileInUse(Vec<String>),
    #[error("there are {MAX_PROFILES} profiles already")]
    TooManyProfiles,
    #[error("there are artworks for {0} titles already")]
    TooManyOverrides(usize),
    #[error("nothing is chosen for this title")]
    NoOverride,
    #[error("there is no such wrapper")]
    UnknownWrapper,
    #[error("there are {MAX_WRAPPERS} wrappers already")]
    TooManyWrappers,
    #[error("the admin token is set by LAUREL_ADMIN_TOKEN")]
    TokenIsSet,
    #[error(transparent)]
    Store(StoreError),
}

impl From<StoreError> for AdminError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NameTaken => Self::NameTaken,
            error => Self::Store(error),
        }
    }
}

impl AdminError {
    /// One mistake in a document.
    pub fn field(path: &str, message: impl Into<String>) -> Self {
        let field = InvalidField { path: path.to_owned(), message: message.into() };
        Self::Invalid(InvalidFields(vec![field]))
    }
}

/// Reads and changes what a database keeps. A running server has to take changes up afterwards.
#[derive(Debug)]
pub struct SettingsService<'a> {
    pub(super) store: &'a dyn SettingsStore,
    policy: &'a KeyPolicy,
    pub(super) now: Timestamp,
}

impl<'a> SettingsService<'a> {
    pub fn new(store: &'a dyn SettingsStore, policy: &'a KeyPolicy, clock: &Clock) -> Self {
        Self { store, policy, now: Timestamp(clock.unix_secs()) }
    }

    /// All keys, revoked ones too, oldest first.
    pub async fn keys(&self) -> Result<Vec<Value>, AdminError> {
        let since = Timestamp(self.now.0.saturating_sub(USAGE_MONTHS * 31 * 86_400));
        let mut usage: HashMap<i64, Vec<MonthlyUsage>> = HashMap::new();
        for used in self.store.usage_since(&since.month()).await? {
            usage.entry(used.key_id).or_default().push(used);
        }
        let records = self.store.keys().await?;
        let document = |record: &KeyRecord| {
            self.document(record, usage.get(&record.id).map_or(&[], Vec::as_slice))
        };
        Ok(records.iter().map(document).collect())
    }

    /// Makes a key of the given name and settings; its document has `key` and `share`, which are
    /// known at this moment only.
    pub async fn create_key(&self, document: &Value) -> Result<Value, AdminError> {
        let (name, settings) = self.read_key(document, KeySettings::default(), None).await?;
        let minted = mint_key();
        let new = new_key(&minted, name.as_str(), &settings, self.now.0);
        let id = self.store.create_key(&new).await?;
        let record = self.key(id).await?;
        Ok(with_secrets(self.document(&record, &[]), &minted))
    }

    /// Changes the fields that `document` has; `null` stands for the default.
    pub async fn update_key(&self, id: i64, document: &Value) -> Result<Value, AdminError> {
        let record = self.key(id).await?;
        let settings = KeySettings::from_stored(&record.settings).unwrap_or_default();
        let (name, settings) = self.read_key(document, settings, Some(&record.name)).await?;
        let text = Value::from(settings.document()).to_string();
        if !self.store.update_key(id, name.as_str(), &text).await? {
            return Err(AdminError::UnknownKey);
        }
        Ok(self.document(&self.key(id).await?, &[]))
    }

    pub async fn revoke_key(&self, id: i64) -> Result<(), AdminError> {
        match self.store.revoke_key(id, self.now.0).await? {
            true => Ok(()),
            false => Err(AdminError::UnknownKey),
        }
    }

    /// Gives a key a new text; the old one is good for `grace_secs` more.
    pub async fn rotate_key(&self, id: i64, grace_secs: u64) -> Result<Value, AdminError> {
        if grace_secs > MAX_GRACE_SECS {
            let days = MAX_GRACE_SECS / 86_400;
            return Err(AdminError::field("grace", format!("at most {days} days")));
        }
        let minted = mint_key();
        let until = self.now.0 + grace_secs;
        if !self.store.rotate_key(id, &minted.prefix(), &minted.hashes(), until).await? {
            return Err(AdminError::UnknownKey);
        }
        let document = self.document(&self.key(id).await?, &[]);
        Ok(with_secrets(document, &minted))
    }

    /// Puts a new admin token in the place of the old one.
    pub async fn rotate_admin_token(&self) -> Result<MintedToken, AdminError> {
        if self.policy.admin_token.is_some() {
            return Err(AdminError::TokenIsSet);
        }
        let token = MintedToken::admin();
        self.store.replace_fact(ADMIN_TOKEN, token.hash().as_bytes()).await?;
        Ok(token)
    }

    /// All profiles by name, without their designs.
    pub async fn profiles(&self) -> Result<Vec<Value>, AdminError> {
        let profiles = self.store.profiles().await?;
        let summary = |record: &crate::store::ProfileRecord| {
            let families: Vec<&str> = stored_profile(&record.document)
                .map(|profile| profile.families().map(crate::model::ArtworkKind::family).collect())
                .unwrap_or_default();
            json!({
                "name": record.name,
                "revision": record.revision,
                "updated": Timestamp(record.updated_at),
                "families": families,
            })
        };
        Ok(profiles.iter().map(summary).collect())
    }

    /// A profile's document, as [`Self::put_profile`] takes it.
    pub async fn profile(&self, name: &str) -> Result<Value, AdminError> {
        let profiles = self.store.profiles().await?;
        let record = profiles.into_iter().find(|record| record.name == name);
        let document = record.and_then(|record| serde_json::from_str(&record.document).ok());
        document.ok_or(AdminError::UnknownProfile)
    }

    /// Saves a profile, in the place of one of that name.
    pub async fn put_profile(&self, name: &str, document: &Value) -> Result<Value, AdminError> {
        let name: ProfileName = match name.parse() {
            Ok(name) => name,
            Err(error) => return Err(AdminError::field("name", format!("{error}"))),
        };
        let profile = Profile::read(document)?;
        let known = self.store.profiles().await?;
        let is_new = !known.iter().any(|record| record.name == name.as_str());
        if is_new && known.len() >= MAX_PROFILES {
            return Err(AdminError::TooManyProfiles);
        }
        let text = json!(profile).to_string();
        let revision = self.store.put_profile(name.as_str(), &text, self.now.0).await?;
        Ok(json!({"name": name, "revision": revision, "warnings": profile.warnings()}))
    }

    /// Deletes a profile; one that keys in use name only with `force`.
    pub async fn delete_profile(&self, name: &str, force: bool) -> Result<(), AdminError> {
        if !force {
            let keys = self.store.keys().await?;
            let users: Vec<String> = keys
                .into_iter()
                .filter(|key| key.revoked_at.is_none() && names_profile(&key.settings, name))
                .map(|key| key.name)
                .collect();
            if !users.is_empty() {
                return Err(AdminError::ProfileInUse(users));
            }
        }
        match self.store.delete_profile(name).await? {
            true => Ok(()),
            false => Err(AdminError::UnknownProfile),
        }
    }

    async fn key(&self, id: i64) -> Result<KeyRecord, AdminError> {
        let mut records = self.store.keys().await?.into_iter();
        let record = records.find(|record| record.id == id && record.revoked_at.is_none());
        record.ok_or(AdminError::UnknownKey)
    }

    /// Name and settings after `document` has changed `settings` and `name`.
    async fn read_key(
        &self,
        document: &Value,
        mut settings: KeySettings,
        name: Option<&str>,
    ) -> Result<(KeyName, KeySettings), AdminError> {
        let mut reader = FieldReader::default();
        let known: Vec<&str> = std::iter::once("name").chain(FIELDS).collect();
        let fields = match reader.is_shallow(document) {
            true => reader.object(Place::ROOT, document, &known),
            false => None,
        };
        let place = Place::ROOT.name("name");
        let name = match fields.and_then(|fields| fields.get("name")) {
            Some(value) => reader.text(place, value, 200),
            None => name,
        };
        let name = name.and_then(|name| name.parse::<KeyName>().ok());
        if name.is_none() && fields.is_some() {
            reader.refuse(place, "expected a name of 1 to 40 characters");
        }
        if let Some(fields) = fields {
            settings.apply(&mut reader, fields);
        }
        if let Some(profile) = &settings.look.profile
            && !self.store.profiles().await?.iter().any(|known| known.name == profile.as_str())
        {
            reader.refuse(Place::ROOT.name("profile"), "no such profile");
        }
        Ok(reader.finish(name.map(|name| (name, settings)))?)
    }

    /// A key as the admin API shows it.
    fn document(&self, record: &KeyRecord, usage: &[MonthlyUsage]) -> Value {
        let settings = KeySettings::from_stored(&record.settings);
        let expires = settings.as_ref().ok().and_then(|settings| settings.expires);
        let state = match record.revoked_at {
            Some(_) => "revoked",
            None if settings.is_err() => "unreadable",
            None if expires.is_some_and(|expires| expires <= self.now) => "expired",
            None => "in_use",
        };
        let grace_ends = record.hashes.iter().filter_map(|pair| pair.valid_until).max();
        let grace_ends = grace_ends.filter(|until| *until > self.now.0);
        let month = self.now.month();
        let this_month = usage.iter().find(|used| used.month == month);
        let mut document = Map::from_iter([
            ("id".to_owned(), json!(record.id)),
            ("name".to_owned(), json!(record.name)),
            ("prefix".to_owned(), json!(record.prefix)),
            ("state".to_owned(), json!(state)),
            ("created".to_owned(), json!(Timestamp(record.created_at))),
            ("last_used".to_owned(), json!(record.last_used_at.map(Timestamp))),
            ("revoked".to_owned(), json!(record.revoked_at.map(Timestamp))),
            ("grace_ends".to_owned(), json!(grace_ends.map(Timestamp))),
            ("requests".to_owned(), json!(record.requests)),
            ("made_this_month".to_owned(), json!(this_month.map_or(0, |used| used.made))),
            ("usage".to_owned(), usage.iter().map(month_document).collect()),
        ]);
        document.extend(settings.unwrap_or_default().document());
        Value::Object(document)
    }
}

fn month_document(used: &MonthlyUsage) -> Value {
    json!({"month": used.month, "requests": used.requests, "made": used.made})
}

fn with_secrets(mut document: Value, minted: &MintedKey) -> Value {
    document["key"] = minted.key.as_str().into();
    document["share"] = minted.share.as_str().into();
    document
}

fn names_profile(settings: &str, name: &str) -> bool {
    let settings = KeySettings::from_stored(settings).ok();
    settings.and_then(|settings| settings.look.profile).is_some_and(|own| own.as_str() == name)
}

/// A stored profile; `None` for one of another version of this program.
pub(super) fn stored_profile(document: &str) -> Option<Profile> {
    Profile::read(&serde_json::from_str(document).ok()?).ok()
}

#[cfg(test)]
#[path = "service_tests.rs"]
mod tests;
