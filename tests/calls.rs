//! What a picture costs its providers: nobody is asked for what nobody will see.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::catalogue::SALT_ROAD;
use crate::support::{Almanac, FakeTitle, FakeUpstream, Fault, Service, TestApp};

const POSTER: &str = "imdb/poster-default/tt9900001.jpg";
const EXPLAINED: &str = "imdb/poster-default/tt9900001.json";

const ALL: [Service; 6] = [
    Service::Tmdb,
    Service::TmdbImages,
    Service::Mdblist,
    Service::Omdb,
    Service::Trakt,
    Service::Fanart,
];

/// Calls to each of [`ALL`], in that order.
fn calls(app: &TestApp) -> [usize; 6] {
    ALL.map(|service| app.upstream.calls(service))
}

async fn with_lists() -> TestApp {
    TestApp::plan().await.with_data_set(Service::Awards).start().await
}

#[track_caller]
fn report<'a>(explained: &'a Value, provider: &str) -> &'a Value {
    let mut reports = explained["providers"].as_array().unwrap().iter();
    reports.find(|report| report["provider"] == provider).unwrap_or_else(|| panic!("{explained}"))
}

#[tokio::test]
async fn a_cold_poster_costs_four_calls_where_the_award_lists_are_read() {
    let app = with_lists().await;
    let answer = app.get(POSTER).await;
    assert!(answer.is_rated(SALT_ROAD) && !answer.is_provisional(), "{:?}", answer.headers);
    assert_eq!(calls(&app), [2, 1, 1, 0, 0, 0], "{:?}", app.upstream.asked());
    let explained = app.json(EXPLAINED).await;
    for fallback in ["omdb", "trakt"] {
        let report = report(&explained, fallback);
        let told = (&report["state"], &report["reason"]);
        assert_eq!(told, (&json!("not_asked"), &json!("nothing_missing")), "{fallback}");
    }
    assert_eq!(report(&explained, "mdblist")["state"], "read");
}

#[tokio::test]
async fn without_the_lists_the_awards_are_asked_for() {
    let app = TestApp::start().await;
    assert!(app.get(POSTER).await.is_rated(SALT_ROAD));
    assert_eq!(calls(&app), [2, 1, 1, 1, 0, 0], "{:?}", app.upstream.asked());
    let app = TestApp::start().await;
    app.get(&format!("{POSTER}?awards=false")).await;
    assert_eq!(calls(&app), [2, 1, 1, 0, 0, 0], "{:?}", app.upstream.asked());
}

#[tokio::test]
async fn no_rating_is_asked_for_that_the_picture_cannot_show() {
    let app = with_lists().await;
    let answer = app.get("tmdb/poster-default/movie-9001.jpg?ratings_limit=0").await;
    assert!(answer.is_of(SALT_ROAD) && !answer.is_provisional(), "{:?}", answer.headers);
    assert_eq!(calls(&app), [1, 1, 0, 0, 0, 0], "{:?}", app.upstream.asked());
    let explained = app.json("tmdb/poster-default/movie-9001.json?ratings_limit=0").await;
    let reason = &report(&explained, "mdblist")["reason"];
    assert_eq!(reason, "not_shown", "{explained}");
    // TMDB's own rating comes with the details.
    app.get("tmdb/poster-default/movie-9001.jpg?ratings_order=tmdb&ratings_limit=1").await;
    assert_eq!(app.upstream.calls(Service::Mdblist), 0, "{:?}", app.upstream.asked());
}

#[tokio::test]
async fn what_mdblist_fails_to_say_the_others_are_asked() {
    let app = with_lists().await;
    app.upstream.inject(Service::Mdblist, Fault::Status(500));
    let explained = app.json(EXPLAINED).await;
    assert_eq!(report(&explained, "mdblist")["state"], "failed");
    assert_eq!(report(&explained, "omdb")["state"], "read");
    let imdb = explained["ratings"].as_array().unwrap().iter().find(|r| r["source"] == "imdb");
    assert_eq!(imdb.unwrap()["provider"], "omdb", "{explained}");
}

#[tokio::test]
async fn a_rating_that_mdblist_lacks_is_asked_for_where_it_would_show() {
    let film = |number: u32, ratings: Value| {
        FakeTitle::film(&format!("Film {number}"), number, [90, 60, 40])
            .imdb(9_000_000 + number)
            .voted(7.1, 100)
            .mdblist(json!({"score": 50, "ratings": ratings}))
            .omdb(json!({"imdbRating": "7.0", "imdbVotes": "800", "Awards": "N/A"}))
    };
    let rating = |source: &str| json!({"source": source, "value": 7.0, "score": 70, "votes": 900});
    // A list without any award counts as not loaded.
    let upstream = FakeUpstream::new()
        .title(film(1, json!([rating("letterboxd")])))
        .title(film(2, json!([])).awarded(1));
    let app = TestApp::over(upstream).await.with_data_set(Service::Awards).start().await;
    let path = "imdb/poster-default/tt9000001.json";
    let explained = app.json(&format!("{path}?ratings_order=lb&ratings_limit=1")).await;
    assert_eq!(app.upstream.calls(Service::Omdb), 0, "{explained}");
    let explained = app.json(path).await;
    assert_eq!(report(&explained, "omdb")["state"], "read", "{explained}");
    assert_eq!(app.upstream.calls(Service::Omdb), 1);
}

#[tokio::test]
async fn while_mdblist_is_late_the_others_are_asked() {
    let app = with_lists().await;
    app.upstream.inject(Service::Mdblist, Fault::Delay(Duration::from_secs(2)));
    let started = Instant::now();
    let explaining = app.json(EXPLAINED);
    let omdb_asked = async {
        while app.upstream.calls(Service::Omdb) == 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        started.elapsed()
    };
    let (explained, asked_after) = futures::future::join(explaining, omdb_asked).await;
    assert!(asked_after < Duration::from_millis(1900), "{asked_after:?}");
    assert_eq!(report(&explained, "mdblist")["state"], "read");
}

#[tokio::test]
async fn after_a_failure_of_mdblist_the_others_are_asked_beside_its_next_attempt() {
    let app = with_lists().await;
    app.upstream.inject(Service::Mdblist, Fault::Status(500));
    app.get("tmdb/poster-default/movie-9003.jpg").await;
    app.upstream.heal();
    app.upstream.forget();
    // MDBList answers with all that is shown, which nobody could know beforehand.
    assert!(app.get(POSTER).await.is_rated(SALT_ROAD));
    assert_eq!(app.upstream.calls(Service::Omdb), 1, "{:?}", app.upstream.asked());
}

#[tokio::test]
async fn a_provider_that_was_made_up_is_added_by_its_row() {
    let plan = TestApp::plan().await.with_provider(Almanac::from_row());
    let app = plan.with_data_set(Service::Awards).start().await;
    let explained = app.json(EXPLAINED).await;
    assert_eq!(report(&explained, "almanac")["state"], "read");
    let of_source = |source: &str| {
        let ratings = explained["ratings"].as_array().unwrap().iter();
        ratings.clone().find(|rating| rating["source"] == source).unwrap().clone()
    };
    // Most votes win among those who quote.
    let letterboxd = of_source("lb");
    assert_eq!((&letterboxd["provider"], &letterboxd["text"]), (&json!("almanac"), &json!("4.9")));
    assert_eq!(of_source("imdb")["provider"], "mdblist");
    let hosts = explained["upstream"].as_array().unwrap();
    assert!(hosts.iter().any(|host| host["provider"] == "almanac"), "{explained}");
    let metrics = app.get_root("/metrics").await.text_whole();
    assert!(metrics.contains("laurel_upstream_circuit_open{provider=\"almanac\"}"));
}

#[tokio::test]
async fn where_tmdb_is_the_bottleneck_the_look_up_is_enough_for_a_first_picture() {
    const TITLES: u32 = 16;
    let upstream = (1..=TITLES).fold(FakeUpstream::new(), |upstream, number| {
        let film = FakeTitle::film(&format!("Film {number}"), number, [90, 60, 40])
            .imdb(9_000_000 + number)
            .voted(7.1, 100)
            .mdblist(json!({"score": 50, "ratings": [
                {"source": "imdb", "value": 7.0, "score": 70, "votes": 900},
                {"source": "letterboxd", "value": 4.0, "score": 80, "votes": 900},
                {"source": "tomatoes", "value": 80, "score": 80, "votes": 900},
            ]}));
        upstream.title(film)
    });
    let plan = TestApp::over(upstream).await.with_data_set(Service::Awards);
    let app = plan.set("LAUREL_TMDB_RATE", 8).set("LAUREL_TMDB_BURST", 2).start().await;
    let paths = (1..=TITLES).map(|n| format!("imdb/poster-default/tt{}.json", 9_000_000 + n));
    let explained =
        futures::future::join_all(paths.map(|path| async { app.json(&{ path }).await })).await;
    let rated =
        |told: &&Value| told["ratings"].as_array().unwrap().iter().any(|r| r["source"] == "imdb");
    assert_eq!(explained.iter().filter(rated).count(), TITLES as usize);
    let first = explained.iter().filter(|told| told["cache"]["provisional"] == true).count();
    assert!(first > TITLES as usize / 2, "{first} without details");
    let asked = app.upstream.asked();
    let last_find = asked.iter().rposition(|path| path.contains("/find/")).unwrap();
    let details = |paths: &[String]| paths.iter().filter(|path| path.contains("/3/movie/")).count();
    assert!(details(&asked[..last_find]) < TITLES as usize / 2, "{asked:?}");
}
