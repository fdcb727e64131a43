use serde_json::json;

use super::*;
use crate::stremio::AllowedNetworks;

/// Writes down what was asked for.
struct Spelled;

impl AddonPictures for Spelled {
    fn tile(&self, id: &AddonId, shape: TileShape, is_small: bool) -> Option<String> {
        Some(format!("{shape:?} {} {} {is_small}", id.id_type, id.id))
    }
    fn background(&self, id: &AddonId) -> Option<String> {
        Some(format!("background {}", id.id))
    }
    fn logo(&self, id: &AddonId) -> Option<String> {
        Some(format!("logo {}", id.id))
    }
    fn thumbnail(&self, id: &AddonId, blur: bool) -> Option<String> {
        Some(format!("thumbnail {} {} {blur}", id.id_type, id.id))
    }
}

fn wrapper(url: &str, blur: bool) -> Wrapper {
    Wrapper::read(&json!({"url": url, "blur": blur}), &AllowedNetworks::default()).unwrap()
}

const SECRET: &str = "https://addon.example.org/u5er-s3cret/manifest.json";
const OWN: &str = "https://art.example.net/stremio/key/wrapper";

fn with<T>(url: &str, look: &str, work: impl FnOnce(&Rewriter<'_>) -> T) -> T {
    let wrapper = wrapper(url, true);
    let id: WrapperId = "abcdefghijklmnopqrstuv".parse().unwrap();
    let pictures = Spelled;
    work(&Rewriter { wrapper: &wrapper, id: &id, look, own_base: OWN, pictures: &pictures })
}

fn source() -> Value {
    json!({
        "id": "org.source", "version": "1.2.3", "name": "Source", "resources": ["catalog", {"name": "meta", "types": ["movie"]}],
        "types": ["movie"], "catalogs": [{"type": "movie", "id": "top", "extra": [{"name": "skip"}]}], "idPrefixes": ["tt"],
        "logo": "/logo.png", "background": "images/back.png",
        "behaviorHints": {"configurationRequired": true, "configurable": true, "adult": false},
        "stremioAddonsConfig": {"issuer": "x", "signature": "y"},
    })
}

#[test]
fn a_manifest_keeps_what_it_offers_and_gets_an_id_of_its_own() {
    let told = with(SECRET, "a", |rewriter| rewriter.manifest(&source()).unwrap());
    for kept in ["version", "resources", "types", "catalogs", "idPrefixes"] {
        assert_eq!(told[kept], source()[kept]);
    }
    assert_eq!(told["name"], "Source (Laurel)");
    assert_eq!(told["behaviorHints"], json!({"adult": false}));
    assert!(told.get("stremioAddonsConfig").is_none());
    assert_eq!(told["logo"], "https://addon.example.org/logo.png");
    // Below the secret path it is fetched through us.
    assert_eq!(told["background"], format!("{OWN}/images/back.png"));
    let id =
        |url: &str, look: &str| with(url, look, |r| r.manifest(&source()).unwrap()["id"].clone());
    assert_eq!(id(SECRET, "a"), told["id"]);
    assert_ne!(id(SECRET, "a"), id(SECRET, "b"));
    assert_ne!(told["id"], "org.source");
    assert!(with(SECRET, "a", |rewriter| rewriter.manifest(&json!({"name": "no id"})).is_none()));
}

#[test]
fn tiles_follow_shapes_and_ids() {
    let document = json!({
        "metas": [
            {"id": "tt0133093", "type": "movie", "poster": "http://x/1.jpg", "logo": "http://x/l.png"},
            {"id": "tmdb:603", "type": "movie", "posterShape": "landscape"},
            {"id": "tmdb:tv:1396", "type": "series", "posterShape": "square", "background": "http://x/b.jpg"},
            {"id": "kitsu:7442", "type": "series", "posterShape": "poster"},
            {"id": "yt_id:abc", "type": "channel", "poster": "http://x/own.jpg"},
            {"id": "tmdb:603", "type": "channel", "poster": "http://x/own.jpg"},
            "nonsense"],
        "cacheMaxAge": 3600, "staleRevalidate": 7200, "staleError": 86400,
    });
    let told = with(SECRET, "", |rewriter| rewriter.catalog(&document));
    let metas = &told["metas"];
    assert_eq!(metas[0]["poster"], "Poster imdb tt0133093 true");
    assert_eq!((&metas[0]["logo"], metas[0].get("background")), (&json!("logo tt0133093"), None));
    assert_eq!(metas[1]["poster"], "Landscape tmdb movie-603 true");
    assert_eq!(metas[2]["poster"], "Square tmdb series-1396 true");
    assert_eq!(metas[2]["background"], "background series-1396");
    assert_eq!(metas[3]["poster"], "Poster kitsu 7442 true");
    assert_eq!(
        (&metas[4]["poster"], &metas[5]["poster"]),
        (&json!("http://x/own.jpg"), &json!("http://x/own.jpg"))
    );
    assert_eq!(
        (&told["cacheMaxAge"], &told["staleRevalidate"], &told["staleError"]),
        (&json!(3600), &json!(7200), &json!(86400))
    );
    let many = json!({"metas": vec![json!({"id": "tt1", "type": "movie"}); 1500]});
    let told = with(SECRET, "", |rewriter| rewriter.catalog(&many));
    assert_eq!(told["metas"].as_array().unwrap().len(), MAX_METAS);
    assert_eq!(
        with(SECRET, "", |rewriter| rewriter.catalog(&json!({"metas": null}))),
        json!({"metas": null})
    );
}

#[test]
fn a_meta_has_our_pictures_and_blurred_thumbnails() {
    let document = json!({"meta": {
        "id": "tmdb:1396", "type": "series", "name": "x",
        "videos": [
            {"id": "tt0903747:1:2", "season": 9, "episode": 9},
            {"id": "other:1", "season": 0, "episode": 3},
            {"id": "kitsu:1:5", "number": 5, "season": 1},
            {"id": "trailer"}, 5],
    }});
    let told = with(SECRET, "", |rewriter| rewriter.meta(&document))["meta"].clone();
    assert_eq!(
        (&told["poster"], &told["background"], &told["logo"]),
        (
            &json!("Poster tmdb series-1396 false"),
            &json!("background series-1396"),
            &json!("logo series-1396")
        )
    );
    assert_eq!(told["videos"][0]["thumbnail"], "thumbnail imdb tt0903747:1:2 true");
    assert_eq!(told["videos"][1]["thumbnail"], "thumbnail tmdb episode-1396-S0E3 true");
    assert_eq!(told["videos"][2]["thumbnail"], "thumbnail tmdb episode-1396-S1E5 true");
    assert!(told["videos"][3].get("thumbnail").is_none());
    let anime = json!({"meta": {"id": "kitsu:7442", "type": "series", "videos": [{"id": "kitsu:7442:5", "season": 1, "episode": 5}]}});
    let told = with(SECRET, "", |rewriter| rewriter.meta(&anime));
    assert_eq!(told["meta"]["videos"][0]["thumbnail"], "thumbnail kitsu 7442:5 true");
    assert_eq!(
        with(SECRET, "", |rewriter| rewriter.meta(&json!({"meta": null}))),
        json!({"meta": null})
    );
}

#[test]
fn the_sources_address_is_replaced_wherever_it_stands() {
    let discover = "stremio:///discover/https%3A%2F%2Faddon.example.org%2Fu5er-s3cret%2Fmanifest.json/movie/top";
    let document = json!({"meta": {
        "id": "x", "type": "movie",
        "links": [{"name": "Drama", "url": discover}, {"name": "y", "url": "stremio://addon.example.org/u5er-s3cret/manifest.json"}],
        "poster": "https://addon.example.org/u5er-s3cret/poster/1.jpg",
    }});
    let told = with(SECRET, "", |rewriter| rewriter.meta(&document));
    assert!(!told.to_string().contains("u5er-s3cret"), "{told}");
    assert_eq!(told["meta"]["poster"], format!("{OWN}/poster/1.jpg"));
    let own = "https%3A%2F%2Fart.example.net%2Fstremio%2Fkey%2Fwrapper%2Fmanifest.json";
    assert_eq!(told["meta"]["links"][0]["url"], format!("stremio:///discover/{own}/movie/top"));
    // An add-on without secrets keeps the pictures beside it.
    let open = "https://open.example.org/manifest.json";
    let document =
        json!({"meta": {"id": "x", "poster": "https://open.example.org/p.jpg", "website": open}});
    let told = with(open, "", |rewriter| rewriter.meta(&document));
    assert_eq!(told["meta"]["poster"], "https://open.example.org/p.jpg");
    assert_eq!(told["meta"]["website"], format!("{OWN}/manifest.json"));
}
