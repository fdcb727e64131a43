//! The table of usable keys, and the check.

use std::collections::HashMap;
use std::sync::Arc;

use arc_swap::ArcSwap;

use super::access::{Access, KeyEntry, KeyError, KeyOrigin, Scope};
use super::settings::{KeySettings, Timestamp};
use super::text::{FREE_KEY, KeyText};
use super::usage::UsageCounter;
use crate::clock::Clock;
use crate::env::Secret;
use crate::request::Profiles;
use crate::store::{KeyHash, KeyRecord, MonthlyUsage};

#[derive(Debug)]
struct KeySlot {
    hash: KeyHash,
    scope: Scope,
    /// The end of a rotated key's grace, and of a key that expires.
    valid_until: Option<Timestamp>,
    entry: Arc<KeyEntry>,
}

/// By the first 64 bits of the hash; the rest is compared in constant time.
type KeyTable = HashMap<u64, Vec<KeySlot>>;

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

/// What the database has about keys.
#[derive(Clone, Debug, Default)]
pub struct StoredKeys {
    pub keys: Vec<KeyRecord>,
    /// Of this month.
    pub usage: Vec<MonthlyUsage>,
    pub profiles: Arc<Profiles>,
}

/// A key of the settings file; it has no settings of its own.
#[derive(Debug)]
struct FixedKey {
    hash: KeyHash,
    origin: KeyOrigin,
    usage: Arc<UsageCounter>,
}

/// The keys in force. A check costs a hash and a look-up.
#[derive(Debug)]
pub struct Keys {
    clock: Clock,
    table: ArcSwap<KeyTable>,
    profiles: ArcSwap<Profiles>,
    fixed: Vec<FixedKey>,
    /// Stands for every key where any is accepted.
    open: Option<ArcSwap<KeyEntry>>,
}

impl Keys {
    pub fn new(policy: &KeyPolicy, clock: Clock) -> Self {
        let usage = || UsageCounter::new(clock.clone(), 0, None);
        let fixed =
            |text: &str, origin| FixedKey { hash: KeyHash::of(text), origin, usage: usage() };
        let mut all: Vec<_> =
            policy.fixed.iter().map(|key| fixed(key.as_str(), KeyOrigin::Fixed)).collect();
        if policy.free_key {
            all.push(fixed(FREE_KEY, KeyOrigin::Free));
        }
        let open = policy.open.then(|| {
            let settings = KeySettings::default();
            let profiles = Arc::default();
            let entry = KeyEntry::new(0, KeyOrigin::Open, settings, &profiles, usage());
            ArcSwap::new(entry)
        });
        let keys = Self {
            clock,
            table: ArcSwap::default(),
            profiles: ArcSwap::default(),
            fixed: all,
            open,
        };
        keys.set_stored(&StoredKeys::default());
        keys
    }

    /// Puts the stored keys and profiles in force, at once for whoever asks from now on; revoked
    /// keys are left out. Counts of keys that stay go on.
    pub fn set_stored(&self, stored: &StoredKeys) {
        let before = self.stored_entries();
        let profiles = &stored.profiles;
        let plain = |id, origin, usage: &Arc<UsageCounter>| {
            KeyEntry::new(id, origin, KeySettings::default(), profiles, Arc::clone(usage))
        };
        let mut table = KeyTable::new();
        let mut add = |slot: KeySlot| table.entry(slot.hash.short()).or_default().push(slot);
        for FixedKey { hash, origin, usage } in &self.fixed {
            let entry = plain(hash.short(), *origin, usage);
            add(KeySlot { hash: *hash, scope: Scope::Full, valid_until: None, entry });
        }
        for record in stored.keys.iter().filter(|record| record.revoked_at.is_none()) {
            let known = before.get(&record.id).map(|entry| Arc::clone(&entry.usage));
            let usage = known.unwrap_or_else(|| {
                let of_month = stored.usage.iter().find(|used| used.key_id == record.id);
                UsageCounter::new(self.clock.clone(), record.requests, of_month)
            });
            for slot in slots(record, profiles, usage) {
                add(slot);
            }
        }
        if let Some(open) = &self.open {
            let usage = Arc::clone(&open.load().usage);
            open.store(plain(0, KeyOrigin::Open, &usage));
        }
        self.profiles.store(Arc::clone(profiles));
        self.table.store(Arc::new(table));
    }

    /// The saved profiles.
    pub fn profiles(&self) -> Arc<Profiles> {
        self.profiles.load_full()
    }

    /// The key's access, or why it is refused.
    pub fn check(&self, presented: &str) -> Result<Access, KeyError> {
        KeyText::check(presented).map_err(|_| KeyError::Malformed)?;
        let hash = KeyHash::of(presented);
        let table = self.table.load();
        let slots = table.get(&hash.short()).map_or(&[][..], Vec::as_slice);
        if let Some(slot) = slots.iter().find(|slot| slot.hash.matches(&hash)) {
            if slot.valid_until.is_some_and(|until| self.clock.unix_secs() >= until.0) {
                return Err(KeyError::Unknown);
            }
            return Ok(Access { entry: Arc::clone(&slot.entry), scope: slot.scope });
        }
        let entry = self.open.as_ref().ok_or(KeyError::Unknown)?.load_full();
        let scope = if presented.starts_with("h.") { Scope::Share } else { Scope::Full };
        Ok(Access { entry, scope })
    }

    /// Whether no key at all is accepted.
    pub fn is_empty(&self) -> bool {
        self.open.is_none() && self.table.load().is_empty()
    }

    /// Usage of stored keys since the last call.
    pub(super) fn take_unsaved(&self) -> Vec<MonthlyUsage> {
        let entries = self.stored_entries().into_iter();
        entries.flat_map(|(id, entry)| entry.usage.take_unsaved(id)).collect()
    }

    /// Puts back what could not be saved.
    pub(super) fn return_unsaved(&self, usage: Vec<MonthlyUsage>) {
        let entries = self.stored_entries();
        // Backwards, because each is put before those that are there.
        for used in usage.into_iter().rev() {
            if let Some(entry) = entries.get(&used.key_id) {
                entry.usage.return_unsaved(used);
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

/// A stored key in all forms that are accepted. One whose settings cannot be read is not: it
/// could do more than it was made for.
fn slots(record: &KeyRecord, profiles: &Arc<Profiles>, usage: Arc<UsageCounter>) -> Vec<KeySlot> {
    let settings = match KeySettings::from_stored(&record.settings) {
        Ok(settings) => settings,
        Err(error) => {
            tracing::error!(key = record.id, "the settings of a key cannot be read: {error}");
            return Vec::new();
        }
    };
    let expires = settings.expires;
    // Named after the record and not after its hashes, which rotate.
    let id = KeyHash::of(&format!("key {}", record.id)).short();
    let entry = KeyEntry::new(id, KeyOrigin::Stored(record.id), settings, profiles, usage);
    let forms = record.hashes.iter().flat_map(|pair| {
        let grace = pair.valid_until.map(Timestamp);
        let valid_until = [grace, expires].into_iter().flatten().min();
        [(pair.key, Scope::Full, valid_until), (pair.share, Scope::Share, valid_until)]
    });
    forms
        .map(|(hash, scope, valid_until)| KeySlot {
            hash,
            scope,
            valid_until,
            entry: Arc::clone(&entry),
        })
        .collect()
}

#[cfg(test)]
#[path = "table_tests.rs"]
mod tests;
