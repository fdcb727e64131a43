//! The keeper beside other processes, at the end, and without a database.

use serde_json::json;

use super::*;

fn no_purge() -> PurgeHook {
    Arc::new(|_| Box::pin(async { 0 }))
}

async fn start(dir: &std::path::Path) -> (Arc<KeyKeeper>, Announcement) {
    KeyKeeper::start(dir.into(), KeyPolicy::default(), Clock::system()).await
}

#[tokio::test]
async fn changes_and_purges_of_another_process_are_noticed() {
    let dir = tempfile::tempdir().unwrap();
    let (keeper, _) = start(dir.path()).await;
    let other = Database::open(dir.path()).await.unwrap();
    let policy = KeyPolicy::default();
    let service = SettingsService::new(&other, &policy, &Clock::system());
    let made = service.create_key(&json!({"name": "two"})).await.unwrap();
    let (key, id) = (made["key"].as_str().unwrap(), made["id"].as_i64().unwrap());
    let purge = other.request_purge(&PurgeScope::All, 1).await.unwrap();
    let hook: PurgeHook = Arc::new(|scope| {
        assert_eq!(scope, PurgeScope::All);
        Box::pin(async { 5 })
    });
    keeper.look(&hook).await;
    assert_eq!(other.purge_result(purge).await.unwrap(), Some(5));

    keeper.keys().check(key).unwrap().count_request();
    service.revoke_key(id).await.unwrap();
    keeper.look(&no_purge()).await;
    assert!(keeper.keys().check(key).is_err());
    let rows = other.keys().await.unwrap();
    assert_eq!(rows.iter().find(|row| row.id == id).unwrap().requests, 1);
}

#[tokio::test]
async fn a_change_is_in_force_when_it_returns_and_reading_sees_the_last_request() {
    let dir = tempfile::tempdir().unwrap();
    let (keeper, _) = start(dir.path()).await;
    let create =
        async |service: SettingsService<'_>| service.create_key(&json!({"name": "a"})).await;
    let made = keeper.change(create).await.unwrap().unwrap();
    let key = made["key"].as_str().unwrap();
    keeper.keys().check(key).unwrap().count_request();
    let keys = keeper.read(async |service| service.keys().await).await.unwrap().unwrap();
    assert_eq!(keys[1]["requests"], 1);
    let id = made["id"].as_i64().unwrap();
    let revoke = async |service: SettingsService<'_>| service.revoke_key(id).await;
    keeper.change(revoke).await.unwrap().unwrap();
    assert!(keeper.keys().check(key).is_err());
    let rotate = async |service: SettingsService<'_>| service.rotate_admin_token().await;
    let token = keeper.change(rotate).await.unwrap().unwrap();
    assert!(keeper.tokens().accepts(token.as_str()));
    assert!(keeper.tokens().accepts(keeper.control_token().as_str()));
}

#[tokio::test]
async fn a_purge_is_carried_out_by_the_running_keeper() {
    let dir = tempfile::tempdir().unwrap();
    let (keeper, _) = start(dir.path()).await;
    let stop = CancellationToken::new();
    let hook: PurgeHook = Arc::new(|_| Box::pin(async { 7 }));
    let running = tokio::spawn(Arc::clone(&keeper).run(stop.clone(), hook));
    for _ in 0..3 {
        assert_eq!(keeper.purge(&PurgeScope::All).await, Ok(7));
    }
    stop.cancel();
    running.await.unwrap();
}

#[tokio::test]
async fn usage_is_written_at_the_end() {
    let dir = tempfile::tempdir().unwrap();
    let (keeper, announcement) = start(dir.path()).await;
    let key = announcement.key.unwrap().key;
    let stop = CancellationToken::new();
    let running = tokio::spawn(Arc::clone(&keeper).run(stop.clone(), no_purge()));
    let access = keeper.keys().check(&key).unwrap();
    access.count_request();
    access.charge_picture().unwrap().confirm();
    stop.cancel();
    running.await.unwrap();
    let (keeper, _) = start(dir.path()).await;
    let keys = keeper.read(async |service| service.keys().await).await.unwrap().unwrap();
    assert_eq!((&keys[0]["requests"], &keys[0]["made_this_month"]), (&json!(1), &json!(1)));
    assert_eq!(keeper.keys().check(&key).unwrap().requests(), 1);
}

#[tokio::test]
async fn a_torn_database_degrades_to_the_fixed_keys() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("laurel.db"), vec![7; 8192]).unwrap();
    let policy = KeyPolicy { fixed: vec!["k".parse().unwrap()], ..KeyPolicy::default() };
    let (keeper, _) = KeyKeeper::start(dir.path().into(), policy, Clock::system()).await;
    assert!(matches!(keeper.health()(), Health::Degraded(_)));
    assert!(keeper.keys().check("k").is_ok());
    assert!(keeper.read(async |service| service.keys().await).await.is_err());
}
