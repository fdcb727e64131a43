//! Tiles of other shapes from a poster's address, and clean artwork.

use image::GenericImageView;
use laurel::model::ArtworkKind;
use serde_json::json;

use crate::support::{Answer, FakePicture, FakeTitle, FakeUpstream, Reply, Service, TestApp};

const LETTERED: [u8; 3] = [60, 80, 160];
const TEXTLESS: [u8; 3] = [40, 120, 60];
const WIDE: [u8; 3] = [150, 90, 40];
const LOGO: [u8; 3] = [250, 220, 120];

fn picture(kind: ArtworkKind, path: &str, colour: [u8; 3]) -> FakePicture {
    FakePicture::new(kind, path, colour)
}

/// A film whose pictures have a colour each.
fn film() -> FakeTitle {
    FakeTitle::film("Low Tide", 9200, LETTERED)
        .imdb(9_920_000)
        .voted(7.1, 500)
        .without_pictures()
        .picture(picture(ArtworkKind::Poster, "/lettered.jpg", LETTERED).in_language("en"))
        .picture(picture(ArtworkKind::Poster, "/textless.jpg", TEXTLESS))
        .picture(picture(ArtworkKind::Backdrop, "/wide.jpg", WIDE))
}

async fn app(title: FakeTitle) -> TestApp {
    TestApp::over(FakeUpstream::new().title(title)).await.start().await
}

/// The colour at a place, in per cent of width and height.
#[track_caller]
fn is_at(answer: &Answer, (x, y): (u32, u32), colour: [u8; 3]) -> bool {
    let picture = answer.picture();
    let (width, height) = picture.dimensions();
    let pixel = picture.get_pixel(width * x / 100, height * y / 100).0;
    (0..3).all(|c| pixel[c].abs_diff(colour[c]) <= 14)
}

#[tokio::test]
async fn one_pattern_draws_every_tile() {
    let app = app(film()).await;
    let path = "imdb/poster-default/tt9920000.jpg";
    let poster = app.get(&format!("{path}?shape=poster")).await;
    assert!(poster.is_of(LETTERED));
    assert_eq!(poster.header("etag"), app.get(path).await.header("etag"));
    let landscape = app.get(&format!("{path}?shape=landscape")).await;
    assert!(landscape.is_of(WIDE));
    let backdrop = app.get("imdb/backdrop-default/tt9920000.jpg").await;
    assert_eq!(landscape.header("etag"), backdrop.header("etag"));
    let square = app.get(&format!("{path}?shape=square")).await;
    assert_eq!(square.size(), (580, 580));
    assert!(square.is_of(TEXTLESS) && square.is_rated(TEXTLESS), "{:?}", square.colour());
    let odd = app.get(&format!("{path}?shape=round")).await;
    assert_eq!(odd.header("x-ignored-parameters"), "shape");
}

#[tokio::test]
async fn a_square_without_textless_artwork_is_cut_from_the_poster() {
    let lettered = picture(ArtworkKind::Poster, "/lettered.jpg", LETTERED).in_language("en");
    let app = app(film().without_pictures().picture(lettered)).await;
    let square = app.get("imdb/poster-default/tt9920000.jpg?shape=square").await;
    assert!(square.is_of(LETTERED), "{:?}", square.colour());
}

#[tokio::test]
async fn clean_artwork_has_the_titles_own_lettering() {
    let logo = picture(ArtworkKind::Logo, "/logo.png", LOGO).in_language("en");
    let app = app(film().picture(logo)).await;
    for extension in ["jpg", "png", "webp"] {
        let path = format!("imdb/poster-default/tt9920000.{extension}?clean=true");
        let clean = app.get(&path).await;
        assert!(is_at(&clean, (50, 30), TEXTLESS), "{path}");
        assert!(is_at(&clean, (50, 80), LOGO), "{path}");
        assert!(clean.is_rated(TEXTLESS) && !clean.is_provisional(), "{path}");
    }
    let square = app.get("imdb/poster-default/tt9920000.jpg?clean=true&shape=square").await;
    assert!(is_at(&square, (50, 20), TEXTLESS) && is_at(&square, (50, 72), LOGO));
    let wide = app.get("imdb/backdrop-default/tt9920000.jpg?clean=true").await;
    assert!(is_at(&wide, (60, 30), WIDE) && is_at(&wide, (18, 84), LOGO));
    let explained = app.json("imdb/poster-default/tt9920000.json?clean=true").await;
    let artwork = &explained["artwork"];
    let told = (&artwork["path"], &artwork["clearlogo"]["path"]);
    assert_eq!(told, (&json!("/textless.jpg"), &json!("/logo.png")), "{explained}");
    // Another design of the same clean artwork fetches nothing.
    app.upstream.forget();
    app.get("imdb/poster-default/tt9920000.jpg?clean=true&badge_background=k").await;
    assert_eq!(app.upstream.calls(Service::TmdbImages), 0, "{:?}", app.upstream.asked());
}

#[tokio::test]
async fn where_one_of_the_two_is_missing_the_poster_is_as_ever() {
    let path = "imdb/poster-default/tt9920000.jpg?clean=true";
    let without_logo = app(film()).await;
    assert!(without_logo.get(path).await.is_of(LETTERED));
    let lettered = picture(ArtworkKind::Poster, "/lettered.jpg", LETTERED).in_language("en");
    let logo = || picture(ArtworkKind::Logo, "/logo.png", LOGO).in_language("en");
    let app = app(film().without_pictures().picture(lettered).picture(logo())).await;
    let answer = app.get(path).await;
    assert!(answer.is_of(LETTERED) && is_at(&answer, (50, 76), LETTERED));
    let explained = app.json("imdb/poster-default/tt9920000.json?clean=true").await;
    assert_eq!(explained["artwork"]["clearlogo"], json!(null));
}

#[tokio::test]
async fn a_logo_that_cannot_be_had_costs_no_picture() {
    for broken in
        [Reply::bytes("image/png", "no picture"), Reply::bytes("text/html", "").with_status(404)]
    {
        let logo = picture(ArtworkKind::Logo, "/logo.png", LOGO).in_language("en");
        let upstream = ["w45", "w92", "w154", "w185", "w300", "w500", "w780", "w1280", "original"]
            .iter()
            .fold(FakeUpstream::new().title(film().picture(logo)), |upstream, size| {
                upstream.reply(&format!("/tmdb-images/t/p/{size}/logo.png"), broken.clone())
            });
        let app = TestApp::over(upstream).await.start().await;
        let answer = app.get("imdb/poster-default/tt9920000.jpg?clean=true").await;
        assert!(answer.is_of(LETTERED) && answer.is_provisional(), "{:?}", answer.headers);
    }
}
