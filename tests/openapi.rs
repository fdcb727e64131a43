//! The OpenAPI document against the server: real answers have the documented statuses and forms, and
//! no body, however odd, is answered with a server error.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};

use crate::support::schema::mistakes;
use crate::support::{Answer, KEY, TestApp};

const PICTURE: &str = "/{key}/{idType}/{style}/{id}.{ext}";
const EXPLAIN: &str = "/{key}/{idType}/{style}/{id}.json";

/// What is sent: the path in the document, the path at the server, method and body.
type Sent = (&'static str, String, &'static str, Value);

/// A picture of every kind of element, with every kind of condition.
pub(crate) fn layout() -> Value {
    json!([
        {"kind": "gradient", "x": 0, "y": 1, "anchor": "bl", "height": 0.7},
        {"kind": "strip", "x": 0.5, "y": 0.98, "anchor": "bc", "fill": true},
        {"kind": "badge", "x": 0.03, "y": 0.02, "source": "imdb",
            "when": {"any": [{"rating": "imdb", "min": 1}, {"won": true}]}},
        {"kind": "score", "x": 0.97, "y": 0.02, "anchor": "tr", "style": "ring"},
        {"kind": "text", "x": 0.5, "y": 0.8, "anchor": "c", "text": "{title} ({year})"},
        {"kind": "info", "x": 0.5, "y": 0.7, "anchor": "c", "facts": ["cert", "runtime"]},
    ])
}

/// Every operation at least once, in an order in which each finds what it needs.
fn calls(key_id: i64) -> Vec<Sent> {
    let get = |path: &'static str, real: &str| (path, real.to_owned(), "GET", Value::Null);
    let admin = |path: &'static str, method, body: Value| (path, path.to_owned(), method, body);
    let design = json!({"options": {"badge_size": "l"}, "layout": layout()});
    let profile = json!({"version": 1, "families": {"poster": design}});
    let under = |below: &str| format!("/{KEY}/{below}");
    let key = "/api/admin/keys/{keyId}";
    let key_path = |below: &str| format!("/api/admin/keys/{key_id}{below}");
    let night = || "/api/admin/profiles/night".to_owned();
    let profiles = "/api/admin/profiles/{name}";
    let overrides = "/api/admin/overrides/{id}";
    let one = || "/api/admin/overrides/tt9900001".to_owned();
    let preview = json!({"path": "imdb/poster-default/tt9900001", "profile": profile});
    let mut calls = vec![
        get(PICTURE, &under("imdb/poster-default/tt9900001.jpg")),
        (PICTURE, under("imdb/poster-default/tt9900001.jpg"), "HEAD", Value::Null),
        get(PICTURE, &under("imdb/poster-default/tt9999999.jpg")),
        get(PICTURE, &under("what/poster-default/tt9900001.jpg")),
        get(PICTURE, &under("imdb/nobody/tt9900001.jpg")),
        get(PICTURE, "/wrong-key/imdb/poster-default/tt9900001.jpg"),
        get("/{key}/isValid", &under("isValid")),
        get("/{key}/isValid", "/wrong-key/isValid"),
        get("/{key}/requests", &under("requests")),
        get("/{key}/imdb/rating/{tt}", &under("imdb/rating/tt9900001")),
        get("/{key}/imdb/rating/{tt}", &under("imdb/rating/tt9999999")),
        admin("/api/admin/keys", "GET", Value::Null),
        admin("/api/admin/keys", "POST", json!({"name": "second", "quota": 5})),
        admin("/api/admin/keys", "POST", json!({"name": "second"})),
        admin("/api/admin/keys", "POST", json!({"name": 5})),
        (profiles, night(), "PUT", profile.clone()),
        (profiles, night(), "PUT", json!({"version": 1, "families": {"poster": {"layout": [{}]}}})),
        (profiles, night(), "GET", Value::Null),
        (profiles, "/api/admin/profiles/nobody".into(), "GET", Value::Null),
        admin("/api/admin/profiles", "GET", Value::Null),
        get(EXPLAIN, &under("imdb/poster-night/tt9900001.json")),
        (key, key_path(""), "PATCH", json!({"profile": "night", "options": {"blur": true}})),
        (profiles, night(), "DELETE", Value::Null),
        ("/api/admin/keys/{keyId}/rotate", key_path("/rotate"), "POST", json!({"grace": "1h"})),
        (key, key_path(""), "DELETE", Value::Null),
        (key, key_path(""), "DELETE", Value::Null),
        (profiles, night(), "DELETE", Value::Null),
        (overrides, one(), "PUT", json!({"poster": "/nobody.jpg"})),
        (overrides, one(), "GET", Value::Null),
        admin("/api/admin/overrides", "GET", Value::Null),
        (overrides, one(), "DELETE", Value::Null),
        ("/api/admin/search", "/api/admin/search?q=salt".into(), "GET", Value::Null),
        ("/api/admin/search", "/api/admin/search?year=x".into(), "GET", Value::Null),
        admin(
            "/api/admin/import",
            "POST",
            json!({"address": "https://api.ratingposterdb.com/t0-x/imdb/poster-default/tt1.jpg"}),
        ),
        admin("/api/admin/import", "POST", json!({"address": "nonsense"})),
        admin("/api/admin/preview", "POST", preview),
        admin("/api/admin/preview", "POST", json!({"path": 1})),
        admin("/api/admin/caches", "GET", Value::Null),
        admin("/api/admin/providers", "GET", Value::Null),
        admin("/api/admin/datasets", "GET", Value::Null),
        admin("/api/admin/renders", "GET", Value::Null),
        admin("/api/admin/settings", "GET", Value::Null),
        admin("/api/admin/purge", "POST", json!({"family": "poster"})),
        admin("/api/admin/purge", "POST", json!({"family": "song"})),
        admin("/api/admin/token/rotate", "POST", Value::Null),
    ];
    for below in [
        "imdb/poster-default/tt9900001.json",
        "imdb/backdrop-default/tt9900001.json",
        "imdb/logo-default/tt9900001.json",
        "imdb/episode-default/tt9900002:1:1.json",
        "imdb/season-default/tt9900002-S1.json",
        "imdb/poster-default/tt9900002.json?info=cert,year,genre,runtime&score=ring&sash=default",
        "imdb/poster-default/tt9999999.json",
    ] {
        calls.push(get(EXPLAIN, &under(below)));
    }
    for own in ["/", "/api/docs", "/api/openapi.json", "/healthz", "/readyz", "/metrics"] {
        calls.push((own, own.to_owned(), "GET", Value::Null));
    }
    calls
}

async fn send(app: &TestApp, path: &str, method: &str, body: &Value) -> Answer {
    let url = format!("http://{}{path}", app.address);
    let request = app.client().request(method.parse().unwrap(), url);
    let request = match path.starts_with("/api/admin") {
        true => request.bearer_auth(app.keeper.control_token().as_str()),
        false => request,
    };
    let request = match body {
        Value::Null => request,
        body => request.header("content-type", "application/json").body(body.to_string()),
    };
    app.send(request).await
}

/// What the document says of an answer; every mistake of it.
fn judge(document: &Value, path: &str, method: &str, answer: &Answer) -> Vec<String> {
    let operation = &document["paths"][path][method.to_ascii_lowercase()];
    let mut response = &operation["responses"][answer.status.to_string()];
    if let Some(target) = response["$ref"].as_str() {
        response = document.pointer(target.strip_prefix('#').unwrap()).unwrap();
    }
    if response.is_null() {
        return vec![format!("the status {} is not documented", answer.status)];
    }
    let mime = answer.header("content-type").split(';').next().unwrap_or_default().to_owned();
    if answer.body.is_empty() {
        return Vec::new();
    }
    let Some(content) = response["content"].get(&mime) else {
        return vec![format!("the type {mime} is not documented")];
    };
    match (mime.as_str(), content.get("schema")) {
        ("application/json", Some(schema)) => mistakes(document, schema, &answer.json()),
        _ => Vec::new(),
    }
}

#[tokio::test]
async fn every_operation_answers_as_the_document_says() {
    let app = TestApp::start().await;
    let document = laurel::http::openapi_document();
    let (_, id) = app.make_key(json!({"name": "first"})).await;
    let mut wrong = Vec::new();
    let mut called = BTreeSet::new();
    for (path, real, method, body) in calls(id) {
        let answer = send(&app, &real, method, &body).await;
        called.insert((path.to_owned(), method.to_ascii_lowercase()));
        let found = judge(&document, path, method, &answer);
        wrong.extend(found.into_iter().map(|text| format!("{method} {real}: {text}")));
    }
    let documented: BTreeSet<(String, String)> = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, item)| {
            let methods = ["get", "head", "post", "put", "patch", "delete"].into_iter();
            methods
                .filter(|method| item.get(*method).is_some())
                .map(|method| (path.clone(), method.to_owned()))
        })
        .collect();
    let left: Vec<_> = documented.difference(&called).collect();
    assert!(left.is_empty(), "nobody has called {left:?}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Any JSON, with words that mean something.
fn odd() -> impl Strategy<Value = Value> {
    let words = prop::sample::select(vec![
        "poster",
        "night",
        "imdb",
        "text",
        "strip",
        "24h",
        "title",
        "\u{0}",
        "<script>alert(1)</script>",
        "../../etc/passwd",
        "1e999",
        "\u{202e}",
        "{title}",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(|number| json!(number)),
        words.prop_map(Value::from),
        ".{0,20}".prop_map(Value::from),
    ];
    let names = prop::sample::select(vec![
        "name", "version", "families", "poster", "options", "layout", "kind", "x", "y", "when",
        "any", "not", "path", "query", "profile", "quota", "expires", "scopes", "grace", "title",
        "tier", "family", "all", "address", "text", "size",
    ]);
    leaf.prop_recursive(5, 40, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::Array),
            prop::collection::hash_map(names.clone(), inner, 0..6).prop_map(|members| {
                members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect::<Value>()
            }),
        ]
    })
}

#[tokio::test]
async fn no_body_is_answered_with_a_server_error() {
    let app = TestApp::start().await;
    let document = laurel::http::openapi_document();
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let strategy = odd();
    let targets = [
        ("/api/admin/keys", "/api/admin/keys", "POST"),
        ("/api/admin/keys/{keyId}", "/api/admin/keys/1", "PATCH"),
        ("/api/admin/keys/{keyId}/rotate", "/api/admin/keys/1/rotate", "POST"),
        ("/api/admin/profiles/{name}", "/api/admin/profiles/night", "PUT"),
        ("/api/admin/overrides/{id}", "/api/admin/overrides/tt9900001", "PUT"),
        ("/api/admin/import", "/api/admin/import", "POST"),
        ("/api/admin/preview", "/api/admin/preview", "POST"),
        ("/api/admin/purge", "/api/admin/purge", "POST"),
    ];
    for _ in 0..40 {
        for (path, real, method) in targets {
            let body = strategy.new_tree(&mut runner).unwrap().current();
            let answer = send(&app, real, method, &body).await;
            assert!(answer.status < 500, "{method} {real} {body}: {}", answer.status);
            let found = judge(&document, path, method, &answer);
            assert!(found.is_empty(), "{method} {real} {body}: {found:?}");
        }
    }
}

#[tokio::test]
async fn bodies_that_are_no_json_or_too_large_or_too_deep_are_refused() {
    let app = TestApp::start().await;
    let deep = format!("{}1{}", "[".repeat(200), "]".repeat(200));
    let profile =
        |layout: &str| format!(r#"{{"version":1,"families":{{"poster":{{"layout":{layout}}}}}}}"#);
    let text = |field: &str| profile(&format!(r#"[{{"kind":"text","text":"a",{field}}}]"#));
    for (body, status) in [
        ("{".to_owned(), 400),
        ("\u{feff}{}".to_owned(), 400),
        (deep.clone(), 400),
        (profile(&format!("{}1{}", "[".repeat(20), "]".repeat(20))), 422),
        (text(r#""x":1e999,"y":0"#), 400),
        (text(r#""x":NaN,"y":0"#), 400),
        (text(r#""x":1e308,"y":0"#), 422),
        (text(r#""x":-0.0,"y":5e-324"#), 200),
        (" ".repeat(65 * 1024), 413),
    ] {
        let answer = app.admin("PUT", "profiles/odd", &body).await;
        assert_eq!(answer.status, status, "{}", body.chars().take(90).collect::<String>());
    }
}

#[tokio::test]
async fn names_and_texts_of_strangers_run_nowhere() {
    let app = TestApp::start().await;
    let script = "<script>alert(1)</script>";
    let (_, id) = app.make_key(json!({"name": script})).await;
    let design = json!({"layout": [{"kind": "text", "x": 0, "y": 0, "text": script}]});
    let profile = json!({"version": 1, "families": {"poster": design}});
    assert_eq!(app.admin("PUT", "profiles/night", &profile.to_string()).await.status, 200);
    for path in
        [format!("profiles/{script}"), "profiles/..%2f..%2fkeys".into(), "profiles/%2e%2e".into()]
    {
        let answer = app.admin("PUT", &path, &profile.to_string()).await;
        assert!((400..500).contains(&answer.status), "{path}: {}", answer.status);
    }
    for (path, of_admin) in [
        ("/", false),
        ("/api/docs", false),
        ("/api/openapi.json", false),
        ("/api/admin/keys", true),
        ("/api/admin/profiles/night", true),
    ] {
        let answer = send(&app, path, "GET", &Value::Null).await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        let html = answer.header("content-type").starts_with("text/html");
        assert!(!html || !answer.text().contains(script), "{path}");
        assert!(!html || !answer.header("content-security-policy").is_empty(), "{path}");
        assert_eq!(of_admin, answer.header("cache-control") == "no-store", "{path}");
    }
    // A page of somebody else's has neither the token nor a cookie that would stand for it.
    let url = format!("http://{}/api/admin/keys/{id}", app.address);
    let forged =
        app.client().delete(&url).header("origin", "https://evil").header("cookie", "token=x");
    assert_eq!(app.send(forged).await.status, 401);
    let asked =
        app.client().request("OPTIONS".parse().unwrap(), &url).header("origin", "https://evil");
    let asked = asked.header("access-control-request-method", "DELETE");
    assert_eq!(app.send(asked).await.header("access-control-allow-origin"), "");
}

#[tokio::test]
async fn two_looks_asked_alternately_are_never_swapped() {
    let app = TestApp::start().await;
    let design = json!({"version": 1, "families": {"poster": {"layout": layout()}}});
    assert_eq!(app.admin("PUT", "profiles/night", &design.to_string()).await.status, 200);
    let (one, _) = app.make_key(json!({"name": "one", "profile": "night"})).await;
    let (two, _) = app.make_key(json!({"name": "two", "options": {"badge_background": "k"}})).await;
    let ask = async |key: &str| {
        let path = format!("/{key}/imdb/poster-default/tt9900001.jpg");
        send(&app, &path, "GET", &Value::Null).await.header("x-elements-hash").to_owned()
    };
    let expected = [ask(&one).await, ask(&two).await];
    assert_ne!(expected[0], expected[1]);
    #[expect(clippy::disallowed_methods, reason = "whoever runs the tests decides")]
    let rounds = if std::env::var_os("LAUREL_SOAK").is_some() { 10_000 } else { 200 };
    for round in 0..rounds {
        let hash = ask([&one, &two][round % 2]).await;
        assert_eq!(hash, expected[round % 2], "round {round}");
    }
}
