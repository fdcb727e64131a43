//! Seasons: their posters by language and host, their ratings, and what stands in where there is none.

use image::GenericImageView;
use laurel::datasets::SetId;
use serde_json::{Value, json};

use crate::support::{
    FakeEpisode, FakePicture, FakeSeason, FakeTitle, FakeUpstream, Plan, Service, TestApp,
};

const SERIES: [u8; 3] = [40, 70, 150];
const FIRST: [u8; 3] = [180, 60, 40];
const FIRST_GERMAN: [u8; 3] = [40, 150, 70];
const SPECIALS: [u8; 3] = [150, 120, 30];
const AT_FANART: [u8; 3] = [120, 40, 140];

/// Season 1 and the specials have posters at TMDB, season 2 has one at Fanart.tv, season 3 has none.
fn series() -> FakeTitle {
    let episode = |season, number: u16, rating: f32| {
        FakeEpisode::new(season, number, &format!("Part {season} {number}"), SERIES)
            .imdb(9_910_000 + u32::from(season) * 100 + u32::from(number))
            .in_data_set(rating, 1000)
    };
    let poster = FakePicture::new(laurel::model::ArtworkKind::Season, "/fan-2.jpg", AT_FANART);
    FakeTitle::series("Harbour Lights", 9100, SERIES)
        .imdb(9_910_000)
        .tvdb(991_000)
        .voted(8.1, 900)
        .in_data_set(7.0, 50_000)
        .mdblist(json!({"score": 80, "ratings": [
            {"source": "imdb", "value": 7.0, "score": 70, "votes": 49_000},
            {"source": "trakt", "value": 77, "score": 77, "votes": 800},
        ]}))
        .season(FakeSeason::new(0, [SPECIALS; 2]))
        .season(FakeSeason::new(1, [FIRST, FIRST_GERMAN]).voted(8.8))
        .season(FakeSeason::without_posters(2))
        .season(FakeSeason::without_posters(3).aired("2026-12-24"))
        .fanart_season("2", poster.in_language("en"))
        .fanart_season(
            "all",
            FakePicture::new(laurel::model::ArtworkKind::Season, "/all.jpg", [9; 3]),
        )
        .episode(episode(1, 1, 9.0))
        .episode(episode(1, 2, 8.0))
}

async fn plan() -> Plan {
    TestApp::over(FakeUpstream::new().title(series())).await
}

#[track_caller]
fn rating<'a>(explained: &'a Value, source: &str) -> &'a Value {
    let mut ratings = explained["ratings"].as_array().unwrap().iter();
    ratings.find(|rating| rating["source"] == source).unwrap_or_else(|| panic!("{explained}"))
}

#[tokio::test]
async fn every_spelling_gives_the_seasons_own_poster() {
    let app = plan().await.start().await;
    for path in [
        "tmdb/season-default/season-9100-S1.jpg",
        "tmdb/season-default/series-9100:1.jpg",
        "tmdb/season/9100-s01.jpg",
        "imdb/season-default/season-tt9910000-S1.jpg",
        "imdb/season-default/tt9910000%3A1%3A2",
        "tvdb/season-default/season-991000-S1.jpg",
        "imdb/season-default/tt9910101.jpg",
    ] {
        let answer = app.get(path).await;
        assert!(answer.is_of(FIRST) && answer.is_rated(FIRST), "{path}: {:?}", answer.colour());
        assert_eq!(answer.size(), (580, 870), "{path}");
    }
    let specials = app.get("tmdb/season-default/season-9100-S0.jpg").await;
    assert!(specials.is_of(SPECIALS), "{:?}", specials.colour());
    let explained = app.json("tmdb/season-default/season-9100-S0.json").await;
    assert_eq!(explained["title"]["season_name"], "Specials", "{explained}");
}

#[tokio::test]
async fn a_cold_season_costs_five_calls() {
    let app = plan().await.start().await;
    let answer = app.get("imdb/season-default/tt9910000-S1.jpg").await;
    assert!(answer.is_rated(FIRST) && !answer.is_provisional(), "{:?}", answer.headers);
    // Look-up, series, season, picture; ratings.
    let calls =
        [Service::Tmdb, Service::TmdbImages, Service::Mdblist, Service::Omdb, Service::Trakt]
            .map(|service| app.upstream.calls(service));
    assert_eq!(calls, [3, 1, 1, 0, 0], "{:?}", app.upstream.asked());
    // The series' own poster may ask the others, too.
    let explained = app.json("imdb/season-default/tt9910000-S1.json").await;
    let mut providers = explained["providers"].as_array().unwrap().iter();
    let omdb = providers.find(|report| report["provider"] == "omdb").unwrap();
    assert_eq!(omdb["reason"], "season_limit", "{explained}");
    // The series' own picture shares all but the files.
    app.upstream.forget();
    app.get("imdb/poster-default/series-tt9910000.jpg?awards=false").await;
    assert_eq!(app.upstream.calls(Service::Tmdb), 0, "{:?}", app.upstream.asked());
}

#[tokio::test]
async fn a_season_is_shown_in_the_language_and_from_the_host_that_were_asked_for() {
    let app = plan().await.start().await;
    let german = app.get("tmdb/season-default/season-9100-S1.jpg?lang=de").await;
    assert!(german.is_of(FIRST_GERMAN), "{:?}", german.colour());
    let at_fanart = app.get("tmdb/season-default/season-9100-S2.jpg").await;
    assert!(at_fanart.is_of(AT_FANART), "{:?}", at_fanart.colour());
    let explained = app.json("tmdb/season-default/season-9100-S2.json").await;
    let artwork = &explained["artwork"];
    assert_eq!((&artwork["source"], &artwork["chosen"]["by"]), (&json!("fanart"), &json!("rule")));
}

#[tokio::test]
async fn without_a_poster_of_its_own_a_season_has_its_number_on_the_series() {
    let app = plan().await.start().await;
    for (path, number) in [
        ("tmdb/season-default/season-9100-S3.jpg", 3),
        ("tmdb/season-default/season-9100-S17.jpg", 17),
    ] {
        let answer = app.get(path).await;
        assert!(answer.is_of(SERIES), "{path}: {:?}", answer.colour());
        let [r, g, b, _] = answer.picture().get_pixel(40, 4).0;
        assert!(u16::from(r) + u16::from(g) + u16::from(b) < 160, "{path}: {:?}", (r, g, b));
        let explained = app.json(&path.replace("jpg", "json")).await;
        assert_eq!(explained["artwork"]["chosen"]["by"], "series_poster", "{explained}");
        assert_eq!(explained["title"]["season"], number, "{explained}");
    }
    let bytes = |answer: crate::support::Answer| answer.body;
    let third = bytes(app.get("tmdb/season-default/season-9100-S3.jpg").await);
    let german = bytes(app.get("tmdb/season-default/season-9100-S3.jpg?lang=de").await);
    let other = bytes(app.get("tmdb/season-default/season-9100-S17.jpg").await);
    assert!(third != german && third != other, "number and language are part of the picture");
    // Without a number it is the series' poster, and nothing is drawn but ratings.
    let series = app.get("tmdb/season-default/season-9100.jpg").await;
    let [r, g, b, _] = series.picture().get_pixel(40, 4).0;
    assert!([r, g, b].iter().zip(SERIES).all(|(a, b)| a.abs_diff(b) <= 14), "{:?}", (r, g, b));
}

#[tokio::test]
async fn a_season_has_its_own_ratings_where_somebody_has_them() {
    let app = plan().await.with_data_set(Service::ImdbDatasets).start().await;
    for set in [SetId::ImdbRatings, SetId::ImdbEpisodes] {
        app.app.datasets.refresh(set).await.unwrap();
    }
    let explained = app.json("imdb/season-default/tt9910000-S1.json").await;
    let imdb = rating(&explained, "imdb");
    assert_eq!(
        (&imdb["text"], &imdb["of"]),
        (&json!("8.5"), &json!({"episodes": {"episodes": 2}}))
    );
    let tmdb = rating(&explained, "tmdb");
    assert_eq!((&tmdb["text"], &tmdb["of"]), (&json!("88%"), &json!("season")), "{explained}");
    let trakt = rating(&explained, "trakt");
    assert_eq!((&trakt["text"], &trakt["of"]), (&json!("77%"), &Value::Null), "the series'");
    // The specials have none of their own.
    let explained = app.json("imdb/season-default/tt9910000-S0.json").await;
    assert_eq!(rating(&explained, "imdb")["text"], "7.0");
    assert_eq!(rating(&explained, "tmdb")["text"], "81%");
}
