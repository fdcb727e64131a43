//! Keeps the table and the database in step while the server runs.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use futures::future::BoxFuture;
use tokio::sync::{Mutex, Notify};
use tokio::time::{Instant, MissedTickBehavior};
use tokio_util::sync::CancellationToken;

use super::admin::{AdminTokens, MintedToken};
use super::artwork_overrides::stored_override;
use super::first_start::{Announcement, first_start, owner_token};
use super::service::{AdminError, SettingsService, stored_profile};
use super::settings::Timestamp;
use super::table::{KeyPolicy, Keys, StoredKeys};
use super::wrappers::stored_wrappers;
use crate::clock::Clock;
use crate::model::{Overrides, SharedOverrides};
use crate::request::{ProfileName, Profiles};
use crate::store::{
    Database, FactStore, KeyStore, PurgeScope, PurgeStore, SettingsStore, StoreError,
};
use crate::stremio::Wrappers;
use crate::telemetry::Health;

/// How often changes and purge requests of other processes are looked for.
const LOOK_INTERVAL: Duration = Duration::from_secs(1);
/// How often usage is written.
const SAVE_INTERVAL: Duration = Duration::from_secs(5);
/// How often a database that cannot be used is tried again.
const RETRY_INTERVAL: Duration = Duration::from_secs(10);
/// How long a purge may take.
const PURGE_TIMEOUT: Duration = Duration::from_secs(30);

/// Carries out a purge everywhere; gives the number of blobs removed.
pub type PurgeHook = Arc<dyn Fn(PurgeScope) -> BoxFuture<'static, u64> + Send + Sync>;

/// Owns the database of a running server. A database that cannot be used degrades the server to
/// the keys it knows; it is tried again until it can.
pub struct KeyKeeper {
    data_dir: PathBuf,
    policy: KeyPolicy,
    clock: Clock,
    keys: Arc<Keys>,
    overrides: SharedOverrides,
    tokens: AdminTokens,
    wrappers: ArcSwap<Wrappers>,
    control_token: MintedToken,
    health: Arc<ArcSwap<Health>>,
    state: Mutex<KeeperState>,
    /// One change at a time, from the first check to the last write.
    changing: Mutex<()>,
    purge_requested: Notify,
    purge_finished: Notify,
}

/// What changes as the keeper works.
struct KeeperState {
    database: Option<Database>,
    /// Of what is in force.
    revision: i64,
    next_save: Instant,
    next_retry: Instant,
}

impl std::fmt::Debug for KeyKeeper {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeyKeeper").field("health", &self.health).finish_non_exhaustive()
    }
}

/// The database is not there at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the database cannot be used at the moment")]
pub struct DatabaseUnavailable;

impl KeyKeeper {
    /// Opens the database and does what a first start does. Never fails: see [`Self::health`].
    pub async fn start(
        data_dir: PathBuf,
        policy: KeyPolicy,
        clock: Clock,
    ) -> (Arc<Self>, Announcement) {
        let control_token = MintedToken::control();
        let tokens = AdminTokens::new(&control_token);
        if let Some(secret) = &policy.admin_token {
            tokens.set_owner(super::AdminToken::from_secret(secret));
        }
        let state = KeeperState {
            database: None,
            revision: -1,
            next_save: Instant::now() + SAVE_INTERVAL,
            next_retry: Instant::now(),
        };
        let keeper = Arc::new(Self {
            data_dir,
            keys: Arc::new(Keys::new(&policy, clock.clone())),
            overrides: SharedOverrides::default(),
            policy,
            clock,
            tokens,
            wrappers: ArcSwap::default(),
            control_token,
            health: Arc::new(ArcSwap::from_pointee(Health::Ready)),
            state: Mutex::new(state),
            changing: Mutex::default(),
            purge_requested: Notify::new(),
            purge_finished: Notify::new(),
        });
        let mut state = keeper.state.lock().await;
        let opened = keeper.open(&mut state, true).await;
        let announcement = opened.unwrap_or_else(|error| {
            keeper.degrade(&mut state, &error);
            Announcement::default()
        });
        drop(state);
        (keeper, announcement)
    }

    /// The keys in force.
    pub fn keys(&self) -> &Arc<Keys> {
        &self.keys
    }

    /// Artwork that the admin has chosen, as it is in force.
    pub fn overrides(&self) -> &SharedOverrides {
        &self.overrides
    }

    /// The tokens that open the admin API.
    pub fn tokens(&self) -> &AdminTokens {
        &self.tokens
    }

    /// The wrapped add-ons in force.
    pub fn wrappers(&self) -> Arc<Wrappers> {
        self.wrappers.load_full()
    }

    /// The token of commands on the same machine.
    pub fn control_token(&self) -> &MintedToken {
        &self.control_token
    }

    /// Reports on the database, now and later.
    pub fn health(&self) -> impl Fn() -> Health + Send + Sync + 'static {
        let health = Arc::clone(&self.health);
        move || health.load().as_ref().clone()
    }

    /// Reads what the database keeps, usage of the last seconds included.
    pub async fn read<T>(
        &self,
        work: impl AsyncFnOnce(SettingsService<'_>) -> Result<T, AdminError>,
    ) -> Result<Result<T, AdminError>, DatabaseUnavailable> {
        let mut state = self.state.lock().await;
        if let Err(error) = self.save(&state).await {
            self.degrade(&mut state, &error);
        }
        let database = state.database.clone().ok_or(DatabaseUnavailable)?;
        drop(state);
        Ok(work(SettingsService::new(&database, &self.policy, &self.clock)).await)
    }

    /// Changes what the database keeps. When this returns, requests that begin from now on see
    /// the change.
    pub async fn change<T>(
        &self,
        work: impl AsyncFnOnce(SettingsService<'_>) -> Result<T, AdminError>,
    ) -> Result<Result<T, AdminError>, DatabaseUnavailable> {
        let _changing = self.changing.lock().await;
        let database = self.state.lock().await.database.clone().ok_or(DatabaseUnavailable)?;
        let changed = work(SettingsService::new(&database, &self.policy, &self.clock)).await;
        let mut state = self.state.lock().await;
        if let Err(error) = self.refresh(&mut state).await {
            self.degrade(&mut state, &error);
            return Err(DatabaseUnavailable);
        }
        Ok(changed)
    }

    /// Has a purge carried out and gives the number of blobs removed. Waits at most 30 s.
    pub async fn purge(&self, scope: &PurgeScope) -> Result<u64, DatabaseUnavailable> {
        let database = self.state.lock().await.database.clone().ok_or(DatabaseUnavailable)?;
        let now = self.clock.unix_secs();
        let purged = async {
            let id = database.request_purge(scope, now).await?;
            self.purge_requested.notify_one();
            loop {
                let finished = self.purge_finished.notified();
                if let Some(removed) = database.purge_result(id).await? {
                    return Ok::<_, StoreError>(removed);
                }
                finished.await;
            }
        };
        let purged = tokio::time::timeout(PURGE_TIMEOUT, purged).await;
        purged.map_err(|_| DatabaseUnavailable)?.map_err(|_| DatabaseUnavailable)
    }

    /// Works until `stop`, then writes the usage and closes the database.
    pub async fn run(self: Arc<Self>, stop: CancellationToken, purge: PurgeHook) {
        let mut interval = tokio::time::interval(LOOK_INTERVAL);
        interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                _ = interval.tick() => self.look(&purge).await,
                () = self.purge_requested.notified() => self.look(&purge).await,
            }
        }
        let mut state = self.state.lock().await;
        if let Err(error) = self.save(&state).await {
            self.degrade(&mut state, &error);
        }
        if let Some(database) = state.database.take() {
            database.close().await;
        }
    }

    async fn look(&self, purge: &PurgeHook) {
        let looked = self.try_look(purge).await;
        if let Err(error) = looked {
            self.degrade(&mut *self.state.lock().await, &error);
        }
    }

    async fn try_look(&self, purge: &PurgeHook) -> Result<(), StoreError> {
        let mut state = self.state.lock().await;
        if state.database.is_none() && Instant::now() >= state.next_retry {
            self.open(&mut state, false).await?;
        }
        if Instant::now() >= state.next_save {
            state.next_save = Instant::now() + SAVE_INTERVAL;
            self.save(&state).await?;
        }
        let Some(database) = state.database.clone() else { return Ok(()) };
        if database.revision().await? != state.revision {
            self.refresh(&mut state).await?;
        }
        // A purge may take long; meanwhile changes go on.
        drop(state);
        for request in database.pending_purges().await? {
            let removed = purge(request.scope.clone()).await;
            tracing::info!(scope = %request.scope, removed, "purged");
            database.finish_purge(request.id, removed, self.clock.unix_secs()).await?;
            self.purge_finished.notify_waiters();
        }
        Ok(())
    }

    /// Puts what the database keeps in force.
    async fn refresh(&self, state: &mut KeeperState) -> Result<(), StoreError> {
        let Some(database) = state.database.clone() else { return Ok(()) };
        // Revoked keys leave the table, and their counts with them.
        self.save(state).await?;
        state.revision = self.load(&database).await?;
        Ok(())
    }

    /// The revision of what was put in force, or of what was there just before.
    async fn load(&self, database: &Database) -> Result<i64, StoreError> {
        let revision = database.revision().await?;
        let month = Timestamp(self.clock.unix_secs()).month();
        let stored = StoredKeys {
            keys: database.keys().await?,
            usage: database.usage_since(&month).await?,
            profiles: Arc::new(profiles(database).await?),
        };
        self.wrappers.store(Arc::new(stored_wrappers(database).await?));
        self.keys.set_stored(&stored);
        let overrides = overrides(database).await?;
        if !self.overrides.load().is_same(&overrides) {
            self.overrides.store(Arc::new(overrides));
        }
        self.tokens.set_owner(owner_token(&self.policy, database).await?);
        Ok(revision)
    }

    async fn save(&self, state: &KeeperState) -> Result<(), StoreError> {
        let Some(database) = &state.database else { return Ok(()) };
        let usage = self.keys.take_unsaved();
        if usage.is_empty() {
            return Ok(());
        }
        let saved = database.add_usage(&usage, self.clock.unix_secs()).await;
        if saved.is_err() {
            self.keys.return_unsaved(usage);
        }
        saved
    }

    /// Opens the database. While the server runs nobody would see what a first start makes: then
    /// nothing is made.
    async fn open(&self, state: &mut KeeperState, first: bool) -> Result<Announcement, StoreError> {
        let database = Database::open(&self.data_dir).await?;
        let announcement = match first {
            true => first_start(&self.policy, &database, self.clock.unix_secs()).await?,
            false => Announcement::default(),
        };
        state.revision = self.load(&database).await?;
        state.database = Some(database);
        self.health.store(Arc::new(Health::Ready));
        Ok(announcement)
    }

    fn degrade(&self, state: &mut KeeperState, error: &StoreError) {
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
        state.database = None;
        state.next_retry = Instant::now() + RETRY_INTERVAL;
    }
}

/// The overrides of artwork; those this version cannot read are left out.
async fn overrides(store: &dyn SettingsStore) -> Result<Overrides, StoreError> {
    let records = store.overrides().await?;
    Ok(Overrides::new(records.iter().filter_map(stored_override)))
}

/// The saved profiles; those this version cannot read are left out.
async fn profiles(store: &dyn SettingsStore) -> Result<Profiles, StoreError> {
    let records = store.profiles().await?.into_iter();
    Ok(Profiles::new(records.filter_map(|record| {
        let name = ProfileName::from_stored(&record.name)?;
        let profile = stored_profile(&record.document);
        if profile.is_none() {
            tracing::warn!(profile = record.name, "a profile cannot be read");
        }
        Some((name, profile?))
    })))
}

#[cfg(test)]
#[path = "keeper_tests.rs"]
mod tests;
