use std::error::Error;
use std::fmt::Write;

use serde_json::Value;

use super::*;
use crate::env::Secret;
use crate::model::Provider;
use crate::upstream::testing::{Reply, Server};
use crate::upstream::{Complaint, DailyBudget, KeyPlace, RestReason};

const KEY: &str = "s3cr3t-key";

fn keys(texts: &[&str]) -> KeyPool {
    KeyPool::new(texts.iter().map(|text| Secret::new(*text)))
}

fn client_with(server: &Server, change: impl FnOnce(&mut ProviderSettings)) -> Client {
    let mut settings = ProviderSettings::api(Provider::TMDB, server.url.clone(), keys(&[KEY]));
    settings.timeout = Duration::from_millis(150);
    settings.key_place = KeyPlace::Tmdb;
    change(&mut settings);
    Client::new(&Transport::new([]).unwrap(), settings)
}

fn client(server: &Server) -> Client {
    client_with(server, |_| ())
}

async fn ask(client: &Client) -> Result<Value, UpstreamError> {
    client.get_json(Call::get(["a"])).await
}

/// An error with all its sources, as any log could print it.
fn printed(error: &UpstreamError) -> String {
    let mut text = format!("{error:?} {error:#?} {error}");
    let mut source = error.source();
    while let Some(error) = source {
        let _ = write!(text, " {error:?} {error}");
        source = error.source();
    }
    text
}

#[tokio::test]
async fn path_and_query_are_encoded_and_the_key_is_added() {
    let server = Server::start(|_, _| Reply::json("{}")).await;
    let client = client_with(&server, |s| s.base_url = server.url.join("/3/").unwrap());
    let call =
        Call::get(["find", "a/../b?c#d%e"]).query("language", "pt-BR&x=1").header("accept", "x/y");
    client.get_json::<Value>(call).await.unwrap();
    assert_eq!(
        server.targets(),
        [format!("/3/find/a%2F..%2Fb%3Fc%23d%25e?language=pt-BR%26x%3D1&api_key={KEY}")]
    );
    let head = server.asked()[0].to_lowercase();
    assert!(head.contains("accept: x/y"), "{head}");
    assert!(head.contains("accept-encoding: gzip"), "{head}");
    assert!(head.contains(concat!("user-agent: laurel/", env!("CARGO_PKG_VERSION"))), "{head}");
}

#[tokio::test]
async fn a_v4_token_travels_as_bearer_and_a_header_key_as_header() {
    let server = Server::start(|_, _| Reply::json("{}")).await;
    ask(&client_with(&server, |s| s.keys = keys(&["eyJa.eyJb.c"]))).await.unwrap();
    ask(&client_with(&server, |s| s.key_place = KeyPlace::Header("trakt-api-key"))).await.unwrap();
    assert_eq!(server.targets(), ["/a", "/a"]);
    assert!(server.asked()[0].contains("authorization: Bearer eyJa.eyJb.c"));
    assert!(server.asked()[1].contains(&format!("trakt-api-key: {KEY}")));
}

#[tokio::test]
async fn a_look_up_can_be_posted() {
    let server = Server::start(|_, _| Reply::json("[]")).await;
    let call = Call::post(["imdb", "movie"], &serde_json::json!({"ids": ["tt1"]})).unwrap();
    client(&server).get_json::<Value>(call).await.unwrap();
    assert!(server.asked()[0].starts_with("POST /imdb/movie?"));
    assert!(server.asked()[0].contains("content-type: application/json"));
}

#[tokio::test]
async fn passing_failures_are_tried_again() {
    let faults: [fn() -> Reply; 9] = [
        || Reply::Reset,
        || Reply::Silent,
        || Reply::Truncated(r#"{"a":"#),
        || Reply::status(500),
        || Reply::status(503).with("retry-after: 0"),
        || Reply::status(429),
        || Reply::status(429).with("retry-after: 0"),
        || Reply::json("{\"a\":"),
        || Reply::Answer(200, "text/html; charset=utf-8", String::new(), b"<html>".to_vec()),
    ];
    let checks = faults.map(|fault| async move {
        let then_well = move |n, _: &str| {
            if n == 0 { fault() } else { Reply::json(r#"{"ok":1}"#) }
        };
        let server = Server::start(then_well).await;
        assert_eq!(ask(&client(&server)).await.unwrap()["ok"], 1);
        assert_eq!(server.asked().len(), 2);
    });
    futures::future::join_all(checks).await;
}

#[tokio::test]
async fn lasting_failures_are_tried_three_times_and_no_more() {
    let faults = [
        ((|| Reply::status(502)) as fn() -> Reply, "server_error"),
        (|| Reply::Reset, "transport"),
        (|| Reply::Truncated("{"), "transport"),
        (|| Reply::json("<html>"), "bad_body"),
        (|| Reply::json(""), "bad_body"),
        (|| Reply::Drip, "timeout"),
        (|| Reply::Silent, "timeout"),
    ];
    let checks = faults.map(|(fault, outcome)| async move {
        let server = Server::start(move |_, _| fault()).await;
        let error = ask(&client(&server)).await.unwrap_err();
        assert_eq!(error.outcome(), outcome, "{error}");
        assert!(error.is_transient() && !error.is_not_found());
        assert_eq!(server.asked().len(), 3, "{outcome}");
    });
    futures::future::join_all(checks).await;
}

#[tokio::test]
async fn refusals_are_not_tried_again() {
    for (status, outcome) in [
        (404, "not_found"),
        (410, "not_found"),
        (401, "unauthorized"),
        (403, "unauthorized"),
        (400, "rejected"),
        (422, "rejected"),
    ] {
        let server = Server::start(move |_, _| Reply::status(status)).await;
        let error = ask(&client(&server)).await.unwrap_err();
        assert_eq!(error.outcome(), outcome);
        assert!(!error.is_transient());
        assert_eq!(server.asked().len(), 1, "{status}");
    }
}

#[tokio::test]
async fn a_long_retry_after_is_not_waited_for_and_silences_the_client() {
    let server = Server::start(|_, _| Reply::status(429).with("retry-after: 120")).await;
    let client = client(&server);
    let error = ask(&client).await.unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_mins(2)));
    let again = ask(&client).await.unwrap_err();
    assert_eq!(again.outcome(), "rate_limited");
    assert!(again.retry_after().unwrap() > Duration::from_secs(118));
    assert_eq!(server.asked().len(), 1);
    assert_eq!(client.status().paused_secs, 120);
}

#[tokio::test]
async fn bodies_are_bounded_whether_announced_or_not() {
    let huge = || Reply::Answer(200, "application/json", String::new(), vec![b' '; 5000]);
    for fault in [huge as fn() -> Reply, || Reply::Endless] {
        let server = Server::start(move |_, _| fault()).await;
        let client = client_with(&server, |s| s.max_body_bytes = 4000);
        assert_eq!(ask(&client).await.unwrap_err().outcome(), "too_large");
        assert_eq!(server.asked().len(), 1);
    }
}

#[tokio::test]
async fn pictures_are_neither_pages_nor_nothing() {
    let picture = |kind: &'static str, body: &'static [u8]| {
        move |_: usize, _: &str| Reply::Answer(200, kind, String::new(), body.to_vec())
    };
    let fetch = async |server: Server| client(&server).get_bytes(Call::get(["a"])).await;
    let good = fetch(Server::start(picture("image/jpeg", b"\xff\xd8")).await).await;
    assert_eq!(good.unwrap(), b"\xff\xd8".as_slice());
    for (kind, body) in
        [("text/html", b"<html>".as_slice()), ("application/json", b"{}"), ("image/png", b"")]
    {
        let error = fetch(Server::start(picture(kind, body)).await).await.unwrap_err();
        assert_eq!(error.outcome(), "bad_body", "{kind}");
    }
}

#[tokio::test]
async fn redirects_are_followed_at_home_only() {
    let elsewhere = Server::start(|_, _| Reply::json("{}")).await;
    let target = elsewhere.url.join("stolen").unwrap().to_string();
    let server = Server::start(move |_, head| match head.split(' ').nth(1).unwrap_or("") {
        path if path.starts_with("/a") => Reply::status(302).with("location: /b"),
        path if path.starts_with("/b") => Reply::json(r#"{"ok":1}"#),
        path if path.starts_with("/loop") => Reply::status(301).with("location: /loop"),
        path if path.starts_with("/mute") => Reply::status(301),
        _ => Reply::status(302).with(&format!("location: {target}")),
    })
    .await;
    let client = client_with(&server, |s| s.key_place = KeyPlace::Header("x-key"));
    assert_eq!(ask(&client).await.unwrap()["ok"], 1);
    for path in ["elsewhere", "loop", "mute"] {
        let error = client.get_json::<Value>(Call::get([path])).await.unwrap_err();
        assert_eq!(error.outcome(), "redirected", "{path}");
    }
    assert_eq!(elsewhere.asked().len(), 0);

    // Configured hosts may be redirected to, but never see another host's key.
    let transport = Transport::new([&elsewhere.url]).unwrap();
    let settings = ProviderSettings::api(Provider::TRAKT, server.url.clone(), keys(&[KEY]));
    let client = Client::new(&transport, settings);
    client.get_json::<Value>(Call::get(["elsewhere"])).await.unwrap();
    assert!(server.asked().last().unwrap().contains(KEY));
    assert!(!elsewhere.asked()[0].contains(KEY));
}

#[tokio::test]
async fn another_key_takes_over_from_a_refused_or_limited_one() {
    for status in [401, 403, 429] {
        let server = Server::start(move |_, head| {
            if head.contains("bad") { Reply::status(status) } else { Reply::json("{}") }
        })
        .await;
        let client = client_with(&server, |s| s.keys = keys(&["bad", "good"]));
        for _ in 0..3 {
            ask(&client).await.unwrap();
        }
        let bad = server.targets().iter().filter(|target| target.contains("bad")).count();
        assert_eq!((bad, server.asked().len()), (1, 4), "{status}");
        assert_eq!(client.status().keys_resting, 1);
    }
}

#[tokio::test]
async fn what_a_provider_says_in_words_counts() {
    let server = Server::start(|_, head| match head {
        head if head.contains("spent") => Reply::json(r#"{"error":"API Limit Reached!"}"#),
        head if head.contains("/none") => Reply::json(r#"{"error":"no such title"}"#),
        _ => Reply::json("{}"),
    })
    .await;
    let client = client_with(&server, |s| {
        s.keys = keys(&["spent", "fresh"]);
        s.inspect = Some(|_, body| {
            let text = std::str::from_utf8(body).ok()?;
            let spent = text
                .contains("Limit Reached")
                .then_some(Complaint::QuotaSpent(Duration::from_mins(1)));
            spent.or(text.contains("no such").then_some(Complaint::NotFound))
        });
    });
    ask(&client).await.unwrap();
    assert_eq!(client.status().keys_resting, 1);
    client.keys().rest(1, Duration::from_secs(30), RestReason::Spent);
    let error = ask(&client).await.unwrap_err();
    assert_eq!(error.outcome(), "quota_spent");
    assert!(error.retry_after().unwrap() <= Duration::from_secs(30));
    client.keys().rest(1, Duration::ZERO, RestReason::Spent);
    assert!(client.get_json::<Value>(Call::get(["none"])).await.unwrap_err().is_not_found());
}

#[tokio::test]
async fn an_assumed_budget_stops_background_calls_and_a_told_one_stops_all() {
    let server = Server::start(|number, _| {
        let reply = Reply::json("{}").with("x-ratelimit-limit: 9");
        let left = if number < 2 { 9 } else { 0 };
        reply.with(&format!("x-ratelimit-remaining: {left}")).with("x-ratelimit-reset: 60")
    })
    .await;
    let budget = DailyBudget { calls: 2, reserve: 0.5 };
    let assuming = client_with(&server, |s| s.keys = keys(&[KEY]).with_daily_budget(Some(budget)));
    let behind = assuming.with(Priority::Background.into());
    ask(&behind).await.unwrap();
    assert_eq!(ask(&behind).await.unwrap_err().outcome(), "quota_spent");
    ask(&assuming).await.unwrap();
    assert_eq!(server.asked().len(), 2, "its headers are not to be read");
    let told = client_with(&server, |s| s.says_quota = true);
    ask(&told).await.unwrap();
    let error = ask(&told).await.unwrap_err();
    assert_eq!(error.outcome(), "quota_spent");
    assert!(error.retry_after().unwrap() <= Duration::from_mins(1));
    assert_eq!(server.asked().len(), 3);
    let status = told.status();
    assert_eq!((status.calls_today, status.daily_calls, status.calls_left), (1, Some(9), Some(0)));
}

#[tokio::test]
async fn the_rate_holds_and_a_wait_too_long_is_refused_at_once() {
    let server = Server::start(|_, _| Reply::json("{}")).await;
    let client = client_with(&server, |s| {
        (s.rate_per_second, s.burst, s.patience) = (20.0, 2, Duration::from_millis(160));
    });
    let calls = (0..10).map(|_| ask(&client));
    let results = futures::future::join_all(calls).await;
    let refused =
        results.iter().filter(|r| r.as_ref().is_err_and(|e| e.outcome() == "rate_limited")).count();
    assert_eq!((refused, server.asked().len()), (5, 5));
}

#[tokio::test]
async fn a_deadline_ends_waiting_and_retrying() {
    let server = Server::start(|_, _| Reply::Silent).await;
    let client = client_with(&server, |s| s.timeout = Duration::from_secs(10));
    let start = Instant::now();
    let error = client
        .get_json::<Value>(Call::get(["a"]).deadline(start + Duration::from_millis(120)))
        .await;
    assert_eq!(error.unwrap_err().outcome(), "timeout");
    assert!(start.elapsed() < Duration::from_millis(400), "{:?}", start.elapsed());
}

#[tokio::test]
async fn callers_in_a_hurry_do_not_make_a_host_fail() {
    let server = Server::start(|_, _| Reply::Silent).await;
    let client = client_with(&server, |s| s.timeout = Duration::from_secs(2));
    for _ in 0..8 {
        let call = Call::get(["a"]).deadline(Instant::now() + Duration::from_millis(20));
        client.get_json::<Value>(call).await.unwrap_err();
    }
    assert_eq!(client.status().breaker, BreakerState::Closed);
    let call = Call::get(["a"]).deadline(Instant::now());
    assert_eq!(client.get_json::<Value>(call).await.unwrap_err().outcome(), "timeout");
    assert_eq!(server.asked().len(), 8);
}

#[tokio::test]
async fn a_failing_host_is_left_alone() {
    let server = Server::start(|_, _| Reply::status(500)).await;
    let client = client(&server);
    ask(&client).await.unwrap_err();
    ask(&client).await.unwrap_err();
    let error = ask(&client).await.unwrap_err();
    assert_eq!(error.outcome(), "circuit_open");
    assert!(error.retry_after().is_some());
    assert_eq!(server.asked().len(), 5);
    assert_eq!(client.status().breaker, BreakerState::Open);
}

#[tokio::test]
async fn in_flight_calls_are_bounded() {
    use std::sync::atomic::{AtomicUsize, Ordering};
    static NOW: AtomicUsize = AtomicUsize::new(0);
    let server = Server::start(|_, _| {
        NOW.fetch_add(1, Ordering::SeqCst);
        Reply::Silent
    })
    .await;
    let client = client_with(&server, |s| {
        (s.max_in_flight, s.patience, s.timeout) =
            (2, Duration::from_millis(50), Duration::from_millis(100));
    });
    let calls = (0..6).map(|_| {
        client.get_json::<Value>(
            Call::get(["a"]).deadline(Instant::now() + Duration::from_millis(90)),
        )
    });
    let results = futures::future::join_all(calls).await;
    let limited =
        results.iter().filter(|r| r.as_ref().is_err_and(|e| e.outcome() == "rate_limited"));
    assert_eq!((limited.count(), NOW.load(Ordering::SeqCst)), (4, 2));
    assert_eq!(client.status().in_flight, 0);
}

#[tokio::test]
async fn no_error_ever_prints_a_key() {
    let echo = |_: usize, head: &str| {
        let target = head.split(' ').nth(1).unwrap_or("").to_owned();
        match target.as_bytes().get(1) {
            Some(b'a') => Reply::json(format!(r#"{{"a":"{target}""#)),
            Some(b'b') => Reply::json(format!(r#""{target}""#)),
            Some(b'c') => Reply::Reset,
            Some(b'd') => Reply::Truncated("{"),
            Some(b'e') => Reply::status(302).with(&format!("location: http://x.invalid{target}")),
            Some(b'f') => Reply::Answer(
                200,
                "application/json",
                "content-encoding: gzip\r\n".into(),
                target.into_bytes(),
            ),
            Some(b'g') => Reply::Silent,
            Some(b'h') => Reply::status(500),
            Some(b'i') => Reply::status(403),
            _ => Reply::Answer(200, "text/html", String::new(), target.into_bytes()),
        }
    };
    let paths = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];
    let checks = paths.map(|path| async move {
        let server = Server::start(echo).await;
        let client = client_with(&server, |s| s.timeout = Duration::from_millis(60));
        let error = client
            .get_json::<std::collections::HashMap<String, u8>>(Call::get([path]))
            .await
            .unwrap_err();
        let text = printed(&error);
        assert!(!text.contains(KEY) && !text.contains("api_key"), "{path}: {text}");
        assert!(!format!("{client:?}").contains(KEY));
    });
    futures::future::join_all(checks).await;
    // Nobody listens, and a name that resolves to nothing.
    let bases = ["http://127.0.0.1:1/", "http://nowhere.invalid/"];
    let checks = bases.map(|base| async move {
        let server = Server::start(echo).await;
        let client = client_with(&server, |s| s.base_url = base.parse().unwrap());
        let error = client.get_json::<Value>(Call::get(["a"])).await.unwrap_err();
        let text = printed(&error);
        assert!(!text.contains(KEY) && !text.contains("api_key"), "{text}");
    });
    futures::future::join_all(checks).await;
}
