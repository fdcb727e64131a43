//! Free layouts: the designs of the documentation drawn, and what a server makes of a profile that has one.

use laurel::model::{ArtworkKind, AwardBody, Language};
use laurel::plan;
use laurel::request::{OptionsPatch, Profile, apply_query};
use serde_json::{Value, json};

use crate::golden::drawn::{self, Drawn};
use crate::support::TestApp;

const POSTER: &str = "imdb/poster-night/tt9900001.jpg";

/// The designs of docs/profiles.md.
fn designs() -> Vec<(String, Profile)> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/designs");
    let mut designs: Vec<(String, Profile)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let document: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
            (name, Profile::read(&document).unwrap_or_else(|error| panic!("{path:?}: {error}")))
        })
        .collect();
    designs.sort_by(|a, b| a.0.cmp(&b.0));
    designs
}

fn draw(
    profile: &Profile,
    kind: ArtworkKind,
    query: &str,
) -> (plan::RenderPlan, laurel::codec::Rgb) {
    let mut asked = OptionsPatch::default();
    assert!(apply_query(&mut asked, query).is_empty());
    let patch = profile.family(kind).unwrap().patch().under(asked);
    let options = patch.into_options(kind, Language::ENGLISH);
    let drawn = Drawn::new(kind, &options, false);
    let planned = drawn.plan(&options, &drawn::chosen(&options, Some(AwardBody::Oscar)));
    let pixels = drawn.paint(&planned);
    (planned, pixels)
}

#[test]
fn the_designs_of_the_documentation_are_drawn() {
    let designs = designs();
    assert_eq!(designs.len(), 10);
    for (name, profile) in &designs {
        assert_eq!(profile.warnings(), Vec::<String>::new(), "{name}");
        for kind in profile.families() {
            let (planned, pixels) = draw(profile, kind, "imageSize=small&quality=4k,dv");
            assert!(planned.dropped.is_empty(), "{name}: {:?}", planned.dropped);
            let plain = Profile::read(&plain_document(kind)).unwrap();
            let (_, bare) = draw(&plain, kind, "imageSize=small");
            assert_ne!(pixels.data, bare.data, "{name}");
        }
    }
}

/// A layout that changes next to nothing.
fn plain_document(kind: ArtworkKind) -> Value {
    let nothing = json!({"kind": "box", "x": 0, "y": 0, "width": 0.001, "height": 0.001});
    json!({"version": 1, "families": {kind.family(): {"layout": [nothing]}}})
}

#[test]
fn a_design_has_the_same_shares_in_every_size() {
    for (name, profile) in designs() {
        let kind = profile.families().next().unwrap();
        let places = |size: &str| -> Vec<(String, [f64; 4])> {
            let (planned, _) = draw(&profile, kind, &format!("imageSize={size}&quality=4k,dv"));
            let (width, height) = (f64::from(planned.frame.width), f64::from(planned.frame.height));
            let shares = planned.elements.iter().map(|element| {
                let rect = element.rect;
                let (x, y) = (f64::from(rect.x) / width, f64::from(rect.y) / height);
                let size = [f64::from(rect.width) / width, f64::from(rect.height) / height];
                (element.id.clone(), [x, y, size[0], size[1]])
            });
            shares.collect()
        };
        let (small, large) = (places("small"), places("large"));
        assert_eq!(small.len(), large.len(), "{name}");
        for ((id, a), (other, b)) in small.iter().zip(&large) {
            assert_eq!(id, other, "{name}");
            let apart = a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
            // Digits are whole pixels high.
            assert!(apart < 0.08, "{name} {id}: {a:?} {b:?}");
        }
    }
}

fn profile(layout: Value) -> String {
    json!({"version": 1, "families": {"poster": {"layout": layout}}}).to_string()
}

async fn put(app: &TestApp, layout: Value) -> Value {
    let answer = app.admin("PUT", "profiles/night", &profile(layout)).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

#[tokio::test]
async fn a_changed_layout_shows_at_the_next_request() {
    let app = TestApp::start().await;
    let layout = |text: &str| json!([{"id": "line", "kind": "text", "text": text, "x": 0.5, "y": 0.5, "anchor": "c"}]);
    put(&app, layout("{title}")).await;
    let first = app.get(POSTER).await;
    assert_eq!(first.status, 200);
    assert_eq!(app.get(POSTER).await.cache(), "HIT");
    // The bare name is its first family.
    assert_eq!(app.get("imdb/night/tt9900001.jpg").await.header("etag"), first.header("etag"));
    put(&app, layout("{year}")).await;
    let second = app.get(POSTER).await;
    assert_ne!(second.header("etag"), first.header("etag"));
    let explained = app.get("imdb/poster-night/tt9900001.json").await.json();
    assert_eq!(explained["elements"][0]["id"], "line");
    assert_eq!(explained["elements"][0]["kind"], "text");
    assert_eq!(explained["design"]["layout"], layout("{year}"));
    // The same document again is the same picture.
    put(&app, layout("{title}")).await;
    assert_eq!(app.get(POSTER).await.header("etag"), first.header("etag"));
}

#[tokio::test]
async fn a_layout_over_the_whole_frame_has_the_same_bytes_each_time() {
    let app = TestApp::start().await;
    put(&app, json!([
        {"kind": "gradient", "x": 0, "y": 0, "height": 2, "opacity": 0.5},
        {"kind": "box", "x": 0.5, "y": 0.5, "anchor": "c", "width": 0.8, "height": 1.2, "frosted": true},
        {"kind": "strip", "x": 0.5, "y": 0.97, "anchor": "bc"},
    ]))
    .await;
    let first = app.get(POSTER).await;
    let size = first.size();
    for purged in ["render", "base"] {
        app.admin("POST", "purge", &json!({"tier": purged}).to_string()).await;
        let again = app.get(POSTER).await;
        assert_eq!(again.body, first.body, "{purged}");
    }
    for format in ["png", "webp"] {
        let path = format!("imdb/poster-night/tt9900001.{format}");
        assert_eq!(app.get(&path).await.size(), size, "{format}");
    }
}

#[tokio::test]
async fn elements_are_drawn_only_where_their_condition_holds() {
    let app = TestApp::start().await;
    let when = |condition: Value| {
        json!([{"kind": "badge", "source": "imdb", "x": 0, "y": 0, "when": condition},
            {"id": "always", "kind": "box", "x": 0, "y": 0.9, "width": 1, "height": 0.1}])
    };
    let drawn = async |condition: Value| {
        put(&app, when(condition)).await;
        app.get(POSTER).await;
        let explained = app.get("imdb/poster-night/tt9900001.json").await.json();
        explained["elements"].as_array().unwrap().iter().any(|element| element["id"] == "badge.1")
    };
    assert!(drawn(json!({"type": "movie"})).await);
    assert!(!drawn(json!({"type": "series"})).await);
    assert!(drawn(json!({"rating": "imdb", "min": 0.1})).await);
    assert!(!drawn(json!({"rating": "imdb", "min": 10})).await);
    assert!(drawn(json!({"any": [{"type": "series"}, {"rating": "imdb"}]})).await);
    assert!(!drawn(json!({"not": {"min_ratings": 1}})).await);
}

#[tokio::test]
async fn a_layout_with_mistakes_is_refused_with_their_paths_and_an_overlap_is_said() {
    let app = TestApp::start().await;
    let wrong =
        profile(json!([{"kind": "text", "x": 0, "y": 0, "text": "{cast}"}, {"kind": "pie"}]));
    let answer = app.admin("PUT", "profiles/night", &wrong).await;
    assert_eq!(answer.status, 422);
    let fields = answer.json()["error"]["fields"].clone();
    let paths: Vec<&str> =
        fields.as_array().unwrap().iter().map(|field| field["path"].as_str().unwrap()).collect();
    assert_eq!(paths, ["families.poster.layout[0].text", "families.poster.layout[1].kind"]);
    let badge = |x: f64| json!({"kind": "badge", "source": "imdb", "x": x, "y": 0});
    let saved = put(&app, json!([badge(0.0), badge(0.01)])).await;
    assert_eq!(saved["warnings"].as_array().unwrap().len(), 1, "{saved}");
}
