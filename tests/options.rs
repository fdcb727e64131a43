//! Every parameter, every value, every family: a picture in the contract's size.

use laurel::model::ArtworkKind;
use laurel::request::{OPTIONS, OptionSpec, ValueKind};

use crate::support::catalogue::SALT_ROAD;
use crate::support::{Answer, TestApp};

/// What stands in a query for each family.
const PATHS: [(ArtworkKind, &str); 6] = [
    (ArtworkKind::Poster, "imdb/poster-default/tt9900001.jpg"),
    (ArtworkKind::Backdrop, "imdb/backdrop-default/tt9900001.jpg"),
    (ArtworkKind::Logo, "imdb/logo-default/tt9900001.png"),
    (ArtworkKind::Still, "imdb/episode-default/tt9900002:1:1.jpg"),
    (ArtworkKind::Season, "imdb/season-default/tt9900002-S1.jpg"),
    (ArtworkKind::Square, "imdb/square-default/tt9900001.jpg"),
];

fn values(spec: &OptionSpec) -> Vec<String> {
    let encode = |value: String| value.replace('#', "%23").replace(' ', "%20");
    spec.value.samples().into_iter().map(encode).collect()
}

/// Pictures by their paths are other ones for each title.
fn is_of_any_title(spec: &OptionSpec) -> bool {
    spec.name != "imageSize" && !matches!(spec.value, ValueKind::Path)
}

/// The size that the contract gives the small picture of a family.
fn assert_small(kind: ArtworkKind, query: &str, answer: &Answer) {
    let shape = |word: &str| query.ends_with(&format!("shape={word}"));
    let kind = match kind {
        ArtworkKind::Poster if shape("landscape") => ArtworkKind::Backdrop,
        ArtworkKind::Poster if shape("square") => ArtworkKind::Square,
        kind => kind,
    };
    let (width, height) = answer.size();
    match kind {
        ArtworkKind::Poster | ArtworkKind::Season => {
            assert_eq!((width, height), (342, 513), "{query}");
        }
        ArtworkKind::Backdrop => assert_eq!((width, height), (1280, 720), "{query}"),
        ArtworkKind::Square => assert_eq!((width, height), (342, 342), "{query}"),
        ArtworkKind::Still => assert_eq!((width, height), (480, 270), "{query}"),
        ArtworkKind::Logo => assert!(width <= 390 && height <= 122, "{query}: {width} x {height}"),
    }
}

#[tokio::test]
async fn every_value_of_every_parameter_gives_every_family_its_size() {
    let app = TestApp::start().await;
    for (kind, path) in PATHS {
        for spec in OPTIONS.iter().filter(|spec| is_of_any_title(spec)) {
            for value in values(spec) {
                let query = format!("{path}?imageSize=small&{}={value}", spec.name);
                let answer = app.get(&query).await;
                assert_small(kind, &query, &answer);
                assert_eq!(answer.header("x-ignored-parameters"), "", "{query}");
            }
        }
    }
}

#[tokio::test]
async fn aliases_mean_the_same() {
    let app = TestApp::start().await;
    let path = PATHS[0].1;
    for spec in OPTIONS {
        let value = values(spec).pop().unwrap();
        let by_name = app.get(&format!("{path}?{}={value}", spec.name)).await;
        for alias in spec.aliases {
            let by_alias = app.get(&format!("{path}?{alias}={value}")).await;
            let hash = by_alias.header("x-elements-hash");
            assert_eq!(hash, by_name.header("x-elements-hash"), "{alias}={value}");
        }
    }
}

#[tokio::test]
async fn what_changes_the_look_changes_the_pixels() {
    let app = TestApp::start().await;
    for (path, queries) in [
        (
            PATHS[0].1,
            &[
                "ratings_order=ebert",
                "ratings_limit=5",
                "ratings_exclude=imdb,mal",
                "badge_style=v",
                "badge_size=xl",
                "badge_shape=p",
                "badge_background=k",
                "badge_background=t",
                "badge_background=n",
                "label_style=t",
                "label_style=i",
                "position=tc",
                "position=l&direction=v",
                "split=true",
                "edge_inset=20",
                "awards=false",
                "ratingBarPos=left-top",
                "theme=rounded-blocks",
            ][..],
        ),
        (
            PATHS[1].1,
            &["ratings_limit=1", "badge_style=h", "position=bc", "badge_size=s", "awards=false"],
        ),
        (PATHS[2].1, &["ratings_limit=3", "ratings_limit=3&badge_size=xl"]),
        (PATHS[3].1, &["ratings_limit=0", "position=bl", "badge_size=xs", "badge_background=n"]),
    ] {
        let plain = app.get(path).await;
        let pixels = plain.picture().into_rgba8();
        for query in queries {
            let other = app.get(&format!("{path}?{query}")).await;
            assert_ne!(other.picture().into_rgba8(), pixels, "{path}?{query}");
        }
    }
}

#[tokio::test]
async fn what_cannot_be_understood_is_named_and_shows_the_default() {
    let app = TestApp::start().await;
    let path = PATHS[0].1;
    let plain = app.get(path).await;
    let odd = app
        .get(&format!(
            "{path}?imageSize=enormous&badge_size=9&position=&ratings_limit=-1&colour=red"
        ))
        .await;
    assert_eq!(odd.body, plain.body);
    let mut ignored: Vec<&str> = odd.header("x-ignored-parameters").split(", ").collect();
    ignored.sort_unstable();
    assert_eq!(ignored, ["badge_size", "imageSize", "ratings_limit"]);
    let profile = app.get("imdb/poster-clean/tt9900001.jpg").await;
    assert_eq!(profile.header("x-ignored-parameters"), "clean");
    assert_eq!(profile.body, plain.body);
}

#[tokio::test]
async fn every_family_answers_to_every_of_its_names() {
    let app = TestApp::start().await;
    for (names, id, size) in [
        (
            &[
                "poster",
                "rating-default",
                "textless",
                "default",
                "poster-rt",
                "poster-mc",
                "poster-certs",
            ][..],
            "tt9900001",
            (580, 870),
        ),
        (&["backdrop", "background", "landscape", "fanart"], "tt9900001", (1920, 1080)),
        (&["episode", "thumbnail", "still"], "tt9900002:1:1", (780, 439)),
    ] {
        for name in names {
            let bare = app.get(&format!("imdb/{name}/{id}.jpg")).await;
            assert_eq!(bare.size(), size, "{name}");
        }
    }
    for name in ["logo", "clearlogo-default", "clearlogo"] {
        let logo = app.get(&format!("imdb/{name}/tt9900001")).await;
        assert_eq!(logo.header("content-type"), "image/png", "{name}");
    }
}

#[tokio::test]
async fn a_variant_that_lists_sources_shows_only_those() {
    let app = TestApp::start().await;
    for (style, sources) in [
        ("poster-rt", &["imdb", "rt", "rta"][..]),
        ("poster-mc", &["imdb", "mc"]),
        ("poster-order", &["mal", "imdb", "lb"]),
    ] {
        let told = app.json(&format!("imdb/{style}/tt9900001.json?ratings_limit=3")).await;
        let mut shown: Vec<(u64, String)> = told["ratings"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|r| Some((r["shown_at"].as_u64()?, r["source"].as_str()?.to_owned())))
            .collect();
        shown.sort();
        let shown: Vec<&str> = shown.iter().map(|(_, source)| source.as_str()).collect();
        assert_eq!(shown, sources, "{style}: {told}");
    }
}

#[tokio::test]
async fn without_fallback_a_title_without_ratings_is_404() {
    let app = TestApp::start().await;
    let path = "imdb/poster-default/tt9900005.jpg?fallback=false";
    assert_eq!(app.get(path).await.refusal(), (404, "no_rating".to_owned()));
    let rated = app.get(&format!("{}?fallback=false", PATHS[0].1)).await;
    assert!(rated.is_rated(SALT_ROAD));
}

#[tokio::test]
async fn the_servers_country_counts_where_the_request_names_none() {
    let app = TestApp::plan().await.set("LAUREL_COUNTRY", "at").start().await;
    for (query, country) in
        [("", "AT"), ("lang=de", "AT"), ("lang=pt-BR", "BR"), ("country=FR&lang=pt-BR", "FR")]
    {
        let explained = app.json(&format!("imdb/poster-default/tt9900001.json?{query}")).await;
        assert_eq!(explained["design"]["beyond"]["country"], country, "{query}");
    }
}
