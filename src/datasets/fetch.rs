//! Downloads to disk: conditional, bounded, patient only within limits.

use std::path::Path;
use std::time::Duration;

use reqwest::header::{
    ACCEPT_ENCODING, ETAG, HeaderMap, HeaderName, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED,
};
use reqwest::{Client, Response, StatusCode, redirect};
use tokio::io::AsyncWriteExt as _;
use url::Url;

use super::error::DatasetError;
use super::table::SourceValidators;
use super::workspace::{TemporaryFile, Workspace};

const MAX_REDIRECTS: usize = 3;
/// An entity tag or a date; longer ones are not kept.
const MAX_VALIDATOR_BYTES: usize = 256;

/// How long a source may take.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    pub connect: Duration,
    /// Between two reads of a body.
    pub idle: Duration,
    /// For one file, from the question to its last byte.
    pub total: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            idle: Duration::from_secs(20),
            total: Duration::from_mins(15),
        }
    }
}

/// A file that was fetched; deleted when dropped.
#[derive(Debug)]
pub(super) struct Download {
    pub(super) file: TemporaryFile,
    pub(super) validators: SourceValidators,
}

impl Download {
    pub(super) fn path(&self) -> &Path {
        self.file.path()
    }
}

/// What to fetch.
#[derive(Debug)]
pub(super) struct Wanted<'a> {
    pub(super) url: Url,
    /// From the last time, if what was fetched then is still in use.
    pub(super) validators: Option<&'a SourceValidators>,
    pub(super) limit_bytes: u64,
    pub(super) progress: indicatif::ProgressBar,
}

#[derive(Clone, Debug)]
pub(super) struct Fetcher {
    client: Client,
    workspace: Workspace,
}

impl Fetcher {
    pub(super) fn new(workspace: Workspace, timeouts: Timeouts) -> Result<Self, DatasetError> {
        let client = Client::builder()
            .user_agent(concat!("laurel/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(timeouts.connect)
            .read_timeout(timeouts.idle)
            .timeout(timeouts.total)
            .redirect(redirect::Policy::custom(follow))
            .build()
            .map_err(transport)?;
        Ok(Self { client, workspace })
    }

    /// Fetches a file; `None` when it has not changed.
    pub(super) async fn fetch(&self, wanted: Wanted<'_>) -> Result<Option<Download>, DatasetError> {
        let mut request = self.client.get(wanted.url.clone());
        if is_gzip(&wanted.url) {
            // Gzip within gzip saves nothing.
            request = request.header(ACCEPT_ENCODING, "identity");
        }
        if let Some(validators) = wanted.validators {
            request = request.headers(conditions(validators));
        }
        let response = request.send().await.map_err(transport)?;
        match response.status() {
            StatusCode::OK => self.save(response, &wanted).await.map(Some),
            StatusCode::NOT_MODIFIED if wanted.validators.is_some() => Ok(None),
            StatusCode::NOT_FOUND | StatusCode::GONE => Err(DatasetError::Absent),
            other => Err(DatasetError::Status(other.as_u16())),
        }
    }

    /// Streams the body to disk, so that neither its size nor its speed costs memory.
    async fn save(
        &self,
        mut response: Response,
        wanted: &Wanted<'_>,
    ) -> Result<Download, DatasetError> {
        let limit = wanted.limit_bytes;
        let too_large = || DatasetError::DownloadTooLarge { limit };
        if let Some(length) = response.content_length() {
            if length > limit {
                return Err(too_large());
            }
            wanted.progress.set_length(length);
        }
        let validators = validators(response.headers());
        let file = self.workspace.temporary("download");
        let disk = tokio::fs::File::create(file.path()).await.map_err(DatasetError::Disk)?;
        let mut disk = tokio::io::BufWriter::with_capacity(1 << 18, disk);
        let mut received = 0;
        while let Some(chunk) = response.chunk().await.map_err(transport)? {
            received += chunk.len() as u64;
            if received > limit {
                return Err(too_large());
            }
            disk.write_all(&chunk).await.map_err(DatasetError::Disk)?;
            wanted.progress.set_position(received);
        }
        disk.flush().await.map_err(DatasetError::Disk)?;
        Ok(Download { file, validators })
    }
}

fn is_gzip(url: &Url) -> bool {
    Path::new(url.path()).extension().is_some_and(|extension| extension == "gz")
}

/// Follows a few redirects, within the host or to anywhere over https, never from https to http.
fn follow(attempt: redirect::Attempt<'_>) -> redirect::Action {
    if attempt.previous().len() > MAX_REDIRECTS {
        return attempt.error("too many redirects");
    }
    let from = attempt.previous().last();
    let same_host = from.is_some_and(|from| from.host() == attempt.url().host());
    let was_https = from.is_some_and(|from| from.scheme() == "https");
    match attempt.url().scheme() {
        "https" => attempt.follow(),
        "http" if same_host && !was_https => attempt.follow(),
        _ => attempt.error("redirected to where we do not follow"),
    }
}

fn conditions(validators: &SourceValidators) -> HeaderMap {
    let pairs: [(HeaderName, &Option<String>); 2] =
        [(IF_NONE_MATCH, &validators.etag), (IF_MODIFIED_SINCE, &validators.last_modified)];
    let valid =
        pairs.into_iter().filter_map(|(name, value)| Some((name, value.as_ref()?.parse().ok()?)));
    valid.collect()
}

fn validators(headers: &HeaderMap) -> SourceValidators {
    let text = |name| {
        let value = headers.get(name)?.to_str().ok()?;
        (value.len() <= MAX_VALIDATOR_BYTES).then(|| value.to_owned())
    };
    SourceValidators { etag: text(ETAG), last_modified: text(LAST_MODIFIED) }
}

fn transport(error: reqwest::Error) -> DatasetError {
    DatasetError::Transport(error.without_url())
}
