//! Collections: pictures of their own by TMDB's number, and the mean of their films' ratings.

use laurel::model::ArtworkKind;
use serde_json::json;

use crate::support::{FakePicture, FakeTitle, FakeUpstream, Service, TestApp};

const OWN: [u8; 3] = [150, 40, 90];
const FILM: [u8; 3] = [40, 90, 150];

/// Collection 10, and a film of the same number.
async fn app() -> TestApp {
    let row = |path: &str, language: Option<&str>, ratio: [u32; 2]| {
        json!({"file_path": path, "iso_639_1": language, "width": ratio[0], "height": ratio[1],
            "vote_average": 5.0, "vote_count": 5})
    };
    let film = |id: u32, vote_average: f64, votes: u32, day: &str| {
        json!({"id": id, "title": format!("Part {id}"), "media_type": "movie", "release_date": day,
            "vote_average": vote_average, "vote_count": votes})
    };
    let body = json!({
        "id": 10, "name": "The Whole of It", "overview": "", "poster_path": "/collection.jpg",
        "backdrop_path": "/collection-wide.jpg",
        "parts": [film(11, 8.0, 100, "1999-03-31"), film(12, 7.0, 50, "2003-05-15"), film(13, 0.0, 0, "")],
        "images": {
            "posters": [row("/collection.jpg", Some("en"), [1000, 1500])],
            "backdrops": [row("/collection-wide.jpg", None, [1920, 1080])],
        },
    });
    let pictures = [
        FakePicture::new(ArtworkKind::Poster, "/collection.jpg", OWN),
        FakePicture::new(ArtworkKind::Backdrop, "/collection-wide.jpg", OWN),
    ];
    let holder = FakeTitle::film("Elsewhere", 99, OWN).without_pictures();
    let holder = pictures.into_iter().fold(holder, FakeTitle::picture);
    let upstream = FakeUpstream::new()
        .title(FakeTitle::film("Same Number", 10, FILM))
        .title(holder)
        .json("/tmdb/3/collection/10", &body);
    TestApp::over(upstream).await.start().await
}

#[tokio::test]
async fn a_collection_has_a_poster_and_a_backdrop_and_no_ratings() {
    let app = app().await;
    for path in
        ["tmdb/poster-default/collection-10.jpg", "auto/backdrop-default/tmdb:collection:10"]
    {
        let answer = app.get(path).await;
        assert!(answer.is_of(OWN) && !answer.is_rated(OWN), "{path}: {:?}", answer.colour());
        assert!(!answer.is_provisional(), "{:?}", answer.headers);
    }
    assert_eq!(app.upstream.calls(Service::Tmdb), 1, "{:?}", app.upstream.asked());
    for service in [Service::Mdblist, Service::Omdb, Service::Trakt, Service::Fanart] {
        assert_eq!(app.upstream.calls(service), 0, "{:?}", app.upstream.asked());
    }
    let film = app.get("tmdb/poster-default/movie-10.jpg").await;
    assert!(film.is_of(FILM), "the film of that number is another thing");
    let logo = app.get("tmdb/logo-default/collection-10.png").await;
    assert_eq!(logo.refusal(), (404, "no_artwork".to_owned()));
    for path in
        ["tmdb/poster-default/collection-77.jpg", "tmdb/season-default/collection-10-S1.jpg"]
    {
        assert_eq!(app.get(path).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn the_score_of_a_collection_is_the_mean_of_its_films() {
    let app = app().await;
    let explained = app.json("tmdb/poster-default/collection-10.json?score=number").await;
    assert_eq!(explained["beyond"]["score"], json!({"score": 75, "sources": 2}), "{explained}");
    let title = &explained["title"];
    assert_eq!(
        (&title["media"], &title["name"]),
        (&json!("collection"), &json!("The Whole of It"))
    );
    assert_eq!(title["films"].as_array().unwrap().len(), 3);
    let explained = app.json("tmdb/poster-default/collection-10.json").await;
    assert_eq!(explained["beyond"]["score"], json!(null), "nobody asked");
}
