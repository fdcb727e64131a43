//! Headers of caches, HEAD, and what outlives a restart.

use laurel::model::ArtworkKind;
use std::time::Duration;

use crate::support::catalogue::SALT_ROAD;
use crate::support::{Answer, FakePicture, FakeTitle, FakeUpstream, Fault, Service, TestApp};

const POSTER: &str = "imdb/poster-default/tt9900001.jpg";

#[tokio::test]
async fn a_settled_title_may_be_kept_for_a_day_and_a_new_one_for_an_hour() {
    let app = TestApp::start().await;
    let settled = app.get(POSTER).await;
    assert_eq!(
        settled.header("cache-control"),
        "public, max-age=86400, stale-while-revalidate=604800"
    );
    assert_eq!(settled.header("x-accel-expires"), "86400");
    let new = app.get("imdb/poster-default/tt9900005.jpg").await;
    assert_eq!(new.header("cache-control"), "public, max-age=3600, stale-while-revalidate=604800");
}

#[tokio::test]
async fn who_has_the_bytes_is_not_sent_them_again() {
    let app = TestApp::start().await;
    let first = app.get(POSTER).await;
    let tag = first.header("etag");
    assert!(tag.starts_with('"') && tag.len() > 10, "{tag}");
    let again = app.get_with(POSTER, &[("if-none-match", tag)]).await;
    assert_eq!((again.status, again.body.len()), (304, 0));
    for name in ["etag", "cache-control", "x-accel-expires", "last-modified"] {
        assert_eq!(again.header(name), first.header(name), "{name}");
    }
    let other = app.get_with(POSTER, &[("if-none-match", "\"other\"")]).await;
    assert_eq!((other.status, other.body), (200, first.body.clone()));
    let since = first.header("last-modified");
    assert_eq!(app.get_with(POSTER, &[("if-modified-since", since)]).await.status, 304);
}

#[tokio::test]
async fn the_tag_and_the_hash_follow_what_is_shown() {
    let app = TestApp::start().await;
    let one = app.get(POSTER).await;
    let same = app.get("tmdb/poster-default/movie-9001.jpg").await;
    let other = app.get(&format!("{POSTER}?badge_shape=p")).await;
    assert_eq!(one.header("etag"), same.header("etag"));
    assert_eq!(one.header("x-elements-hash"), same.header("x-elements-hash"));
    assert_ne!(one.header("etag"), other.header("etag"));
    assert_ne!(one.header("x-elements-hash"), other.header("x-elements-hash"));
}

#[tokio::test]
async fn unknown_parameters_and_their_order_make_no_other_picture() {
    let app = TestApp::start().await;
    app.get(&format!("{POSTER}?badge_shape=p&blur=true")).await;
    app.upstream.forget();
    let again = app.get(&format!("{POSTER}?blur=1&nobody=knows&badge_shape=P")).await;
    assert_eq!(again.cache(), "HIT");
}

#[tokio::test]
async fn head_of_a_picture_not_made_tells_its_type_and_starts_it() {
    let app = TestApp::start().await;
    app.upstream.inject_times(Service::TmdbImages, Fault::Delay(Duration::from_millis(400)), 1);
    let head = app.head(POSTER).await;
    assert_eq!((head.status, head.header("content-type")), (200, "image/jpeg"));
    for name in ["content-length", "etag", "last-modified"] {
        assert!(!head.headers.contains_key(name), "{name}");
    }
    let calls = until(|| app.upstream.calls(Service::TmdbImages) == 1).await;
    assert!(calls, "the render starts behind");
    app.get(POSTER).await.picture();
    assert_eq!(app.upstream.calls(Service::TmdbImages), 1);
}

#[tokio::test]
async fn head_of_an_unknown_title_is_404_and_of_a_logo_a_png() {
    let app = TestApp::start().await;
    assert_eq!(app.head("imdb/poster-default/tt1234567.jpg").await.status, 404);
    let logo = app.head("imdb/logo-default/tt9900001").await;
    assert_eq!((logo.status, logo.header("content-type")), (200, "image/png"));
}

#[tokio::test]
async fn head_of_a_picture_that_is_there_tells_everything() {
    let app = TestApp::start().await;
    let get = app.get(POSTER).await;
    let head = app.head(POSTER).await;
    assert_eq!((head.status, head.body.len()), (200, 0));
    for name in ["content-type", "content-length", "etag", "last-modified", "cache-control"] {
        assert_eq!(head.header(name), get.header(name), "{name}");
    }
    assert_eq!(head.cache(), "HIT");
}

#[tokio::test]
async fn a_picture_behind_a_dead_image_host_is_not_waited_for_by_head() {
    let app = TestApp::start().await;
    for service in [Service::TmdbImages, Service::Mdblist, Service::Omdb] {
        app.upstream.inject(service, Fault::Hang);
    }
    let started = std::time::Instant::now();
    assert_eq!(app.head(POSTER).await.status, 200);
    assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
}

#[tokio::test]
async fn a_restart_costs_no_calls() {
    let app = TestApp::start().await;
    let before = app.get(POSTER).await;
    let logo = app.get("imdb/logo-default/tt9900001.png").await;
    let webp = app.get("imdb/backdrop-default/tt9900001.webp?imageSize=small").await;
    let app = app.restart().await;
    let after = app.get(POSTER).await;
    assert_eq!(after.body, before.body);
    assert_eq!(app.get("imdb/logo-default/tt9900001.png").await.body, logo.body);
    let again = app.get("imdb/backdrop-default/tt9900001.webp?imageSize=small").await;
    assert_eq!(again.body, webp.body);
    assert_eq!(app.upstream.asked(), Vec::<String>::new());
}

#[tokio::test]
async fn cached_pictures_are_served_after_a_restart_with_everything_down() {
    let app = TestApp::start().await;
    let before = app.get(POSTER).await;
    down(&app.upstream);
    let app = app.restart().await;
    let after = app.get(POSTER).await;
    assert_eq!(after.body, before.body);
    assert!(after.is_of(SALT_ROAD) && after.is_rated(SALT_ROAD));
    // Another design of it needs nobody, either.
    let other = app.get(&format!("{POSTER}?badge_shape=p&badge_background=k")).await;
    assert!(other.is_of(SALT_ROAD) && other.is_rated(SALT_ROAD));
}

/// Asks until the answer has this `X-Cache-Status`.
async fn until_cache(app: &TestApp, path: &str, status: &str) -> Answer {
    let mut answer = app.get(path).await;
    for _ in 0..100 {
        if answer.cache() == status {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
        app.a_while_later().await;
        answer = app.get(path).await;
    }
    assert_eq!((answer.status, answer.cache()), (200, status), "{answer:?}");
    answer
}

#[tokio::test]
async fn a_picture_of_old_data_goes_out_as_stale_and_is_refreshed_behind() {
    let app = TestApp::start().await;
    let path = "imdb/poster-default/tt9900001.png";
    let first = app.get(path).await;
    assert_eq!(first.cache(), "MISS");
    app.many_days_later().await;
    for service in Service::ALL {
        app.upstream.inject(service, Fault::Hang);
    }
    for _ in 0..2 {
        let old = app.get(path).await;
        assert_eq!((old.cache(), &old.body), ("STALE", &first.body), "{:?}", old.headers);
        app.a_while_later().await;
    }
    // Nobody answers, and the old answers are kept for it.
    app.upstream.heal();
    app.upstream.forget();
    let refreshed = until_cache(&app, path, "HIT").await;
    assert_eq!(refreshed.body, first.body);
    assert!(app.upstream.calls(Service::Tmdb) > 0 && app.upstream.calls(Service::Mdblist) > 0);
    assert_eq!(app.upstream.calls(Service::TmdbImages), 0);
}

#[tokio::test]
async fn data_that_changed_meanwhile_show_after_the_stale_picture() {
    let app = TestApp::start().await;
    let path = "imdb/poster-default/tt9900001.png?ratings_limit=1&order=tmdb";
    let first = app.get(path).await;
    app.many_days_later().await;
    let films = crate::support::catalogue::titles();
    let film = films.into_iter().find(|title| title.tmdb == 9001).unwrap();
    drop(app.upstream.clone().title(film.voted(1.5, 90_000)));
    assert_eq!(
        (app.get(path).await.cache(), app.get(path).await.body),
        ("STALE", first.body.clone())
    );
    let mut later = app.get(path).await;
    for _ in 0..100 {
        if later.body != first.body {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
        later = app.get(path).await;
    }
    assert_ne!(later.body, first.body);
    assert_eq!(app.get(path).await.cache(), "HIT");
}

#[tokio::test]
async fn a_damaged_disk_cache_is_made_anew_and_never_served() {
    let app = TestApp::start().await;
    let before = app.get(POSTER).await;
    let dir = app.data_dir().join("blobs");
    app.a_while_later().await;
    let mut damaged = 0;
    for file in files_below(&dir) {
        if file.extension().is_some_and(|extension| extension == "db") {
            continue;
        }
        let mut bytes = std::fs::read(&file).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle..].iter_mut().for_each(|byte| *byte ^= 0x5a);
        std::fs::write(&file, bytes).unwrap();
        damaged += 1;
    }
    assert!(damaged >= 3, "{damaged}");
    let app = app.restart().await;
    let after = app.get(POSTER).await;
    assert_eq!(after.body, before.body);
    assert!(app.upstream.calls(Service::Tmdb) > 0);
}

#[tokio::test]
async fn an_artwork_that_changes_shows_once_the_data_are_read_again() {
    let title = |name: &str, colour| {
        let picture = FakePicture::new(ArtworkKind::Poster, format!("/{name}.jpg"), colour);
        FakeTitle::film("Changing", 1, colour).without_pictures().picture(picture)
    };
    let upstream = FakeUpstream::new().title(title("one", [200, 30, 30]));
    let app = TestApp::over(upstream).await.start().await;
    let path = "tmdb/poster-default/movie-1.jpg";
    assert!(app.get(path).await.is_of([200, 30, 30]));
    let _ = app.upstream.clone().title(title("two", [30, 30, 200]));
    assert!(app.get(path).await.is_of([200, 30, 30]), "still fresh");
    app.many_days_later().await;
    // The old one goes out while the data are read.
    let mut later = app.get(path).await;
    assert!(later.is_of([200, 30, 30]), "{:?}", later.headers);
    for _ in 0..100 {
        if later.is_of([30, 30, 200]) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
        later = app.get(path).await;
    }
    assert!(later.is_of([30, 30, 200]), "{:?}", later.headers);
    assert!(!later.is_provisional() && app.get(path).await.cache() == "HIT");
}

fn down(upstream: &FakeUpstream) {
    for service in Service::ALL {
        upstream.inject(service, Fault::Status(503));
    }
}

async fn until(done: impl Fn() -> bool) -> bool {
    for _ in 0..400 {
        if done() {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    false
}

fn files_below(dir: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() { files.extend(files_below(&path)) } else { files.push(path) }
    }
    files
}

/// The headers that differ with every answer.
const OWN: [&str; 2] = ["x-request-id", "date"];

#[tokio::test]
async fn hits_are_alike_whichever_way_they_take() {
    let app = TestApp::start().await;
    app.get(POSTER).await;
    // The first hit goes the long way, those after it the short one.
    let (long, mut short) = (app.get(POSTER).await, app.get(POSTER).await);
    let mut expected = long.headers.clone();
    for name in OWN {
        assert_ne!(short.header(name), "", "{name}");
        expected.remove(name);
        short.headers.remove(name);
    }
    assert_eq!((short.headers.clone(), short.body.clone()), (expected.clone(), long.body));

    let mut head = app.head(POSTER).await;
    OWN.iter().for_each(|name| drop(head.headers.remove(*name)));
    assert_eq!((head.status, head.headers), (200, expected));
    let tag = short.header("etag").to_owned();
    let again = app.get_with(POSTER, &[("if-none-match", &tag)]).await;
    assert_eq!((again.status, again.body.len(), again.header("etag")), (304, 0, tag.as_str()));
    assert_eq!(again.header("content-type"), "");
}

#[tokio::test]
async fn the_short_way_asks_for_the_key_and_counts_for_it() {
    let app = TestApp::start().await;
    for _ in 0..4 {
        app.get(POSTER).await;
    }
    assert_eq!(app.json("requests").await["req"], 4);
    let foreign = app.get_root(&format!("/t3-nobody/{POSTER}")).await;
    assert_eq!(foreign.refusal(), (401, "invalid_key".to_owned()));
}

#[tokio::test]
async fn the_short_way_ends_where_the_picture_does() {
    let app = TestApp::start().await;
    for _ in 0..3 {
        app.get(POSTER).await;
    }
    app.a_while_later().await;
    let again = app.get(POSTER).await;
    assert_ne!(again.cache(), "HIT", "{:?}", again.headers);
}
