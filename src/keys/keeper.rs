//! Keeps the table and the database in step while the server runs.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use futures::future::BoxFuture;
use tokio::time::{Instant, MissedTickBehavior};
use tokio_util::sync::CancellationToken;

use super::admin::AdminToken;
use super::first_start::{Announcement, first_start, load};
use super::table::{KeyPolicy, Keys};
use crate::store::{Database, PurgeScope, StoreError};
use crate::telemetry::Health;

/// How often the keys and purge requests of other processes are looked for.
const LOOK: Duration = Duration::from_secs(1);
/// How often request counts are written.
const SAVE: Duration = Duration::from_secs(5);
/// How often a database that cannot be used is tried again.
const RETRY: Duration = Duration::from_secs(10);

/// Carries out a purge everywhere; gives the number of blobs removed.
pub type PurgeHook = Arc<dyn Fn(PurgeScope) -> BoxFuture<'static, u64> + Send + Sync>;

/// Owns the database of a running server. A database that cannot be used degrades the server to
/// the keys it knows; it is tried again until it can.
pub struct KeyKeeper {
    data_dir: PathBuf,
    policy: KeyPolicy,
    keys: Arc<Keys>,
    admin: Arc<ArcSwap<AdminToken>>,
    health: Arc<ArcSwap<Health>>,
    database: Option<Database>,
    generation: i64,
    next_save: Instant,
    next_retry: Instant,
}

impl std::fmt::Debug for KeyKeeper {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeyKeeper").field("health", &self.health).finish_non_exhaustive()
    }
}

impl KeyKeeper {
    /// Opens the database and does what a first start does. Never fails: see [`Self::health`].
    pub async fn start(
        data_dir: PathBuf,
        policy: KeyPolicy,
        keys: Arc<Keys>,
    ) -> (Self, Announcement) {
        let mut keeper = Self {
            data_dir,
            admin: Arc::default(),
            health: Arc::new(ArcSwap::from_pointee(Health::Ready)),
            database: None,
            generation: -1,
            next_save: Instant::now() + SAVE,
            next_retry: Instant::now(),
            policy,
            keys,
        };
        if let Some(secret) = &keeper.policy.admin_token {
            keeper.admin.store(Arc::new(AdminToken::from_secret(secret)));
        }
        let announcement = keeper.first_open().await.unwrap_or_else(|error| {
            keeper.degrade(&error);
            Announcement::default()
        });
        (keeper, announcement)
    }

    /// The admin token in force, now and later.
    pub fn admin(&self) -> Arc<ArcSwap<AdminToken>> {
        Arc::clone(&self.admin)
    }

    /// Reports on the database, now and later.
    pub fn health(&self) -> impl Fn() -> Health + Send + Sync + 'static {
        let health = Arc::clone(&self.health);
        move || health.load().as_ref().clone()
    }

    /// Works until `stop`, then writes the counts and closes the database.
    pub async fn run(mut self, stop: CancellationToken, purge: PurgeHook) {
        let mut look = tokio::time::interval(LOOK);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                _ = look.tick() => self.look(&purge).await,
            }
        }
        let saved = self.save().await;
        self.settle(saved);
        if let Some(database) = &self.database {
            database.close().await;
        }
    }

    async fn look(&mut self, purge: &PurgeHook) {
        if self.database.is_none() && Instant::now() >= self.next_retry {
            let opened = self.reopen().await;
            self.settle(opened);
        }
        let looked = self.try_look(purge).await;
        self.settle(looked);
    }

    async fn try_look(&mut self, purge: &PurgeHook) -> Result<(), StoreError> {
        if Instant::now() >= self.next_save {
            self.next_save = Instant::now() + SAVE;
            self.save().await?;
        }
        let Some(database) = self.database.clone() else {
            return Ok(());
        };
        let generation = database.key_generation().await?;
        if generation != self.generation {
            // Revoked keys leave the table, and their counts with them.
            self.save().await?;
            self.keys.set_stored(&database.api_keys().await?);
            self.generation = generation;
        }
        for request in database.pending_purges().await? {
            let removed = purge(request.scope.clone()).await;
            tracing::info!(scope = %request.scope, removed, "purged");
            database.finish_purge(request.id, removed).await?;
        }
        Ok(())
    }

    async fn save(&self) -> Result<(), StoreError> {
        let Some(database) = &self.database else {
            return Ok(());
        };
        let counts = self.keys.take_unsaved();
        if counts.is_empty() {
            return Ok(());
        }
        let saved = database.add_requests(&counts).await;
        if saved.is_err() {
            self.keys.return_unsaved(&counts);
        }
        saved
    }

    async fn first_open(&mut self) -> Result<Announcement, StoreError> {
        let database = Database::open(&self.data_dir).await?;
        let (announcement, admin) = first_start(&self.policy, &database, &self.keys).await?;
        self.adopt(database, admin).await?;
        Ok(announcement)
    }

    async fn reopen(&mut self) -> Result<(), StoreError> {
        let database = Database::open(&self.data_dir).await?;
        let admin = load(&self.policy, &database, &self.keys).await?;
        self.adopt(database, admin).await
    }

    async fn adopt(&mut self, database: Database, admin: AdminToken) -> Result<(), StoreError> {
        self.admin.store(Arc::new(admin));
        self.generation = database.key_generation().await?;
        self.database = Some(database);
        self.health.store(Arc::new(Health::Ready));
        Ok(())
    }

    fn settle(&mut self, done: Result<(), StoreError>) {
        if let Err(error) = done {
            self.degrade(&error);
        }
    }

    fn degrade(&mut self, error: &StoreError) {
        let reason = format!("database: {error}");
        let health = if self.keys.is_empty() {
            Health::Broken(format!("{reason}; no key is known"))
        } else {
            Health::Degraded(reason)
        };
        if **self.health.load() != health {
            let error: &dyn std::error::Error = error;
            tracing::error!(error, "the database cannot be used; going on with the keys known");
        }
        self.health.store(Arc::new(health));
        self.database = None;
        self.next_retry = Instant::now() + RETRY;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::mint_key;

    fn no_purge() -> PurgeHook {
        Arc::new(|_| Box::pin(async { 0 }))
    }

    #[tokio::test]
    async fn keys_made_and_purges_asked_for_by_another_process_are_noticed() {
        let dir = tempfile::tempdir().unwrap();
        let keys = Arc::new(Keys::new(&KeyPolicy::default()));
        let (mut keeper, _) =
            KeyKeeper::start(dir.path().into(), KeyPolicy::default(), Arc::clone(&keys)).await;

        let other = Database::open(dir.path()).await.unwrap();
        let minted = mint_key();
        let id = other.create_key(&minted.to_stored("two")).await.unwrap();
        let purge = other.request_purge(&PurgeScope::All).await.unwrap();
        let hook: PurgeHook = Arc::new(|scope| {
            assert_eq!(scope, PurgeScope::All);
            Box::pin(async { 5 })
        });
        keeper.look(&hook).await;
        assert!(keys.check(&minted.key).is_ok());
        assert_eq!(other.purge_result(purge).await.unwrap(), Some(5));

        keys.check(&minted.key).unwrap().count_request();
        other.revoke_key(id).await.unwrap();
        keeper.look(&no_purge()).await;
        assert!(keys.check(&minted.key).is_err());
        let rows = other.api_keys().await.unwrap();
        assert_eq!(rows.iter().find(|row| row.id == id).unwrap().requests, 1);
    }

    #[tokio::test]
    async fn counts_are_written_at_the_end() {
        let dir = tempfile::tempdir().unwrap();
        let keys = Arc::new(Keys::new(&KeyPolicy::default()));
        let (keeper, announcement) =
            KeyKeeper::start(dir.path().into(), KeyPolicy::default(), Arc::clone(&keys)).await;
        let key = announcement.key.unwrap().key;
        let stop = CancellationToken::new();
        let running = tokio::spawn(keeper.run(stop.clone(), no_purge()));
        keys.check(&key).unwrap().count_request();
        stop.cancel();
        running.await.unwrap();
        let rows = Database::open(dir.path()).await.unwrap().api_keys().await.unwrap();
        assert_eq!(rows[0].requests, 1);
    }

    #[tokio::test]
    async fn a_torn_database_degrades_to_the_fixed_keys() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("laurel.db"), vec![7; 8192]).unwrap();
        let policy = KeyPolicy { fixed: vec!["k".parse().unwrap()], ..KeyPolicy::default() };
        let keys = Arc::new(Keys::new(&policy));
        let (keeper, _) = KeyKeeper::start(dir.path().into(), policy, Arc::clone(&keys)).await;
        assert!(matches!(keeper.health()(), Health::Degraded(_)));
        assert!(keys.check("k").is_ok());
    }
}
