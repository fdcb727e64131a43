//! Whatever is sent, a small error or a picture comes back, and no secret.

use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;

use crate::support::{KEY, TestApp, leak, leaks};

/// Status and body of a raw answer.
fn read(answer: &str) -> (u16, &str) {
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    (status, answer.split_once("\r\n\r\n").map_or("", |(_, body)| body))
}

async fn raw_get(app: &TestApp, target: &str) -> String {
    let request = format!("GET {target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
    app.raw(request.as_bytes()).await
}

/// A client error, small, in JSON, without a trace of what was sent or of a key.
fn assert_refused(target: &str, answer: &str) {
    let (status, body) = read(answer);
    assert!((400..500).contains(&status), "{target}: {answer}");
    assert!(body.len() < 400, "{target}: {body}");
    // What is no HTTP is refused before anybody could say why.
    assert!(body.contains("\"error\"") || (status, body) == (400, ""), "{target}: {answer}");
    assert!(!answer.to_ascii_lowercase().contains("x-injected"), "{target}: {answer}");
    assert!(!leaks(answer), "{target}: {answer}");
}

#[tokio::test]
async fn paths_lead_nowhere_but_to_titles() {
    let app = TestApp::start().await;
    for below in [
        "imdb/poster-default/../../../etc/passwd.jpg",
        "imdb/poster-default/..%2f..%2f..%2fetc%2fpasswd.jpg",
        "imdb/poster-default/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "imdb/poster-default/..%5c..%5cwindows.jpg",
        "imdb/poster-default/tt9900001%00.jpg",
        "imdb/poster-default/%00",
        "imdb/poster-default/%ff%fe.jpg",
        "imdb/poster-default/%c0%ae%c0%ae.jpg",
        "imdb/poster-default/tt9900001%0d%0aX-Injected:%201.jpg",
        "imdb/poster-default/tt9900001.jpg%0d%0a",
        "imdb/poster-%0d%0aX-Injected:1/tt9900001%20.jpg",
        "imdb/poster-default/tt99999999999999999999.jpg",
        "imdb/poster-default/-1.jpg",
        "imdb/poster-default/tt9900001:99999999999:1.jpg",
        "imdb/poster-default/tt9900001:-1:1.jpg",
        "imdb/poster-default/tt٩٩٠٠٠٠١.jpg",
        "imdb/poster-default/http:%2f%2f127.0.0.1%2f.jpg",
        "imdb/poster-default/%68%74%74%70%3a%2f%2f169.254.169.254.jpg",
        "tmdb/poster-default/movie-9001%2f..%2f9002.jpg",
        "tmdb/poster-default/movie-9001%3fapi_key=x.jpg",
        "tmdb/poster-default/movie-9001%23.jpg",
        "%2e%2e/%2e%2e/%2e%2e",
        "imdb//tt9900001.jpg",
        "//",
        "imdb/poster-default/tt9900001.jpg/extra",
        "imdb/poster-default/tt9900001.exe",
        "imdb/poster-default/$(reboot).jpg",
        "imdb/poster-default/'%20OR%201=1--.jpg",
        "imdb/<script>/tt9900001.jpg",
    ] {
        let target = format!("/{KEY}/{below}");
        assert_refused(&target, &raw_get(&app, &target).await);
    }
    assert!(app.upstream.asked().iter().all(|asked| !asked.contains("..")));
}

#[tokio::test]
async fn what_is_asked_upstream_is_made_of_numbers_only() {
    let app = TestApp::start().await;
    for below in [
        "imdb/poster-default/tt9900001.jpg?lang=de%26x%3d1",
        "imdb/poster-default/tt9900001.jpg?lang=../../x",
        "imdb/poster-default/tt9900001.jpg?lang=de%0d%0aX-Injected:1",
        "imdb/poster-default/tt9900001.jpg?image_source=http://evil.example/",
        "imdb/poster-..%2f..%2fx/tt9900001.jpg",
    ] {
        let answer = app.get(below).await;
        assert!(answer.status < 500, "{below}: {answer:?}");
        assert!(!answer.headers.contains_key("x-injected"), "{below}");
    }
    for asked in app.upstream.asked() {
        assert!(!asked.contains("..") && !asked.contains("evil"), "{asked}");
    }
}

#[tokio::test]
async fn keys_of_any_shape_are_refused_alike() {
    let app = TestApp::start().await;
    for key in [
        "%00",
        "..",
        "a%2fb",
        "%ff",
        "' OR 1=1",
        "x".repeat(500).as_str(),
        "%0d%0aX-Injected:1",
        "h.",
        "c",
        "api",
        "💥",
    ] {
        let key = key.replace(' ', "%20");
        let target = format!("/{key}/imdb/poster-default/tt9900001.jpg");
        assert_refused(&target, &raw_get(&app, &target).await);
    }
}

#[tokio::test]
async fn other_methods_are_refused() {
    let app = TestApp::start().await;
    for method in
        ["POST", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND", "get", "A".repeat(40).as_str()]
    {
        let target = format!("/{KEY}/imdb/poster-default/tt9900001.jpg");
        let request = format!(
            "{method} {target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{{}}"
        );
        let answer = app.raw(request.as_bytes()).await;
        assert_refused(method, &answer);
        assert_eq!(read(&answer).0, 405, "{method}: {answer}");
        assert!(answer.to_ascii_lowercase().contains("\r\nallow: get,head"), "{answer}");
    }
    assert_eq!(app.upstream.asked(), Vec::<String>::new());
}

#[tokio::test]
async fn what_is_too_long_is_refused() {
    let app = TestApp::start().await;
    let long = "a".repeat(3000);
    for target in [
        format!("/{KEY}/imdb/poster-default/{long}.jpg"),
        format!("/{KEY}/imdb/poster-default/tt9900001.jpg?x={long}"),
        format!("/{long}"),
    ] {
        let answer = raw_get(&app, &target).await;
        assert_refused("a long one", &answer);
        assert_eq!(read(&answer).0, 414);
    }
    let huge = format!("/{KEY}/imdb/poster-default/tt1.jpg?{}", "x=1&".repeat(100_000));
    let answer = raw_get(&app, &huge).await;
    assert!(answer.is_empty() || (400..500).contains(&read(&answer).0), "{}", answer.len());
    let many: String = (0..500).map(|n| format!("x-{n}: 1\r\n")).collect();
    let request = format!("GET /healthz HTTP/1.1\r\nhost: x\r\n{many}\r\n");
    assert_eq!(read(&app.raw(request.as_bytes()).await).0, 431);
    let body = "x".repeat(200_000);
    let request = format!(
        "POST /{KEY}/isValid HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let status = read(&app.raw(request.as_bytes()).await).0;
    assert!(matches!(status, 405 | 413), "{status}");
}

#[tokio::test]
async fn what_is_no_http_ends_the_connection_and_nothing_else() {
    let app = TestApp::start().await;
    for bytes in [
        &b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 hello tls"[..],
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"\r\n\r\n\r\n\r\nxx\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET /\x00 HTTP/1.1\r\nhost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n",
        b"GET / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\ncontent-length: 4\r\n\r\nzz\r\n",
        b"GET / HTTP/1.1\r\nbad header\r\n\r\n",
    ] {
        let answer = app.raw(bytes).await;
        let status = read(&answer).0;
        assert!(answer.is_empty() || status < 500, "{bytes:?}: {answer}");
    }
    assert_eq!(app.get_root("/healthz").await.status, 200);
    // The absolute form means this server, whatever host it names.
    let answer = raw_get(&app, "http://evil.example/healthz").await;
    assert_eq!(read(&answer).0, 200);
}

#[tokio::test]
async fn headers_of_any_kind_are_survived() {
    let app = TestApp::start().await;
    app.get("imdb/poster-default/tt9900001.jpg").await;
    for header in [
        "if-none-match: \"",
        "if-none-match: W/\"x\", *",
        "if-modified-since: yesterday",
        "range: bytes=0-0",
        "range: bytes=-99999999999999999999",
        "x-forwarded-for: \u{7f}, 1.2.3.4.5, ::::",
        "forwarded: for=\"[::1\";by=_",
        "accept: image/avif;q=9",
        "host: evil.example\r\nx-forwarded-host: evil.example",
        "cookie: a=b",
        "authorization: Basic !!!",
        "expect: 100-continue",
        "upgrade: h2c\r\nconnection: upgrade",
    ] {
        let request = format!(
            "GET /{KEY}/imdb/poster-default/tt9900001.jpg HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{header}\r\n\r\n"
        );
        let answer = app.raw(request.as_bytes()).await;
        let status = read(&answer).0;
        assert!(
            matches!(status, 200 | 304 | 400),
            "{header}: {}",
            &answer[..200.min(answer.len())]
        );
        assert!(!answer.contains("evil.example"), "{header}");
    }
}

/// Addresses of which some parts are right and some are not.
pub(crate) fn odd_address(dice: &mut StdRng) -> String {
    const TYPES: [&str; 8] = ["imdb", "tmdb", "tvdb", "kitsu", "auto", "", "%", "xyz"];
    const STYLES: [&str; 9] = [
        "poster-default",
        "backdrop",
        "logo-rt",
        "episode-order",
        "poster-a%2fb",
        "-",
        "%00",
        "default",
        "x",
    ];
    const IDS: [&str; 16] = [
        "tt9900001",
        "tt",
        "movie-9001",
        "series-",
        "9002",
        "kitsu:99104",
        "tt9900002:1:1",
        ":::",
        "episode-9002-S1E1",
        "-S1E1",
        "{id}",
        "%7B%7D",
        "tt0",
        "movie-tt9900001-s01e01",
        "%F0%9F%92%A5",
        "1e9",
    ];
    const ENDINGS: [&str; 9] = ["", ".jpg", ".png", ".webp", ".json", ".gif", ".JPG", ".", "..jpg"];
    const QUERY: [&str; 14] = [
        "imageSize=small",
        "badge_size=xl",
        "position=%00",
        "ratings_limit=10",
        "ratings_limit=-5",
        "edge_inset=50",
        "lang=%ff",
        "fallback=false",
        "order=a,b,imdb",
        "&&&===",
        "blur",
        "split=true",
        "x=%",
        "ratings_order=%2C%2C%2C",
    ];
    let mut pick = |from: &[&'static str]| *from.choose(dice).unwrap();
    let (id_type, style, id, ending) = (pick(&TYPES), pick(&STYLES), pick(&IDS), pick(&ENDINGS));
    let query = (pick(&QUERY), pick(&QUERY));
    let mut address =
        format!("{id_type}/{style}/{id}{ending}?imageSize=small&{}&{}", query.0, query.1);
    if dice.random_bool(0.3) {
        // One byte anywhere becomes another.
        let at = dice.random_range(0..address.len());
        let byte = dice.random_range(b'!'..=b'~') as char;
        if address.is_char_boundary(at) && address.is_char_boundary(at + 1) {
            address.replace_range(at..=at, &byte.to_string());
        }
    }
    address
}

#[tokio::test]
async fn no_log_line_of_any_test_holds_a_key() {
    let app = TestApp::start().await;
    for below in ["imdb/poster-default/tt9900001.jpg", "imdb/poster-default/%ff", "nothing/x"] {
        app.get(below).await;
    }
    app.upstream.inject(crate::support::Service::Tmdb, crate::support::Fault::Reset);
    app.get("imdb/poster-default/tt9900002.jpg").await;
    assert_eq!(leak(), None);
}
