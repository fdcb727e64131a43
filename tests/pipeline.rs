//! One spec, one picture: the same bytes however it came about; what is used stays; something is
//! always shown.

use std::time::Duration;

use bytes::Bytes;
use image::codecs::jpeg::JpegEncoder;
use image::{Rgb, RgbImage};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use crate::support::catalogue::SALT_ROAD;
use crate::support::{FakeTitle, FakeUpstream, Fault, Reply, Service, TestApp};

const POSTER: &str = "imdb/poster-default/tt9900001.jpg";
const POSTER_FILE: &str = "/tmdb-images/t/p/w780/movie-the-salt-road-9001-poster.jpg";

/// A picture that no codec reproduces exactly.
fn grainy(width: u32, height: u32) -> Bytes {
    let mut dice = StdRng::seed_from_u64(5);
    let picture = RgbImage::from_fn(width, height, |x, y| {
        let grain = dice.random_range(0..40);
        Rgb([(x * 200 / width) as u8 + grain, (y * 200 / height) as u8 + grain, 90 + grain])
    });
    let mut bytes = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut bytes, 90);
    picture.write_with_encoder(encoder).unwrap();
    bytes.into()
}

#[tokio::test]
async fn the_same_picture_has_the_same_bytes_however_it_came_about() {
    for format in ["jpg", "png", "webp"] {
        let reply = Reply::bytes("image/jpeg", grainy(780, 1170));
        let app = TestApp::over(FakeUpstream::with_catalogue().reply(POSTER_FILE, reply)).await;
        let app = app.start().await;
        let by_imdb = format!("imdb/poster-default/tt9900001.{format}");
        let by_tmdb = format!("tmdb/poster-default/movie-9001.{format}");
        let cold = app.get(&by_imdb).await;
        assert_eq!((cold.status, cold.cache()), (200, "MISS"));
        let mut others = vec![("by another id", app.get(&by_tmdb).await)];
        app.a_while_later().await;
        others.push(("from disk", app.get(&by_tmdb).await));
        for tier in ["render", "base"] {
            app.evict(&format!("tier:{tier}")).await;
        }
        others.push(("fitted again", app.get(&by_imdb).await));
        app.evict("all").await;
        others.push(("fetched again", app.get(&by_tmdb).await));
        let app = app.restart().await;
        others.push(("after a restart", app.get(&by_imdb).await));
        for (how, other) in others {
            assert_eq!(other.header("etag"), cold.header("etag"), "{format} {how}");
            assert_eq!(other.body, cold.body, "{format} {how}");
        }
        let other = app.get(&format!("{by_imdb}?badge_shape=p")).await;
        assert_ne!(other.body, cold.body);
    }
}

#[tokio::test]
async fn what_is_asked_for_from_memory_stays_on_disk() {
    // Twice as many bases as fit.
    const TITLES: u32 = 50;
    let artwork = grainy(780, 1170);
    let film = |upstream: FakeUpstream, n: u32| {
        let title = FakeTitle::film(&format!("Film {n}"), 7000 + n, [90, 90, 90]);
        let file = format!("/tmdb-images/t/p/w780/movie-film-{n}-{}-poster.jpg", 7000 + n);
        upstream.title(title).reply(&file, Reply::bytes("image/jpeg", artwork.clone()))
    };
    let path = |n: u32| format!("tmdb/poster-default/movie-{}.jpg", 7000 + n);
    let upstream = (0..TITLES).fold(FakeUpstream::new(), film);
    let app = TestApp::over(upstream).await.set("LAUREL_DISK_CACHE_MB", 6).start().await;
    let before = app.get(&path(0)).await;
    for n in 1..TITLES {
        app.get(&path(n)).await.picture();
        app.pass(Duration::from_mins(2));
        assert_eq!(app.get(&path(0)).await.cache(), "HIT");
        app.flush().await;
    }
    app.a_while_later().await;
    app.upstream.inject(Service::TmdbImages, Fault::Status(503));
    app.upstream.forget();
    let after = app.get(&path(0)).await;
    assert_eq!((after.status, &after.body), (200, &before.body), "{after:?}");
    assert_eq!(app.upstream.calls(Service::TmdbImages), 0);
    // What was made right after it, and not asked for again, had to go.
    app.get(&path(1)).await;
    assert!(app.upstream.calls(Service::TmdbImages) > 0);
}

/// Ratings of MDBList are late, those of others are in.
#[tokio::test]
async fn ratings_that_are_in_at_the_end_of_the_budget_are_shown() {
    let plan = TestApp::plan().await;
    let app = plan.set("LAUREL_RENDER_BUDGET_MS", 1500).start().await;
    app.upstream.inject(Service::Mdblist, Fault::Hang);
    let path = "imdb/poster-default/tt9900001.png?ratings_limit=10";
    let first = app.get(path).await;
    assert_eq!(first.cache(), "MISS", "{:?}", first.headers);
    assert!(first.is_provisional() && first.is_of(SALT_ROAD) && first.is_rated(SALT_ROAD));
    assert_eq!(first.header("cache-control"), "public, max-age=60");
    app.upstream.heal();
    let mut later = first.clone();
    for _ in 0..100 {
        if !later.is_provisional() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
        // Past the time for which a provisional picture, or a failure, is remembered.
        app.pass(Duration::from_mins(1));
        later = app.get(path).await;
    }
    assert!(!later.is_provisional() && later.is_rated(SALT_ROAD), "{:?}", later.headers);
    assert_ne!(later.body, first.body);
    // Never under one name.
    assert_ne!(later.header("x-elements-hash"), first.header("x-elements-hash"));
}

/// All providers are dead, and what is asked for was never made.
#[tokio::test]
async fn any_artwork_of_a_known_title_goes_before_an_error() {
    let app = TestApp::start().await;
    app.get(POSTER).await.picture();
    app.a_while_later().await;
    for service in Service::ALL {
        app.upstream.inject(service, Fault::Status(503));
    }
    let width = |path: &str| path.contains("large").then_some(1280);
    let large = format!("{POSTER}?imageSize=large");
    let paths = [
        large.as_str(),
        "imdb/poster-default/tt9900001.png?imageSize=large&blur=true",
        "imdb/poster-default/tt9900001.jpg?imageSize=small&lang=de",
        // Of another family.
        "imdb/backdrop-default/tt9900001.jpg?imageSize=small",
    ];
    for tier in ["none", "artwork"] {
        // With the files, then from the bases alone.
        if tier != "none" {
            app.evict(&format!("tier:{tier}")).await;
        }
        for path in paths {
            let answer = app.get(path).await;
            assert_eq!(answer.status, 200, "{tier} {path}: {answer:?}");
            assert!(answer.is_of(SALT_ROAD) && answer.is_provisional(), "{tier} {path}");
            if let Some(width) = width(path) {
                assert_eq!(answer.size().0, width, "{path}");
            }
            app.a_while_later().await;
        }
    }
    // Lettering has no stand-in, and of an unknown title nothing is stored.
    assert!(app.get("imdb/logo-default/tt9900001.png").await.status >= 500);
    assert!(app.get("imdb/poster-default/tt9900002.jpg").await.status >= 500);
    app.upstream.heal();
    // A provider that failed is left alone for a while.
    let mut healed = app.get(&large).await;
    for _ in 0..20 {
        if !healed.is_provisional() {
            break;
        }
        app.pass(Duration::from_mins(2));
        app.a_while_later().await;
        healed = app.get(&large).await;
    }
    assert!(healed.is_of(SALT_ROAD) && !healed.is_provisional(), "{:?}", healed.headers);
}
