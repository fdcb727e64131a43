//! A picture that is ready, against a bare route of the same framework with the same body.
//!
//! `cargo bench --bench hit`. Both are called in-process, without sockets: what is compared is the
//! server's own work for a request. The table at the start is what to compare between versions.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a measurement that cannot go on must end"
)]

use std::collections::HashMap;
use std::hint::black_box;
use std::time::Instant;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use axum::response::Response;
use criterion::{Criterion, criterion_group, criterion_main};
use futures::FutureExt;
use http_body_util::BodyExt;
use laurel::app::{App, Foundations};
use laurel::clock::Clock;
use laurel::config::Config;
use laurel::http::{Site, artwork_routes, router};
use laurel::store::BlobStore;
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;
use tower::Service;

/// The demo's server, and a bare route; both with one picture.
struct Contest {
    site: Site,
    bare: Router,
    uri: String,
    etag: String,
}

impl Contest {
    async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let settings = [
            ("LAUREL_OPEN", "true".to_owned()),
            ("LAUREL_DATA_DIR", dir.path().display().to_string()),
        ];
        let settings: HashMap<String, String> =
            settings.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let config = Config::from_env(&settings).unwrap();
        let blobs = BlobStore::open(dir.path(), 0);
        let (clock, stopping) = (Clock::system(), CancellationToken::new());
        let (foundations, _) = Foundations::start(&config, blobs, clock, stopping).await;
        let app = App::build(&config, foundations).await.unwrap();
        let mut site = router(app.state.clone(), artwork_routes());
        // Of the demo catalogue.
        let uri = "/key/imdb/poster-default/tt9900001.jpg".to_owned();
        let response = site.call(request(&uri)).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        let etag = response.headers()[header::ETAG].to_str().unwrap().to_owned();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        let bare = axum::routing::get(move || {
            let body = body.clone();
            async move { ([(header::CONTENT_TYPE, "image/jpeg")], body) }
        });
        Self { site, bare: Router::new().route("/poster.jpg", bare), uri, etag }
    }
}

fn request(uri: &str) -> Request<Body> {
    Request::get(uri).body(Body::empty()).unwrap()
}

/// What is ready needs no waiting: its future ends at the first look.
fn at_once<E: std::fmt::Debug>(future: impl Future<Output = Result<Response, E>>) -> Response {
    future.now_or_never().expect("an answer at once").unwrap()
}

fn hits(criterion: &mut Criterion) {
    let runtime = Runtime::new().unwrap();
    let mut contest = runtime.block_on(Contest::new());
    let _inside = runtime.enter();
    ratio(&mut contest);
    let Contest { mut site, mut bare, uri, etag } = contest;
    let mut group = criterion.benchmark_group("hit");
    group.bench_function("200", |b| b.iter(|| black_box(at_once(site.call(request(&uri))))));
    group.bench_function("304", |b| {
        b.iter(|| {
            let mut request = request(&uri);
            request.headers_mut().insert(header::IF_NONE_MATCH, etag.parse().unwrap());
            let response = at_once(site.call(request));
            assert_eq!(response.status(), StatusCode::NOT_MODIFIED);
            response
        });
    });
    group.bench_function("bare route", |b| {
        b.iter(|| black_box(at_once(bare.call(request("/poster.jpg")))));
    });
    group.finish();
}

/// Prints the hit's time as a share of the bare route's, rounds taken in turn.
#[expect(clippy::print_stdout, reason = "what this program is run for")]
fn ratio(contest: &mut Contest) {
    const ROUNDS: usize = 51;
    const REQUESTS: u32 = 2000;
    let mut ratios: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            for _ in 0..REQUESTS {
                black_box(at_once(contest.site.call(request(&contest.uri))));
            }
            let hit = start.elapsed();
            let start = Instant::now();
            for _ in 0..REQUESTS {
                black_box(at_once(contest.bare.call(request("/poster.jpg"))));
            }
            hit.as_secs_f64() / start.elapsed().as_secs_f64()
        })
        .collect();
    ratios.sort_by(f64::total_cmp);
    println!("a hit takes {:.2} of the bare route, without sockets", ratios[ROUNDS / 2]);
}

criterion_group!(benches, hits);
criterion_main!(benches);
