//! The admin API as commands use it: patient with a busy server, and with providers that rest.

use std::time::Duration;

use bytes::Bytes;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use rand::Rng;
use reqwest::header::{ETAG, IF_NONE_MATCH, RETRY_AFTER};
use reqwest::{Method, Response, StatusCode};
use serde_json::Value;
use url::Url;

use crate::cli::CliError;
use crate::env::Secret;
use crate::library::NewFile;

/// For a whole call: a picture may wait a minute for its turn.
const TIMEOUT: Duration = Duration::from_secs(90);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// So often a call is made before it counts as failed.
const MAX_TRIES: u32 = 7;
const FIRST_WAIT: Duration = Duration::from_millis(400);
/// A server that asks for more is not waited for.
const MAX_WAIT: Duration = Duration::from_secs(15);
/// Larger documents are none of ours.
const MAX_DOCUMENT: usize = 32 << 20;
/// Largest picture.
const MAX_PICTURE: u64 = 128 << 20;

/// What must not stand in a segment of a path as it is.
const SEGMENT: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'%').add(b'/').add(b'?').add(b'<').add(b'>');

/// Why a call was not answered. No text holds an address or a token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(in crate::cli) enum Failure {
    /// The word and the sentence of the server's error.
    #[error("{message}")]
    Refused { code: String, message: String },
    #[error("the server cannot be reached: {0}")]
    Unreachable(String),
    #[error("the server sent something that cannot be used")]
    Unusable,
    #[error("{text}")]
    Disk { text: String, is_full: bool },
}

impl Failure {
    /// There is no such title or artwork, today.
    pub(in crate::cli) fn is_absence(&self) -> bool {
        let words = ["unknown_title", "no_artwork"];
        matches!(self, Self::Refused { code, .. } if words.contains(&code.as_str()))
    }

    /// Nothing further can be written.
    pub(in crate::cli) fn is_full_disk(&self) -> bool {
        matches!(self, Self::Disk { is_full: true, .. })
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        let kind = error.kind();
        let full = [std::io::ErrorKind::StorageFull, std::io::ErrorKind::QuotaExceeded];
        Self::Disk { text: format!("it cannot be written: {kind}"), is_full: full.contains(&kind) }
    }
}

/// What came with a picture.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::cli) struct PictureHead {
    pub(in crate::cli) etag: Option<String>,
    /// Something was missing that may be there in a moment.
    pub(in crate::cli) provisional: bool,
}

impl PictureHead {
    fn of(response: &Response) -> Self {
        let header =
            |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok());
        Self {
            etag: header(ETAG.as_str()).map(str::to_owned),
            provisional: header("x-provisional") == Some("true"),
        }
    }
}

/// A try that did not succeed, and whether another may.
pub(super) struct Try {
    pub(super) failure: Failure,
    /// How long the other side asks to wait before another; `None`: there is no point in one.
    pub(super) again: Option<Duration>,
}

/// A client of the admin API. Cheap to clone.
#[derive(Clone, Debug)]
pub(in crate::cli) struct AdminClient {
    /// Ends in `/api/admin/`.
    base: String,
    token: Secret,
    http: reqwest::Client,
}

impl AdminClient {
    pub(in crate::cli) fn new(server: &Url, token: Secret) -> Result<Self, CliError> {
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(TIMEOUT);
        // No proxy could reach it.
        let is_loopback =
            server.host_str().is_some_and(|host| host.starts_with("127.") || host == "localhost");
        let http = if is_loopback { http.no_proxy() } else { http };
        let http = http.build();
        let http = http.map_err(|_| CliError::Refused("no connection can be made".to_owned()))?;
        if !matches!(server.scheme(), "http" | "https") {
            return Err(CliError::Usage("--server takes an http or https address".to_owned()));
        }
        let base = format!("{}/api/admin/", server.as_str().trim_end_matches('/'));
        Ok(Self { base, token, http })
    }

    /// A document. `path` are segments below `/api/admin`, `query` is sent as it is.
    pub(in crate::cli) async fn json(&self, path: &[&str], query: &str) -> Result<Value, Failure> {
        let url = self.url(path, query);
        let mut tries = Tries::default();
        loop {
            let tried = match self.send(&url, None).await {
                Ok(response) => document(response).await,
                Err(tried) => Err(tried),
            };
            match tried {
                Ok(value) => return Ok(value),
                Err(tried) => tries.wait(tried).await?,
            }
        }
    }

    /// A picture into `file`; `None` where it is the one that `etag` names.
    pub(in crate::cli) async fn picture(
        &self,
        path: &[&str],
        query: &str,
        etag: Option<&str>,
        file: &mut NewFile,
    ) -> Result<Option<PictureHead>, Failure> {
        let url = self.url(path, query);
        let mut tries = Tries::default();
        loop {
            let tried = match self.send(&url, etag).await {
                Ok(response) if response.status() == StatusCode::NOT_MODIFIED => return Ok(None),
                Ok(response) => receive(response, file).await,
                Err(tried) => Err(tried),
            };
            match tried {
                Ok(picture) => return Ok(Some(picture)),
                Err(tried) => tries.wait(tried).await?,
            }
        }
    }

    /// Sees to it that a picture is made, and takes none of its bytes.
    pub(in crate::cli) async fn warm(
        &self,
        path: &[&str],
        query: &str,
    ) -> Result<PictureHead, Failure> {
        let url = self.url(path, query);
        let mut tries = Tries::default();
        loop {
            match self.send_as(Method::HEAD, &url, None).await {
                Ok(response) => return Ok(PictureHead::of(&response)),
                Err(tried) => tries.wait(tried).await?,
            }
        }
    }

    fn url(&self, path: &[&str], query: &str) -> String {
        let segments: Vec<String> =
            path.iter().map(|part| utf8_percent_encode(part, SEGMENT).to_string()).collect();
        let mark = if query.is_empty() { "" } else { "?" };
        format!("{}{}{mark}{query}", self.base, segments.join("/"))
    }

    async fn send(&self, url: &str, etag: Option<&str>) -> Result<Response, Try> {
        self.send_as(Method::GET, url, etag).await
    }

    async fn send_as(
        &self,
        method: Method,
        url: &str,
        etag: Option<&str>,
    ) -> Result<Response, Try> {
        let request = self.http.request(method, url).bearer_auth(self.token.expose());
        let request = match etag {
            Some(etag) => request.header(IF_NONE_MATCH, etag),
            None => request,
        };
        let response = request.send().await.map_err(|error| unreachable(&error))?;
        let status = response.status();
        if status.is_success() || status == StatusCode::NOT_MODIFIED {
            return Ok(response);
        }
        let asked = retry_after(&response);
        let transient = is_transient(status);
        let bytes = bounded(response).await.unwrap_or_default();
        let error: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        let text = |name: &str| error["error"][name].as_str().map(str::to_owned);
        let failure = Failure::Refused {
            code: text("code").unwrap_or_default(),
            message: text("message").unwrap_or_else(|| format!("the server answers {status}")),
        };
        Err(Try { failure, again: transient.then(|| asked.unwrap_or_default()) })
    }
}

/// The tries of one call.
#[derive(Default)]
pub(super) struct Tries(u32);

impl Tries {
    /// Waits before the next try; fails where there is no point in one.
    pub(super) async fn wait(&mut self, tried: Try) -> Result<(), Failure> {
        self.0 += 1;
        let usual = FIRST_WAIT * 2_u32.pow(self.0.min(6) - 1);
        let wait = tried.again.map(|asked| asked.max(usual.min(MAX_WAIT)));
        match wait.filter(|wait| self.0 < MAX_TRIES && *wait <= MAX_WAIT) {
            Some(wait) => {
                // Many wait at once: not all come back in the same moment.
                let share = rand::rng().random_range(1.0..1.3);
                tokio::time::sleep(wait.mul_f64(share)).await;
                Ok(())
            }
            None => Err(tried.failure),
        }
    }
}

/// How long the other side asks to wait.
pub(super) fn retry_after(response: &Response) -> Option<Duration> {
    let asked = response.headers().get(RETRY_AFTER)?.to_str().ok()?;
    asked.parse().ok().map(Duration::from_secs)
}

/// Whether another try may do better.
pub(super) fn is_transient(status: StatusCode) -> bool {
    status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error()
}

pub(super) fn unreachable(error: &reqwest::Error) -> Try {
    let reason = match () {
        () if error.is_timeout() => "it is late",
        () if error.is_connect() => "no connection",
        () => "the connection broke off",
    };
    Try { failure: Failure::Unreachable(reason.to_owned()), again: Some(Duration::ZERO) }
}

pub(super) async fn bounded(mut response: Response) -> Result<Vec<u8>, Try> {
    let mut bytes = Vec::new();
    while let Some(part) = response.chunk().await.map_err(|error| unreachable(&error))? {
        bytes.extend_from_slice(&part);
        if bytes.len() > MAX_DOCUMENT {
            return Err(Try { failure: Failure::Unusable, again: None });
        }
    }
    Ok(bytes)
}

async fn document(response: Response) -> Result<Value, Try> {
    let bytes = bounded(response).await?;
    serde_json::from_slice(&bytes).map_err(|_| Try { failure: Failure::Unusable, again: None })
}

pub(super) async fn receive(
    mut response: Response,
    file: &mut NewFile,
) -> Result<PictureHead, Try> {
    let disk = |error: std::io::Error| Try { failure: error.into(), again: None };
    let picture = PictureHead::of(&response);
    file.restart().map_err(disk)?;
    loop {
        let part: Option<Bytes> = response.chunk().await.map_err(|error| unreachable(&error))?;
        let Some(part) = part else { return Ok(picture) };
        file.write(&part).map_err(disk)?;
        if file.written() > MAX_PICTURE {
            return Err(Try { failure: Failure::Unusable, again: None });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_made_of_encoded_segments() {
        let server: Url = "http://127.0.0.1:3000/laurel/".parse().unwrap();
        let client = AdminClient::new(&server, Secret::new("hush")).unwrap();
        let url = client.url(&["artwork", "imdb", "a/b c?", "ä"], "lang=de");
        let base = "http://127.0.0.1:3000/laurel/api/admin/artwork/imdb";
        assert_eq!(url, format!("{base}/a%2Fb%20c%3F/%C3%A4?lang=de"));
        assert!(!format!("{client:?}").contains("hush"));
        let ftp: Url = "ftp://example.org/".parse().unwrap();
        assert!(AdminClient::new(&ftp, Secret::new("x")).is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_is_tried_again_within_bounds() {
        let failed = |again| Try { failure: Failure::Unusable, again };
        let mut tries = Tries::default();
        assert!(tries.wait(failed(None)).await.is_err());
        let mut tries = Tries::default();
        assert!(tries.wait(failed(Some(Duration::from_hours(1)))).await.is_err());
        let (mut tries, start) = (Tries::default(), tokio::time::Instant::now());
        let mut waits = 0;
        while tries.wait(failed(Some(Duration::ZERO))).await.is_ok() {
            waits += 1;
        }
        assert_eq!(waits, MAX_TRIES - 1);
        assert!(start.elapsed() < Duration::from_mins(1), "{:?}", start.elapsed());
    }
}
