//! Ids that mean more than one thing, or no longer the same.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{FakeEpisode, FakeTitle, FakeUpstream, Fault, Service, TestApp};

const RED: [u8; 3] = [170, 40, 30];
const BLUE: [u8; 3] = [30, 60, 170];
const GREEN: [u8; 3] = [30, 150, 60];

fn series(name: &str, tmdb: u32, colour: [u8; 3]) -> FakeTitle {
    FakeTitle::series(name, tmdb, colour).imdb(9_300_000 + tmdb).voted(7.5, 10)
}

#[tokio::test]
async fn an_anime_number_that_is_a_later_season_means_that_season_and_its_episodes() {
    let lanterns = (1..=3).fold(series("Long Lanterns", 9301, RED), |series, number| {
        let name = |season: u16| format!("Part {season} {number}");
        series.episode(FakeEpisode::new(1, number, &name(1), RED)).episode(FakeEpisode::new(
            2,
            number,
            &name(2),
            RED,
        ))
    });
    let film = FakeTitle::film("Lanterns at Sea", 9302, BLUE).imdb(9_309_302).voted(7.0, 20);
    // The season's TMDB numbers begin after the first episode of the catalogue's.
    let map = json!([
        {"type": "TV", "kitsu_id": 71, "mal_id": 72, "anilist_id": 73, "anidb_id": 74,
         "themoviedb_id": {"tv": 9301}, "season": {"tvdb": 2, "tmdb": 2}},
        {"type": "MOVIE", "kitsu_id": 81, "mal_id": "82", "themoviedb_id": {"movie": [9302]}},
        {"type": "TV", "kitsu_id": 91},
    ]);
    let upstream =
        FakeUpstream::new().title(lanterns).title(film).json("/anime/anime-list-full.json", &map);
    let app = TestApp::over(upstream).await.with_data_set(Service::AnimeMap).start().await;
    for id in ["kitsu/{}/71", "kitsu/{}/kitsu:71", "mal/{}/72", "anilist/{}/73", "anidb/{}/74"] {
        let path = format!("{}.json", id.replace("{}", "poster-default"));
        let title = app.json(&path).await["title"].clone();
        let found = (&title["media"], &title["ids"]["tmdb"], &title["season"]);
        assert_eq!(found, (&json!("series"), &json!(9301), &json!(2)), "{path}");
    }
    let episode = app.json("kitsu/episode-default/kitsu%3A71%3A1%3A2.json").await["title"].clone();
    assert_eq!(episode["episode"], json!({"season": 2, "episode": 2}), "{episode}");
    assert_eq!(episode["episode_name"], "Part 2 2");
    let film = app.json("mal/poster-default/82.json").await["title"].clone();
    assert_eq!((&film["media"], &film["ids"]["tmdb"]), (&json!("movie"), &json!(9302)));
    // In the map without an id that anybody knows, and not in the map at all.
    assert_eq!(app.get("kitsu/poster-default/91.jpg").await.status, 404);
    assert_eq!(app.get("kitsu/poster-default/92.jpg").await.status, 404);
}

#[tokio::test]
async fn a_tvdb_number_may_be_a_series_an_episode_or_a_season_and_family_decides() {
    // 555 is one show's episode and another's season; 556 a series and an episode of another.
    let first = series("First", 9311, RED)
        .tvdb(556)
        .episode(FakeEpisode::new(3, 5, "Its Episode", RED).tvdb(555).imdb(9_311_305));
    let second = series("Second", 9312, BLUE)
        .tvdb(557)
        .season_tvdb(2, 555)
        .season_tvdb(4, 558)
        .episode(FakeEpisode::new(2, 1, "Other", BLUE).tvdb(556));
    let upstream = FakeUpstream::new().title(first).title(second);
    let app = TestApp::over(upstream).await.start().await;
    let found = async |path: &str| {
        let title = app.json(&format!("tvdb/{path}.json")).await["title"].clone();
        let number = |name: &str| title[name].clone();
        (title["ids"]["tmdb"].clone(), number("episode"), number("season"))
    };
    let number = |season, episode| json!({"season": season, "episode": episode});
    let null = Value::Null;
    let episode = (json!(9311), number(3, 5), null.clone());
    assert_eq!(found("episode-default/555").await, episode);
    assert_eq!(found("poster-default/555").await, episode);
    assert_eq!(found("poster-default/558").await, (json!(9312), null.clone(), json!(4)));
    assert_eq!(found("poster-default/556").await, (json!(9311), null.clone(), null.clone()));
    assert_eq!(found("episode-default/556").await, (json!(9312), number(2, 1), null.clone()));
    assert_eq!(found("episode-default/series-556-S3E5").await, episode);
    assert_eq!(found("episode-default/556:3:5").await, episode);
}

#[tokio::test]
async fn a_film_and_a_series_with_one_number_are_never_confused() {
    let film = FakeTitle::film("The Number", 9321, RED).imdb(9_309_321).voted(6.0, 900);
    let show = series("The Number Too", 9321, BLUE).voted(8.0, 90);
    let upstream = FakeUpstream::new().title(film).title(show);
    let app = TestApp::over(upstream).await.start().await;
    let table = [
        ("movie-9321", RED),
        ("tv-9321", BLUE),
        ("tmdb:movie:9321", RED),
        ("tmdb%3Atv%3A9321", BLUE),
        ("9321.jpg?type=movie", RED),
        ("9321.jpg?type=series", BLUE),
        ("9321", RED),
    ];
    for round in ["cold", "cached", "from the disk"] {
        for (id, colour) in table {
            let poster = app.get(&format!("tmdb/poster-default/{id}")).await;
            assert!(poster.is_of(colour), "{round} {id}: {:?}", poster.colour());
        }
        if round == "cached" {
            app.a_while_later().await;
        }
    }
    let explained = app.json("tmdb/poster-default/9321.json").await;
    assert_eq!(explained["title"]["ambiguity"]["other_name"], "The Number Too");
    assert_eq!(explained["title"]["ambiguity"]["votes"], 900);
}

#[tokio::test]
async fn a_number_that_was_merged_into_another_is_looked_up_once_more() {
    const POSTER: &str = "imdb/poster-default/tt9309331.jpg";
    let old = FakeTitle::film("Twice There", 9331, RED).imdb(9_309_331).voted(7.0, 50);
    let app = TestApp::over(FakeUpstream::new().title(old)).await.start().await;
    // The look-up is remembered, the details are not.
    app.upstream.inject_at("/tmdb/3/movie/", Fault::Status(500), None);
    app.get("imdb/logo-default/tt9309331.png").await;
    app.upstream.heal();
    app.a_while_later().await;
    app.pass(Duration::from_secs(2));
    let gone = FakeTitle::film("Gone", 9331, RED);
    let new = FakeTitle::film("Twice There", 9332, GREEN).imdb(9_309_331).voted(7.0, 50);
    drop(app.upstream.clone().title(gone).title(new));
    app.upstream.inject_at("/tmdb/3/movie/9331", Fault::Status(404), None);
    app.upstream.forget();
    let poster = app.get(POSTER).await;
    assert_eq!(poster.status, 200, "{}", poster.text());
    assert!(poster.is_of(GREEN), "{:?}", poster.colour());
    let finds = |app: &TestApp| {
        app.upstream.asked().iter().filter(|asked| asked.contains("/find/")).count()
    };
    assert_eq!(finds(&app), 1);
    assert_eq!(app.json("imdb/poster-default/tt9309331.json").await["title"]["ids"]["tmdb"], 9332);

    // Deleted for good: said once more, not asked each time.
    app.upstream.inject_at("/tmdb/3/movie/9332", Fault::Status(404), None);
    assert_eq!(finds(&app), 1);
}

#[tokio::test]
async fn a_title_that_was_deleted_is_404_and_not_asked_for_by_every_request() {
    let film = FakeTitle::film("Soon Gone", 9341, RED).imdb(9_309_341).voted(7.0, 50);
    let app = TestApp::over(FakeUpstream::new().title(film)).await.start().await;
    app.upstream.inject_at("/tmdb/3/movie/9341", Fault::Status(404), None);
    for _ in 0..3 {
        assert_eq!(app.get("imdb/poster-default/tt9309341.jpg").await.status, 404);
        assert_eq!(app.get("tmdb/poster-default/movie-9341.jpg").await.status, 404);
    }
    let calls = app.upstream.calls(Service::Tmdb);
    assert!(calls <= 3, "{:?}", app.upstream.asked());
}
