//! What can go wrong with an answer.

use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use bytes::Bytes;
use futures::{StreamExt, stream};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use super::http::Reply;
use super::service::Service;
use super::tamper;

/// One thing going wrong.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Fault {
    /// This status, with the body as it was.
    Status(u16),
    /// 429 with `Retry-After` in seconds.
    RetryAfter(u32),
    /// Nothing, ever.
    Hang,
    /// The right answer, late.
    Delay(Duration),
    /// The connection closes in the middle of the body.
    Reset,
    /// Half of the body, in a proper HTTP message.
    Truncate,
    /// A page in place of the answer, with status 200.
    Html,
    /// Random bytes under the right content type.
    Garbage,
    /// One byte of the body every 50 ms.
    SlowLoris,
    /// 302 to a host that no setting names.
    RedirectElsewhere,
    /// The right bytes under another type.
    WrongContentType,
    /// A PNG that announces 30000 x 30000 pixels.
    HugePng,
    /// A JPEG that ends in the middle of its pixels.
    TruncatedJpeg,
    /// The right answer with something wrong somewhere, another each time; the number is drawn
    /// when the fault is due.
    Tampered(u64),
}

/// Which answers a fault spoils.
#[derive(Clone, Debug)]
pub(super) enum Scope {
    Service(Service),
    /// Paths (as asked, with the service's prefix) that begin so.
    Path(String),
}

/// A fault that is switched on.
#[derive(Clone, Debug)]
struct Rule {
    scope: Scope,
    fault: Fault,
    /// How many answers are still to be spoiled; `None` for all to come.
    left: Option<usize>,
    /// Of so many answers in scope, 0 to 1.
    share: f64,
}

/// The faults that are switched on.
#[derive(Debug)]
pub(super) struct Faults {
    rules: Vec<Rule>,
    dice: StdRng,
}

impl Default for Faults {
    /// The dice fall the same way in every run.
    fn default() -> Self {
        Self { rules: Vec::new(), dice: StdRng::seed_from_u64(7) }
    }
}

impl Faults {
    pub(super) fn add(&mut self, scope: Scope, fault: Fault, left: Option<usize>, share: f64) {
        self.rules.push(Rule { scope, fault, left, share });
    }

    pub(super) fn clear(&mut self) {
        self.rules.clear();
    }

    /// The fault for an answer to `path`, if one is due. The first fitting rule decides.
    pub(super) fn due(&mut self, service: Service, path: &str) -> Option<Fault> {
        let roll = self.dice.random::<f64>();
        let rule = self.rules.iter_mut().find(|rule| {
            let in_scope = match &rule.scope {
                Scope::Service(scope) => *scope == service,
                Scope::Path(prefix) => path.starts_with(prefix.as_str()),
            };
            in_scope && rule.left != Some(0) && roll < rule.share
        })?;
        rule.left = rule.left.map(|left| left - 1);
        Some(match rule.fault {
            Fault::Tampered(_) => Fault::Tampered(self.dice.random()),
            fault => fault,
        })
    }
}

/// Answers with `reply`, spoilt by `fault`.
pub(super) async fn spoil(fault: Fault, reply: Reply) -> Response {
    match fault {
        Fault::Status(status) => reply.with_status(status).into_response(),
        Fault::RetryAfter(secs) => {
            reply.with_status(429).with_header("retry-after", secs.to_string()).into_response()
        }
        Fault::Hang => std::future::pending().await,
        Fault::Delay(time) => {
            tokio::time::sleep(time).await;
            reply.into_response()
        }
        Fault::Reset => reset(reply),
        Fault::Truncate => {
            let half = reply.body.slice(..reply.body.len() / 2);
            Reply { body: half, ..reply }.into_response()
        }
        Fault::Html => page().into_response(),
        Fault::Garbage => {
            let mut bytes = vec![0; reply.body.len().max(64)];
            StdRng::seed_from_u64(11).fill(bytes.as_mut_slice());
            Reply { body: bytes.into(), ..reply }.into_response()
        }
        Fault::SlowLoris => slow_loris(reply),
        Fault::RedirectElsewhere => Reply::bytes("text/plain", "")
            .with_status(302)
            .with_header("location", "http://elsewhere.invalid/")
            .into_response(),
        Fault::WrongContentType => Reply { content_type: "text/html", ..reply }.into_response(),
        Fault::HugePng => Reply::bytes("image/png", huge_png()).into_response(),
        Fault::Tampered(number) => tamper::with(reply, number).into_response(),
        Fault::TruncatedJpeg => Reply::bytes("image/jpeg", truncated_jpeg()).into_response(),
    }
}

fn page() -> Reply {
    let page = "<!doctype html><title>Just a moment...</title><p>Checking your browser.</p>";
    Reply::bytes("text/html; charset=utf-8", page)
}

/// Announces the whole body, sends half of it and drops the connection.
fn reset(reply: Reply) -> Response {
    let length = reply.body.len();
    let half = reply.body.slice(..length / 2);
    let broken = stream::iter([Ok(half), Err(std::io::Error::other("reset by a fault"))]);
    // Without a pause hyper may notice the error before the first half is out.
    let broken = broken.then(|part| async {
        tokio::time::sleep(Duration::from_millis(5)).await;
        part
    });
    let mut response = reply.head(Body::from_stream(broken));
    response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    response
}

fn slow_loris(reply: Reply) -> Response {
    let bytes = reply.body.clone();
    let drops = stream::iter(0..bytes.len()).then(move |at| {
        let drop = bytes.slice(at..=at);
        async move {
            tokio::time::sleep(Duration::from_millis(50)).await;
            Ok::<Bytes, std::io::Error>(drop)
        }
    });
    reply.head(Body::from_stream(drops))
}

/// A PNG's signature, its header for 30000 x 30000 RGBA and the start of its pixels.
fn huge_png() -> Bytes {
    let mut header = b"IHDR".to_vec();
    header.extend(30_000_u32.to_be_bytes());
    header.extend(30_000_u32.to_be_bytes());
    header.extend([8, 6, 0, 0, 0]);
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\x0d".to_vec();
    png.extend(&header);
    png.extend(crc32(&header).to_be_bytes());
    png.extend(b"\0\x10\0\0IDAT\x78\x9c");
    png.resize(4096, 0);
    png.into()
}

/// The checksum of PNG chunks: CRC-32 as in ISO 3309.
fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(bytes);
    crc.sum()
}

fn truncated_jpeg() -> Bytes {
    let whole = super::pictures::jpeg(600, 900, [90, 120, 200]);
    whole.slice(..whole.len() * 2 / 3)
}
