//! Services that commands ask by themselves: files and small documents, patiently and within bounds.

use std::time::Duration;

use reqwest::Response;
use serde_json::Value;
use url::Url;

use super::client::{
    Failure, Tries, Try, bounded, is_transient, receive, retry_after, unreachable,
};
use crate::cli::CliError;
use crate::env::Secret;
use crate::library::NewFile;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Between two reads of a body.
const READ_TIMEOUT: Duration = Duration::from_secs(20);
/// For one file, to its last byte.
const TIMEOUT: Duration = Duration::from_mins(15);

/// A client of the web. Follows no redirects. Cheap to clone.
#[derive(Clone, Debug)]
pub(in crate::cli) struct WebClient {
    http: reqwest::Client,
    /// The value of `Authorization`, for documents only.
    authorization: Option<Secret>,
}

impl WebClient {
    pub(in crate::cli) fn new(authorization: Option<Secret>) -> Result<Self, CliError> {
        let http = reqwest::Client::builder()
            .user_agent(concat!("laurel/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(READ_TIMEOUT)
            .timeout(TIMEOUT)
            .build();
        let http = http.map_err(|_| CliError::Refused("no connection can be made".to_owned()))?;
        Ok(Self { http, authorization })
    }

    /// A document.
    pub(in crate::cli) async fn json(&self, url: &Url) -> Result<Value, Failure> {
        let mut tries = Tries::default();
        loop {
            let tried = match self.send(url, true).await {
                Ok(response) => bounded(response).await,
                Err(tried) => Err(tried),
            };
            match tried {
                Ok(bytes) => {
                    return serde_json::from_slice(&bytes).map_err(|_| Failure::Unusable);
                }
                Err(tried) => tries.wait(tried).await?,
            }
        }
    }

    /// A file.
    pub(in crate::cli) async fn file(&self, url: &Url, file: &mut NewFile) -> Result<(), Failure> {
        let mut tries = Tries::default();
        loop {
            let tried = match self.send(url, false).await {
                Ok(response) => receive(response, file).await,
                Err(tried) => Err(tried),
            };
            match tried {
                Ok(_) => return Ok(()),
                Err(tried) => tries.wait(tried).await?,
            }
        }
    }

    /// An answer whose body is read by the caller; `None` where there is no such file.
    pub(in crate::cli) async fn open(&self, url: &Url) -> Result<Option<Response>, Failure> {
        let mut tries = Tries::default();
        loop {
            match self.send(url, false).await {
                Ok(response) => return Ok(Some(response)),
                Err(Try { failure: Failure::Refused { .. }, again: None }) => return Ok(None),
                Err(tried) => tries.wait(tried).await?,
            }
        }
    }

    async fn send(&self, url: &Url, with_key: bool) -> Result<Response, Try> {
        let request = self.http.get(url.clone());
        let request = match self.authorization.as_ref().filter(|_| with_key) {
            Some(secret) => request.header(reqwest::header::AUTHORIZATION, secret.expose()),
            None => request,
        };
        let response = request.send().await.map_err(|error| unreachable(&error))?;
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        let again = is_transient(status).then(|| retry_after(&response).unwrap_or_default());
        let host = url.host_str().unwrap_or("the host");
        let message = format!("{host} answers {}", status.as_u16());
        Err(Try { failure: Failure::Refused { code: String::new(), message }, again })
    }
}
