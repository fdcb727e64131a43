//! Answers of providers, remembered in memory and on disk.
//!
//! A fresh answer is given at once. An old one is given at once too, and asked
//! for again behind the caller's back. Failures are remembered for moments
//! only, and never in place of an answer.
//!
//! What is asked for while somebody waits is an interactive call, what is
//! refreshed behind is a background one: the providers' clients keep a reserve
//! of each quota for the former.

use std::fmt::Debug;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher, Hash};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use moka::sync::Cache;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::failure::Failures;
use super::flight::{Flight, Flights};
use super::freshness;
use super::generations::Generations;
use crate::clock::Clock;
use crate::store::{BlobStore, Digest, Labels, Tier};
use crate::upstream::{Priority, UpstreamError};

/// How long "there is no such thing" is believed at first, for what is unknown today may be known
/// in an hour; doubled each time that it is said again, up to two days.
const FIRST_ABSENCE: Duration = Duration::from_hours(1);
const MAX_ABSENCE: Duration = Duration::from_hours(48);

/// What a provider said.
#[derive(Clone, Debug, PartialEq, Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer<V> {
    Found(V),
    /// There is no such thing.
    Absent,
}

/// An answer and when it was given, in seconds since 1970.
#[derive(Clone, Debug, PartialEq, Serialize, serde::Deserialize)]
pub struct Entry<V> {
    pub answer: Answer<V>,
    pub read_at: u64,
    /// How often in a row the answer was that there is no such thing.
    #[serde(default)]
    pub absences: u8,
}

/// A remembered answer with its age judged.
#[derive(Clone, Debug)]
pub struct CachedAnswer<V> {
    pub entry: Arc<Entry<V>>,
    /// Older than it should be: a refresh is under way.
    pub stale: bool,
    /// When it is to be asked for again, in seconds since 1970.
    pub refresh_at: u64,
}

/// Why there is no answer.
#[derive(Clone, Debug, thiserror::Error)]
pub enum SwrError {
    #[error(transparent)]
    Upstream(Arc<UpstreamError>),
    #[error("asking ended in a panic")]
    Panicked,
}

impl SwrError {
    /// One word for metrics and explain.
    pub fn outcome(&self) -> &'static str {
        match self {
            Self::Upstream(error) => error.outcome(),
            Self::Panicked => "panicked",
        }
    }

    /// When to ask again, where that is known.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Upstream(error) => error.retry_after(),
            Self::Panicked => None,
        }
    }
}

/// What all recalls of a server share.
#[derive(Clone, Debug)]
pub struct CacheContext {
    pub blobs: BlobStore,
    /// Counts changes of remembered answers; what was derived from older ones
    /// has to be looked at again.
    pub generations: Arc<Generations>,
    /// Tells how old answers are.
    pub clock: Clock,
}

/// Remembered answers of one kind.
pub struct SwrCache<K, V> {
    /// Part of the names on disk; one per kind of answer.
    name: &'static str,
    entries: Cache<K, Arc<Entry<V>>>,
    failures: Failures<K>,
    flights: Flights<K, Result<Arc<Entry<V>>, SwrError>>,
    context: CacheContext,
}

impl<K, V> Debug for SwrCache<K, V> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SwrCache of {}", self.name)
    }
}

impl<K, V> SwrCache<K, V>
where
    K: Clone + Debug + Eq + Hash + Send + Sync + 'static,
    V: Clone + PartialEq + Serialize + DeserializeOwned + Send + Sync + 'static,
{
    /// At most `capacity` bytes in memory; `weight` guesses an answer's.
    pub fn new(
        name: &'static str,
        capacity: u64,
        weight: fn(&V) -> usize,
        context: CacheContext,
    ) -> Arc<Self> {
        let weigher = move |_: &K, entry: &Arc<Entry<V>>| {
            let own = match &entry.answer {
                Answer::Found(value) => weight(value),
                Answer::Absent => 0,
            };
            // 200 bytes: key, entry, and what the cache itself spends on one.
            u32::try_from(own + 200).unwrap_or(u32::MAX)
        };
        Arc::new(Self {
            name,
            entries: Cache::builder().max_capacity(capacity).weigher(weigher).build(),
            failures: Failures::new(context.clock.clone()),
            flights: Flights::default(),
            context,
        })
    }

    /// The answer for `key`. `fresh_for` says how long an answer stays fresh;
    /// `ask` asks the provider, at most once at a time per key, and is told
    /// whether somebody waits for it.
    pub async fn get<F>(
        self: &Arc<Self>,
        key: K,
        labels: Labels,
        fresh_for: impl Fn(&V) -> Duration,
        ask: impl Fn(Priority) -> F,
    ) -> Result<CachedAnswer<V>, SwrError>
    where
        F: Future<Output = Result<V, UpstreamError>> + Send + 'static,
    {
        let seen = self.remembered(&key).await;
        if let Some(entry) = seen.clone() {
            let known = self.judge(&key, entry, &fresh_for);
            let absent = matches!(known.entry.answer, Answer::Absent);
            if !known.stale {
                return Ok(known);
            }
            if !absent {
                // Behind the caller's back; its failure is counted where it happens.
                let failed = |priority| self.failures.get(&key, priority).is_some();
                if !failed(Priority::Background) && !failed(Priority::Interactive) {
                    let behind = Priority::Background;
                    drop(self.ask(&key, labels, seen, behind, ask(behind)));
                }
                return Ok(known);
            }
        }
        let waited_for = Priority::current();
        if let Some(failure) = self.failures.get(&key, waited_for) {
            return Err(failure);
        }
        let asked = self.ask(&key, labels, seen, waited_for, ask(waited_for)).await;
        let entry = asked.unwrap_or(Err(SwrError::Panicked))?;
        Ok(self.judge(&key, entry, &fresh_for))
    }

    /// Sees to it that there will be an answer, and waits for none.
    pub fn warm<F>(self: &Arc<Self>, key: &K, labels: Labels, ask: impl Fn(Priority) -> F)
    where
        F: Future<Output = Result<V, UpstreamError>> + Send + 'static,
    {
        let behind = Priority::Background;
        if self.failures.get(key, behind).is_none() {
            let seen = self.entries.get(key);
            drop(self.ask(key, labels, seen, behind, ask(behind)));
        }
    }

    /// Asks now, whatever is remembered, which the new answer replaces.
    pub async fn anew<F>(
        self: &Arc<Self>,
        key: K,
        labels: Labels,
        fresh_for: impl Fn(&V) -> Duration,
        ask: impl Fn(Priority) -> F,
    ) -> Result<CachedAnswer<V>, SwrError>
    where
        F: Future<Output = Result<V, UpstreamError>> + Send + 'static,
    {
        let waited_for = Priority::current();
        if let Some(failure) = self.failures.get(&key, waited_for) {
            return Err(failure);
        }
        let seen = self.entries.get(&key);
        let asked = self.ask(&key, labels, seen, waited_for, ask(waited_for)).await;
        let entry = asked.unwrap_or(Err(SwrError::Panicked))?;
        Ok(self.judge(&key, entry, &fresh_for))
    }

    /// What is in memory or on disk, however old.
    async fn remembered(&self, key: &K) -> Option<Arc<Entry<V>>> {
        if let Some(entry) = self.entries.get(key) {
            return Some(entry);
        }
        let blob = self.context.blobs.get(Tier::Inputs, &self.digest(key)).await?;
        let entry: Entry<V> = serde_json::from_slice(&blob).ok()?;
        let entry = Arc::new(entry);
        self.entries.insert(key.clone(), Arc::clone(&entry));
        Some(entry)
    }

    fn judge(
        &self,
        key: &K,
        entry: Arc<Entry<V>>,
        fresh_for: impl Fn(&V) -> Duration,
    ) -> CachedAnswer<V> {
        let kept = match &entry.answer {
            Answer::Found(value) => fresh_for(value),
            Answer::Absent => {
                let doubled = 2_u32.saturating_pow(u32::from(entry.absences.saturating_sub(1)));
                FIRST_ABSENCE.saturating_mul(doubled).min(MAX_ABSENCE)
            }
        };
        // The same in every process: a default hasher has no seed of its own.
        let seed = BuildHasherDefault::<DefaultHasher>::default().hash_one(key);
        let refresh_at = entry.read_at + freshness::spread(kept, seed).as_secs();
        let stale = refresh_at <= self.context.clock.unix_secs();
        CachedAnswer { entry, stale, refresh_at }
    }

    /// Asks, unless an answer has come since the caller looked and found `seen`:
    /// another's question may have ended between the look and this one.
    fn ask(
        self: &Arc<Self>,
        key: &K,
        labels: Labels,
        seen: Option<Arc<Entry<V>>>,
        priority: Priority,
        asking: impl Future<Output = Result<V, UpstreamError>> + Send + 'static,
    ) -> Flight<Result<Arc<Entry<V>>, SwrError>> {
        let (cache, own_key) = (Arc::clone(self), key.clone());
        self.flights.join(key, move || async move {
            let newer = cache.entries.get(&own_key);
            let newer = newer.filter(|e| !seen.is_some_and(|seen| Arc::ptr_eq(&seen, e)));
            if let Some(entry) = newer {
                return Ok(entry);
            }
            let answer = match asking.await {
                Ok(value) => Answer::Found(value),
                Err(error) if error.is_not_found() => Answer::Absent,
                Err(error) => {
                    let failure = SwrError::Upstream(Arc::new(error));
                    cache.failures.note(own_key, priority, &failure);
                    return Err(failure);
                }
            };
            cache.failures.forget(&own_key);
            Ok(cache.keep(&own_key, answer, labels))
        })
    }

    fn keep(&self, key: &K, answer: Answer<V>, labels: Labels) -> Arc<Entry<V>> {
        let before = self.entries.get(key);
        let absences = match &answer {
            Answer::Found(_) => 0,
            Answer::Absent => before.as_ref().map_or(0, |before| before.absences).saturating_add(1),
        };
        let read_at = self.context.clock.unix_secs();
        let entry = Arc::new(Entry { answer, read_at, absences });
        if before.is_some_and(|before| before.answer != entry.answer) {
            self.context.generations.bump(&labels);
        }
        self.entries.insert(key.clone(), Arc::clone(&entry));
        if let Ok(json) = serde_json::to_vec(entry.as_ref()) {
            self.context.blobs.put(Tier::Inputs, &self.digest(key), &Bytes::from(json), labels);
        }
        entry
    }

    /// The answer in memory, however old; asks nobody.
    pub fn at_hand(&self, key: &K) -> Option<Arc<Entry<V>>> {
        self.entries.get(key)
    }

    /// Whether an answer is in memory, however old.
    pub fn is_at_hand(&self, key: &K) -> bool {
        self.entries.contains_key(key)
    }

    /// Takes in an answer that was read on the way to another.
    pub fn offer(&self, key: &K, value: V, labels: Labels) {
        self.keep(key, Answer::Found(value), labels);
    }

    /// Names an answer on disk. `Debug` of the keys is derived from plain
    /// numbers and words, and the version of this layout goes with the name.
    fn digest(&self, key: &K) -> Digest {
        Digest::of(format!("{}/2/{key:?}", self.name).as_bytes())
    }

    /// Bytes and entries in memory.
    pub fn usage(&self) -> (u64, u64) {
        self.entries.run_pending_tasks();
        (self.entries.weighted_size(), self.entries.entry_count())
    }

    /// Forgets everything in memory; the disk is purged on its own.
    pub fn clear(&self) {
        self.entries.invalidate_all();
        self.failures.clear();
        self.context.generations.bump_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    fn labels() -> Labels {
        Labels { titles: vec!["movie-1".into()], family: None }
    }

    fn cache(dir: &std::path::Path) -> Arc<SwrCache<u8, String>> {
        let context = CacheContext {
            blobs: BlobStore::open(dir, 1 << 24),
            generations: Arc::default(),
            clock: Clock::system(),
        };
        SwrCache::new("test", 1 << 20, String::len, context)
    }

    async fn get(
        cache: &Arc<SwrCache<u8, String>>,
        asked: &Arc<AtomicUsize>,
        fresh_secs: u64,
        answer: Result<&'static str, bool>,
    ) -> Result<CachedAnswer<String>, SwrError> {
        let fresh_for = |_: &String| Duration::from_secs(fresh_secs);
        cache
            .get(1, labels(), fresh_for, |_| {
                asked.fetch_add(1, Ordering::SeqCst);
                async move {
                    match answer {
                        Ok(text) => Ok(text.to_owned()),
                        Err(true) => Err(UpstreamError::NotFound { provider: "test" }),
                        Err(false) => Err(UpstreamError::Timeout { provider: "test" }),
                    }
                }
            })
            .await
    }

    #[tokio::test]
    async fn a_fresh_answer_is_not_asked_for_again_even_after_a_restart() {
        let dir = tempfile::tempdir().unwrap();
        let asked = Arc::new(AtomicUsize::new(0));
        let first = cache(dir.path());
        get(&first, &asked, 1000, Ok("one")).await.unwrap();
        get(&first, &asked, 1000, Ok("two")).await.unwrap();
        assert_eq!(asked.load(Ordering::SeqCst), 1);
        first.context.blobs.flush().await;
        first.entries.invalidate_all();
        let known = get(&first, &asked, 1000, Ok("two")).await.unwrap();
        assert_eq!(known.entry.answer, Answer::Found("one".into()));
        assert_eq!(asked.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn an_old_answer_is_given_at_once_and_refreshed_behind() {
        let dir = tempfile::tempdir().unwrap();
        let (cache, asked) = (cache(dir.path()), Arc::new(AtomicUsize::new(0)));
        get(&cache, &asked, 0, Ok("one")).await.unwrap();
        let watch = cache.context.generations.watch(&labels());
        let known = get(&cache, &asked, 0, Ok("two")).await.unwrap();
        assert!(known.stale);
        assert_eq!(known.entry.answer, Answer::Found("one".into()));
        tokio::time::sleep(Duration::from_millis(20)).await;
        let known = get(&cache, &asked, 1000, Ok("three")).await.unwrap();
        assert_eq!(known.entry.answer, Answer::Found("two".into()));
        assert!(!cache.context.generations.is_current(&watch));
    }

    #[tokio::test]
    async fn a_failure_never_replaces_an_answer_and_is_not_repeated_at_once() {
        let dir = tempfile::tempdir().unwrap();
        let (cache, asked) = (cache(dir.path()), Arc::new(AtomicUsize::new(0)));
        for _ in 0..3 {
            assert!(get(&cache, &asked, 1000, Err(false)).await.is_err());
        }
        assert_eq!(asked.load(Ordering::SeqCst), 1);
        cache.failures.clear();
        get(&cache, &asked, 0, Ok("one")).await.unwrap();
        get(&cache, &asked, 0, Err(false)).await.unwrap();
        tokio::time::sleep(Duration::from_millis(20)).await;
        let known = get(&cache, &asked, 0, Err(false)).await.unwrap();
        assert_eq!(known.entry.answer, Answer::Found("one".into()));
    }

    #[tokio::test]
    async fn an_absence_is_believed_for_an_hour_and_twice_as_long_each_time_it_is_said_again() {
        let dir = tempfile::tempdir().unwrap();
        let cache = cache(dir.path());
        let mut hours = Vec::new();
        for _ in 0..8 {
            let entry = cache.keep(&1, Answer::Absent, labels());
            let read_at = entry.read_at;
            let judged = cache.judge(&1, entry, |_| Duration::ZERO);
            // Spread by up to 15 % either way.
            hours.push((judged.refresh_at - read_at) as f64 / 3600.0);
        }
        for (hours, expected) in hours.iter().zip([1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 48.0, 48.0]) {
            assert!((hours / expected - 1.0_f64).abs() < 0.16, "{hours} for {expected}");
        }
        let found = cache.keep(&1, Answer::Found("one".into()), labels());
        assert_eq!(found.absences, 0);
    }

    #[tokio::test]
    async fn a_question_that_was_answered_since_the_look_is_not_put_again() {
        let dir = tempfile::tempdir().unwrap();
        let (cache, asked) = (cache(dir.path()), Arc::new(AtomicUsize::new(0)));
        let ask = |seen| {
            let asked = Arc::clone(&asked);
            let asking = async move {
                asked.fetch_add(1, Ordering::SeqCst);
                Ok("one".to_owned())
            };
            cache.ask(&1, Labels::default(), seen, Priority::Interactive, asking)
        };
        let first = ask(None).await.unwrap().unwrap();
        // This caller, too, had found nothing.
        ask(None).await.unwrap().unwrap();
        assert_eq!(asked.load(Ordering::SeqCst), 1);
        ask(Some(first)).await.unwrap().unwrap();
        assert_eq!(asked.load(Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn absence_is_an_answer() {
        let dir = tempfile::tempdir().unwrap();
        let (cache, asked) = (cache(dir.path()), Arc::new(AtomicUsize::new(0)));
        for _ in 0..3 {
            let known = get(&cache, &asked, 1000, Err(true)).await.unwrap();
            assert_eq!(known.entry.answer, Answer::Absent);
        }
        assert_eq!(asked.load(Ordering::SeqCst), 1);
    }
}
