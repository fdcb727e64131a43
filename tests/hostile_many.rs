//! Thousands of hostile addresses, requests and upstream bodies: a picture or a small error comes
//! back, nothing ends in a panic, nothing is left over.
//!
//! Bounded by default; `LAUREL_SOAK=full` makes 100,000 addresses of it, 20,000 requests that are
//! hardly HTTP, and 20,000 answers made of upstream bodies that were tampered with.

use std::time::Duration;

use futures::StreamExt;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::hostile::odd_address;
use crate::soak::{full, titles};
use crate::support::{Fault, KEY, Service, TestApp, leak, leaks};

/// Asks over one connection after the other, each for as long as the server keeps it.
struct RawClient<'a> {
    app: &'a TestApp,
    stream: Option<TcpStream>,
}

impl<'a> RawClient<'a> {
    fn new(app: &'a TestApp) -> Self {
        Self { app, stream: None }
    }

    /// Status and whole answer.
    async fn get(&mut self, target: &str) -> (u16, Vec<u8>) {
        let request = format!("GET {target} HTTP/1.1\r\nhost: x\r\n\r\n");
        // The server may have ended a connection that was open a moment ago.
        for _ in 0..2 {
            if let Some(answer) = self.try_get(request.as_bytes()).await {
                return answer;
            }
            self.stream = None;
        }
        panic!("{target}: no answer");
    }

    async fn try_get(&mut self, request: &[u8]) -> Option<(u16, Vec<u8>)> {
        if self.stream.is_none() {
            self.stream = Some(TcpStream::connect(self.app.address).await.unwrap());
        }
        let stream = self.stream.as_mut()?;
        stream.write_all(request).await.ok()?;
        let mut answer = Vec::new();
        let head_end = loop {
            if let Some(end) = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
                break end + 4;
            }
            if stream.read_buf(&mut answer).await.ok()? == 0 {
                return None;
            }
        };
        let head = String::from_utf8_lossy(&answer[..head_end]).to_ascii_lowercase();
        let length = head.split("content-length: ").nth(1)?.split("\r\n").next()?.parse().ok()?;
        while answer.len() - head_end < length {
            if stream.read_buf(&mut answer).await.ok()? == 0 {
                return None;
            }
        }
        let status = head.split(' ').nth(1)?.parse().ok()?;
        if head.contains("connection: close") {
            self.stream = None;
        }
        Some((status, answer))
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn odd_addresses_are_answered_and_none_is_an_error_of_ours() {
    let number = if full() { 100_000 } else { 1000 };
    let app = TestApp::start().await;
    let askers = (0..4).map(|seed| {
        let app = &app;
        async move {
            let mut dice = StdRng::seed_from_u64(20 + seed);
            let mut client = RawClient::new(app);
            for _ in 0..number / 4 {
                let address = odd_address(&mut dice);
                let (status, answer) = client.get(&format!("/{KEY}/{address}")).await;
                let text = String::from_utf8_lossy(&answer);
                let ours = (200..500).contains(&status);
                assert!(ours, "{address}: {}", text.chars().take(300).collect::<String>());
                assert!(!leaks(&text), "{address}");
            }
        }
    });
    futures::future::join_all(askers).await;
    nothing_is_left(&app).await;
}

/// A request of which some bytes are not what they should be.
fn odd_request(dice: &mut StdRng) -> Vec<u8> {
    const PIECES: [&[u8]; 18] = [
        b"\r\n",
        b"\n",
        b"\r",
        b"\0",
        b" ",
        b":",
        b"HTTP/1.1",
        b"HTTP/2.0",
        b"content-length: 18446744073709551616\r\n",
        b"content-length: 5\r\n",
        b"transfer-encoding: chunked\r\n",
        b"transfer-encoding: identity, chunked\r\n",
        b"expect: 100-continue\r\n",
        b"connection: upgrade\r\nupgrade: websocket\r\n",
        b"host: a\r\nhost: b\r\n",
        b"\xff\xfe",
        b"ffffffffffffffff\r\n",
        b"x: y\r\n z\r\n",
    ];
    let method = *["GET", "HEAD", "POST", "OPTIONS", "CONNECT", "PRI", ""].choose(dice).unwrap();
    let target = format!("/{KEY}/{}", odd_address(dice));
    let target =
        *[target.as_str(), "/readyz", "/metrics", "*", "http://x/", "//"].choose(dice).unwrap();
    let mut bytes = format!(
        "{method} {target} HTTP/1.1\r\nhost: x\r\naccept: */*\r\nconnection: close\r\n\r\n"
    )
    .into_bytes();
    for _ in 0..dice.random_range(1..5) {
        let at = dice.random_range(0..bytes.len());
        match dice.random_range(0..4) {
            0 => bytes[at] = dice.random(),
            1 => bytes.truncate(at.max(1)),
            2 => drop(bytes.splice(at..at, PIECES.choose(dice).unwrap().iter().copied())),
            _ => {
                let again: Vec<u8> = bytes[at..].to_vec();
                bytes.extend(again);
            }
        }
    }
    bytes
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_that_are_hardly_http_are_refused_and_forgotten() {
    let number = if full() { 20_000 } else { 400 };
    let app = TestApp::start().await;
    let asking = (0..number).map(|seed| {
        let app = &app;
        async move {
            let request = odd_request(&mut StdRng::seed_from_u64(seed));
            let mut stream = TcpStream::connect(app.address).await.unwrap();
            let _ = stream.write_all(&request).await;
            // Nothing more will come; the server need not wait for it.
            let _ = stream.shutdown().await;
            let mut answer = Vec::new();
            let read =
                tokio::time::timeout(Duration::from_secs(10), stream.read_to_end(&mut answer));
            assert!(read.await.is_ok(), "{:?}: waits", String::from_utf8_lossy(&request));
            let text = String::from_utf8_lossy(&answer);
            for status in text.split("HTTP/1.1 ").skip(1).filter(|_| !text.contains("image/")) {
                let status = status.split(' ').next().unwrap();
                let known = status.parse::<u16>().is_ok_and(|status| status < 500);
                assert!(known, "{:?}: {text}", String::from_utf8_lossy(&request));
            }
            assert!(!leaks(&text), "{text}");
        }
    });
    futures::stream::iter(asking).buffer_unordered(8).collect::<Vec<_>>().await;
    assert_eq!(app.get_root("/healthz").await.status, 200);
    nothing_is_left(&app).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn upstream_bodies_that_were_tampered_with_make_no_error_of_ours() {
    let number = if full() { 20_000 } else { 300 };
    let app = TestApp::over(titles()).await;
    let app = app
        // Every answer is asked for again and again.
        .set("LAUREL_DISK_CACHE_MB", 0)
        .set("LAUREL_RENDER_BUDGET_MS", 1500)
        .set("LAUREL_DEADLINE_MS", 4400)
        .start()
        .await;
    for service in Service::ALL {
        app.upstream.inject_share(service, Fault::Tampered(0), 0.3);
    }
    let mut pictures = 0;
    for round in 0..number / 50 {
        let asking = (0..50).map(|n| {
            let (app, mut dice) = (&app, StdRng::seed_from_u64(round * 50 + n));
            async move {
                let wish = crate::soak::ArtworkPreference::random(&mut dice);
                let answer = app.get(&wish.path).await;
                match answer.status {
                    200 => drop(answer.picture()),
                    404 | 502..=504 => drop(answer.code()),
                    status => panic!("{wish:?}: {status}: {}", answer.text()),
                }
                assert!(!leaks(&answer.text()), "{wish:?}");
                usize::from(answer.status == 200)
            }
        });
        let answers = futures::stream::iter(asking).buffer_unordered(8);
        pictures += answers.collect::<Vec<_>>().await.iter().sum::<usize>();
        app.a_while_later().await;
    }
    assert!(pictures > number as usize / 20, "{pictures} of {number}");
    nothing_is_left(&app).await;
}

/// Tasks end, files are closed, no log line held a key.
async fn nothing_is_left(app: &TestApp) {
    app.upstream.heal();
    let tasks = || tokio::runtime::Handle::current().metrics().num_alive_tasks();
    for _ in 0..200 {
        // What the server and the stand-in have of their own, and idle connections between them.
        if tasks() < 80 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(tasks() < 80, "{} tasks are still there", tasks());
    assert_eq!(app.app.artworks.pool().waiting(), 0);
    assert_eq!(leak(), None);
}
