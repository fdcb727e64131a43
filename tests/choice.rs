//! Which picture of a title, and which file of it: TMDB's own choice, in as few calls as can be.

use laurel::model::ArtworkKind;

use crate::support::catalogue::SALT_ROAD;
use crate::support::{FakePicture, FakeTitle, FakeUpstream, Service, TestApp};

const POSTER: &str = "imdb/poster-default/tt9900001.jpg";
const OWN: [u8; 3] = [30, 160, 60];
const BY_VOTES: [u8; 3] = [180, 40, 40];

/// A film with a poster that TMDB names, and one with better votes.
fn disputed(number: u32) -> FakeTitle {
    let poster = |name: &str, colour| {
        let path = format!("/movie-{number}-{name}.jpg");
        FakePicture::new(ArtworkKind::Poster, path, colour).in_language("en")
    };
    FakeTitle::film("Disputed", number, OWN)
        .imdb(number)
        .without_pictures()
        .picture(poster("by-votes", BY_VOTES).voted(9.0, 90))
        .picture(poster("own", OWN).voted(5.0, 5).primary())
}

async fn with(titles: impl IntoIterator<Item = FakeTitle>) -> TestApp {
    let upstream = titles.into_iter().fold(FakeUpstream::new(), FakeUpstream::title);
    TestApp::over(upstream).await.start().await
}

/// The queries of the calls for a title's details.
fn details_asked(app: &TestApp) -> Vec<String> {
    let asked = app.upstream.asked();
    let is_details = |uri: &String| uri.starts_with("/tmdb/") && uri.contains("append_to_response");
    asked.into_iter().filter(is_details).collect()
}

#[tokio::test]
async fn a_wall_of_cold_posters_costs_one_picture_each_whatever_the_votes_say() {
    const TITLES: u32 = 40;
    let app = with((1..=TITLES).map(disputed)).await;
    for number in 1..=TITLES {
        let poster = app.get(&format!("imdb/poster-default/tt{number:07}.jpg")).await;
        assert!(poster.is_of(OWN), "{number}: {:?}", poster.colour());
    }
    let pictures = app.upstream.calls(Service::TmdbImages);
    assert!(f64::from(pictures as u32) <= 1.05 * f64::from(TITLES), "{pictures}");
    assert_eq!(
        app.upstream.calls(Service::Tmdb),
        2 * TITLES as usize,
        "a look-up and details each"
    );
}

#[tokio::test]
async fn every_kind_of_id_gets_the_same_choice() {
    let series = FakeTitle { media: laurel::model::MediaType::Series, ..disputed(77).tvdb(770) };
    let app = with([series]).await;
    for path in
        ["imdb/poster-default/tt0000077", "tmdb/poster-default/tv-77", "tvdb/poster-default/770"]
    {
        let poster = app.get(&format!("{path}.jpg")).await;
        assert!(poster.is_of(OWN), "{path}: {:?}", poster.colour());
    }
    let bare = app.get("tmdb/poster-default/77.jpg").await;
    assert!(bare.is_of(OWN), "{:?}", bare.colour());
    let explained = app.json("tmdb/poster-default/tv-77.json").await;
    assert_eq!(explained["artwork"]["chosen"]["primary"], true, "{explained}");
}

#[tokio::test]
async fn details_are_asked_in_the_wanted_language_and_remembered_by_it() {
    let app = TestApp::start().await;
    assert!(app.get(&format!("{POSTER}?lang=de")).await.is_of(SALT_ROAD));
    let asked = details_asked(&app);
    assert_eq!(asked.len(), 1, "{asked:?}");
    assert!(asked[0].contains("language=de&include_image_language=de%2Cen%2Cnull"), "{asked:?}");
    assert_eq!(app.upstream.calls(Service::TmdbImages), 1, "the guess is in that language");
    app.get(&format!("{POSTER}?lang=pt-BR")).await.picture();
    let asked = details_asked(&app);
    assert_eq!(asked.len(), 2, "{asked:?}");
    assert!(asked[1].contains("include_image_language=pt-BR%2Cpt%2Cen%2Cnull"), "{asked:?}");
    app.upstream.forget();
    app.get(&format!("{POSTER}?lang=de&imageSize=small")).await.picture();
    assert_eq!(details_asked(&app), Vec::<String>::new());
}

#[tokio::test]
async fn pictures_of_all_languages_are_asked_for_only_where_the_choice_needs_them() {
    let japanese = FakePicture::new(ArtworkKind::Poster, "/ja.jpg", OWN).in_language("ja");
    let english = FakePicture::new(ArtworkKind::Poster, "/en.jpg", BY_VOTES).in_language("en");
    let title = FakeTitle::film("Far", 5, OWN).imdb(5).original_language("ja");
    let title = title.without_pictures().picture(english).picture(japanese);
    let app = with([title]).await;
    let in_english = app.get("imdb/poster-default/tt0000005.jpg").await;
    assert!(in_english.is_of(BY_VOTES));
    assert_eq!(details_asked(&app).len(), 1, "{:?}", details_asked(&app));
    // There is none in German: the language it was made in goes before English.
    for (query, calls) in [("lang=de", 3), ("lang=original", 3)] {
        let poster = app.get(&format!("imdb/poster-default/tt0000005.jpg?{query}")).await;
        assert!(poster.is_of(OWN), "{query}: {:?}", poster.colour());
        let asked = details_asked(&app);
        assert_eq!(asked.len(), calls, "{asked:?}");
    }
    assert!(!details_asked(&app)[2].contains("language"), "{:?}", details_asked(&app));
}

#[tokio::test]
async fn a_file_is_fetched_in_the_smallest_width_of_any_kind_that_suffices() {
    let app = TestApp::start().await;
    for (path, width) in [
        ("imdb/poster-default/tt9900001.jpg?imageSize=large", "w1280"),
        ("imdb/poster-default/tt9900001.jpg", "w780"),
        ("imdb/poster-default/tt9900001.jpg?imageSize=small", "w342"),
        ("imdb/episode-default/tt9900002:1:1.jpg", "w780"),
        ("imdb/episode-default/tt9900002:1:1.jpg?imageSize=large", "w1280"),
        ("imdb/logo-default/tt9900001.png?imageSize=small", "w500"),
        ("imdb/backdrop-default/tt9900001.jpg", "original"),
        ("imdb/backdrop-default/tt9900001.jpg?imageSize=small", "w1280"),
    ] {
        app.upstream.forget();
        app.get(path).await.picture();
        let asked = app.upstream.asked();
        let segment = format!("/{width}/");
        assert!(asked.iter().any(|uri| uri.contains(&segment)), "{path}: {asked:?}");
        assert_eq!(app.upstream.calls(Service::TmdbImages), 1, "{path}: {asked:?}");
    }
}
