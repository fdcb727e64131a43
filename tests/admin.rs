//! The admin API: who gets in, keys, profiles, and what they change about pictures.

use std::collections::HashSet;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Answer, TestApp};

const POSTER: &str = "imdb/poster-default/tt9900001.jpg";

async fn get(app: &TestApp, key: &str, below: &str) -> Answer {
    app.get_root(&format!("/{key}/{below}")).await
}

async fn json(app: &TestApp, method: &str, path: &str, body: Value) -> (u16, Value) {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let answer = app.admin(method, path, &body).await;
    let json = if answer.body.is_empty() { Value::Null } else { answer.json() };
    (answer.status, json)
}

fn profile(options: Value) -> Value {
    json!({"version": 1, "families": {"poster": {"options": options}}})
}

#[tokio::test]
async fn without_the_token_nothing_is_told_and_nothing_is_done() {
    let app = TestApp::start().await;
    let client = app.client();
    let base = format!("http://{}/api/admin/", app.address);
    let token = app.keeper.control_token().as_str().to_owned();
    for path in ["keys", "keys/1", "profiles/x", "purge", "nothing/at/all", "keys?token=x", ""] {
        for method in [reqwest::Method::GET, reqwest::Method::POST, reqwest::Method::DELETE] {
            let url = format!("{base}{path}");
            let bare = || client.request(method.clone(), &url).header("origin", "https://evil");
            let with = |value: String| bare().header("authorization", value);
            let tries = [
                bare(),
                bare().header("cookie", format!("token={token}")),
                with(format!("Basic {token}")),
                with(format!("Bearer {}", &token[..token.len() - 1])),
            ];
            for request in tries {
                let answer = app.send(request).await;
                assert_eq!(answer.status, 401, "{method} {path}");
                assert_eq!(answer.code(), "invalid_admin_token");
                assert_eq!(answer.header("access-control-allow-origin"), "");
                assert_eq!(answer.header("www-authenticate"), "Bearer");
                assert_eq!(answer.header("cache-control"), "no-store");
            }
        }
    }
    let answer = app.admin("GET", "keys", "").await;
    assert_eq!((answer.status, answer.header("cache-control")), (200, "no-store"));
    assert_eq!(answer.header("access-control-allow-origin"), "");
    assert_eq!(app.admin("GET", "nothing", "").await.refusal().0, 404);
    assert_eq!(app.admin("PUT", "keys", "").await.refusal().0, 405);
}

#[tokio::test]
async fn wrong_tokens_and_wrong_keys_are_slowed_and_right_ones_are_not() {
    let app = TestApp::start().await;
    let url = format!("http://{}/api/admin/keys", app.address);
    let guess = async || app.send(app.client().get(&url).bearer_auth("guess")).await;
    let (wrong, slowed) = until_slowed(guess).await;
    assert!(wrong >= 30, "{wrong}");
    assert_eq!(slowed.refusal(), (429, "too_many_attempts".to_owned()));
    assert!(slowed.header("retry-after").parse::<u64>().unwrap() >= 1);
    assert_eq!(app.admin("GET", "keys", "").await.status, 200);
    // Keys have an allowance of their own, the same for all that a key opens.
    let (wrong, _) = until_slowed(async || get(&app, "guess", "isValid").await).await;
    assert!(wrong >= 30, "{wrong}");
    for place in [POSTER, "requests", "imdb/rating/tt9900001"] {
        // The allowance refills slowly while a busy machine sends the next.
        let (wrong, _) = until_slowed(async || get(&app, "guess", place).await).await;
        assert!(wrong < 30, "{place}");
    }
    assert_eq!(app.get(POSTER).await.status, 200);
    assert_eq!(app.get("isValid").await.status, 200);
}

/// How many wrong ones were answered 401, and the first that was not.
async fn until_slowed(send: impl AsyncFn() -> Answer) -> (usize, Answer) {
    for wrong in 0..500 {
        let answer = send().await;
        if answer.status != 401 {
            return (wrong, answer);
        }
    }
    panic!("nobody was slowed");
}

#[tokio::test]
async fn a_key_lives_through_the_admin_api() {
    let app = TestApp::start().await;
    let (key, id) = app.make_key(json!({"name": "tv"})).await;
    assert_eq!(get(&app, &key, "isValid").await.status, 200);
    let (status, taken) = json(&app, "POST", "keys", json!({"name": "tv"})).await;
    assert_eq!((status, &taken["error"]["code"]), (409, &json!("conflict")));
    get(&app, &key, POSTER).await;
    let (_, keys) = json(&app, "GET", "keys", Value::Null).await;
    assert_eq!(keys["keys"][0]["requests"], 1);
    assert!(!keys.to_string().contains(&key));
    let rotate = json(&app, "POST", &format!("keys/{id}/rotate"), json!({"grace": "1h"})).await.1;
    let second = rotate["key"].as_str().unwrap();
    assert_eq!(get(&app, &key, "isValid").await.status, 200);
    app.pass(Duration::from_secs(3601));
    assert_eq!(get(&app, &key, "isValid").await.status, 401);
    assert_eq!(get(&app, second, "isValid").await.json()["requestCount"], 1);
    let (status, expired) =
        json(&app, "PATCH", &format!("keys/{id}"), json!({"expires": "2001-01-01"})).await;
    assert_eq!((status, &expired["state"]), (200, &json!("expired")));
    assert_eq!(get(&app, second, "isValid").await.status, 401);
    json(&app, "PATCH", &format!("keys/{id}"), json!({"expires": null})).await;
    assert_eq!(get(&app, second, "isValid").await.status, 200);
    assert_eq!(json(&app, "DELETE", &format!("keys/{id}"), Value::Null).await.0, 204);
    assert_eq!(get(&app, second, "isValid").await.status, 401);
    for (method, path) in [("DELETE", format!("keys/{id}")), ("PATCH", "keys/x".to_owned())] {
        assert_eq!(app.admin(method, &path, "").await.refusal(), (404, "not_found".to_owned()));
    }
}

#[tokio::test]
async fn settings_of_a_key_survive_a_restart_and_so_does_its_usage() {
    let app = TestApp::start().await;
    let (key, _) = app.make_key(json!({"name": "tv", "quota": 2})).await;
    assert_eq!(get(&app, &key, POSTER).await.cache(), "MISS");
    let app = app.restart().await;
    let valid = get(&app, &key, "isValid").await.json();
    assert_eq!((&valid["limit"], &valid["requestCount"]), (&json!(2), &json!(1)));
}

#[tokio::test]
async fn over_its_quota_a_key_gets_what_is_there_and_nothing_new() {
    let app = TestApp::start().await;
    let (key, _) = app.make_key(json!({"name": "tv", "quota": 1})).await;
    // What others had made costs nothing.
    app.get("imdb/poster-default/tt9900002.jpg").await;
    assert_eq!(get(&app, &key, "imdb/poster-default/tt9900002.jpg").await.cache(), "HIT");
    assert_eq!(get(&app, &key, "requests").await.json(), json!({"req": 0, "limit": 1}));
    assert_eq!(get(&app, &key, POSTER).await.cache(), "MISS");
    assert_eq!(get(&app, &key, "requests").await.json(), json!({"req": 1, "limit": 1}));
    assert_eq!(get(&app, &key, POSTER).await.cache(), "HIT");
    let refused = get(&app, &key, "imdb/poster-default/tt9900003.jpg").await;
    assert_eq!(refused.refusal(), (429, "quota_exceeded".to_owned()));
    let wait = refused.header("retry-after").parse::<u64>().unwrap();
    assert!((1..=31 * 86_400).contains(&wait), "until the month ends: {wait}");
    assert_eq!(app.get("imdb/poster-default/tt9900003.jpg").await.status, 200);
    // What is kept on disk goes out after a restart, too.
    let app = app.restart().await;
    assert_eq!(get(&app, &key, POSTER).await.status, 200);
    let refused = get(&app, &key, "imdb/poster-default/tt9900001.jpg?imageSize=large").await;
    assert_eq!(refused.refusal(), (429, "quota_exceeded".to_owned()));
    app.pass(Duration::from_hours(24 * 31));
    assert_eq!(get(&app, &key, "requests").await.json(), json!({"req": 0, "limit": 1}));
}

#[tokio::test]
async fn a_failed_picture_does_not_count_against_the_quota() {
    let app = TestApp::start().await;
    let (key, _) = app.make_key(json!({"name": "tv", "quota": 1})).await;
    for _ in 0..3 {
        assert_eq!(get(&app, &key, "imdb/poster-default/tt0000404.jpg").await.status, 404);
    }
    assert_eq!(get(&app, &key, POSTER).await.cache(), "MISS");
}

#[tokio::test]
async fn a_rate_per_minute_is_about_new_pictures() {
    let app = TestApp::start().await;
    let (key, _) = app.make_key(json!({"name": "tv", "rate_per_minute": 1})).await;
    assert_eq!(get(&app, &key, POSTER).await.status, 200);
    for _ in 0..5 {
        assert_eq!(get(&app, &key, POSTER).await.cache(), "HIT");
    }
    let refused = get(&app, &key, "imdb/poster-default/tt9900002.jpg").await;
    assert_eq!(refused.refusal(), (429, "rate_limited".to_owned()));
}

#[tokio::test]
async fn a_key_is_good_for_its_families_and_sizes() {
    let app = TestApp::start().await;
    let settings = json!({"name": "tv", "families": ["poster"], "sizes": ["small"]});
    let (key, _) = app.make_key(settings).await;
    assert_eq!(get(&app, &key, POSTER).await.size().0, 342);
    for below in ["imdb/backdrop-default/tt9900001.jpg", &format!("{POSTER}?imageSize=large")] {
        assert_eq!(get(&app, &key, below).await.refusal(), (403, "forbidden".to_owned()));
    }
    // Also when another key has had it made.
    app.get("imdb/backdrop-default/tt9900001.jpg").await;
    app.get("imdb/backdrop-default/tt9900001.jpg").await;
    assert_eq!(get(&app, &key, "imdb/backdrop-default/tt9900001.jpg").await.status, 403);
}

#[tokio::test]
async fn two_keys_with_two_looks_never_get_each_others_picture() {
    let app = TestApp::start().await;
    #[expect(clippy::disallowed_methods, reason = "a switch of the tests, not a setting")]
    let rounds = if std::env::var_os("LAUREL_SOAK").is_some() { 5000 } else { 300 };
    let (one, _) = app.make_key(json!({"name": "one", "options": {"badge_size": "xl"}})).await;
    let locked = json!({"name": "two", "options": {"ratings_limit": 1}, "lock_look": true});
    let (two, _) = app.make_key(locked).await;
    let (first, second) = (get(&app, &one, POSTER).await, get(&app, &two, POSTER).await);
    let tags = [first.header("etag").to_owned(), second.header("etag").to_owned()];
    assert_ne!(tags[0], tags[1]);
    for _ in 0..rounds {
        for (key, tag) in [(&one, &tags[0]), (&two, &tags[1])] {
            let request = app.client().head(format!("http://{}/{key}/{POSTER}", app.address));
            let answer = app.send(request).await;
            assert_eq!((answer.cache(), answer.header("etag")), ("HIT", tag.as_str()));
        }
    }
    assert_eq!(get(&app, &one, POSTER).await.body, first.body);
    assert_eq!(get(&app, &two, POSTER).await.body, second.body);
    let ignored = get(&app, &two, &format!("{POSTER}?badge_size=s")).await;
    assert_eq!(ignored.header("x-ignored-parameters"), "badge_size");
    assert_eq!(ignored.header("etag"), tags[1]);
}

#[tokio::test]
async fn a_changed_profile_shows_at_the_next_request_while_others_ask() {
    let app = TestApp::start().await;
    json(&app, "PUT", "profiles/night", profile(json!({"ratings_limit": 1}))).await;
    let (key, _) = app.make_key(json!({"name": "tv", "profile": "night"})).await;
    let mut seen = HashSet::new();
    for limit in [2, 3, 1] {
        let before = get(&app, &key, POSTER).await.header("etag").to_owned();
        let load = (0..20).map(|_| get(&app, &key, POSTER));
        let load = futures::future::join_all(load);
        let change = profile(json!({"ratings_limit": limit}));
        let (_, (status, saved)) = tokio::join!(load, json(&app, "PUT", "profiles/night", change));
        assert_eq!(status, 200, "{saved}");
        for style in ["poster-default", "poster-night", "night"] {
            let after = get(&app, &key, &format!("imdb/{style}/tt9900001.jpg")).await;
            assert_ne!(after.header("etag"), before, "{style} {limit}");
            seen.insert(after.header("etag").to_owned());
        }
        // The same look by whatever address is the same picture.
        let explained = get(&app, &key, "imdb/night/tt9900001.json").await.json();
        assert_eq!(explained["design"]["ratings"]["limit"], limit, "{explained}");
    }
    assert_eq!(seen.len(), 3);
}

#[tokio::test]
async fn profiles_are_listed_exported_imported_and_kept_while_in_use() {
    let app = TestApp::start().await;
    let document = json!({"version": 1, "families": {
        "poster": {"options": {"badge_style": "v"}}, "backdrop": {"options": {"blur": true}},
    }});
    let (status, saved) = json(&app, "PUT", "profiles/night", document.clone()).await;
    assert_eq!((status, &saved["revision"]), (200, &json!(1)));
    assert_eq!(json(&app, "GET", "profiles/night", Value::Null).await.1, document);
    let copy = json(&app, "GET", "profiles/night", Value::Null).await.1;
    assert_eq!(json(&app, "PUT", "profiles/copy", copy).await.0, 200);
    let (_, listed) = json(&app, "GET", "profiles", Value::Null).await;
    assert_eq!(listed["profiles"][1]["families"], json!(["poster", "backdrop"]));
    let missing = app.get("imdb/logo-night/tt9900001.png").await;
    assert_eq!((missing.status, missing.header("x-ignored-parameters")), (200, "night"));
    assert_eq!(app.get("imdb/day/tt9900001.jpg").await.status, 422);
    assert_eq!(app.get("imdb/night/tt9900001.jpg").await.size(), (580, 870));

    app.make_key(json!({"name": "tv", "profile": "night"})).await;
    let (status, refused) = json(&app, "DELETE", "profiles/night", Value::Null).await;
    assert_eq!(status, 409);
    assert!(refused["error"]["message"].as_str().unwrap().contains("tv"), "{refused}");
    assert_eq!(json(&app, "DELETE", "profiles/night?force=true", Value::Null).await.0, 204);
    assert_eq!(json(&app, "GET", "profiles/night", Value::Null).await.0, 404);
    let after = app.get("imdb/poster-night/tt9900001.jpg").await;
    assert_eq!((after.status, after.header("x-ignored-parameters")), (200, "night"));
}

#[tokio::test]
async fn hostile_documents_are_refused_with_json() {
    let app = TestApp::start().await;
    let script = "<script>alert(1)</script>";
    let deep = format!("{}1{}", "[".repeat(5000), "]".repeat(5000));
    let cases = [
        ("PUT", "profiles/night", "{".to_owned(), 400),
        ("PUT", "profiles/night", "\u{0}".to_owned(), 400),
        ("PUT", "profiles/night", deep, 400),
        ("PUT", "profiles/night", format!("{}1{}", "[".repeat(60), "]".repeat(60)), 422),
        ("PUT", "profiles/night", json!({"version": script, "families": script}).to_string(), 422),
        ("PUT", "profiles/night", profile(json!({script: script})).to_string(), 422),
        ("PUT", "profiles/night", profile(json!({"ratings_limit": 1e308})).to_string(), 422),
        ("PUT", "profiles/night", r#"{"version":1e999}"#.to_owned(), 400),
        ("PUT", "profiles/..%2f..%2fetc", profile(json!({})).to_string(), 422),
        ("PUT", "profiles/%3Cscript%3E", profile(json!({})).to_string(), 422),
        ("PUT", "profiles/%00", profile(json!({})).to_string(), 422),
        ("PUT", "profiles/poster", profile(json!({})).to_string(), 422),
        ("POST", "keys", json!({"name": "x".repeat(41)}).to_string(), 422),
        ("POST", "keys", json!({"name": "a", "quota": -1}).to_string(), 422),
        ("POST", "keys", json!({"name": "a", "quota": 1.5}).to_string(), 422),
        ("POST", "keys", json!({"name": ["a"]}).to_string(), 422),
        ("POST", "keys/9223372036854775808/rotate", "{}".to_owned(), 404),
        ("POST", "purge", json!({"title": "../../etc/passwd"}).to_string(), 422),
        ("POST", "purge", "{}".to_owned(), 422),
        ("POST", "keys", format!("\"{}\"", "x".repeat(70_000)), 413),
    ];
    for (method, path, body, expected) in cases {
        let answer = app.admin(method, path, &body).await;
        let shown = &body[..body.len().min(80)];
        assert_eq!(answer.status, expected, "{method} {path} {shown}: {}", answer.text());
        assert!(answer.header("content-type").starts_with("application/json"), "{path} {shown}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert!(answer.json()["error"]["code"].is_string(), "{path} {shown}");
    }
    // A name may be any text; it is only ever JSON.
    let (_, id) = app.make_key(json!({"name": script})).await;
    let answer = app.admin("GET", "keys", "").await;
    assert_eq!(answer.json()["keys"][0]["name"], script);
    assert_eq!(answer.header("content-type"), "application/json");
    assert!(!app.get_root("/").await.text_whole().contains("alert(1)"));
    assert_eq!(json(&app, "DELETE", &format!("keys/{id}"), Value::Null).await.0, 204);
}

#[tokio::test]
async fn a_purge_is_done_when_it_is_answered() {
    let app = TestApp::start().await;
    assert_eq!(app.get(POSTER).await.cache(), "MISS");
    assert_eq!(app.get(POSTER).await.cache(), "HIT");
    let (status, purged) = json(&app, "POST", "purge", json!({"all": true})).await;
    assert_eq!(status, 200);
    assert!(purged["removed"].is_u64(), "{purged}");
    assert_eq!(app.get(POSTER).await.cache(), "MISS");
}

#[tokio::test]
async fn the_owner_sees_caches_providers_data_sets_renders_and_settings() {
    let app = TestApp::start().await;
    app.get(POSTER).await;
    app.get(POSTER).await;
    app.get("imdb/poster-default/tt0000404.jpg").await;
    let of = async |path: &'static str| json(&app, "GET", path, Value::Null).await;
    let (status, caches) = of("caches").await;
    assert_eq!(status, 200);
    let finished = caches["memory"].as_array().unwrap().iter().find(|t| t["tier"] == "finished");
    assert!(finished.unwrap()["bytes"].as_u64().unwrap() > 10_000, "{caches}");
    assert!(caches["disk_limit_bytes"].as_u64().unwrap() > 0);
    let (_, providers) = of("providers").await;
    let tmdb = &providers["providers"][0];
    assert_eq!((&tmdb["provider"], &tmdb["circuit"]), (&json!("tmdb"), &json!("closed")));
    assert!(of("datasets").await.1["datasets"].as_array().unwrap().len() >= 3);
    let (_, renders) = of("renders").await;
    assert_eq!(renders["renders"].as_array().unwrap().len(), 1, "a hit is no render");
    assert_eq!(renders["renders"][0]["address"], POSTER);
    assert_eq!(renders["renders"][0]["outcome"], "miss");
    assert_eq!(renders["errors"][0]["outcome"], "unknown_title");
    let (_, settings) = of("settings").await;
    let listed = settings["settings"].as_array().unwrap();
    let key = listed.iter().find(|setting| setting["name"] == "LAUREL_API_KEYS").unwrap();
    assert_eq!(key["value"], "***");
    for (path, told) in [("caches", caches), ("renders", renders), ("settings", settings)] {
        assert!(!told.to_string().contains(crate::support::KEY), "{path}");
    }
}

#[tokio::test]
async fn a_preview_shows_a_design_that_is_not_saved() {
    let app = TestApp::start().await;
    let plain = app.get(POSTER).await;
    let document = |limit: u8| {
        json!({"path": "imdb/poster-default/tt9900001", "query": "lang=en",
            "profile": profile(json!({"ratings_limit": limit}))})
    };
    let shown = app.admin("POST", "preview", &document(1).to_string()).await;
    assert_eq!(shown.size(), (580, 870));
    assert_eq!(
        (shown.header("content-type"), shown.header("cache-control")),
        ("image/jpeg", "no-store")
    );
    assert_ne!(shown.body, plain.body);
    let default = app.admin("POST", "preview", &document(3).to_string()).await;
    assert_eq!(default.header("x-elements-hash"), plain.header("x-elements-hash"));
    // The key's own pictures are as before.
    assert_eq!(app.get(POSTER).await.body, plain.body);
    let token = app.keeper.control_token().as_str().to_owned();
    let url = format!("http://{}/api/admin/preview", app.address);
    let request = app.client().post(&url).bearer_auth(token).header("accept", "application/json");
    let explained = app.send(request.body(document(2).to_string())).await.json();
    assert_eq!(explained["design"]["ratings"]["limit"], 2);
    let wrong = [
        (json!({}), "path"),
        (json!({"path": 1}), "path"),
        (json!({"path": "imdb/poster-default/tt1", "profile": {"version": 2}}), "profile.version"),
    ];
    for (document, field) in wrong {
        let (status, refused) = json(&app, "POST", "preview", document).await;
        assert_eq!((status, &refused["error"]["fields"][0]["path"]), (422, &json!(field)));
    }
    let (status, refused) = json(&app, "POST", "preview", json!({"path": "../../etc"})).await;
    assert_eq!((status, &refused["error"]["code"]), (400, &json!("unknown_id_type")));
    let bare = app.send(app.client().post(&url).body(document(1).to_string())).await;
    assert_eq!(bare.status, 401);
}

#[tokio::test]
async fn an_address_of_another_service_is_read_as_a_profile() {
    let app = TestApp::start().await;
    let address = "https://api.ratingposterdb.com/t1-secret/imdb/poster-rt/tt9900001.jpg?theme=x";
    let (status, imported) = json(&app, "POST", "import", json!({"address": address})).await;
    assert_eq!(status, 200, "{imported}");
    assert_eq!(imported["without_counterpart"], json!(["theme"]));
    assert!(!imported.to_string().contains("secret"));
    assert_eq!(json(&app, "PUT", "profiles/old", imported["profile"].clone()).await.0, 200);
    let below = imported["address"].as_str().unwrap();
    let (by_address, by_profile) = (app.get(below).await, app.get("imdb/old/tt9900001.jpg").await);
    assert_eq!(by_address.body, by_profile.body);
    let (status, refused) = json(&app, "POST", "import", json!({"address": "nonsense"})).await;
    assert_eq!((status, &refused["error"]["fields"][0]["path"]), (422, &json!("address")));
}

#[tokio::test]
async fn the_share_form_explains_without_the_providers() {
    let app = TestApp::start().await;
    let made = json(&app, "POST", "keys", json!({"name": "tv"})).await.1;
    let explain = "imdb/poster-default/tt9900001.json";
    let full = get(&app, made["key"].as_str().unwrap(), explain).await.json();
    let share = get(&app, made["share"].as_str().unwrap(), explain).await.json();
    assert!(full["providers"].is_array() && full["upstream"].is_array());
    assert!(share["providers"].is_null() && share["upstream"].is_null());
    assert_eq!(share["title"], full["title"]);
}
