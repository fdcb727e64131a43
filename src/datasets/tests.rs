//! The whole way: a source on a socket, refreshes, restarts.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Response, StatusCode, header};
use tokio::io::AsyncWriteExt as _;

use super::fetch::{Fetcher, Wanted};
use super::input::gzip;
use super::*;
use crate::model::{AnimeDb, AwardBody};

const RATINGS: &str = "/imdb/title.ratings.tsv.gz";
const EPISODES: &str = "/imdb/title.episode.tsv.gz";
const BASICS: &str = "/imdb/title.basics.tsv.gz";
const OSCARS: &str = "/awards/ev0000003.yml";
const EMMYS: &str = "/awards/ev0000223.yml";
const ANIME: &str = "/anime.json";

/// Serves what it was given, each file with an entity tag of its content.
#[derive(Clone, Default)]
struct FakeSource {
    files: Arc<Mutex<HashMap<String, Vec<u8>>>>,
    /// Paths with the status answered.
    asked: Arc<Mutex<Vec<(String, u16)>>>,
}

impl FakeSource {
    /// With small data in every file.
    async fn start() -> (Self, Url) {
        let source = Self::default();
        source.put(RATINGS, &gzip(ratings(10).as_bytes()));
        source.put(
            EPISODES,
            &gzip(b"tconst\tparentTconst\tseasonNumber\tepisodeNumber\ntt5\ttt9\t1\t2\n"),
        );
        source.put(BASICS, &gzip(b"tconst\ttitleType\ntt0000001\tmovie\n"));
        source.put(OSCARS, b"2001:\n  oscar:\n    best picture:\n      winner: [tt0000003]\n");
        source
            .put(EMMYS, b"2001:\n  primetime emmy:\n    best series:\n      winner: [tt0000009]\n");
        source.put(ANIME, br#"[{"kitsu_id": 7442, "tvdb_id": 267440, "type": "TV"}]"#);
        let url = serve(Router::new().fallback(answer).with_state(source.clone())).await;
        (source, url)
    }

    fn put(&self, path: &str, bytes: &[u8]) {
        lock(&self.files).insert(path.into(), bytes.into());
    }

    fn take_asked(&self) -> Vec<(String, u16)> {
        std::mem::take(&mut lock(&self.asked))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn serve(app: Router) -> Url {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    url.parse().unwrap()
}

async fn answer(State(source): State<FakeSource>, request: Request) -> Response<Body> {
    let path = request.uri().path().to_owned();
    let (status, bytes) = match lock(&source.files).get(&path) {
        None => (StatusCode::NOT_FOUND, Vec::new()),
        Some(bytes)
            if request
                .headers()
                .get(header::IF_NONE_MATCH)
                .is_some_and(|tag| *tag == *etag(bytes)) =>
        {
            (StatusCode::NOT_MODIFIED, Vec::new())
        }
        Some(bytes) => (StatusCode::OK, bytes.clone()),
    };
    lock(&source.asked).push((path, status.as_u16()));
    let response = Response::builder().status(status).header(header::ETAG, etag(&bytes));
    response.body(Body::from(bytes)).unwrap()
}

fn etag(bytes: &[u8]) -> String {
    format!("\"{}\"", blake3::hash(bytes).to_hex())
}

/// Titles 1 to `count`, all rated 5.0 by as many as their number, but the first by enough to be ranked.
fn ratings(count: u32) -> String {
    let votes = |n: u32| if n == 1 { 30_000 } else { n };
    let rows: Vec<String> = (1..=count).map(|n| format!("tt{n:07}\t5.0\t{}\n", votes(n))).collect();
    format!("tconst\taverageRating\tnumVotes\n{}", rows.concat())
}

fn config(dir: &tempfile::TempDir, source: &Url) -> DatasetsConfig {
    DatasetsConfig {
        imdb_url: source.join("imdb").ok(),
        awards_url: source.join("awards/").ok(),
        anime_url: source.join("anime.json").ok(),
        ..DatasetsConfig::new(dir.path().into())
    }
}

fn id(number: u32) -> ImdbId {
    ImdbId::new(number).unwrap()
}

async fn votes(datasets: &Datasets, number: u32) -> Option<u32> {
    datasets.rating(id(number)).await.map(|(_, votes)| votes)
}

fn last_error(datasets: &Datasets, set: SetId) -> Option<String> {
    datasets.status().into_iter().find(|status| status.set == set)?.last_error
}

async fn refresh_all(datasets: &Datasets) {
    for set in SetId::ALL {
        datasets.refresh(set).await.unwrap();
    }
}

#[tokio::test]
async fn what_was_fetched_is_found() {
    let (_source, url) = FakeSource::start().await;
    let dir = tempfile::tempdir().unwrap();
    let datasets = Datasets::open(config(&dir, &url)).await.unwrap();
    assert_eq!(votes(&datasets, 3).await, None);
    refresh_all(&datasets).await;
    assert_eq!(votes(&datasets, 3).await, Some(3));
    let number = EpisodeNumber { season: 1, episode: 2 };
    assert_eq!(datasets.episode(id(9), number).await, Some(id(5)));
    assert_eq!(datasets.season(id(9), 1).await, [(2, id(5))]);
    assert_eq!((datasets.rank(id(1)).await, datasets.rank(id(2)).await), (Some(1), None));
    assert_eq!(datasets.awards(id(3)).await[0].body, AwardBody::Oscar);
    assert_eq!(datasets.awards(id(9)).await[0].body, AwardBody::Emmy);
    let anime = AnimeId { db: AnimeDb::Kitsu, number: 7442 };
    assert_eq!(
        datasets.map(anime).await.unwrap().tvdb.map(crate::model::TvdbId::number),
        Some(267_440)
    );
    for status in datasets.status() {
        assert!(status.on && status.rows > 0 && status.size_bytes > 0, "{status:?}");
        assert_eq!((status.last_error, status.source_host.as_deref()), (None, Some("127.0.0.1")));
    }
}

#[tokio::test]
async fn an_unchanged_file_is_not_sent_again() {
    let (source, url) = FakeSource::start().await;
    let dir = tempfile::tempdir().unwrap();
    let datasets = Datasets::open(config(&dir, &url)).await.unwrap();
    refresh_all(&datasets).await;
    source.take_asked();
    for set in SetId::ALL {
        assert_eq!(datasets.refresh(set).await.unwrap(), Refreshed::NotModified);
    }
    let asked = source.take_asked();
    assert!(asked.iter().all(|(_, status)| [304, 404].contains(status)), "{asked:?}");
    assert_eq!(votes(&datasets, 3).await, Some(3));
}

#[tokio::test]
async fn a_changed_file_takes_the_place_of_the_old() {
    let (source, url) = FakeSource::start().await;
    let dir = tempfile::tempdir().unwrap();
    let datasets = Datasets::open(config(&dir, &url)).await.unwrap();
    refresh_all(&datasets).await;
    source.put(RATINGS, &gzip(ratings(12).as_bytes()));
    let refreshed = datasets.refresh(SetId::ImdbRatings).await.unwrap();
    assert_eq!(refreshed, Refreshed::Replaced { rows: 12 });
    assert_eq!(votes(&datasets, 12).await, Some(12));
    source
        .put(OSCARS, b"2001:\n  oscar:\n    best picture:\n      winner: [tt0000003, tt0000004]\n");
    datasets.refresh(SetId::Awards).await.unwrap();
    assert_eq!(datasets.awards(id(4)).await.len(), 1);
    assert_eq!(datasets.awards(id(9)).await.len(), 1, "the unchanged list is still in");
}

#[tokio::test]
async fn what_is_not_good_is_refused_and_the_old_goes_on_serving() {
    let (source, url) = FakeSource::start().await;
    let dir = tempfile::tempdir().unwrap();
    let datasets = Datasets::open(config(&dir, &url)).await.unwrap();
    refresh_all(&datasets).await;
    let whole = gzip(ratings(12).as_bytes());
    let uncompressed_and_cut = ratings(12);
    for (bytes, reason) in [
        (&whole[..whole.len() - 9], "the file is cut short"),
        (
            &uncompressed_and_cut.as_bytes()[..uncompressed_and_cut.len() - 2],
            "the file is cut short",
        ),
        (b"<html>try later</html>\n", "not the expected file: the header names other columns"),
        (b"", "the file is empty"),
        (&gzip(ratings(4).as_bytes()), "implausibly small: 4 rows, 10 before"),
    ] {
        source.put(RATINGS, bytes);
        assert_eq!(datasets.refresh(SetId::ImdbRatings).await.unwrap_err().to_string(), reason);
        assert_eq!(last_error(&datasets, SetId::ImdbRatings).as_deref(), Some(reason));
        assert_eq!(votes(&datasets, 10).await, Some(10));
    }
    source.put(RATINGS, &whole);
    datasets.refresh(SetId::ImdbRatings).await.unwrap();
    assert_eq!(last_error(&datasets, SetId::ImdbRatings), None);
    let leftovers = std::fs::read_dir(dir.path().join("datasets/tmp")).unwrap().count();
    assert_eq!(leftovers, 0);
}

#[tokio::test]
async fn a_restart_serves_what_was_kept_and_asks_nobody() {
    let (source, url) = FakeSource::start().await;
    let dir = tempfile::tempdir().unwrap();
    refresh_all(&Datasets::open(config(&dir, &url)).await.unwrap()).await;
    source.take_asked();
    let datasets = Datasets::open(config(&dir, &url)).await.unwrap();
    assert_eq!(votes(&datasets, 3).await, Some(3));
    assert_eq!(datasets.awards(id(3)).await.len(), 1);
    // Nor does the background task, since nothing is due.
    let stop = CancellationToken::new();
    let task = datasets.spawn_refresh(stop.clone());
    tokio::time::sleep(Duration::from_millis(50)).await;
    stop.cancel();
    task.await.unwrap();
    assert!(source.take_asked().is_empty());
}

#[tokio::test]
async fn the_background_task_fetches_what_is_missing_and_stops_when_told() {
    let (_source, url) = FakeSource::start().await;
    let dir = tempfile::tempdir().unwrap();
    let datasets = Datasets::open(config(&dir, &url)).await.unwrap();
    let stop = CancellationToken::new();
    let task = datasets.spawn_refresh(stop.clone());
    while datasets.status().iter().any(|status| status.rows == 0) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    stop.cancel();
    task.await.unwrap();
    assert_eq!(votes(&datasets, 3).await, Some(3));
}

#[tokio::test]
async fn a_kept_file_that_is_damaged_is_let_go_of_and_fetched_again() {
    let (_source, url) = FakeSource::start().await;
    let dir = tempfile::tempdir().unwrap();
    refresh_all(&Datasets::open(config(&dir, &url)).await.unwrap()).await;
    let kept = dir.path().join("datasets/imdb_ratings.db");
    let mut bytes = std::fs::read(&kept).unwrap();
    bytes[4096..8192].fill(0xA5);
    std::fs::write(&kept, bytes).unwrap();
    let datasets = Datasets::open(config(&dir, &url)).await.unwrap();
    datasets.ratings.verify().await;
    assert_eq!(votes(&datasets, 3).await, None);
    assert_eq!(
        last_error(&datasets, SetId::ImdbRatings).as_deref(),
        Some("kept file: the file is damaged")
    );
    datasets.refresh(SetId::ImdbRatings).await.unwrap();
    assert_eq!(votes(&datasets, 3).await, Some(3));
}

#[tokio::test]
async fn another_source_is_asked_without_the_validators_of_the_first() {
    let (_first, url) = FakeSource::start().await;
    let dir = tempfile::tempdir().unwrap();
    refresh_all(&Datasets::open(config(&dir, &url)).await.unwrap()).await;
    let (second, other) = FakeSource::start().await;
    // Fewer than half: no reason to refuse, it is another source.
    second.put(RATINGS, &gzip(ratings(2).as_bytes()));
    let datasets = Datasets::open(config(&dir, &other)).await.unwrap();
    assert_eq!(votes(&datasets, 10).await, Some(10), "kept until the other has answered");
    assert_eq!(datasets.ratings.due_in(DAY), Duration::ZERO);
    datasets.refresh(SetId::ImdbRatings).await.unwrap();
    assert_eq!(votes(&datasets, 10).await, None);
    assert_eq!(second.take_asked(), [(RATINGS.to_owned(), 200)]);
}

#[tokio::test]
async fn sets_that_are_off_hold_and_fetch_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let datasets = Datasets::open(DatasetsConfig::new(dir.path().into())).await.unwrap();
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
    let off = datasets.refresh(SetId::ImdbRatings).await.unwrap_err();
    assert!(matches!(off, DatasetError::Off));
    assert_eq!(votes(&datasets, 1).await, None);
    assert!(datasets.status().iter().all(|status| !status.on && status.source_host.is_none()));
    let task = datasets.spawn_refresh(CancellationToken::new());
    tokio::time::timeout(Duration::from_secs(5), task).await.unwrap().unwrap();
}

#[tokio::test]
async fn errors_and_status_show_no_secret_of_the_address() {
    let dir = tempfile::tempdir().unwrap();
    // Port 9 of this host answers nobody.
    let url: Url = "http://user:hunter2@127.0.0.1:9/?token=hunter2".parse().unwrap();
    let datasets = Datasets::open(config(&dir, &url)).await.unwrap();
    let error = datasets.refresh(SetId::ImdbRatings).await.unwrap_err();
    let status = serde_json::to_string(&datasets.status()).unwrap();
    assert!(matches!(error, DatasetError::Transport(_)));
    assert!(!format!("{error:?} {} {status}", error.chain()).contains("hunter2"));
}

struct Probe {
    _dir: tempfile::TempDir,
    fetcher: Fetcher,
}

impl Probe {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let workspace = Workspace::open(dir.path()).unwrap();
        let timeouts = Timeouts { idle: Duration::from_millis(200), ..Timeouts::default() };
        Self { _dir: dir, fetcher: Fetcher::new(workspace, timeouts).unwrap() }
    }

    async fn fetch(&self, url: Url, limit_bytes: u64) -> Result<Vec<u8>, DatasetError> {
        let progress = indicatif::ProgressBar::hidden();
        let wanted = Wanted { url, validators: None, limit_bytes, progress };
        let download = self.fetcher.fetch(wanted).await?.ok_or(DatasetError::Absent)?;
        Ok(std::fs::read(download.path()).unwrap())
    }
}

#[tokio::test]
async fn a_body_past_the_limit_is_refused_with_and_without_its_length() {
    let app =
        Router::new().route("/said", axum::routing::get(|| async { vec![0_u8; 1000] })).route(
            "/unsaid",
            axum::routing::get(|| async {
                let chunks = (0..10).map(|_| Ok::<_, std::io::Error>(vec![0_u8; 100]));
                Body::from_stream(futures::stream::iter(chunks))
            }),
        );
    let (url, probe) = (serve(app).await, Probe::new());
    for path in ["said", "unsaid"] {
        let url = url.join(path).unwrap();
        let refused = probe.fetch(url.clone(), 999).await.unwrap_err();
        assert!(matches!(refused, DatasetError::DownloadTooLarge { limit: 999 }), "{refused:?}");
        assert_eq!(probe.fetch(url, 1000).await.unwrap().len(), 1000);
    }
}

#[tokio::test]
async fn redirects_are_followed_within_the_host_and_not_without_end() {
    use axum::response::Redirect;
    let url = serve(
        Router::new()
            .route("/near", axum::routing::get(|| async { Redirect::temporary("/file") }))
            .route("/file", axum::routing::get(|| async { "x" }))
            .route("/loop", axum::routing::get(|| async { Redirect::temporary("/loop") }))
            .route(
                "/far",
                axum::routing::get(|| async { Redirect::temporary("http://localhost:9/") }),
            ),
    )
    .await;
    let probe = Probe::new();
    assert_eq!(probe.fetch(url.join("near").unwrap(), 10).await.unwrap(), b"x");
    for path in ["loop", "far"] {
        let refused = probe.fetch(url.join(path).unwrap(), 10).await.unwrap_err();
        let DatasetError::Transport(error) = refused else { panic!("{refused:?}") };
        assert!(error.is_redirect(), "{path}: {error:?}");
    }
}

#[tokio::test]
async fn a_body_that_stops_early_or_stalls_is_an_error() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url: Url = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
    tokio::spawn(async move {
        let head = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nonly this";
        let (mut early, _) = listener.accept().await.unwrap();
        early.write_all(head).await.unwrap();
        drop(early);
        let (mut stalled, _) = listener.accept().await.unwrap();
        stalled.write_all(head).await.unwrap();
        tokio::time::sleep(Duration::from_mins(1)).await;
    });
    let probe = Probe::new();
    for _ in 0..2 {
        let error = probe.fetch(url.clone(), 1000).await.unwrap_err();
        assert!(matches!(error, DatasetError::Transport(_)), "{error:?}");
    }
}

#[tokio::test]
async fn award_lists_that_are_half_there_are_used_and_asked_for_again_at_once() {
    let (source, url) = FakeSource::start().await;
    source.put(EMMYS, b"<html>busy</html>");
    let dir = tempfile::tempdir().unwrap();
    let datasets = Datasets::open(config(&dir, &url)).await.unwrap();
    let refreshed = datasets.refresh(SetId::Awards).await.unwrap();
    assert!(matches!(refreshed, Refreshed::Partly { rows: 1, .. }), "{refreshed:?}");
    assert_eq!(datasets.awards(id(3)).await.len(), 1);
    assert!(last_error(&datasets, SetId::Awards).unwrap().starts_with("ev0000223.yml: not the"));
    assert_eq!(datasets.awards.due_in(DAY), Duration::ZERO);
    source.put(EMMYS, b"2001:\n  primetime emmy:\n    best series:\n      winner: [tt0000009]\n");
    datasets.refresh(SetId::Awards).await.unwrap();
    assert_eq!(datasets.awards(id(9)).await.len(), 1);
    assert!(datasets.awards.due_in(DAY) > Duration::ZERO);
}
