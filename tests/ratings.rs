//! Ratings that are right and fresh, and what they cost.

use std::collections::HashMap;
use std::fmt::Write;

use futures::StreamExt;
use laurel::datasets::{Refreshed, SetId};
use serde_json::{Value, json};

use crate::support::catalogue::SALT_ROAD;
use crate::support::{FakeTitle, FakeUpstream, Fault, Reply, Service, TestApp, gzipped};

const POSTER: &str = "imdb/poster-default/tt9900001.jpg";
const EXPLAINED: &str = "imdb/poster-default/tt9900001.json";

/// The entry of one provider or host in a list of explain.
#[track_caller]
fn of<'a>(list: &'a Value, provider: &str) -> &'a Value {
    let mut entries = list.as_array().unwrap().iter();
    entries.find(|entry| entry["provider"] == provider).unwrap_or_else(|| panic!("{list}"))
}

/// What is drawn of a source, and by whose word.
#[track_caller]
fn rating<'a>(explained: &'a Value, source: &str) -> (&'a str, &'a str) {
    let ratings = explained["ratings"].as_array().unwrap();
    let found = ratings.iter().find(|rating| rating["source"] == source);
    let found = found.unwrap_or_else(|| panic!("no {source} in {}", explained["ratings"]));
    (found["text"].as_str().unwrap(), found["provider"].as_str().unwrap())
}

/// A film that every provider knows, with a rating of its own.
fn film(number: u32) -> FakeTitle {
    let value = 1.0 + f64::from(number % 80) / 10.0;
    FakeTitle::film(&format!("Film {number}"), number, [90, 60, 40])
        .imdb(9_000_000 + number)
        .voted(7.1, 100)
        .mdblist(json!({"score": 50, "ratings": [
            {"source": "imdb", "value": value, "score": value * 10.0, "votes": 900},
        ]}))
        .omdb(json!({"imdbRating": "7.0", "imdbVotes": "800", "Awards": "N/A"}))
}

fn films(count: u32) -> FakeUpstream {
    (1..=count).fold(FakeUpstream::new(), |upstream, number| upstream.title(film(number)))
}

async fn explain_all(app: &TestApp, paths: Vec<String>, at_once: usize) -> Vec<Value> {
    let asking = paths.into_iter().map(|path| async move { app.json(&path).await });
    futures::stream::iter(asking).buffered(at_once).collect().await
}

#[tokio::test]
async fn a_library_in_three_families_costs_no_provider_more_than_its_share() {
    const TITLES: u32 = 120;
    let app = TestApp::over(films(TITLES)).await.start().await;
    let families = ["poster", "backdrop", "logo"];
    let paths = (1..=TITLES).flat_map(|number| {
        families.map(|family| format!("imdb/{family}-default/tt{}.json", 9_000_000 + number))
    });
    explain_all(&app, paths.collect(), 8).await;
    let mut asked: HashMap<&str, usize> = HashMap::new();
    for service in [Service::Tmdb, Service::Mdblist, Service::Omdb, Service::Trakt] {
        asked.insert(service.prefix(), app.upstream.calls(service));
    }
    let titles = TITLES as usize;
    assert!(app.upstream.calls(Service::Tmdb) <= 2 * titles, "{asked:?}");
    assert!(app.upstream.calls(Service::Omdb) <= titles, "{asked:?}");
    assert!(app.upstream.calls(Service::Trakt) <= titles, "{asked:?}");
    assert!(app.upstream.calls(Service::Mdblist) <= titles, "{asked:?}");
    assert_eq!(app.upstream.calls(Service::Fanart), 0);
}

#[tokio::test]
async fn titles_that_wait_together_share_a_call_and_each_gets_its_own_rating() {
    let app = TestApp::over(films(60)).await.start().await;
    app.upstream.inject(Service::Mdblist, Fault::Delay(std::time::Duration::from_millis(60)));
    let paths = (1..=60).map(|number| format!("tmdb/poster-default/movie-{number}.json"));
    let explained = explain_all(&app, paths.collect(), 60).await;
    for (number, explained) in (1_u32..).zip(&explained) {
        let value = 1.0 + f64::from(number % 80) / 10.0;
        let expected = format!("{value:.1}");
        assert_eq!(rating(explained, "imdb"), (expected.as_str(), "mdblist"), "{number}");
    }
    let calls = app.upstream.calls(Service::Mdblist);
    assert!(calls <= 30, "{calls} calls for 60 titles");
}

#[tokio::test]
async fn a_quota_that_is_spent_by_the_providers_word_costs_no_further_call() {
    let app = TestApp::start().await;
    let body = json!({"type": "movie", "ids": {"imdb": "tt9900001", "tmdb": 9001}, "score": 83,
        "ratings": [{"source": "letterboxd", "value": 4.1, "score": 82, "votes": 9}]});
    let reply = Reply::json(200, &body)
        .with_header("x-ratelimit-limit", "1000")
        .with_header("x-ratelimit-remaining", "0")
        .with_header("x-ratelimit-reset", "3600");
    let upstream = app.upstream.clone().reply("/mdblist/imdb/movie/tt9900001", reply);
    let explained = app.json(EXPLAINED).await;
    assert_eq!(rating(&explained, "lb"), ("4.1", "mdblist"));
    let status = of(&explained["upstream"], "mdblist");
    assert_eq!((&status["calls_left"], &status["daily_calls"]), (&json!(0), &json!(1000)));
    assert_eq!((&status["calls_today"], &status["breaker"]), (&json!(1), &json!("closed")));
    let other = app.json("imdb/poster-default/tt9900003.json").await;
    let reading = of(&other["providers"], "mdblist");
    assert_eq!((&reading["state"], &reading["reason"]), (&json!("failed"), &json!("quota_spent")));
    assert_eq!(upstream.calls(Service::Mdblist), 1);
    let metrics = app.get_root("/metrics").await.text_whole();
    for name in ["upstream_quota_remaining", "upstream_calls_today", "upstream_circuit_open"] {
        assert!(metrics.contains(&format!("laurel_{name}{{provider=\"mdblist\"}}")), "{name}");
    }
}

#[tokio::test]
async fn calls_of_the_day_are_counted_over_restarts() {
    let app = TestApp::start().await;
    let before = app.json(EXPLAINED).await;
    assert_eq!(of(&before["upstream"], "mdblist")["calls_today"], 1);
    let app = app.restart().await;
    let after = app.json("imdb/poster-default/tt9900003.json").await;
    assert_eq!(of(&after["upstream"], "mdblist")["calls_today"], 2);
    assert_eq!(of(&after["upstream"], "omdb")["calls_today"], 2);
    let kept = std::fs::read_to_string(app.data_dir().join("upstream-usage.json")).unwrap();
    assert!(!kept.contains("mdblist-key"), "{kept}");
}

/// `title.ratings.tsv` with these ratings.
fn data_set(rows: &[(&str, &str, u32)]) -> Reply {
    let mut text = String::from("tconst\taverageRating\tnumVotes\n");
    for (id, rating, votes) in rows {
        let _ = writeln!(text, "{id}\t{rating}\t{votes}");
    }
    Reply::bytes("application/gzip", gzipped(text.as_bytes()))
}

#[tokio::test]
async fn a_changed_rating_gives_a_new_tag_and_an_unchanged_one_the_same_bytes() {
    let rows = |salt_road, votes| {
        let rows = [("tt9900001", salt_road, votes), ("tt9900002", "9.5", 2_400_000)];
        data_set(&rows)
    };
    let path = "/imdb/title.ratings.tsv.gz";
    let upstream = FakeUpstream::with_catalogue().reply(path, rows("8.7", 1_234_999));
    let plan = TestApp::over(upstream).await.with_data_set(Service::ImdbDatasets);
    let app = plan.start().await;
    let (salt_road, ferry) = (POSTER, "imdb/poster-default/tt9900002.jpg");
    let first = [app.get(salt_road).await, app.get(ferry).await];
    assert!(first[0].is_of(SALT_ROAD));
    assert_eq!(app.get(salt_road).await.cache(), "HIT");

    // More votes, the same score: nothing to see.
    drop(app.upstream.clone().reply(path, rows("8.7", 1_300_000)));
    let refreshed = app.app.datasets.refresh(SetId::ImdbRatings).await.unwrap();
    assert!(matches!(refreshed, Refreshed::Replaced { rows: 2 }), "{refreshed:?}");
    let second = [app.get(salt_road).await, app.get(ferry).await];
    for (before, after) in first.iter().zip(&second) {
        assert_eq!(before.header("etag"), after.header("etag"));
        assert_eq!(before.body, after.body);
    }

    drop(app.upstream.clone().reply(path, rows("2.1", 1_300_000)));
    app.app.datasets.refresh(SetId::ImdbRatings).await.unwrap();
    // Where painting takes long the old picture goes out while the new one is made.
    let mut third = app.get(salt_road).await;
    for _ in 0..100 {
        if third.header("etag") != first[0].header("etag") {
            break;
        }
        assert_eq!(third.cache(), "STALE");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        third = app.get(salt_road).await;
    }
    assert_ne!(first[0].header("etag"), third.header("etag"));
    assert_ne!(first[0].body, third.body);
    assert_eq!(app.get(ferry).await.header("etag"), first[1].header("etag"));
    let tag = first[0].header("etag");
    assert_eq!(app.get_with(salt_road, &[("if-none-match", tag)]).await.status, 200);
}

#[tokio::test]
async fn an_episode_is_rated_by_itself_whoever_tells_it() {
    const EPISODE: &str = "imdb/episode-default/tt9900002:1:1.json";
    let plan = TestApp::plan().await.with_data_set(Service::ImdbDatasets);
    let with_sets = plan.start().await;
    let explained = with_sets.json(EPISODE).await;
    assert_eq!(rating(&explained, "imdb"), ("9.0", "imdb_datasets"));
    assert_eq!(rating(&explained, "tmdb"), ("82%", "tmdb"));
    let by_trakt = with_sets.json(&format!("{EPISODE}?ratings_order=trakt")).await;
    assert_eq!(rating(&by_trakt, "trakt"), ("82%", "trakt"));
    assert_eq!(with_sets.upstream.calls(Service::Mdblist), 0, "it has no episodes");
    let explained = TestApp::start().await.json(EPISODE).await;
    assert_eq!(rating(&explained, "imdb"), ("9.0", "omdb"));
    assert_eq!(explained["title"]["episode_name"], "Cast Off");
}

#[tokio::test]
async fn awards_are_drawn_as_chosen_and_disagreement_is_told() {
    let wrong = film(9).awarded(3).omdb(json!({"imdbRating": "7.0", "imdbVotes": "800",
        "Awards": "Won 1 Oscar. Another 37 wins & 79 nominations."}));
    let bafta = film(10).omdb(json!({"imdbRating": "7.0", "imdbVotes": "800",
        "Awards": "Won 3 BAFTA Film Awards. 9 wins total"}));
    let upstream = FakeUpstream::new().title(wrong).title(bafta);
    let app = TestApp::over(upstream).await.with_data_set(Service::Awards).start().await;
    let explained = app.json("imdb/poster-default/tt9000009.json").await;
    assert_eq!(explained["awards"]["shown"], "oscar");
    let disagreement = &explained["awards"]["disagreements"][0];
    assert_eq!(disagreement["body"], "oscar", "{}", explained["awards"]);
    assert!(disagreement["lists"] != disagreement["omdb"], "{disagreement}");
    let shown = async |query: &str| {
        let path = format!("imdb/poster-default/tt9000010.json{query}");
        app.json(&path).await["awards"]["shown"].clone()
    };
    assert_eq!(shown("").await, Value::Null);
    assert_eq!(shown("?awards=bafta").await, "bafta");
    assert_eq!(shown("?awards=oscar,bafta").await, "bafta");
    assert_eq!(shown("?awards=false").await, Value::Null);
}

#[tokio::test]
async fn explain_tells_of_each_rating_what_the_contract_lists() {
    let app = TestApp::start().await;
    let explained = app.json(EXPLAINED).await;
    let ratings = explained["ratings"].as_array().unwrap();
    assert_eq!(ratings.len(), 10);
    for rating in ratings {
        for field in ["value", "score", "provider", "age_secs", "next_refresh", "read", "text"] {
            assert!(!rating[field].is_null(), "{field}: {rating}");
        }
        assert!(rating.get("votes").is_some(), "{rating}");
    }
    let parts = ["artwork", "awards", "design", "ignored_parameters", "cache", "timing", "title"];
    for part in parts {
        assert!(explained.get(part).is_some(), "{part}");
    }
    assert!(!explained["cache"]["next_refresh"].is_null());
    assert!(explained["datasets"].as_array().is_some_and(|sets| sets.len() == 5));
}

#[tokio::test]
async fn a_titles_place_among_all_follows_from_the_data_sets() {
    let app = TestApp::plan().await.with_data_set(Service::ImdbDatasets).start().await;
    app.app.datasets.refresh(SetId::ImdbRanks).await.unwrap();
    let path = "imdb/poster-default/tt9900001.json?sash=top250";
    let explained = app.json(path).await;
    let rank = &explained["facts"]["rank"];
    assert_eq!((&rank["place"], &rank["approximate"]), (&json!(1), &json!(true)), "{explained}");
    assert_eq!(explained["beyond"]["sash"], json!({"sash": "top250", "place": 1}), "{explained}");
    // Too few votes for a place.
    let explained = app.json("imdb/poster-default/tt9900004.json?sash=top250").await;
    assert_eq!(
        (&explained["facts"]["rank"], &explained["beyond"]["sash"]),
        (&json!(null), &json!(null))
    );
}

#[tokio::test]
async fn what_is_not_out_has_no_ratings() {
    let film = FakeTitle::film("Next Winter", 9300, [70, 70, 120])
        .imdb(9_930_000)
        .released("2031-12-01")
        .voted(9.9, 40)
        .mdblist(json!({"score": 99, "ratings": [
            {"source": "imdb", "value": 9.9, "score": 99, "votes": 1000}]}));
    let app = TestApp::over(FakeUpstream::new().title(film)).await.start().await;
    let explained = app.json("imdb/poster-default/tt9930000.json?info=status&score=number").await;
    let shown =
        explained["ratings"].as_array().unwrap().iter().filter(|r| !r["shown_at"].is_null());
    assert_eq!(shown.count(), 0, "{explained}");
    assert_eq!(explained["beyond"]["score"], json!(null));
    assert_eq!(explained["beyond"]["info"], json!([{"info": "out", "value": "2031-12-01"}]));
    assert!(!app.get("imdb/poster-default/tt9930000.jpg").await.is_rated([70, 70, 120]));
}
