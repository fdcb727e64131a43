//! The router over a real socket.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::{Duration, SystemTime};

use axum::Router;
use axum::extract::{Path, RawPathParams};
use axum::http::Method;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;

use super::cache_headers::{CachePolicy, EntityTag, Validators, body_of_unknown_length};
use super::key::{FullKey, ImageKey};
use super::*;
use crate::app::{App, Foundations};
use crate::clock::Clock;
use crate::config::Config;
use crate::store::BlobStore;
use crate::telemetry::{Health, Readiness};

const KEY: &str = "house-key";

/// What the product's own routes look like, with handlers that tell which one answered.
fn artwork() -> Router<AppState> {
    Router::new()
        .route("/{key}/imdb/rating/{tt}", get(rating))
        .route("/{key}/{idType}/{style}/{id}", get(picture))
}

async fn rating(_key: FullKey, Path((_, tt)): Path<(String, String)>) -> String {
    format!("rating of {tt}")
}

async fn picture(method: Method, key: ImageKey, params: RawPathParams) -> Response {
    let id = params.iter().find(|(name, _)| *name == "id").map_or("", |(_, value)| value);
    match id {
        "panic" => panic!("hush {}", key.0.requests()),
        "slow" => tokio::time::sleep(Duration::from_millis(400)).await,
        "late" => tokio::time::sleep(Duration::from_mins(1)).await,
        "cold" if method == Method::HEAD => return body_of_unknown_length().into_response(),
        _ => {}
    }
    let bytes = format!("picture of {id}");
    let tag = EntityTag::of(bytes.as_bytes());
    let modified = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
    let mut response = bytes.into_response();
    response.extensions_mut().insert(Validators { tag, modified });
    response.extensions_mut().insert(CachePolicy::Public(Duration::from_hours(1)));
    response
}

struct TestServer {
    address: SocketAddr,
    stop: CancellationToken,
    readiness: Readiness,
    running: tokio::task::JoinHandle<()>,
}

impl TestServer {
    async fn start() -> Self {
        Self::with(ServerLimits::default()).await
    }

    async fn with(limits: ServerLimits) -> Self {
        let (stop, readiness) = (CancellationToken::new(), Readiness::default());
        let dir = tempfile::tempdir().unwrap();
        let data_dir = dir.path().to_string_lossy().into_owned();
        let offline = ["LAUREL_AWARDS_URL", "LAUREL_ANIME_MAP_URL"].map(|n| (n, "off".to_owned()));
        let keys = [
            ("TMDB_API_KEY", "k".repeat(32)),
            ("LAUREL_API_KEYS", KEY.to_owned()),
            ("LAUREL_FREE_KEY", "true".to_owned()),
        ];
        let pairs = [("LAUREL_DATA_DIR", data_dir)].into_iter().chain(keys).chain(offline);
        let env: HashMap<String, String> = pairs.map(|(n, v)| (n.to_owned(), v)).collect();
        let config = Config::from_env(&env).unwrap();
        // The handlers under test come with the router; nothing here is asked.
        let blobs = BlobStore::open(dir.path(), 1 << 20);
        let (foundations, _) =
            Foundations::start(&config, blobs, Clock::system(), stop.clone()).await;
        let app = App::build(&config, foundations).await.unwrap();
        let state = AppState {
            readiness: readiness.clone(),
            time_limit: Duration::from_millis(900),
            ..app.state
        };
        let server = Server::bind("127.0.0.1:0".parse().unwrap(), limits).await.unwrap();
        let address = server.local_address().unwrap();
        let running = tokio::spawn(server.run(router(state, artwork()), stop.clone()));
        Self { address, stop, readiness, running }
    }

    /// Sends bytes as they are and reads until the server closes.
    async fn raw(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        // A server that refuses early may reset instead of closing.
        let _ = stream.read_to_end(&mut answer).await;
        String::from_utf8_lossy(&answer).into_owned()
    }

    async fn send(&self, method: &str, path: &str, headers: &str) -> String {
        let head = format!("{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n");
        self.raw(&format!("{head}{headers}\r\n")).await
    }

    async fn get(&self, path: &str) -> String {
        self.send("GET", path, "").await
    }
}

fn status(answer: &str) -> u16 {
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok());
    status.unwrap_or_else(|| panic!("no status in {answer:?}"))
}

fn body(answer: &str) -> &str {
    answer.split_once("\r\n\r\n").unwrap().1
}

/// Lower-case names, as hyper writes them.
fn header<'a>(answer: &'a str, name: &str) -> Option<&'a str> {
    let head = answer.split_once("\r\n\r\n").map_or(answer, |(head, _)| head);
    head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

#[tokio::test]
async fn overlapping_routes_reach_their_own_handler_with_and_without_api() {
    let server = TestServer::start().await;
    for prefix in ["", "/api"] {
        let get = |path: &str| server.get_owned(format!("{prefix}/{KEY}/{path}"));
        assert_eq!(body(&get("imdb/rating/tt1").await), "rating of tt1");
        assert_eq!(body(&get("imdb/poster-default/tt1.jpg").await), "picture of tt1.jpg");
        assert_eq!(body(&get("imdb/ratings/tt1").await), "picture of tt1");
        assert_eq!(body(&get("tmdb/rating/movie-603").await), "picture of movie-603");
        assert_eq!(body(&get("imdb/poster-default/tt1%3A1:2").await), "picture of tt1:1:2");
        assert!(body(&get("isValid").await).contains("\"valid\":true"));
        assert!(body(&get("requests").await).contains("\"limit\":1000000"));
    }
}

#[tokio::test]
async fn reserved_words_are_no_keys_and_unknown_places_are_json() {
    let server = TestServer::start().await;
    let cases = [
        ("/api/imdb/poster-default/tt1", 401),
        ("/admin/imdb/poster-default/tt1", 401),
        ("/c/imdb/poster-default/tt1", 401),
        ("/stranger/imdb/poster-default/tt1", 401),
        ("/api/stranger/imdb/poster-default/tt1", 401),
        ("/api/isValid", 401),
        ("/nothing", 404),
        ("/%FF/imdb/poster-default/tt1", 400),
        ("/..%2f..%2fetc/imdb/poster-default/passwd", 401),
    ];
    for (path, expected) in cases {
        let answer = server.get(path).await;
        assert_eq!(status(&answer), expected, "{path}: {answer}");
        assert_eq!(header(&answer, "content-type"), Some("application/json"), "{path}");
        assert_eq!(header(&answer, "cache-control"), Some("no-store"), "{path}");
        assert!(!body(&answer).contains("stranger"), "{path}: {answer}");
    }
    let answer = server.send("POST", &format!("/{KEY}/isValid"), "").await;
    assert_eq!(status(&answer), 405);
    assert!(body(&answer).contains("method_not_allowed"), "{answer}");
}

#[tokio::test]
async fn is_valid_tells_a_good_key_from_a_bad_one_to_any_page() {
    let server = TestServer::start().await;
    server.get(&format!("/{KEY}/imdb/poster-default/tt1")).await;
    let answer = server.send("GET", &format!("/{KEY}/isValid"), "Origin: https://x\r\n").await;
    assert_eq!(status(&answer), 200);
    assert_eq!(header(&answer, "access-control-allow-origin"), Some("*"));
    let told: serde_json::Value = serde_json::from_str(body(&answer)).unwrap();
    let expected = serde_json::json!(
        {"valid": true, "validity": true, "tier": 3, "limit": 0, "requestCount": 1}
    );
    assert_eq!(told, expected);
    assert!(server.get("/t0-free-rpdb/isValid").await.contains("\"tier\":0"));
    let answer = server.get("/other/isValid").await;
    assert_eq!(status(&answer), 401);
    assert_eq!(body(&answer), r#"{"valid":false,"validity":false}"#);
    let preflight = "Origin: https://x\r\nAccess-Control-Request-Method: GET\r\n";
    let answer = server.send("OPTIONS", &format!("/{KEY}/isValid"), preflight).await;
    assert_eq!((status(&answer), header(&answer, "access-control-allow-origin")), (200, Some("*")));
}

#[tokio::test]
async fn a_client_that_has_the_picture_gets_no_body() {
    let server = TestServer::start().await;
    let path = format!("/{KEY}/imdb/poster-default/tt1");
    let answer = server.get(&path).await;
    assert_eq!(header(&answer, "x-accel-expires"), Some("3600"));
    assert_eq!(header(&answer, "last-modified"), Some("Sun, 06 Nov 1994 08:49:37 GMT"));
    assert_eq!(header(&answer, "referrer-policy"), Some("no-referrer"));
    let tag = header(&answer, "etag").unwrap().to_owned();
    for method in ["GET", "HEAD"] {
        let conditional = format!("If-None-Match: \"other\", W/{tag}\r\n");
        let answer = server.send(method, &path, &conditional).await;
        assert_eq!((status(&answer), body(&answer)), (304, ""));
        assert_eq!(header(&answer, "etag"), Some(tag.as_str()));
        assert!(header(&answer, "cache-control").unwrap().contains("max-age=3600"));
        assert_eq!(header(&answer, "content-length"), None, "{answer}");
        assert_eq!(header(&answer, "transfer-encoding"), None, "{answer}");
    }
}

#[tokio::test]
async fn head_has_the_length_of_what_is_known_and_none_of_what_is_not() {
    let server = TestServer::start().await;
    let answer = server.send("HEAD", &format!("/{KEY}/imdb/poster-default/tt1"), "").await;
    assert_eq!((header(&answer, "content-length"), body(&answer)), (Some("14"), ""));
    let answer = server.send("HEAD", &format!("/{KEY}/imdb/poster-default/cold"), "").await;
    assert_eq!((status(&answer), header(&answer, "content-length")), (200, None), "{answer}");
    assert_eq!(body(&answer), "");
}

#[tokio::test]
async fn panics_and_endless_handlers_become_json() {
    let server = TestServer::start().await;
    let answer = server.get(&format!("/{KEY}/imdb/poster-default/panic")).await;
    assert_eq!(status(&answer), 500);
    assert!(body(&answer).contains("\"internal\"") && !answer.contains("hush"));
    let answer = server.get(&format!("/{KEY}/imdb/poster-default/late")).await;
    assert_eq!((status(&answer), header(&answer, "retry-after")), (504, Some("5")));
}

#[tokio::test]
async fn oversized_requests_are_refused() {
    let server = TestServer::start().await;
    let long = "x".repeat(3000);
    let answer = server.get(&format!("/{KEY}/imdb/poster-default/tt1?a={long}")).await;
    assert_eq!(status(&answer), 414);
    let answer = server.send("GET", "/healthz", &format!("A: {}\r\n", "x".repeat(20_000))).await;
    assert_eq!(status(&answer), 431);
    let many = "A: b\r\n".repeat(200);
    assert_eq!(status(&server.send("GET", "/healthz", &many).await), 431);
}

#[tokio::test]
async fn readiness_knows_degraded_from_broken() {
    let server = TestServer::start().await;
    assert_eq!(body(&server.get("/healthz").await), "ok\n");
    assert!(server.get("/readyz").await.contains("\"status\":\"ready\""));
    server.readiness.add("disk", || Health::Degraded("full".into()));
    let answer = server.get("/readyz").await;
    assert_eq!(status(&answer), 200);
    let told: serde_json::Value = serde_json::from_str(body(&answer)).unwrap();
    assert_eq!(told["parts"]["disk"]["reason"], "full");
    assert_eq!(told["status"], "degraded");
    server.readiness.add("keys", || Health::Broken("gone".into()));
    assert_eq!(status(&server.get("/readyz").await), 503);
    assert_eq!(status(&server.get("/healthz").await), 200);
}

#[tokio::test]
async fn metrics_name_routes_and_never_keys() {
    crate::telemetry::metrics::handle();
    let server = TestServer::start().await;
    server.get(&format!("/{KEY}/imdb/poster-default/tt1")).await;
    let answer = server.get("/metrics").await;
    assert!(answer.contains("route=\"/{key}/{idType}/{style}/{id}\""), "{answer}");
    assert!(!answer.contains(KEY));
}

#[tokio::test]
async fn the_page_carries_tmdbs_notice() {
    let answer = TestServer::start().await.get("/").await;
    assert_eq!(header(&answer, "content-type"), Some("text/html; charset=utf-8"));
    let notice = "This product uses the TMDB API but is not endorsed or certified by TMDB.";
    assert!(body(&answer).contains(notice));
}

#[tokio::test]
async fn the_page_loads_its_files_packed_and_for_good() {
    let server = TestServer::start().await;
    let page = server.get("/").await;
    let policy = header(&page, "content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'self'; img-src 'self' blob: data:;"), "{policy}");
    let html = body(&page);
    let start = html.find("assets/").unwrap();
    let path = html[start..].split('"').next().unwrap();
    let file = server.get(&format!("/{path}")).await;
    assert_eq!(status(&file), 200);
    assert!(header(&file, "cache-control").unwrap().contains("immutable"));
    assert_eq!(header(&file, "content-encoding"), None);
    for gone in ["/assets/0000000000000000/page.css", &format!("/{path}.map")] {
        assert_eq!(status(&server.get(gone).await), 404, "{gone}");
    }
    let options = server.get("/api/options").await;
    assert!(body(&options).contains("\"ratings_order\""));
}

#[tokio::test]
async fn double_and_trailing_slashes_are_forgiven() {
    let server = TestServer::start().await;
    for path in [format!("//{KEY}/isValid"), format!("/{KEY}/isValid/")] {
        assert_eq!(status(&server.get(&path).await), 200, "{path}");
    }
}

#[tokio::test]
async fn a_stop_finishes_what_is_being_served() {
    let server = TestServer::start().await;
    let idle = TcpStream::connect(server.address).await.unwrap();
    let (address, stop) = (server.address, server.stop.clone());
    let slow =
        tokio::spawn(
            async move { server.get_owned(format!("/{KEY}/imdb/poster-default/slow")).await },
        );
    tokio::time::sleep(Duration::from_millis(100)).await;
    stop.cancel();
    assert_eq!(body(&slow.await.unwrap()), "picture of slow");
    drop(idle);
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn a_stop_does_not_wait_longer_than_its_grace() {
    let grace = Duration::from_millis(50);
    let server = TestServer::with(ServerLimits { grace, ..ServerLimits::default() }).await;
    let (address, stop) = (server.address, server.stop.clone());
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!("GET /{KEY}/imdb/poster-default/late HTTP/1.1\r\nHost: x\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;
    stop.cancel();
    tokio::time::timeout(Duration::from_millis(700), server.running).await.unwrap().unwrap();
}

#[tokio::test]
async fn connections_beyond_the_limit_wait_and_slow_heads_are_ended() {
    let limits = ServerLimits {
        connections: 1,
        head_timeout: Duration::from_millis(150),
        ..ServerLimits::default()
    };
    let server = TestServer::with(limits).await;
    let mut loris = TcpStream::connect(server.address).await.unwrap();
    loris.write_all(b"GET /healthz HTT").await.unwrap();
    // Served once the first connection has been ended for its slowness.
    assert_eq!(body(&server.get("/healthz").await), "ok\n");
}

impl TestServer {
    async fn get_owned(&self, path: String) -> String {
        self.get(&path).await
    }
}
