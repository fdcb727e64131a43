//! The table of usable keys, and the check.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arc_swap::ArcSwap;

use super::text::{FREE_KEY, KeyText};
use crate::env::Secret;
use crate::request::{KeyLook, LookId};
use crate::store::{ApiKeyRow, KeyHash};

/// What a key is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Everything a key can do.
    Full,
    /// The share form: pictures and `isValid`.
    Share,
}

/// Why a key is refused. Never holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    #[error("this is no key")]
    Malformed,
    #[error("this key is not known")]
    Unknown,
    #[error("this form of the key is good for pictures only")]
    Scope,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum KeyOrigin {
    Stored(i64),
    Fixed,
    Free,
    /// Whatever was sent, where any key is accepted.
    Open,
}

#[derive(Debug)]
struct KeyEntry {
    /// Names the key for limits; no part of it.
    id: u64,
    origin: KeyOrigin,
    requests: AtomicU64,
    /// Requests not yet in the database.
    unsaved: AtomicU64,
    look: ArcSwap<KeyLook>,
}

impl KeyEntry {
    fn new(id: u64, origin: KeyOrigin, requests: u64) -> Arc<Self> {
        Arc::new(Self {
            id,
            origin,
            requests: requests.into(),
            unsaved: AtomicU64::new(0),
            look: ArcSwap::default(),
        })
    }
}

/// A key that was accepted.
#[derive(Clone, Debug)]
pub struct Access {
    entry: Arc<KeyEntry>,
    scope: Scope,
}

impl Access {
    /// Names the key for limits and caches; the key cannot be had from it.
    pub fn key_id(&self) -> u64 {
        self.entry.id
    }

    pub fn scope(&self) -> Scope {
        self.scope
    }

    /// Picture requests made with this key so far, in all its forms.
    pub fn requests(&self) -> u64 {
        self.entry.requests.load(Ordering::Relaxed)
    }

    /// What the key changes about pictures; part of every cache key by address.
    pub fn look(&self) -> Arc<KeyLook> {
        self.entry.look.load_full()
    }

    /// Names [`Self::look`].
    pub fn look_id(&self) -> LookId {
        self.entry.look.load().id()
    }

    /// Counts a picture request.
    pub fn count_request(&self) {
        self.entry.requests.fetch_add(1, Ordering::Relaxed);
        self.entry.unsaved.fetch_add(1, Ordering::Relaxed);
    }

    /// What clients read as their plan: 0 for the public key, else 3, which unlocks everything.
    pub fn tier(&self) -> u8 {
        match self.entry.origin {
            KeyOrigin::Free => 0,
            KeyOrigin::Stored(_) | KeyOrigin::Fixed | KeyOrigin::Open => 3,
        }
    }

    /// # Errors
    /// [`KeyError::Scope`] for the share form.
    pub fn require_full(self) -> Result<Self, KeyError> {
        match self.scope {
            Scope::Full => Ok(self),
            Scope::Share => Err(KeyError::Scope),
        }
    }
}

#[derive(Debug)]
struct Slot {
    hash: KeyHash,
    scope: Scope,
    entry: Arc<KeyEntry>,
}

/// By the first 64 bits of the hash; the rest is compared in constant time.
type Table = HashMap<u64, Vec<Slot>>;

/// What the settings say about keys.
#[derive(Clone, Debug, Default)]
pub struct KeyPolicy {
    /// Accepted besides the stored ones.
    pub fixed: Vec<KeyText>,
    /// Any key is accepted.
    pub open: bool,
    /// [`FREE_KEY`] is accepted.
    pub free_key: bool,
    /// In place of the stored one.
    pub admin_token: Option<Secret>,
}

/// The keys in force. A check costs a hash and a look-up.
#[derive(Debug)]
pub struct Keys {
    table: ArcSwap<Table>,
    /// Keys from the settings: they stay when the stored ones change.
    settled: Vec<(KeyHash, Arc<KeyEntry>)>,
    /// Stands for every key where any is accepted.
    open: Option<Arc<KeyEntry>>,
}

impl Keys {
    pub fn new(policy: &KeyPolicy) -> Self {
        let entry = |text: &str, origin| {
            let hash = KeyHash::of(text);
            (hash, KeyEntry::new(hash.short(), origin, 0))
        };
        let mut settled: Vec<_> =
            policy.fixed.iter().map(|key| entry(key.as_str(), KeyOrigin::Fixed)).collect();
        if policy.free_key {
            settled.push(entry(FREE_KEY, KeyOrigin::Free));
        }
        let open = policy.open.then(|| KeyEntry::new(0, KeyOrigin::Open, 0));
        let keys = Self { table: ArcSwap::default(), settled, open };
        keys.set_stored(&[]);
        keys
    }

    /// Puts the stored keys in force; revoked ones are left out. Counts of keys that stay are
    /// kept.
    pub fn set_stored(&self, rows: &[ApiKeyRow]) {
        let before = self.stored_entries();
        let mut table = Table::new();
        let mut add = |hash: KeyHash, scope, entry: &Arc<KeyEntry>| {
            let slot = Slot { hash, scope, entry: Arc::clone(entry) };
            table.entry(hash.short()).or_default().push(slot);
        };
        for (hash, entry) in &self.settled {
            add(*hash, Scope::Full, entry);
        }
        for row in rows.iter().filter(|row| row.revoked_at.is_none()) {
            let entry = before.get(&row.id).cloned().unwrap_or_else(|| {
                KeyEntry::new(row.key.short(), KeyOrigin::Stored(row.id), row.requests)
            });
            add(row.key, Scope::Full, &entry);
            add(row.share, Scope::Share, &entry);
        }
        self.table.store(Arc::new(table));
    }

    /// The key's access, or why it is refused.
    pub fn check(&self, presented: &str) -> Result<Access, KeyError> {
        KeyText::check(presented).map_err(|_| KeyError::Malformed)?;
        let hash = KeyHash::of(presented);
        let table = self.table.load();
        let slots = table.get(&hash.short()).map_or(&[][..], Vec::as_slice);
        if let Some(slot) = slots.iter().find(|slot| slot.hash.matches(&hash)) {
            return Ok(Access { entry: Arc::clone(&slot.entry), scope: slot.scope });
        }
        let entry = self.open.as_ref().ok_or(KeyError::Unknown)?;
        let scope = if presented.starts_with("h.") { Scope::Share } else { Scope::Full };
        Ok(Access { entry: Arc::clone(entry), scope })
    }

    /// Whether no key at all is accepted.
    pub fn is_empty(&self) -> bool {
        self.open.is_none() && self.table.load().is_empty()
    }

    /// Requests since the last call, by the stored key's id.
    pub(super) fn take_unsaved(&self) -> Vec<(i64, u64)> {
        let taken = self
            .stored_entries()
            .into_iter()
            .map(|(id, entry)| (id, entry.unsaved.swap(0, Ordering::Relaxed)));
        taken.filter(|(_, requests)| *requests > 0).collect()
    }

    /// Puts back what could not be saved.
    pub(super) fn return_unsaved(&self, counts: &[(i64, u64)]) {
        let entries = self.stored_entries();
        for (id, requests) in counts {
            if let Some(entry) = entries.get(id) {
                entry.unsaved.fetch_add(*requests, Ordering::Relaxed);
            }
        }
    }

    fn stored_entries(&self) -> HashMap<i64, Arc<KeyEntry>> {
        let table = self.table.load();
        let entries = table.values().flatten().filter_map(|slot| match slot.entry.origin {
            KeyOrigin::Stored(id) => Some((id, Arc::clone(&slot.entry))),
            KeyOrigin::Fixed | KeyOrigin::Free | KeyOrigin::Open => None,
        });
        entries.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::mint_key;

    fn row(id: i64, minted: &crate::keys::MintedKey) -> ApiKeyRow {
        let new = minted.to_stored("label");
        ApiKeyRow {
            id,
            key: new.key,
            share: new.share,
            prefix: new.prefix,
            label: new.label,
            created_at: 0,
            revoked_at: None,
            requests: 10,
        }
    }

    #[test]
    fn a_stored_key_is_full_and_its_share_form_is_not() {
        let (keys, minted) = (Keys::new(&KeyPolicy::default()), mint_key());
        assert!(keys.is_empty());
        keys.set_stored(&[row(1, &minted)]);
        let access = keys.check(&minted.key).unwrap();
        assert_eq!((access.scope(), access.tier(), access.requests()), (Scope::Full, 3, 10));
        let share = keys.check(&minted.share).unwrap();
        assert_eq!(share.scope(), Scope::Share);
        assert_eq!(share.key_id(), access.key_id());
        assert_eq!(share.require_full().unwrap_err(), KeyError::Scope);
    }

    #[test]
    fn unknown_malformed_and_revoked_keys_are_refused() {
        let (keys, minted) = (Keys::new(&KeyPolicy::default()), mint_key());
        let revoked = ApiKeyRow { revoked_at: Some(1), ..row(1, &minted) };
        keys.set_stored(&[revoked]);
        assert_eq!(keys.check(&minted.key).unwrap_err(), KeyError::Unknown);
        assert_eq!(keys.check("api").unwrap_err(), KeyError::Malformed);
        assert_eq!(keys.check(FREE_KEY).unwrap_err(), KeyError::Unknown);
    }

    #[test]
    fn settings_open_the_door_as_far_as_they_say() {
        let fixed = vec!["house-key".parse().unwrap()];
        let policy = KeyPolicy { fixed, free_key: true, ..KeyPolicy::default() };
        let keys = Keys::new(&policy);
        assert_eq!(keys.check("house-key").unwrap().tier(), 3);
        assert_eq!(keys.check(FREE_KEY).unwrap().tier(), 0);
        assert!(keys.check("other").is_err());
        let open = Keys::new(&KeyPolicy { open: true, ..policy });
        assert!(open.check("other").is_ok() && open.check("admin").is_err());
        assert_eq!(open.check("h.other").unwrap().scope(), Scope::Share);
    }

    #[test]
    fn counts_survive_a_reload_and_are_taken_once() {
        let (keys, minted) = (Keys::new(&KeyPolicy::default()), mint_key());
        keys.set_stored(&[row(7, &minted)]);
        keys.check(&minted.key).unwrap().count_request();
        keys.check(&minted.share).unwrap().count_request();
        keys.set_stored(&[row(7, &minted)]);
        assert_eq!(keys.check(&minted.key).unwrap().requests(), 12);
        assert_eq!(keys.take_unsaved(), [(7, 2)]);
        assert!(keys.take_unsaved().is_empty());
        keys.return_unsaved(&[(7, 2)]);
        assert_eq!(keys.take_unsaved(), [(7, 2)]);
    }
}
