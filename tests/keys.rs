//! Keys, and what is told to who has one.

use crate::support::{Fault, KEY, Service, TestApp, leaks};

#[tokio::test]
async fn an_unknown_key_gets_nothing_and_costs_nothing() {
    let app = TestApp::start().await;
    for path in [
        "/nope/imdb/poster-default/tt9900001.jpg",
        "/api/nope/imdb/poster-default/tt9900001.jpg",
        "/nope/imdb/rating/tt9900001",
        "/nope/requests",
        "/t0-free-rpdb/imdb/poster-default/tt9900001.jpg",
        "/admin/imdb/poster-default/tt9900001.jpg",
    ] {
        let answer = app.get_root(path).await;
        assert_eq!(answer.refusal(), (401, "invalid_key".to_owned()), "{path}");
    }
    assert_eq!(app.upstream.asked(), Vec::<String>::new());
}

#[tokio::test]
async fn is_valid_tells_both_dialects() {
    let app = TestApp::start().await;
    let json = app.json("isValid").await;
    assert_eq!((&json["valid"], &json["validity"]), (&true.into(), &true.into()));
    assert_eq!((&json["tier"], &json["limit"]), (&3.into(), &0.into()));
    let before = json["requestCount"].as_u64().unwrap();
    app.get("imdb/poster-default/tt9900001.jpg").await;
    assert_eq!(app.json("isValid").await["requestCount"], before + 1);
    let answer = app.get_root("/nope/isValid").await;
    assert_eq!(answer.status, 401);
    assert_eq!(answer.json(), serde_json::json!({"valid": false, "validity": false}));
    assert_eq!(answer.header("access-control-allow-origin"), "*");
}

#[tokio::test]
async fn requests_counts_against_a_limit_that_is_never_zero() {
    let app = TestApp::start().await;
    app.get("imdb/poster-default/tt9900001.jpg").await;
    let json = app.json("requests").await;
    assert_eq!(json["req"], 1);
    assert!(json["limit"].as_u64().unwrap() > 0);
}

#[tokio::test]
async fn everything_answers_below_api_too() {
    let app = TestApp::start().await;
    let poster = app.get_root(&format!("/api/{KEY}/imdb/default/tt9900001.jpg")).await;
    assert_eq!(poster.size(), (580, 870));
    assert_eq!(app.get_root(&format!("/api/{KEY}/isValid")).await.status, 200);
    assert_eq!(app.get_root(&format!("/api/{KEY}/requests")).await.status, 200);
    let rating = app.get_root(&format!("/api/{KEY}/imdb/rating/tt9900001")).await;
    assert_eq!(rating.text(), "8.7");
}

#[tokio::test]
async fn the_rating_endpoint_knows_yes_no_and_not_now() {
    let app = TestApp::start().await;
    let rating = app.get("imdb/rating/tt9900001").await;
    assert_eq!((rating.status, rating.text().as_str()), (200, "8.7"));
    assert!(rating.header("content-type").starts_with("text/plain"));
    // OMDb knows the title, but not its rating; MDBList does.
    assert_eq!(app.get("imdb/rating/tt9900003").await.text(), "7.5");
    assert_eq!(app.get("imdb/rating/tt9900005").await.status, 404);
    for fault in [Fault::Status(500), Fault::Html, Fault::Hang] {
        app.upstream.heal();
        app.upstream.inject(Service::Omdb, fault);
        app.upstream.inject(Service::Mdblist, fault);
        app.a_while_later().await;
        let started = std::time::Instant::now();
        let answer = app.get("imdb/rating/tt9900002").await;
        assert_eq!(answer.status, 503, "{fault:?}: {}", answer.text());
        assert!(started.elapsed().as_millis() < 2500, "{fault:?}: {:?}", started.elapsed());
    }
}

#[tokio::test]
async fn the_rating_endpoint_needs_no_omdb() {
    let app = TestApp::plan().await.set("OMDB_API_KEY", "").start().await;
    assert_eq!(app.get("imdb/rating/tt9900002").await.text(), "9.5");
    assert_eq!(app.get("imdb/rating/tt9900005").await.status, 404);
    // An episode's rating is not its series'.
    assert_eq!(app.get("imdb/rating/tt9900012").await.status, 404);
    let plan = ["OMDB_API_KEY", "MDBLIST_API_KEY", "TRAKT_CLIENT_ID"]
        .into_iter()
        .fold(TestApp::plan().await, |plan, setting| plan.set(setting, ""));
    assert_eq!(plan.start().await.get("imdb/rating/tt9900002").await.status, 503);
}

#[tokio::test]
async fn pages_of_others_may_show_pictures() {
    let app = TestApp::start().await;
    let poster = app.get("imdb/poster-default/tt9900001.jpg").await;
    assert_eq!(poster.header("access-control-allow-origin"), "*");
    assert_eq!(poster.header("referrer-policy"), "no-referrer");
    let preflight = app
        .client()
        .request(reqwest::Method::OPTIONS, app.url("imdb/poster-default/tt9900001.jpg"))
        .header("origin", "https://configurator.example")
        .header("access-control-request-method", "GET");
    assert_eq!(app.send(preflight).await.status, 200);
}

#[tokio::test]
async fn no_answer_repeats_a_key() {
    let app = TestApp::start().await;
    for below in [
        "imdb/poster-default/tt9900001.json",
        "imdb/poster-default/tt1234567.jpg",
        "isbn/poster-default/1.jpg",
        "nothing",
        "imdb/poster-default/tt9900001.jpg",
        "requests",
    ] {
        let answer = app.get(below).await;
        assert!(!leaks(&String::from_utf8_lossy(&answer.body)), "{below}: {}", answer.text());
        assert!(!leaks(&format!("{:?}", answer.headers)), "{below}");
    }
    for path in ["/metrics", "/readyz", "/healthz", "/"] {
        let answer = app.get_root(path).await;
        assert_eq!(answer.status, 200, "{path}");
        assert!(!leaks(&String::from_utf8_lossy(&answer.body)), "{path}");
    }
}

#[tokio::test]
async fn the_free_key_works_only_where_it_is_switched_on() {
    let app = TestApp::plan().await.set("LAUREL_FREE_KEY", true).start().await;
    let path = "/t0-free-rpdb/imdb/poster-default/tt9900001.jpg";
    assert_eq!(app.get_root(path).await.size(), (580, 870));
    assert_eq!(app.get_root("/t0-free-rpdb/isValid").await.json()["tier"], 0);
    let app = TestApp::plan().await.set("LAUREL_OPEN", true).start().await;
    assert_eq!(app.get_root("/anything/imdb/poster-default/tt9900001.jpg").await.status, 200);
}
