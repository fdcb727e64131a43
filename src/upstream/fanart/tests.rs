use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::env::Secret;
use crate::upstream::KeyPool;
use crate::upstream::testing::{Reply, Server};

fn read(json: &Value, any_host: bool) -> FanartPictures {
    serde_json::from_value::<Wire>(json.clone()).unwrap().pictures(any_host)
}

fn row(name: &str, lang: &str, likes: &str) -> Value {
    json!({"id": "1", "url": format!("https://assets.fanart.tv/fanart/{name}"), "lang": lang, "likes": likes})
}

fn brief(list: &[Candidate]) -> Vec<(&str, Option<String>, u32)> {
    list.iter()
        .map(|c| (c.artwork.path.as_str(), c.language.map(|l| l.to_string()), c.votes))
        .collect()
}

#[test]
fn the_shape_of_2026_is_read() {
    let pictures = read(
        &json!({
            "name": "Princess", "tmdb_id": "128", "movieposter_count": 2, "movielogo_count": 2,
            "movieposter": [row("a.jpg", "en", "2"), row("b.jpg", "00", "12")],
            "moviebackground": [row("c.jpg", "", "3")],
            "moviethumb": [row("thumb.jpg", "en", "9")],
            "hdmovielogo": [row("d.png", "es", "6")],
            "movielogo": [row("e.png", "es", "60"), row("f.png", "ja", "2")],
        }),
        false,
    );
    assert_eq!(
        brief(&pictures.posters),
        [("/fanart/a.jpg", Some("en".into()), 2), ("/fanart/b.jpg", None, 12)]
    );
    assert_eq!(brief(&pictures.backdrops), [("/fanart/c.jpg", None, 3)]);
    assert_eq!(
        brief(&pictures.logos),
        [("/fanart/d.png", Some("es".into()), 6), ("/fanart/f.png", Some("ja".into()), 2)]
    );
}

#[test]
fn the_shape_of_2019_is_read() {
    let url = |kind: &str| format!("http://assets.fanart.tv/fanart/tv/75682/{kind}/bones-4e76.png");
    let pictures = read(
        &json!({
            "name": "Bones", "thetvdb_id": "75682",
            "clearlogo": [{"id": "1", "url": url("clearlogo"), "lang": "ar", "likes": "1"}],
            "hdtvlogo": [{"id": "2", "url": url("hdtvlogo"), "lang": "he", "likes": 1}],
            "showbackground": [{"id": "3", "url": url("showbackground"), "likes": "0", "season": "6"}],
            "seasonposter": [{"id": "4", "url": url("seasonposter"), "lang": "en", "likes": "0"}],
            "tvposter": [{"id": "5", "url": url("tvposter"), "lang": "en", "likes": null}],
        }),
        false,
    );
    assert_eq!(pictures.logos.len(), 2);
    assert_eq!(brief(&pictures.backdrops)[0].1, None);
    assert_eq!(
        brief(&pictures.posters),
        [("/fanart/tv/75682/tvposter/bones-4e76.png", Some("en".into()), 0)]
    );
}

#[test]
fn pictures_at_strange_places_are_dropped() {
    let strange = [
        "https://evil.example/fanart/a.jpg",
        "https://assets.fanart.tv.evil.example/a.jpg",
        "https://assets.fanart.tv:8080/a.jpg",
        "file:///fanart/a.jpg",
        "fanart/a.jpg",
        "",
        "https://assets.fanart.tv/",
        "https://assets.fanart.tv/a%2f..%2fb.jpg",
        "https://assets.fanart.tv/a/.hidden",
        "https://user@169.254.169.254/a.jpg",
    ];
    for url in strange {
        assert_eq!(artwork(url, false), None, "{url}");
    }
    // With a host of our own only the path counts.
    assert_eq!(artwork("http://other.example/a/b.jpg", true).unwrap().path, "/a/b.jpg");
    assert_eq!(artwork("https://assets.fanart.tv/../../b.jpg", true).unwrap().path, "/b.jpg");
    assert_eq!(artwork("file:///a/b.jpg", true), None);
}

fn fanart_at(server: &Server) -> Fanart {
    let api = ProviderSettings::api(
        Provider::FANART,
        server.url.join("v3").unwrap(),
        KeyPool::new([Secret::new("kkk")]),
    );
    Fanart::new(
        &Transport::new([]).unwrap(),
        FanartSettings { api, image_base: Some(server.url.clone()) },
    )
}

#[tokio::test]
async fn films_are_asked_for_by_tmdb_or_imdb_and_series_by_tvdb() {
    let server = Server::start(|_, _| Reply::json("{}")).await;
    let fanart = fanart_at(&server);
    for id in [
        FanartId::Movie(TmdbId::new(128).unwrap()),
        FanartId::MovieImdb("tt0119698".parse().unwrap()),
        FanartId::Series(TvdbId::new(75682).unwrap()),
    ] {
        assert_eq!(fanart.pictures(id).await.unwrap(), FanartPictures::default());
    }
    let key = "?api_key=kkk";
    assert_eq!(
        server.targets(),
        [
            format!("/v3/movies/128{key}"),
            format!("/v3/movies/tt0119698{key}"),
            format!("/v3/tv/75682{key}")
        ]
    );
}

#[tokio::test]
async fn errors_are_understood_whatever_their_status() {
    for status in [200, 404] {
        let body = br#"{"status":"error","error message":"Not found"}"#.to_vec();
        let server = Server::start(move |_, _| {
            Reply::Answer(status, "application/json", String::new(), body.clone())
        })
        .await;
        let error = fanart_at(&server)
            .pictures(FanartId::Movie(TmdbId::new(1).unwrap()))
            .await
            .unwrap_err();
        assert!(error.is_not_found());
    }
    let server = Server::start(|_, _| {
        Reply::json(r#"{"status":"error","error message":"API key is required"}"#)
    })
    .await;
    let error =
        fanart_at(&server).pictures(FanartId::Movie(TmdbId::new(1).unwrap())).await.unwrap_err();
    assert_eq!(error.outcome(), "unauthorized");
}

#[tokio::test]
async fn pictures_come_from_the_configured_host_without_the_key() {
    let server =
        Server::start(|_, _| Reply::Answer(200, "image/jpeg", String::new(), b"pixels".to_vec()))
            .await;
    let fanart = fanart_at(&server);
    let at = |path: &str| ArtworkRef { source: ArtworkSource::Fanart, path: path.to_owned() };
    assert_eq!(
        fanart.image(&at("/fanart/a-b.jpg"), &FileReservation::unlimited()).await.unwrap(),
        "pixels"
    );
    for path in ["fanart/a.jpg", "/../a.jpg", "//evil.example/a.jpg", "/"] {
        assert!(
            fanart
                .image(&at(path), &FileReservation::unlimited())
                .await
                .unwrap_err()
                .is_not_found(),
            "{path}"
        );
    }
    assert_eq!(server.targets(), ["/fanart/a-b.jpg"]);
}

proptest! {
    #[test]
    fn no_url_leads_out_of_the_host(url in "(https?|ftp)://[a-z.@:0-9/%\\\\?#]{0,40}") {
        if let Some(artwork) = artwork(&url, true) {
            prop_assert!(artwork.path.starts_with('/') && is_plain_path(&artwork.path[1..]));
            prop_assert!(!artwork.path.contains("..") || !artwork.path.contains("/."));
        }
    }

    #[test]
    fn no_bytes_make_the_parser_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = serde_json::from_slice::<Wire>(&bytes).map(|wire| wire.pictures(true));
        let _ = complaint(200, &bytes);
    }
}
