//! The rules of administration.

use super::*;
use crate::env::Secret;
use crate::store::{Database, KeyStore};

struct Setup {
    store: Database,
    policy: KeyPolicy,
}

impl Setup {
    async fn new() -> Self {
        Self { store: Database::in_memory().await, policy: KeyPolicy::default() }
    }

    fn service(&self) -> SettingsService<'_> {
        SettingsService::new(&self.store, &self.policy, &Clock::system())
    }
}

fn paths(error: &AdminError) -> Vec<&str> {
    let AdminError::Invalid(invalid) = error else { panic!("{error:?}") };
    invalid.0.iter().map(|field| field.path.as_str()).collect()
}

#[tokio::test]
async fn a_key_is_made_changed_rotated_and_revoked() {
    let setup = Setup::new().await;
    let service = setup.service();
    let made = service.create_key(&json!({"name": " tv ", "quota": 5})).await.unwrap();
    assert_eq!((&made["name"], &made["quota"]), (&json!("tv"), &json!(5)));
    assert!(made["key"].as_str().unwrap().starts_with("t3-"));
    assert!(made["share"].as_str().unwrap().starts_with("h."));
    let id = made["id"].as_i64().unwrap();
    let changed = service.update_key(id, &json!({"quota": null, "lock_look": true})).await.unwrap();
    assert_eq!((&changed["quota"], &changed["name"]), (&Value::Null, &json!("tv")));
    assert_eq!((&changed["lock_look"], changed.get("key")), (&json!(true), None));
    let rotated = service.rotate_key(id, 3600).await.unwrap();
    assert_ne!(rotated["key"], made["key"]);
    assert!(rotated["grace_ends"].is_string());
    service.revoke_key(id).await.unwrap();
    let keys = service.keys().await.unwrap();
    assert_eq!((&keys[0]["state"], keys[0].get("key")), (&json!("revoked"), None));
    for refused in [
        service.revoke_key(id).await.err(),
        service.update_key(id, &json!({})).await.err(),
        service.rotate_key(id, 0).await.err(),
    ] {
        assert!(matches!(refused, Some(AdminError::UnknownKey)), "{refused:?}");
    }
}

#[tokio::test]
async fn names_are_unique_among_keys_in_use() {
    let setup = Setup::new().await;
    let service = setup.service();
    let made = service.create_key(&json!({"name": "tv"})).await.unwrap();
    let again = service.create_key(&json!({"name": "tv"})).await;
    assert!(matches!(again, Err(AdminError::NameTaken)));
    let other = service.create_key(&json!({"name": "radio"})).await.unwrap();
    let renamed = service.update_key(other["id"].as_i64().unwrap(), &json!({"name": "tv"})).await;
    assert!(matches!(renamed, Err(AdminError::NameTaken)));
    service.revoke_key(made["id"].as_i64().unwrap()).await.unwrap();
    assert!(service.create_key(&json!({"name": "tv"})).await.is_ok());
}

#[tokio::test]
async fn mistakes_in_a_key_are_all_named() {
    let setup = Setup::new().await;
    let service = setup.service();
    let wrong = json!({"name": "", "colour": 1, "quota": -1, "profile": "night"});
    let error = service.create_key(&wrong).await.unwrap_err();
    assert_eq!(paths(&error), ["colour", "name", "quota", "profile"]);
    assert_eq!(paths(&service.create_key(&json!([])).await.unwrap_err()), [""]);
    let nested = (0..20).fold(json!(1), |inner, _| json!([inner]));
    assert!(service.create_key(&json!({"name": "a", "options": nested})).await.is_err());
    let made = service.create_key(&json!({"name": "tv"})).await.unwrap();
    let rotated = service.rotate_key(made["id"].as_i64().unwrap(), MAX_GRACE_SECS + 1).await;
    assert_eq!(paths(&rotated.unwrap_err()), ["grace"]);
}

#[tokio::test]
async fn profiles_are_saved_versioned_and_kept_while_a_key_names_them() {
    let setup = Setup::new().await;
    let service = setup.service();
    let document = json!({"version": 1, "families": {"poster": {"options": {"badge_size": "l"}}}});
    let saved = service.put_profile("night", &document).await.unwrap();
    assert_eq!((&saved["revision"], &saved["warnings"]), (&json!(1), &json!([])));
    assert_eq!(service.put_profile("night", &document).await.unwrap()["revision"], 2);
    assert_eq!(service.profile("night").await.unwrap(), document);
    assert_eq!(service.profiles().await.unwrap()[0]["families"], json!(["poster"]));
    let key = service.create_key(&json!({"name": "tv", "profile": "night"})).await.unwrap();
    let deleted = service.delete_profile("night", false).await;
    assert!(matches!(deleted, Err(AdminError::ProfileInUse(keys)) if keys == ["tv"]));
    service.revoke_key(key["id"].as_i64().unwrap()).await.unwrap();
    service.delete_profile("night", false).await.unwrap();
    let deleted = service.delete_profile("night", true).await;
    assert!(matches!(deleted, Err(AdminError::UnknownProfile)));
    for name in ["default", "A", "../x", "<script>"] {
        let error = service.put_profile(name, &document).await.unwrap_err();
        assert_eq!(paths(&error), ["name"], "{name}");
    }
    let error = service.put_profile("night", &json!({"version": 9})).await.unwrap_err();
    assert_eq!(paths(&error), ["version", "families"]);
}

#[tokio::test]
async fn there_are_not_more_profiles_than_a_server_can_keep() {
    let setup = Setup::new().await;
    let service = setup.service();
    let document = json!({"version": 1, "families": {"poster": {}}});
    for number in 0..MAX_PROFILES {
        service.put_profile(&format!("p{number}"), &document).await.unwrap();
    }
    let more = service.put_profile("one-more", &document).await;
    assert!(matches!(more, Err(AdminError::TooManyProfiles)));
    assert!(service.put_profile("p7", &document).await.is_ok());
}

#[tokio::test]
async fn the_admin_token_is_rotated_unless_it_is_set() {
    let mut setup = Setup::new().await;
    let token = setup.service().rotate_admin_token().await.unwrap();
    let owner = super::super::first_start::owner_token(&setup.policy, &setup.store).await.unwrap();
    assert!(owner.accepts(token.as_str()));
    setup.policy.admin_token = Some(Secret::new("hush"));
    let refused = setup.service().rotate_admin_token().await;
    assert!(matches!(refused, Err(AdminError::TokenIsSet)));
}

#[tokio::test]
async fn usage_is_told_by_month() {
    let setup = Setup::new().await;
    let service = setup.service();
    let key_id = service.create_key(&json!({"name": "tv"})).await.unwrap()["id"].as_i64().unwrap();
    let month = service.now.month();
    let used = MonthlyUsage { key_id, month: month.clone(), requests: 9, made: 4 };
    setup.store.add_usage(&[used], service.now.0).await.unwrap();
    let key = service.keys().await.unwrap().remove(0);
    assert_eq!((&key["requests"], &key["made_this_month"]), (&json!(9), &json!(4)));
    assert_eq!(key["usage"], json!([{"month": month, "requests": 9, "made": 4}]));
    assert!(key["last_used"].is_string());
}
