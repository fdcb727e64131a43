//! Every spelling of an id leads to its title.

use crate::support::catalogue::{NIGHT_FERRY, PAPER_LANTERNS, SALT_ROAD, SAME_NUMBER};
use crate::support::{Fault, Service, TestApp};

#[tokio::test]
async fn every_spelling_of_a_film_is_that_film() {
    let app = TestApp::start().await;
    for path in [
        "imdb/poster-default/tt9900001.jpg",
        "imdb/poster-default/9900001.jpg",
        "imdb/poster-default/movie-tt9900001.jpg",
        "imdb/poster-default/other-tt9900001.jpg",
        "tmdb/poster-default/movie-9001.jpg",
        "tmdb/poster-default/movies-9001.jpg",
        "tmdb/poster-default/tmdb:9001.jpg",
        "tmdb/poster-default/tmdb%3Amovie%3A9001.jpg",
        "tmdb/poster-default/9001.jpg?type=movie",
        "auto/poster-default/tt9900001.jpg",
        "auto/poster-default/TMDB:movie:9001.jpg",
        "IMDB/poster-default/TT9900001.jpg",
    ] {
        assert!(app.get(path).await.is_of(SALT_ROAD), "{path}");
    }
}

#[tokio::test]
async fn every_spelling_of_a_series_is_that_series() {
    let app = TestApp::start().await;
    for path in [
        "imdb/poster-default/tt9900002.jpg",
        "imdb/poster-default/series-tt9900002.jpg",
        "tmdb/poster-default/tv-9002.jpg",
        "tmdb/poster-default/series-9002.jpg",
        "tmdb/poster-default/show-9002.jpg",
        "tmdb/poster-default/tmdb:tv:9002.jpg",
        "tmdb/poster-default/9002.jpg?type=series",
        "tvdb/poster-default/990002.jpg",
        "tvdb/poster-default/series-990002.jpg",
        "tvdb/poster-default/tv-990002.jpg",
        "auto/default/tmdb:tv:9002.jpg",
        // An episode's poster is its series'.
        "imdb/poster-default/tt9900002:1:1.jpg",
        "imdb/poster-default/tt9900012.jpg",
        // TMDB knows seasons by TheTVDB's number.
        "tvdb/poster-default/990101.jpg",
    ] {
        let answer = app.get(path).await;
        assert!(answer.is_of(NIGHT_FERRY), "{path}: {:?}", answer.colour());
    }
}

#[tokio::test]
async fn every_spelling_of_an_episode_is_that_episode() {
    let app = TestApp::start().await;
    for path in [
        "imdb/episode-default/tt9900002:1:1",
        "imdb/episode-default/tt9900002%3A1%3A1",
        "imdb/episode-default/episode-tt9900002-S1E1",
        "imdb/thumbnail-default/tt9900002-s01e01",
        "imdb/still-default/tt9900012",
        "tmdb/episode-default/episode-9002-S1E1",
        "tmdb/episode-default/series-9002:1:1",
        "tvdb/episode-default/episode-990002-S1E1",
        "tvdb/episode-default/990012",
    ] {
        assert_eq!(app.get(&format!("{path}.jpg")).await.size(), (780, 439), "{path}");
        let explained = app.json(&format!("{path}.json")).await;
        assert_eq!(explained["title"]["episode_name"], "Cast Off", "{path}: {explained}");
        assert_eq!(explained["artwork"]["chosen"]["by"], "rule", "{path}: {explained}");
    }
}

#[tokio::test]
async fn an_episode_shows_its_own_rating() {
    let app = TestApp::start().await;
    let explained = app.json("imdb/episode-default/tt9900002:1:1.json").await;
    let ratings = explained["ratings"].as_array().unwrap();
    let imdb = ratings.iter().find(|rating| rating["source"] == "imdb").unwrap();
    assert_eq!(imdb["text"], "9.0", "{explained}");
    let own = app.json("imdb/episode-default/tt9900012.json").await;
    assert_eq!(own["ratings"][0]["text"], explained["ratings"][0]["text"]);
}

#[tokio::test]
async fn anime_catalogues_numbers_are_mapped() {
    let app = TestApp::plan().await.with_data_set(Service::AnimeMap).start().await;
    for path in [
        "kitsu/poster-default/99104.jpg",
        "kitsu/poster-default/kitsu:99104.jpg",
        "mal/poster-default/99204.jpg",
        "anilist/poster-default/anime-99304.jpg",
        "anidb/poster-default/99404.jpg",
        "auto/poster-default/mal:99204.jpg",
    ] {
        assert!(app.get(path).await.is_of(PAPER_LANTERNS), "{path}");
    }
    let unknown = app.get("kitsu/poster-default/1.jpg").await;
    assert_eq!(unknown.refusal(), (404, "unknown_title".to_owned()));
}

#[tokio::test]
async fn of_a_film_and_a_series_with_one_number_the_one_with_more_votes_wins() {
    let app = TestApp::start().await;
    assert!(app.get("tmdb/poster-default/9002.jpg").await.is_of(NIGHT_FERRY));
    let explained = app.json("tmdb/poster-default/9002.json").await;
    assert_eq!(explained["title"]["ambiguity"]["other_name"], "Same Number", "{explained}");
    assert!(app.get("tmdb/poster-default/9002.jpg?type=movie").await.is_of(SAME_NUMBER));
    assert!(app.get("tmdb/poster-default/movie-9002.jpg").await.is_of(SAME_NUMBER));
}

#[tokio::test]
async fn a_film_has_no_tvdb_number_and_never_becomes_a_series() {
    let app = TestApp::start().await;
    let answer = app.get("tvdb/poster-default/movie-990002.jpg").await;
    assert_eq!(answer.refusal(), (404, "unknown_title".to_owned()));
}

#[tokio::test]
async fn what_no_client_filled_in_is_refused_without_a_call() {
    let app = TestApp::start().await;
    for path in [
        "imdb/poster-default/{imdb_id}.jpg",
        "imdb/poster-default/%7Bimdb_id%7D.jpg",
        "imdb/poster-default/tt{id}.jpg",
        "imdb/poster-default/tt.jpg",
        "imdb/poster-default/.jpg",
        "tmdb/poster-default/series-.jpg",
        "tmdb/poster-default/movie-%7Btmdb_id%7D.jpg",
        "tmdb/poster-default/tmdb:.jpg",
        "tvdb/poster-default/0.jpg",
        "auto/poster-default/603.jpg",
    ] {
        let answer = app.get(path).await;
        assert_eq!(answer.refusal(), (404, "unknown_title".to_owned()), "{path}");
    }
    assert_eq!(app.upstream.asked(), Vec::<String>::new());
}

#[tokio::test]
async fn refusals_say_what_is_wrong() {
    let app = TestApp::start().await;
    for (path, status, code) in [
        ("isbn/poster-default/tt9900001.jpg", 400, "unknown_id_type"),
        ("imdb/fancy/tt9900001.jpg", 422, "unknown_profile"),
        ("imdb/poster-default/tt1234567.jpg", 404, "unknown_title"),
        ("tmdb/poster-default/movie-77.jpg", 404, "unknown_title"),
        ("tvdb/poster-default/77.jpg", 404, "unknown_title"),
        ("nothing/here", 404, "no_such_endpoint"),
    ] {
        assert_eq!(app.get(path).await.refusal(), (status, code.to_owned()), "{path}");
    }
}

#[tokio::test]
async fn an_unknown_title_is_not_asked_for_again() {
    let app = TestApp::start().await;
    assert_eq!(app.get("imdb/poster-default/tt1234567.jpg").await.status, 404);
    app.upstream.forget();
    assert_eq!(app.get("imdb/poster-default/tt1234567.jpg").await.status, 404);
    assert_eq!(app.get("imdb/backdrop-default/tt1234567.jpg").await.status, 404);
    assert_eq!(app.upstream.calls(Service::Tmdb), 0, "{:?}", app.upstream.asked());
}

#[tokio::test]
async fn an_outage_is_not_taken_for_an_unknown_title() {
    let app = TestApp::start().await;
    app.upstream.inject(Service::Tmdb, Fault::Status(500));
    let answer = app.get("imdb/poster-default/tt9900001.jpg").await;
    assert!(matches!(answer.status, 502..=504), "{answer:?}");
    app.upstream.heal();
    app.a_while_later().await;
    app.pass(std::time::Duration::from_secs(1));
    let answer = app.get("imdb/poster-default/tt9900001.jpg").await;
    assert!(answer.is_of(SALT_ROAD));
}
