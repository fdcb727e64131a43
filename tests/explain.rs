//! What `.json` says of a picture.

use crate::support::{Fault, Service, TestApp};

#[tokio::test]
async fn explain_tells_how_the_picture_came_about() {
    let app = TestApp::start().await;
    let told = app.json("imdb/poster-default/tt9900001.json?badge_shape=p&position=nowhere").await;
    assert_eq!(told["title"]["name"], "The Salt Road");
    assert_eq!(told["title"]["media"], "movie");
    assert_eq!(told["title"]["ids"]["tmdb"], 9001);
    assert_eq!(told["title"]["ids"]["imdb"], "tt9900001");
    assert_eq!(told["artwork"]["source"], "tmdb");
    assert_eq!(told["artwork"]["width"], 1000);
    assert_eq!(told["ratings"].as_array().unwrap().len(), 10, "{told}");
    let shown = told["ratings"].as_array().unwrap().iter().filter(|r| !r["shown_at"].is_null());
    assert_eq!(shown.count(), 3);
    assert_eq!(told["ignored_parameters"], serde_json::json!(["position"]));
    assert_eq!(told["design"]["badge_shape"], "pill", "{}", told["design"]);
    assert_eq!(told["cache"]["state"], "miss");
    assert_eq!(told["cache"]["provisional"], false);
    assert!(told["awards"]["shown"].is_string(), "{}", told["awards"]);
    assert!(told["timing"]["total_ms"].is_u64());
}

#[tokio::test]
async fn explain_renders_nothing_and_names_the_hash_of_the_picture() {
    let app = TestApp::start().await;
    let told = app.json("imdb/poster-default/tt9900001.json").await;
    let picture = app.get("imdb/poster-default/tt9900001.jpg").await;
    assert_eq!(picture.cache(), "MISS");
    assert_eq!(told["cache"]["elements_hash"], picture.header("x-elements-hash"));
    let again = app.json("imdb/poster-default/tt9900001.json").await;
    assert_eq!(again["cache"]["state"], "hit");
}

#[tokio::test]
async fn explain_says_which_provider_failed() {
    let app = TestApp::start().await;
    app.upstream.inject(Service::Mdblist, Fault::Status(500));
    let told = app.json("imdb/poster-default/tt9900001.json").await;
    let of = |name: &str| {
        let providers = told["providers"].as_array().unwrap().clone();
        providers.into_iter().find(|provider| provider["provider"] == name).unwrap()
    };
    assert_eq!(of("mdblist")["state"], "failed", "{told}");
    assert_eq!(of("omdb")["state"], "read");
    assert_eq!(told["cache"]["provisional"], true);
}

#[tokio::test]
async fn awards_of_the_lists_are_told_with_their_origin() {
    let app = TestApp::plan().await.with_data_set(Service::Awards).start().await;
    let told = app.json("imdb/poster-default/tt9900001.json").await;
    let known = told["awards"]["known"].as_array().unwrap();
    assert!(known.iter().any(|award| award["body"] == "oscar"), "{told}");
    assert_eq!(told["awards"]["shown"], "oscar");
}

#[tokio::test]
async fn data_sets_of_imdb_give_ratings_without_omdb() {
    let plan = TestApp::plan().await.set("OMDB_API_KEY", "").set("MDBLIST_API_KEY", "");
    let app = plan.set("TRAKT_CLIENT_ID", "").with_data_set(Service::ImdbDatasets).start().await;
    let told = app.json("imdb/poster-default/tt9900001.json").await;
    let imdb = told["ratings"].as_array().unwrap().iter().find(|r| r["source"] == "imdb");
    assert_eq!(imdb.unwrap()["text"], "8.7", "{told}");
    assert_eq!(app.get("imdb/rating/tt9900002").await.text(), "9.5");
    assert_eq!(app.get("imdb/rating/tt9900005").await.status, 404);
}

#[tokio::test]
async fn odd_values_are_read_as_meant() {
    let app = TestApp::start().await;
    let told = app.json("imdb/poster-default/tt9900003.json?ratings_limit=10").await;
    let texts: Vec<(String, String)> = told["ratings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| (r["source"].as_str().unwrap().to_owned(), r["text"].as_str().unwrap().to_owned()))
        .collect();
    let has = |source: &str, text: &str| texts.contains(&(source.to_owned(), text.to_owned()));
    assert!(has("imdb", "7.5") && has("lb", "4.0"), "{texts:?}");
    assert!(!texts.iter().any(|(source, _)| source == "rta" || source == "trakt"), "{texts:?}");
    assert!(told["awards"]["shown"].is_null(), "nominated is not won: {}", told["awards"]);
}

#[tokio::test]
async fn elements_are_told_once_the_frame_is_known() {
    let app = TestApp::start().await;
    let address = "imdb/poster-default/tt9900001";
    let query = "?info=year,runtime&score=ring";
    let before = app.json(&format!("{address}.json{query}")).await;
    assert!(before["elements"].is_null() && before["dropped"].is_null());
    assert_eq!(app.get(&format!("{address}.jpg{query}")).await.status, 200);
    let told = app.json(&format!("{address}.json{query}")).await;
    let elements = told["elements"].as_array().unwrap();
    let of = |id: &str| {
        let found = elements.iter().find(|element| element["id"] == id);
        found.unwrap_or_else(|| panic!("no {id}: {elements:?}")).clone()
    };
    assert_eq!(of("strip")["kind"], "strip");
    for (id, kind) in [("rating.imdb", "rating"), ("info.year", "info"), ("score", "score")] {
        let element = of(id);
        assert_eq!(element["kind"], kind, "{element}");
        let share = |name: &str| element[name].as_f64().unwrap();
        for (start, length) in [("x", "width"), ("y", "height")] {
            assert!(share(start) >= 0.0 && share(length) > 0.0, "{element}");
            assert!(share(start) + share(length) <= 1.0, "{element}");
        }
    }
    assert_eq!(told["dropped"], serde_json::json!([]));
}
