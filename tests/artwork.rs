//! A rated poster and its kin, end to end.

use laurel::model::ArtworkKind;

use crate::support::catalogue::{BLANK_SLATE, NIGHT_FERRY, SALT_ROAD};
use crate::support::{FakePicture, FakeTitle, FakeUpstream, Fault, Service, TestApp};

const POSTER: &str = "imdb/poster-default/tt9900001.jpg";

#[tokio::test]
async fn a_rated_poster_is_a_jpeg_of_its_title_in_the_contracts_size() {
    let app = TestApp::start().await;
    let poster = app.get(POSTER).await;
    assert_eq!(poster.size(), (580, 870));
    assert_eq!(poster.header("content-type"), "image/jpeg");
    assert_eq!(poster.header("content-length"), poster.body.len().to_string());
    assert!(poster.is_of(SALT_ROAD), "{:?}", poster.colour());
    assert!(poster.is_rated(SALT_ROAD));
    assert_eq!(poster.cache(), "MISS");
    assert_eq!(poster.header("x-elements-hash").len(), 16);
}

#[tokio::test]
async fn a_title_without_ratings_is_its_artwork() {
    let app = TestApp::start().await;
    let poster = app.get("imdb/poster-default/tt9900005.jpg").await;
    assert!(poster.is_of(BLANK_SLATE));
    assert!(!poster.is_rated(BLANK_SLATE));
    assert_ne!(poster.max_age(), Some(60), "nothing is missing: {:?}", poster.headers);
}

#[tokio::test]
async fn the_statuette_stands_at_the_top_right_of_what_has_won() {
    let app = TestApp::start().await;
    let with = app.get(POSTER).await.picture().into_rgb8();
    let without = app.get(&format!("{POSTER}?awards=false")).await.picture().into_rgb8();
    let differ = |x: u32, y: u32| with.get_pixel(x, y) != without.get_pixel(x, y);
    let in_corner = (0..290).any(|y| (290..580).any(|x| differ(x, y)));
    let elsewhere = (400..870).any(|y| (0..580).any(|x| differ(x, y)));
    assert!(in_corner && !elsewhere, "{in_corner} {elsewhere}");
}

#[tokio::test]
async fn a_cold_poster_by_imdb_id_costs_the_least_calls() {
    let app = TestApp::start().await;
    app.get(POSTER).await;
    let calls = |service| app.upstream.calls(service);
    assert_eq!(calls(Service::Tmdb), 2, "{:?}", app.upstream.asked());
    assert_eq!((calls(Service::Mdblist), calls(Service::Omdb)), (1, 1));
    // MDBList has all that is shown; OMDb is asked for the award, as the lists are off.
    assert_eq!((calls(Service::Trakt), calls(Service::Fanart)), (0, 0));
    assert_eq!(calls(Service::TmdbImages), 1, "{:?}", app.upstream.asked());
}

#[tokio::test]
async fn a_guess_that_lost_costs_one_more_picture() {
    let colours = [[200, 40, 40], [40, 160, 60]];
    let poster = |path: &str, colour| FakePicture::new(ArtworkKind::Poster, path, colour);
    let title = FakeTitle::film("Far", 1, colours[1])
        .imdb(1)
        .original_language("ja")
        .without_pictures()
        .picture(poster("/en.jpg", colours[0]).in_language("en"))
        .picture(poster("/ja.jpg", colours[1]).in_language("ja"));
    let app = TestApp::over(FakeUpstream::new().title(title)).await.start().await;
    let answer = app.get("imdb/poster-default/tt0000001.jpg?lang=de").await;
    assert!(answer.is_of(colours[1]), "{:?}", answer.colour());
    assert_eq!(app.upstream.calls(Service::TmdbImages), 2, "{:?}", app.upstream.asked());
}

#[tokio::test]
async fn a_cold_poster_by_tmdb_id_needs_no_look_up() {
    let app = TestApp::start().await;
    let poster = app.get("tmdb/poster-default/movie-9001.jpg").await;
    assert!(poster.is_of(SALT_ROAD) && poster.is_rated(SALT_ROAD));
    let calls = |service| app.upstream.calls(service);
    assert_eq!(calls(Service::Tmdb), 1, "{:?}", app.upstream.asked());
    assert_eq!((calls(Service::Mdblist), calls(Service::Omdb)), (1, 1));
    assert_eq!(calls(Service::TmdbImages), 1);
}

#[tokio::test]
async fn a_second_request_asks_nobody() {
    let app = TestApp::start().await;
    let first = app.get(POSTER).await;
    app.upstream.forget();
    let second = app.get(POSTER).await;
    assert_eq!((second.cache(), app.upstream.asked()), ("HIT", vec![]));
    assert_eq!(second.body, first.body);
}

#[tokio::test]
async fn another_design_of_the_same_source_asks_nobody() {
    let app = TestApp::start().await;
    app.get(POSTER).await;
    app.upstream.forget();
    for query in ["badge_shape=p", "blur=true", "imageSize=medium&fit=cover", "ratings_limit=9"] {
        app.get(&format!("{POSTER}?{query}")).await.picture();
    }
    app.get("imdb/poster-default/tt9900001.png").await.picture();
    app.get("tmdb/poster-default/movie-9001.webp").await.picture();
    assert_eq!(app.upstream.asked(), Vec::<String>::new());
}

#[tokio::test]
async fn another_size_of_a_poster_asks_for_no_data_again() {
    let app = TestApp::start().await;
    app.get(POSTER).await;
    app.upstream.forget();
    let small = app.get(&format!("{POSTER}?imageSize=small")).await;
    assert_eq!(small.size(), (342, 513));
    assert_eq!(app.upstream.asked().len(), app.upstream.calls(Service::TmdbImages));
}

#[tokio::test]
async fn fifty_who_ask_at_once_cost_what_one_costs() {
    let app = TestApp::start().await;
    let asking = (0..50).map(|_| app.get(POSTER));
    let answers = futures::future::join_all(asking).await;
    let first = &answers[0];
    first.picture();
    assert!(answers.iter().all(|answer| answer.status == 200 && answer.body == first.body));
    let calls = |service| app.upstream.calls(service);
    assert_eq!((calls(Service::Tmdb), calls(Service::TmdbImages)), (2, 1));
    assert_eq!((calls(Service::Mdblist), calls(Service::Omdb)), (1, 1));
}

#[tokio::test]
async fn a_client_that_hangs_up_cancels_nothing() {
    let app = TestApp::start().await;
    app.upstream.inject_times(Service::TmdbImages, Fault::Delay(ms(300)), 1);
    let hangs_up = async {
        while app.upstream.calls(Service::TmdbImages) == 0 {
            tokio::time::sleep(ms(5)).await;
        }
    };
    tokio::select! {
        answer = app.get(POSTER) => panic!("too early for this test: {answer:?}"),
        () = hangs_up => {}
    }
    let explain = "imdb/poster-default/tt9900001.json";
    for _ in 0..200 {
        if app.json(explain).await["cache"]["state"] == "hit" {
            break;
        }
        tokio::time::sleep(ms(50)).await;
    }
    app.upstream.forget();
    let later = app.get(POSTER).await;
    assert_eq!((later.status, later.cache()), (200, "HIT"));
    assert_eq!(app.upstream.asked(), Vec::<String>::new());
}

#[tokio::test]
async fn every_family_comes_in_its_size() {
    let app = TestApp::start().await;
    for (family, sizes) in [
        ("poster", [(342, 513), (580, 870), (1280, 1920), (2000, 3000)]),
        ("backdrop", [(1280, 720), (1920, 1080), (3840, 2160), (3840, 2160)]),
        ("episode", [(480, 270), (780, 439), (1280, 720), (1920, 1080)]),
    ] {
        let id = if family == "episode" { "tt9900002:1:1" } else { "tt9900002" };
        for (size, word) in sizes.into_iter().zip(["small", "medium", "large", "very-large"]) {
            let path = format!("imdb/{family}-default/{id}.jpg?imageSize={word}");
            let answer = app.get(&path).await;
            assert_eq!(answer.size(), size, "{path}");
            assert!(answer.is_of(NIGHT_FERRY), "{path}: {:?}", answer.colour());
        }
    }
}

#[tokio::test]
async fn a_poster_of_another_ratio_keeps_it_unless_told_to_fit() {
    let path = "/movie-square-1-poster.jpg";
    let square = FakePicture::new(ArtworkKind::Poster, path, [200, 40, 40]).sized(1000, 1414);
    let title = FakeTitle::film("Square", 1, [200, 40, 40]).without_pictures().picture(square);
    let app = TestApp::over(FakeUpstream::new().title(title)).await.start().await;
    for (fit, size) in
        [("native", (580, 820)), ("cover", (580, 870)), ("pad", (580, 870)), ("blur", (580, 870))]
    {
        let answer = app.get(&format!("tmdb/poster-default/movie-1.jpg?fit={fit}")).await;
        assert_eq!(answer.size(), size, "{fit}");
    }
}

#[tokio::test]
async fn a_logo_stays_in_its_box_and_is_never_blown_up() {
    let app = TestApp::start().await;
    for (word, most) in [
        ("small", (390, 122)),
        ("medium", (780, 244)),
        ("large", (1722, 539)),
        ("very-large", (2689, 841)),
    ] {
        let logo = app.get(&format!("imdb/logo-default/tt9900001.png?imageSize={word}")).await;
        let (width, height) = logo.size();
        assert!(width <= most.0 && height <= most.1, "{word}: {width} x {height}");
        // The fake's logo is 640 x 186 within its margins.
        assert!(width <= 1280 && height <= 374, "{word}: {width} x {height}");
        assert!(width == most.0 || height == most.1 || width >= 1270, "{word}: {width} x {height}");
        assert!(logo.is_of(SALT_ROAD), "{:?}", logo.colour());
    }
    let logo = app.get("imdb/logo-default/tt9900001").await;
    assert_eq!(logo.header("content-type"), "image/png");
}

#[tokio::test]
async fn an_svg_logo_is_drawn() {
    let picture = FakePicture::new(ArtworkKind::Logo, "/logo.svg", [10, 160, 90]);
    let title = FakeTitle::film("Drawn", 1, [9, 9, 9]).without_pictures().picture(picture);
    let app = TestApp::over(FakeUpstream::new().title(title)).await.start().await;
    let logo = app.get("tmdb/logo-default/movie-1.png").await;
    assert!(logo.is_of([10, 160, 90]), "{:?}", logo.colour());
    assert!(logo.size().0 == 780 || logo.size().1 == 244, "{:?}", logo.size());
}

#[tokio::test]
async fn every_format_comes_as_what_it_says() {
    let app = TestApp::start().await;
    for (extension, mime, magic) in [
        ("jpg", "image/jpeg", &b"\xff\xd8\xff"[..]),
        ("jpeg", "image/jpeg", b"\xff\xd8\xff"),
        ("png", "image/png", b"\x89PNG"),
        ("webp", "image/webp", b"RIFF"),
    ] {
        for (family, id) in [
            ("poster", "tt9900002"),
            ("backdrop", "tt9900002"),
            ("logo", "tt9900002"),
            ("episode", "tt9900002:1:1"),
        ] {
            let path = format!("imdb/{family}-default/{id}.{extension}?imageSize=small");
            let answer = app.get(&path).await;
            assert_eq!(answer.header("content-type"), mime, "{path}");
            assert!(answer.body.starts_with(magic), "{path}");
            assert!(answer.is_of(NIGHT_FERRY), "{path}: {:?}", answer.colour());
        }
    }
}

#[tokio::test]
async fn without_an_extension_a_poster_is_a_jpeg_and_a_logo_a_png() {
    let app = TestApp::start().await;
    let poster = app.get("imdb/poster-default/tt9900001").await;
    assert_eq!(poster.header("content-type"), "image/jpeg");
    poster.picture();
    app.upstream.forget();
    assert_eq!(app.get(POSTER).await.cache(), "HIT", "the same picture");
}

#[tokio::test]
async fn an_episode_without_still_falls_back_to_the_series_backdrop_and_says_so() {
    let app = TestApp::start().await;
    let still = app.get("tmdb/episode-default/tv-9004:1:1.jpg").await;
    assert_eq!(still.size(), (780, 439));
    let explained = app.json("tmdb/episode-default/tv-9004:1:1.json").await;
    assert_eq!(explained["artwork"]["chosen"]["by"], "series_backdrop", "{explained}");
}

#[tokio::test]
async fn a_title_without_that_artwork_is_404() {
    let title = FakeTitle::film("Bare", 1, [9, 9, 9]).without_pictures();
    let app = TestApp::over(FakeUpstream::new().title(title)).await.start().await;
    for family in ["poster", "backdrop", "logo"] {
        let answer = app.get(&format!("tmdb/{family}-default/movie-1.jpg")).await;
        assert_eq!(answer.refusal(), (404, "no_artwork".to_owned()), "{family}");
    }
}

#[tokio::test]
async fn fanart_is_the_fallback_and_may_come_first() {
    let app = TestApp::start().await;
    let explained = app.json("imdb/poster-default/tt9900001.json?image_source=f").await;
    assert_eq!(explained["artwork"]["source"], "fanart", "{explained}");
    let poster = app.get(&format!("{POSTER}?image_source=f")).await;
    assert!(poster.is_of(SALT_ROAD));
    // The series is not at Fanart.tv.
    let poster = app.get("imdb/poster-default/tt9900002.jpg?image_source=f").await;
    assert!(poster.is_of(NIGHT_FERRY));
    let only = FakePicture::new(ArtworkKind::Poster, "/only.jpg", [1, 90, 200]).in_language("en");
    let title = FakeTitle::film("Elsewhere", 1, [9, 9, 9]).without_pictures().fanart(only);
    let app = TestApp::over(FakeUpstream::new().title(title)).await.start().await;
    assert!(app.get("tmdb/poster-default/movie-1.jpg").await.is_of([1, 90, 200]));
}

fn ms(ms: u64) -> std::time::Duration {
    std::time::Duration::from_millis(ms)
}
