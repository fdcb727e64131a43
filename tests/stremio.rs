//! A wrapped add-on of Stremio, asked as clients ask.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::support::{Answer, Asked, KEY, Reply, TestApp, leak, serve_recorded};

const SECRET: &str = "u5er-s3cret-of-the-addon";

/// An add-on as the public SDK makes them, below a secret path.
struct Addon {
    url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Addon {
    async fn start() -> Self {
        let (address, asked) = serve_recorded(reply).await;
        Self { url: format!("http://{address}/{SECRET}/manifest.json"), asked }
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().iter().map(|asked| asked.uri.clone()).collect()
    }
}

fn reply(asked: &Asked) -> Reply {
    let below = asked.path.strip_prefix(&format!("/{SECRET}")).unwrap_or_default();
    let body = match below {
        "/manifest.json" => json!({
            "id": "org.example.films", "version": "1.0.0", "name": "Films", "description": "x",
            "resources": ["catalog", "meta", "stream"], "types": ["movie", "series"],
            "idPrefixes": ["tt"], "logo": "logo.png",
            "catalogs": [{"type": "movie", "id": "top", "extra": [{"name": "skip"}]}],
            "behaviorHints": {"configurationRequired": true},
        }),
        "/catalog/movie/top.json" | "/catalog/movie/top/skip=100&genre=A & B.json" => json!({
            "metas": [
                {"id": "tt9900001", "type": "movie", "name": "The Salt Road", "poster": "http://x/1.jpg"},
                {"id": "tmdb:9001", "type": "movie", "name": "wide", "posterShape": "landscape"},
                {"id": "own:1", "type": "movie", "name": "other", "poster": "http://x/own.jpg"}],
            "cacheMaxAge": 7200,
        }),
        "/meta/series/tt9900002.json" => json!({"meta": {
            "id": "tt9900002", "type": "series", "name": "Night Ferry",
            "videos": [{"id": "tt9900002:1:1", "season": 1, "episode": 1, "title": "Cast Off"}],
            "links": [{"name": "x", "url": format!("https://{}/{SECRET}/manifest.json", asked.header("host").unwrap())}],
        }}),
        "/meta/movie/redirect.json" => {
            let to = "http://169.254.169.254/latest";
            return Reply::bytes("text/plain", "").with_status(302).with_header("location", to);
        }
        _ => return Reply::json(404, &json!({"err": "not found"})),
    };
    Reply::json(200, &body)
}

async fn start() -> TestApp {
    TestApp::plan().await.set("LAUREL_STREMIO_ALLOW", "127.0.0.0/8").start().await
}

/// Saves a wrapper; gives its id.
async fn wrap(app: &TestApp, document: Value) -> String {
    let made = app.admin("POST", "stremio", &document.to_string()).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let made = made.json();
    let id = made["id"].as_str().unwrap().to_owned();
    assert_eq!(id.len(), 22);
    let expected = format!("http://{}/stremio/{{key}}/{id}/manifest.json", app.address);
    assert_eq!(made["manifest_url"], expected);
    id
}

async fn get(app: &TestApp, id: &str, path: &str) -> Answer {
    let url = format!("http://{}/stremio/{KEY}/{id}/{path}", app.address);
    app.send(
        app.client().get(url).header("cookie", "a=b").header("origin", "https://web.stremio.com"),
    )
    .await
}

async fn is_picture(app: &TestApp, url: &Value) -> bool {
    let answer = app.send(app.client().get(url.as_str().unwrap())).await;
    answer.status == 200 && answer.header("content-type").starts_with("image/")
}

#[tokio::test]
async fn an_add_on_is_served_with_our_pictures() {
    let (app, addon) = (start().await, Addon::start().await);
    let id = wrap(
        &app,
        json!({"name": "Films", "url": addon.url, "options": {"badge_style": "v"}, "blur": true}),
    )
    .await;
    let manifest = get(&app, &id, "manifest.json").await;
    assert_eq!(manifest.header("access-control-allow-origin"), "*");
    let told = manifest.json();
    assert_eq!(
        (&told["name"], &told["catalogs"][0]["id"]),
        (&json!("Films (Laurel)"), &json!("top"))
    );
    assert_eq!(told["behaviorHints"], json!({}));
    assert_ne!(told["id"], "org.example.films");

    let catalog = get(&app, &id, "catalog/movie/top.json").await;
    assert!(catalog.header("cache-control").contains("max-age=7200"));
    let catalog = catalog.json();
    let metas = &catalog["metas"];
    assert_eq!(catalog["cacheMaxAge"], 7200);
    let poster = metas[0]["poster"].as_str().unwrap();
    assert!(
        poster.contains("/imdb/poster-default/tt9900001.jpg?badge_style=v&imageSize=small&v="),
        "{poster}"
    );
    assert!(
        metas[1]["poster"].as_str().unwrap().contains("/tmdb/backdrop-default/movie-9001.jpg?")
    );
    assert_eq!(metas[2]["poster"], "http://x/own.jpg");
    for meta in [&metas[0], &metas[1]] {
        assert!(is_picture(&app, &meta["poster"]).await, "{meta}");
    }

    let meta = get(&app, &id, "meta/series/tt9900002.json").await.json()["meta"].clone();
    for picture in
        [&meta["poster"], &meta["background"], &meta["logo"], &meta["videos"][0]["thumbnail"]]
    {
        assert!(is_picture(&app, picture).await, "{picture}");
    }
    let thumbnail = meta["videos"][0]["thumbnail"].as_str().unwrap();
    assert!(
        thumbnail.contains("/imdb/episode-default/tt9900002:1:1.jpg")
            && thumbnail.contains("blur=true"),
        "{thumbnail}"
    );

    // `extra` goes on as it is meant; the second time nobody is asked.
    for _ in 0..2 {
        let page = get(&app, &id, "catalog/movie/top/skip=100&genre=A%20%26%20B.json").await;
        assert_eq!(page.status, 200, "{}", page.text());
    }
    let asked = addon.asked();
    let extra: Vec<_> = asked.iter().filter(|uri| uri.contains("skip")).collect();
    assert_eq!(extra, [&format!("/{SECRET}/catalog/movie/top/skip=100&genre=A%20%26%20B.json")]);
    for asked in addon.asked.lock().unwrap().iter() {
        assert!(asked.header("cookie").is_none() && asked.header("origin").is_none());
    }
}

#[tokio::test]
async fn secrets_stay_here_but_for_the_redirect() {
    let (app, addon) = (start().await, Addon::start().await);
    let id = wrap(&app, json!({"name": "Films", "url": addon.url})).await;
    for path in [
        "manifest.json",
        "catalog/movie/top.json",
        "meta/series/tt9900002.json",
        "meta/movie/none.json",
    ] {
        let answer = get(&app, &id, path).await;
        assert!(!answer.text_whole().contains(SECRET), "{path}: {}", answer.text());
    }
    for path in ["stremio".to_owned(), format!("stremio/{id}")] {
        let answer = app.admin("GET", &path, "").await;
        assert!(answer.status == 200 && answer.text().contains("Films"), "{}", answer.text());
        assert!(
            !answer.text().contains(SECRET) && !answer.text().contains("127.0.0.1"),
            "{}",
            answer.text()
        );
    }
    let before = addon.asked().len();
    let sent_on = get(&app, &id, "stream/movie/tt9900001.json").await;
    assert_eq!((sent_on.status, addon.asked().len()), (307, before));
    let expected = addon.url.replace("manifest.json", "stream/movie/tt9900001.json");
    assert_eq!(sent_on.header("location"), expected);
    assert_eq!(leak(), None, "no secret in any log");
}

#[tokio::test]
async fn wrappers_need_a_key_with_the_scope_and_end_when_they_are_deleted() {
    let (app, addon) = (start().await, Addon::start().await);
    let id = wrap(&app, json!({"url": addon.url})).await;
    let (without, _) = app.make_key(json!({"name": "plex only"})).await;
    let (with, _) = app.make_key(json!({"name": "both", "scopes": ["plex", "stremio"]})).await;
    let path = |key: &str| format!("/stremio/{key}/{id}/manifest.json");
    assert_eq!(app.get_root(&path(&without)).await.refusal().0, 403);
    assert_eq!(app.get_root(&path(&with)).await.status, 200);
    assert_eq!(app.get_root(&path("stranger")).await.refusal().0, 401);
    assert_eq!(get(&app, "abcdefghijklmnopqrstuv", "manifest.json").await.refusal().0, 404);
    assert_eq!(get(&app, &id, "meta/movie/%2e%2e.json").await.refusal().0, 404);
    assert_eq!(get(&app, &id, "meta/movie/redirect.json").await.refusal().0, 502);
    let app = app.restart().await;
    assert_eq!(get(&app, &id, "manifest.json").await.status, 200);
    assert_eq!(app.admin("DELETE", &format!("stremio/{id}"), "").await.status, 204);
    assert_eq!(app.admin("DELETE", &format!("stremio/{id}"), "").await.status, 404);
    assert_eq!(get(&app, &id, "manifest.json").await.refusal().0, 404);
}

#[tokio::test]
async fn an_address_that_is_not_allowed_is_refused_with_its_reason() {
    let (app, addon) = (TestApp::start().await, Addon::start().await);
    for url in [
        addon.url.as_str(),
        "https://127.0.0.1/s3cret/manifest.json",
        "https://localhost/s3cret/manifest.json",
        "https://localhost:8443/s3cret/manifest.json",
        "http://addon.example.org/s3cret/manifest.json",
        "https://me:s3cret@addon.example.org/manifest.json",
        "https://addon.example.org/s3cret/",
    ] {
        let answer = app.admin("POST", "stremio", &json!({"url": url}).to_string()).await;
        assert_eq!(answer.refusal(), (422, "invalid".to_owned()), "{url}");
        assert_eq!(answer.json()["error"]["fields"][0]["path"], "url", "{url}");
        assert!(!answer.text().contains("s3cret"), "{}", answer.text());
    }
    assert_eq!(addon.asked().len(), 0);
    assert_eq!(app.admin("GET", "stremio", "").await.json(), json!({"wrappers": []}));
}
