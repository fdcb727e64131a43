//! The whole server on a socket of its own, with a stand-in for all it asks.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use laurel::app::{App, Foundations};
use laurel::clock::ManualClock;
use laurel::config::Config;
use laurel::http::{self, Server, ServerLimits};
use laurel::keys::KeyKeeper;
use laurel::store::BlobStore;
use laurel::upstream::RatingProvider;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::FakeUpstream;
use super::answer::Answer;
use super::service::Service;

/// The key that every test app takes; distinctive, so that it is found in any log.
pub(crate) const KEY: &str = "t3-theKeyOfTheTests0000000000000000";

/// A running server. Dropped, it goes on until the test's runtime ends.
pub(crate) struct TestApp {
    pub(crate) upstream: FakeUpstream,
    pub(crate) app: App,
    pub(crate) address: SocketAddr,
    blobs: BlobStore,
    clock: ManualClock,
    settings: Vec<(String, String)>,
    dir: Arc<TempDir>,
    client: reqwest::Client,
    stop: CancellationToken,
    running: JoinHandle<()>,
    pub(crate) keeper: Arc<KeyKeeper>,
    keeping: JoinHandle<()>,
    keeper_stop: CancellationToken,
}

/// Settings of a test app that is not started yet.
pub(crate) struct Plan {
    upstream: FakeUpstream,
    /// Of ratings, besides those that settings switch on.
    providers: Vec<Arc<dyn RatingProvider>>,
    clock: ManualClock,
    settings: Vec<(String, String)>,
    dir: Arc<TempDir>,
}

impl Plan {
    #[allow(clippy::needless_pass_by_value, reason = "callers write plain values")]
    pub(crate) fn set(mut self, name: &str, value: impl ToString) -> Self {
        self.settings.push((name.to_owned(), value.to_string()));
        self
    }

    /// With a data set on, read before the first request.
    pub(crate) fn with_data_set(self, service: Service) -> Self {
        let url = self.upstream.url(service);
        self.set(service.setting(), url)
    }

    /// With one more provider of ratings.
    pub(crate) fn with_provider(mut self, provider: Arc<dyn RatingProvider>) -> Self {
        self.providers.push(provider);
        self
    }

    pub(crate) async fn start(self) -> TestApp {
        TestApp::run(self).await
    }
}

impl TestApp {
    /// Over the titles of the catalogue.
    pub(crate) async fn start() -> Self {
        Self::plan().await.start().await
    }

    pub(crate) async fn plan() -> Plan {
        Self::over(FakeUpstream::with_catalogue()).await
    }

    /// Over titles of the test's own.
    pub(crate) async fn over(upstream: FakeUpstream) -> Plan {
        let upstream = upstream.start().await;
        let dir = Arc::new(tempfile::tempdir().unwrap());
        let clock = ManualClock::default();
        let providers = Vec::new();
        let plan = Plan { settings: upstream.settings(), upstream, providers, clock, dir };
        let plan = [Service::ImdbDatasets, Service::Awards, Service::AnimeMap]
            .into_iter()
            .fold(plan, |plan, service| plan.set(service.setting(), "off"));
        ["TMDB", "MDBLIST", "OMDB", "TRAKT", "FANART"]
            .into_iter()
            .fold(plan, |plan, provider| {
                plan.set(&format!("LAUREL_{provider}_RATE"), 5000)
                    .set(&format!("LAUREL_{provider}_BURST"), 5000)
            })
            .set("LAUREL_API_KEYS", KEY)
            // A busy machine must not make pictures late where no test is about that.
            .set("LAUREL_RENDER_BUDGET_MS", 50_000)
            .set("LAUREL_DEADLINE_MS", 60_000)
    }

    async fn run(plan: Plan) -> Self {
        super::logs::listen();
        let Plan { upstream, providers, clock, mut settings, dir } = plan;
        settings.push(("LAUREL_DATA_DIR".to_owned(), dir.path().display().to_string()));
        let environment: HashMap<String, String> = settings.iter().cloned().collect();
        let config = Config::from_env(&environment).unwrap();
        let (stop, keeper_stop) = (CancellationToken::new(), CancellationToken::new());
        let limits = ServerLimits { grace: Duration::from_secs(2), ..ServerLimits::default() };
        let server = Server::bind(([127, 0, 0, 1], 0).into(), limits).await.unwrap();
        let address = server.local_address().unwrap();
        let blobs = BlobStore::open(&dir.path().join("blobs"), config.storage.disk_cache_bytes);
        let (foundations, _) =
            Foundations::start(&config, blobs.clone(), clock.clock(), stop.clone()).await;
        let foundations = foundations.with_providers(providers);
        let app = App::build(&config, foundations).await.unwrap();
        app.start(stop.clone());
        let keeper = Arc::clone(&app.state.keeper);
        let keeping = tokio::spawn(Arc::clone(&keeper).run(keeper_stop.clone(), app.purge_hook()));
        let router = http::router(app.state.clone(), http::artwork_routes());
        let running = tokio::spawn(server.run(router, stop.clone()));
        let client = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(90))
            .build()
            .unwrap();
        let app = Self {
            upstream,
            app,
            address,
            blobs,
            clock,
            settings,
            dir,
            client,
            stop,
            running,
            keeper,
            keeping,
            keeper_stop,
        };
        app.settle().await;
        app
    }

    /// Waits for the first words with TMDB and for the data sets, and forgets the calls.
    async fn settle(&self) {
        self.app.artworks.gatherer().providers().tmdb.prepare().await;
        let environment: HashMap<_, _> = self.settings.iter().cloned().collect();
        let on = |service: Service| environment[service.setting()] != "off";
        for _ in 0..400 {
            let datasets = &self.app.datasets;
            let ready = (!on(Service::AnimeMap) || !datasets.is_waiting_for_anime_map())
                && (!on(Service::Awards) || datasets.has_awards())
                && (!on(Service::ImdbDatasets) || datasets.ratings_built_at().is_some());
            if ready {
                break;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        self.upstream.forget();
    }

    /// Stops the server as a signal would, and starts it anew on the same data.
    pub(crate) async fn restart(self) -> Self {
        let plan = Plan {
            upstream: self.upstream.clone(),
            providers: Vec::new(),
            clock: self.clock.clone(),
            settings: self.settings.clone(),
            dir: Arc::clone(&self.dir),
        };
        self.stop().await;
        plan.start().await
    }

    pub(crate) async fn stop(self) {
        self.stop.cancel();
        self.running.await.unwrap();
        self.keeper_stop.cancel();
        self.keeping.await.unwrap();
        self.app.close().await;
        self.blobs.close().await;
    }

    /// What a while does: failures and memory are forgotten, the disk is not.
    pub(crate) async fn a_while_later(&self) {
        self.blobs.flush().await;
        self.app.artworks.clear();
    }

    /// What many days do: all that was gathered is due again. Memory is forgotten.
    pub(crate) async fn many_days_later(&self) {
        self.pass(Duration::from_hours(60 * 24));
        self.a_while_later().await;
    }

    /// Waits until everything queued is on the disk.
    pub(crate) async fn flush(&self) {
        self.blobs.flush().await;
    }

    /// Takes what is in scope (`tier:base`, `all`) from the disk, and everything from memory.
    pub(crate) async fn evict(&self, scope: &str) {
        self.blobs.flush().await;
        self.blobs.purge(&scope.parse().unwrap()).await.unwrap();
        self.app.artworks.clear();
    }

    /// Lets time pass for freshness, pauses and quotas; nothing is forgotten.
    pub(crate) fn pass(&self, time: Duration) {
        self.clock.advance(time);
    }

    pub(crate) fn data_dir(&self) -> &std::path::Path {
        self.dir.path()
    }

    /// An address below the key.
    pub(crate) fn url(&self, below: &str) -> String {
        format!("http://{}/{KEY}/{below}", self.address)
    }

    /// `below` the key.
    pub(crate) async fn get(&self, below: &str) -> Answer {
        self.get_with(below, &[]).await
    }

    pub(crate) async fn get_with(&self, below: &str, headers: &[(&str, &str)]) -> Answer {
        let request = self.client.get(self.url(below));
        self.send(headers.iter().fold(request, |r, (name, value)| r.header(*name, *value))).await
    }

    /// From the root, without a key.
    pub(crate) async fn get_root(&self, path: &str) -> Answer {
        self.send(self.client.get(format!("http://{}{path}", self.address))).await
    }

    pub(crate) async fn head(&self, below: &str) -> Answer {
        self.send(self.client.head(self.url(below))).await
    }

    /// A call of the admin API with the token that commands use; `path` is below `/api/admin/`.
    pub(crate) async fn admin(&self, method: &str, path: &str, body: &str) -> Answer {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let url = format!("http://{}/api/admin/{path}", self.address);
        let request = self.client.request(method, url).body(body.to_owned());
        self.send(request.bearer_auth(self.keeper.control_token().as_str())).await
    }

    /// Makes a key of these settings; gives the key and its id.
    pub(crate) async fn make_key(&self, settings: serde_json::Value) -> (String, i64) {
        let made = self.admin("POST", "keys", &settings.to_string()).await;
        assert_eq!(made.status, 201, "{}", made.text());
        let made = made.json();
        (made["key"].as_str().unwrap().to_owned(), made["id"].as_i64().unwrap())
    }

    /// Of an explain URL or another that answers JSON with 200.
    pub(crate) async fn json(&self, below: &str) -> serde_json::Value {
        let answer = self.get(below).await;
        assert_eq!(answer.status, 200, "{below}: {answer:?}");
        answer.json()
    }

    pub(crate) async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        Answer::read(request.send().await.unwrap()).await
    }

    pub(crate) fn client(&self) -> &reqwest::Client {
        &self.client
    }

    /// Sends bytes as they are and reads until the server closes, at most 10 s.
    pub(crate) async fn raw(&self, request: &[u8]) -> String {
        let mut stream = tokio::net::TcpStream::connect(self.address).await.unwrap();
        // A server that refuses early closes while we still write.
        let _ = stream.write_all(request).await;
        let mut bytes = Vec::new();
        let read = stream.read_to_end(&mut bytes);
        let _ = tokio::time::timeout(Duration::from_secs(10), read).await;
        String::from_utf8_lossy(&bytes).into_owned()
    }
}
