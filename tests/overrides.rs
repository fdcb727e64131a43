//! Artwork by name: `poster=` in an address, and the admin's choice for a title.

use serde_json::{Value, json};

use crate::support::{Answer, TestApp};

const POSTER: &str = "imdb/poster-default/tt9900001.jpg";
const EXPLAIN: &str = "imdb/poster-default/tt9900001.json";

/// The paths of a title's posters as its explanation lists them, the chosen one first.
async fn posters(app: &TestApp) -> Vec<String> {
    let explained = app.get(EXPLAIN).await.json();
    let candidates = explained["artwork"]["candidates"].as_array().unwrap().clone();
    let is_chosen = |candidate: &Value| candidate["chosen"] == true;
    let path = |candidate: &Value| candidate["path"].as_str().unwrap().to_owned();
    assert_eq!(candidates.iter().filter(|c| is_chosen(c)).count(), 1, "{candidates:?}");
    let chosen = candidates.iter().find(|c| is_chosen(c)).map(path);
    assert_eq!(chosen.as_deref(), explained["artwork"]["path"].as_str());
    let others = candidates.iter().filter(|c| !is_chosen(c)).map(path);
    chosen.into_iter().chain(others).collect()
}

fn hash(answer: &Answer) -> String {
    assert_eq!(answer.status, 200, "{:?}", answer.refusal());
    answer.header("x-elements-hash").to_owned()
}

async fn put(app: &TestApp, id: &str, body: &Value) -> Answer {
    app.admin("PUT", &format!("overrides/{id}"), &body.to_string()).await
}

#[tokio::test]
async fn an_address_may_name_one_of_the_titles_pictures_and_no_other() {
    let app = TestApp::start().await;
    let paths = posters(&app).await;
    assert!(paths.len() >= 2, "{paths:?}");
    let plain = hash(&app.get(POSTER).await);
    let other = app.get(&format!("{POSTER}?poster={}", paths[1])).await;
    assert_ne!(hash(&other), plain);
    let explained = app.get(&format!("{EXPLAIN}?poster={}", paths[1])).await.json();
    assert_eq!(explained["artwork"]["path"], paths[1].as_str());
    assert_eq!(explained["artwork"]["chosen"]["by"], "address");
    for unknown in ["/nobody.jpg", "/fanart/movies/1/movieposter/nobody.jpg"] {
        let refused = app.get(&format!("{POSTER}?poster={unknown}")).await;
        assert_eq!(refused.refusal(), (404, "no_artwork".to_owned()), "{unknown}");
    }
    // What is no path changes nothing, and is named.
    for odd in ["a.jpg", "/../../etc/passwd", "//host/a.jpg", "/a%2F..%2Fb", "http://host/a.jpg"] {
        let answer = app.get(&format!("{POSTER}?poster={odd}")).await;
        assert_eq!(answer.header("x-ignored-parameters"), "poster", "{odd}");
        assert_eq!(hash(&answer), plain, "{odd}");
    }
    // A backdrop is not a poster's business.
    assert_eq!(hash(&app.get(&format!("{POSTER}?backdrop={}", paths[1])).await), plain);
}

#[tokio::test]
async fn all_addresses_follow_an_override_at_the_next_request() {
    let app = TestApp::start().await;
    let paths = posters(&app).await;
    let addresses = [
        POSTER,
        "imdb/poster-default/tt9900001.png",
        "imdb/poster-default/tt9900001.jpg?badge_size=l",
    ];
    let mut before = Vec::new();
    for address in addresses {
        app.get(address).await;
        before.push(hash(&app.get(address).await));
    }
    let answer = put(&app, "tt9900001", &json!({"poster": paths[1]})).await;
    assert_eq!(answer.status, 200);
    let id = answer.json()["id"].as_str().unwrap().to_owned();
    assert!(id.starts_with("movie-"), "{id}");
    for (address, before) in addresses.into_iter().zip(&before) {
        let answer = app.get(address).await;
        assert_eq!(answer.header("x-cache-status"), "MISS", "{address}");
        assert_ne!(hash(&answer), *before, "{address}");
    }
    let explained = app.get(EXPLAIN).await.json();
    assert_eq!(explained["artwork"]["chosen"]["by"], "override");
    assert_eq!(explained["artwork"]["override"], paths[1].as_str());
    // The address wins over it, and other titles and families do not notice it.
    let named = app.get(&format!("{POSTER}?poster={}", paths[0])).await;
    assert_eq!(hash(&named), before[0]);
    let backdrop = app.get("imdb/backdrop-default/tt9900001.json").await.json();
    assert_eq!(backdrop["artwork"]["override"], Value::Null);
    assert_eq!(app.admin("GET", "overrides", "").await.json()["overrides"][0]["id"], id.as_str());
    assert_eq!(app.admin("DELETE", &format!("overrides/{id}"), "").await.status, 204);
    for (address, before) in addresses.into_iter().zip(&before) {
        assert_eq!(hash(&app.get(address).await), *before, "{address}");
    }
    assert_eq!(app.admin("DELETE", &format!("overrides/{id}"), "").await.status, 404);
    assert_eq!(app.admin("GET", &format!("overrides/{id}"), "").await.status, 404);
}

#[tokio::test]
async fn an_override_is_checked_against_the_titles_pictures() {
    let app = TestApp::start().await;
    for (body, path) in [
        (json!({"poster": "/nobody.jpg"}), "poster"),
        (json!({"logo": "../x"}), "logo"),
        (json!({"season": "/x.jpg"}), "season"),
        (json!({"poster": {"a": [1]}}), "poster"),
        (json!([]), ""),
    ] {
        let answer = put(&app, "tt9900001", &body).await;
        assert_eq!(answer.refusal(), (422, "invalid".to_owned()), "{body}");
        assert_eq!(answer.json()["error"]["fields"][0]["path"], path, "{body}");
    }
    for id in ["tt9999999", "nonsense", "..", "%00", "tmdb:"] {
        let answer = put(&app, id, &json!({"poster": "/a.jpg"})).await;
        assert_eq!(answer.status, 404, "{id}");
    }
}
