//! The table of keys.

use std::time::Duration;

use serde_json::{Value, json};

use super::*;
use crate::clock::ManualClock;
use crate::keys::{KeyScope, MintedKey, mint_key};
use crate::request::LookId;

fn record(id: i64, minted: &MintedKey, settings: &Value) -> KeyRecord {
    let hashes = vec![minted.hashes()];
    KeyRecord {
        id,
        name: format!("key {id}"),
        prefix: minted.prefix(),
        hashes,
        settings: settings.to_string(),
        created_at: 0,
        revoked_at: None,
        last_used_at: None,
        requests: 10,
    }
}

fn stored(keys: Vec<KeyRecord>) -> StoredKeys {
    StoredKeys { keys, ..StoredKeys::default() }
}

fn keys_with(settings: &Value) -> (Keys, MintedKey, ManualClock) {
    let (manual, minted) = (ManualClock::default(), mint_key());
    let keys = Keys::new(&KeyPolicy::default(), manual.clock());
    keys.set_stored(&stored(vec![record(1, &minted, settings)]));
    (keys, minted, manual)
}

#[test]
fn a_stored_key_is_full_and_its_share_form_is_not() {
    let (keys, minted, _) = keys_with(&json!({}));
    let access = keys.check(&minted.key).unwrap();
    assert_eq!((access.scope(), access.tier(), access.requests()), (Scope::Full, 3, 10));
    let share = keys.check(&minted.share).unwrap();
    assert_eq!(share.scope(), Scope::Share);
    assert_eq!(share.key_id(), access.key_id());
    assert_eq!(share.require_full().unwrap_err(), KeyError::Scope);
}

#[test]
fn unknown_malformed_and_revoked_keys_are_refused() {
    let (keys, minted, _) = keys_with(&json!({}));
    let revoked = KeyRecord { revoked_at: Some(1), ..record(1, &minted, &json!({})) };
    keys.set_stored(&stored(vec![revoked]));
    assert_eq!(keys.check(&minted.key).unwrap_err(), KeyError::Unknown);
    assert_eq!(keys.check("api").unwrap_err(), KeyError::Malformed);
    assert_eq!(keys.check(FREE_KEY).unwrap_err(), KeyError::Unknown);
    // One that could do more than it was made for.
    keys.set_stored(&stored(vec![record(1, &minted, &json!({"families": ["cover"]}))]));
    assert_eq!(keys.check(&minted.key).unwrap_err(), KeyError::Unknown);
}

#[test]
fn settings_open_the_door_as_far_as_they_say() {
    let fixed = vec!["house-key".parse().unwrap()];
    let policy = KeyPolicy { fixed, free_key: true, ..KeyPolicy::default() };
    let keys = Keys::new(&policy, Clock::system());
    assert_eq!(keys.check("house-key").unwrap().tier(), 3);
    assert_eq!(keys.check(FREE_KEY).unwrap().tier(), 0);
    assert!(keys.check("other").is_err());
    let open = Keys::new(&KeyPolicy { open: true, ..policy }, Clock::system());
    assert!(open.check("other").is_ok() && open.check("admin").is_err());
    assert_eq!(open.check("h.other").unwrap().scope(), Scope::Share);
}

#[test]
fn scopes_are_the_keys_own_and_never_the_share_forms() {
    let (keys, minted, _) = keys_with(&json!({"scopes": ["plex"]}));
    let scope = |text: &str, scope| keys.check(text).unwrap().require_scope(scope).map(|_| ());
    assert_eq!(scope(&minted.key, KeyScope::Plex), Ok(()));
    assert_eq!(scope(&minted.key, KeyScope::Stremio), Err(KeyError::NotAllowed));
    assert_eq!(scope(&minted.share, KeyScope::Plex), Err(KeyError::Scope));
    let policy = KeyPolicy { free_key: true, ..KeyPolicy::default() };
    let free = Keys::new(&policy, Clock::system()).check(FREE_KEY).unwrap();
    assert_eq!(free.require_scope(KeyScope::Plex).unwrap_err(), KeyError::NotAllowed);
}

#[test]
fn counts_survive_a_reload_and_are_taken_once() {
    let (keys, minted, _) = keys_with(&json!({}));
    keys.check(&minted.key).unwrap().count_request();
    keys.check(&minted.share).unwrap().count_request();
    keys.set_stored(&stored(vec![record(1, &minted, &json!({"quota": 1}))]));
    assert_eq!(keys.check(&minted.key).unwrap().requests(), 12);
    let unsaved = keys.take_unsaved();
    assert_eq!(
        unsaved.iter().map(|used| (used.key_id, used.requests)).collect::<Vec<_>>(),
        [(1, 2)]
    );
    assert!(keys.take_unsaved().is_empty());
    keys.return_unsaved(unsaved.clone());
    assert_eq!(keys.take_unsaved(), unsaved);
}

#[test]
fn a_key_ends_when_it_expires_and_an_old_one_when_its_grace_does() {
    let expires = Timestamp(Clock::system().unix_secs() + 3600);
    let (keys, minted, manual) = keys_with(&json!({"expires": expires}));
    let (second, mut rotated) = (mint_key(), record(2, &minted, &json!({})));
    assert!(keys.check(&minted.key).is_ok());
    manual.advance(Duration::from_hours(2));
    assert_eq!(keys.check(&minted.key).unwrap_err(), KeyError::Unknown);

    rotated.hashes[0].valid_until = Some(manual.clock().unix_secs() + 60);
    rotated.hashes.insert(0, second.hashes());
    keys.set_stored(&stored(vec![rotated]));
    for text in [&minted.key, &minted.share, &second.key, &second.share] {
        assert!(keys.check(text).is_ok());
    }
    let id = |text: &str| keys.check(text).unwrap().key_id();
    assert_eq!(id(&minted.key), id(&second.key));
    manual.advance(Duration::from_secs(61));
    assert!(keys.check(&minted.key).is_err() && keys.check(&minted.share).is_err());
    assert!(keys.check(&second.key).is_ok());
}

#[test]
fn a_quota_and_a_rate_are_kept_in_all_forms_of_a_key() {
    let (keys, minted, _) = keys_with(&json!({"quota": 1, "rate_per_minute": 2}));
    let access = keys.check(&minted.key).unwrap();
    access.charge_picture().unwrap().confirm();
    let share = keys.check(&minted.share).unwrap();
    let refused = share.charge_picture().unwrap_err();
    let KeyError::QuotaExceeded { retry_after } = refused else { panic!("{refused}") };
    assert!(retry_after <= Duration::from_hours(24 * 31), "the month ends first");
    assert_eq!(share.quota(), Some((1, 1)));
    assert!(access.check_rate().is_ok() && share.check_rate().is_ok());
    let KeyError::RateLimited { retry_after } = access.check_rate().unwrap_err() else { panic!() };
    assert!(retry_after <= Duration::from_secs(30));
}

#[test]
fn keys_with_the_same_settings_share_a_look() {
    let keys = Keys::new(&KeyPolicy::default(), Clock::system());
    let minted: Vec<_> = std::iter::repeat_with(mint_key).take(3).collect();
    let options = json!({"options": {"badge_size": "l"}});
    let records = vec![
        record(1, &minted[0], &options),
        record(2, &minted[1], &options),
        record(3, &minted[2], &json!({})),
    ];
    keys.set_stored(&stored(records));
    let look = |index: usize| keys.check(&minted[index].key).unwrap().look_id();
    assert_eq!(look(0), look(1));
    assert_ne!(look(0), look(2));
    assert_eq!(look(2), LookId::default());
}
