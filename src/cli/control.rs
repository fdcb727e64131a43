//! Commands beside a running server: they find it by `control.json` and work through its admin API,
//! so that a change is in force when they return.

use std::path::Path;
use std::time::Duration;

use reqwest::Method;
use serde_json::Value;
use url::Url;

use super::CliError;
use crate::clock::Clock;
use crate::config::Config;
use crate::keys::{AdminError, KeyPolicy, SettingsService};
use crate::store::{ControlFile, ControlInfo, DataDirLock, Database, LockError};

/// For a whole call; the longest is a purge.
const TIMEOUT: Duration = Duration::from_secs(35);
/// How long a server that is starting may take to say where it is.
const START_TIMEOUT: Duration = Duration::from_secs(2);
/// Larger answers are none of ours.
const MAX_ANSWER: usize = 32 << 20;

/// Where a command finds what it works on.
#[derive(Debug)]
pub(super) enum Target {
    /// A server runs on the directory.
    Server(ControlClient),
    /// Nobody does; the lock keeps it so.
    Directory(DataDirLock),
}

impl Target {
    /// Who has the data directory.
    pub(super) async fn find(data_dir: &Path) -> Result<Self, CliError> {
        match DataDirLock::try_take(data_dir) {
            Ok(lock) => Ok(Self::Directory(lock)),
            Err(LockError::Held) => ControlClient::find(data_dir).await.map(Self::Server),
            Err(error) => Err(error.into()),
        }
    }
}

/// A client of the admin API of the server on a data directory.
#[derive(Debug)]
pub(super) struct ControlClient {
    info: ControlInfo,
    client: reqwest::Client,
}

impl ControlClient {
    pub(super) fn info(&self) -> &ControlInfo {
        &self.info
    }

    async fn find(data_dir: &Path) -> Result<Self, CliError> {
        let client = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(TIMEOUT)
            .build()
            .map_err(|_| CliError::Refused("no connection can be made".to_owned()))?;
        let start = tokio::time::Instant::now();
        loop {
            if let Some(info) = ControlFile::read(data_dir) {
                return Ok(Self { info, client });
            }
            if start.elapsed() > START_TIMEOUT {
                let text = "a server runs on the data directory and cannot be reached: there is \
                            no control.json that this user can read";
                return Err(CliError::Refused(text.to_owned()));
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Calls the admin API; `path` stands below `/api/admin/`.
    pub(super) async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Value, CliError> {
        let url = Url::parse(&self.info.url).and_then(|url| url.join("api/admin/"));
        let url = url.and_then(|url| url.join(path));
        let url = url.map_err(|_| CliError::Refused("control.json names no address".to_owned()))?;
        let request = self.client.request(method, url).bearer_auth(&self.info.token);
        let request = match body {
            Some(body) => request.body(body.to_string()),
            None => request,
        };
        // Without the address: it is the error's business, not the user's.
        let failed = |error: reqwest::Error| {
            CliError::Refused(format!("the running server: {}", error.without_url()))
        };
        let mut response = request.send().await.map_err(failed)?;
        let status = response.status();
        let mut answer = Vec::new();
        while let Some(part) = response.chunk().await.map_err(failed)? {
            answer.extend_from_slice(&part);
            if answer.len() > MAX_ANSWER {
                return Err(CliError::Refused("the server's answer is too large".to_owned()));
            }
        }
        let answer: Value = serde_json::from_slice(&answer).unwrap_or(Value::Null);
        match status.is_success() {
            true => Ok(answer),
            false => Err(CliError::Refused(refusal(&answer, status.as_u16()))),
        }
    }
}

/// The sentence of an error, with its fields.
fn refusal(answer: &Value, status: u16) -> String {
    let error = &answer["error"];
    let Some(message) = error["message"].as_str() else {
        return format!("the running server answers {status}");
    };
    let fields = error["fields"].as_array().map_or(&[][..], Vec::as_slice);
    let fields = fields.iter().map(|field| {
        let text = |name: &str| field[name].as_str().unwrap_or_default().to_owned();
        format!("{}: {}", text("path"), text("message"))
    });
    let fields: Vec<String> = fields.collect();
    if fields.is_empty() { message.to_owned() } else { fields.join("; ") }
}

/// Keys, profiles and tokens: by the running server, or in the database itself.
#[derive(Debug)]
pub(super) enum Settings {
    Server(ControlClient),
    Database { database: Database, policy: KeyPolicy, _lock: Option<DataDirLock> },
}

impl Settings {
    pub(super) async fn open(config: &Config) -> Result<Self, CliError> {
        let lock = match Target::find(&config.storage.data_dir).await {
            Ok(Target::Server(client)) => return Ok(Self::Server(client)),
            Ok(Target::Directory(lock)) => Some(lock),
            // A file system without locks: as the server does, without one.
            Err(CliError::Lock(LockError::Unavailable(_))) => None,
            Err(error) => return Err(error),
        };
        let database = Database::open(&config.storage.data_dir).await?;
        Ok(Self::Database { database, policy: config.keys.clone(), _lock: lock })
    }

    pub(super) async fn close(self) {
        if let Self::Database { database, .. } = self {
            database.close().await;
        }
    }

    pub(super) async fn keys(&self) -> Result<Vec<Value>, CliError> {
        match self {
            Self::Server(client) => {
                let answer = client.call(Method::GET, "keys", None).await?;
                Ok(answer["keys"].as_array().cloned().unwrap_or_default())
            }
            Self::Database { database, policy, .. } => Ok(service(database, policy).keys().await?),
        }
    }

    pub(super) async fn create_key(&self, document: &Value) -> Result<Value, CliError> {
        match self {
            Self::Server(client) => client.call(Method::POST, "keys", Some(document)).await,
            Self::Database { database, policy, .. } => {
                Ok(service(database, policy).create_key(document).await?)
            }
        }
    }

    pub(super) async fn revoke_key(&self, id: i64) -> Result<(), CliError> {
        match self {
            Self::Server(client) => {
                client.call(Method::DELETE, &format!("keys/{id}"), None).await.map(drop)
            }
            Self::Database { database, policy, .. } => {
                Ok(service(database, policy).revoke_key(id).await?)
            }
        }
    }

    pub(super) async fn rotate_key(&self, id: i64, grace: Duration) -> Result<Value, CliError> {
        match self {
            Self::Server(client) => {
                let body = serde_json::json!({"grace": format!("{}s", grace.as_secs())});
                client.call(Method::POST, &format!("keys/{id}/rotate"), Some(&body)).await
            }
            Self::Database { database, policy, .. } => {
                Ok(service(database, policy).rotate_key(id, grace.as_secs()).await?)
            }
        }
    }

    /// The new admin token.
    pub(super) async fn rotate_token(&self) -> Result<String, CliError> {
        match self {
            Self::Server(client) => {
                let answer = client.call(Method::POST, "token/rotate", None).await?;
                Ok(answer["admin_token"].as_str().unwrap_or_default().to_owned())
            }
            Self::Database { database, policy, .. } => {
                let token = service(database, policy).rotate_admin_token().await?;
                Ok(token.as_str().to_owned())
            }
        }
    }
}

fn service<'a>(database: &'a Database, policy: &'a KeyPolicy) -> SettingsService<'a> {
    SettingsService::new(database, policy, &Clock::system())
}

impl From<AdminError> for CliError {
    fn from(error: AdminError) -> Self {
        match error {
            AdminError::Store(error) => Self::Store(error),
            error => Self::Refused(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_refusal_tells_fields_or_the_sentence() {
        let conflict = json!({"error": {"code": "conflict", "message": "a key has this name"}});
        assert_eq!(refusal(&conflict, 409), "a key has this name");
        let fields = json!([{"path": "quota", "message": "expected a number"}]);
        let invalid = json!({"error": {"message": "mistakes", "fields": fields}});
        assert_eq!(refusal(&invalid, 422), "quota: expected a number");
        assert_eq!(refusal(&Value::Null, 502), "the running server answers 502");
    }
}
