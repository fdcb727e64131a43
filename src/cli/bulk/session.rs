//! The server that a command works with: another machine's, the one on the data directory, or its own.

use std::net::{Ipv4Addr, SocketAddr};

use tokio_util::sync::CancellationToken;
use url::Url;

use super::ServerArgs;
use super::client::AdminClient;
use crate::cli::control::{ControlClient, Target};
use crate::cli::serve::{Running, stop_on_signal};
use crate::cli::{CliError, complain};
use crate::config::Config;
use crate::env::Secret;
use crate::store::DataDirLock;

/// A server to work with until [`Session::end`].
pub(in crate::cli) struct Session {
    client: AdminClient,
    /// Cancelled when the user has had enough.
    interrupted: CancellationToken,
    own: Option<OwnServer>,
}

/// A server of the command's own, on a free port of this machine.
struct OwnServer {
    running: Running,
    stopping: CancellationToken,
    _lock: DataDirLock,
}

impl Session {
    /// Finds a server, or starts one.
    pub(in crate::cli) async fn open(
        args: ServerArgs,
        config: &mut Config,
    ) -> Result<Self, CliError> {
        args.data_dir.apply(config);
        let interrupted = CancellationToken::new();
        tokio::spawn(stop_on_signal(interrupted.clone()));
        if let (Some(url), Some(token)) = (&args.server, &args.token) {
            let set = config.keys.admin_token.clone();
            let token = match token.as_str() {
                "-" => set.ok_or_else(|| usage("LAUREL_ADMIN_TOKEN is not set"))?,
                token => Secret::new(token),
            };
            return Ok(Self { client: AdminClient::new(url, token)?, interrupted, own: None });
        }
        match Target::find(&config.storage.data_dir).await? {
            Target::Server(found) => {
                Ok(Self { client: of_control(&found)?, interrupted, own: None })
            }
            Target::Directory(lock) => Self::start(config, lock, interrupted).await,
        }
    }

    async fn start(
        config: &Config,
        lock: DataDirLock,
        interrupted: CancellationToken,
    ) -> Result<Self, CliError> {
        let stopping = CancellationToken::new();
        let anywhere = SocketAddr::new(Ipv4Addr::LOCALHOST.into(), 0);
        let starting = Running::start(config, anywhere, stopping.clone());
        let (running, announcement) = Box::pin(starting).await?;
        if let Some(minted) = &announcement.key {
            complain(&format!("an API key was made, shown this once: {}", minted.key));
        }
        if let Some(token) = &announcement.admin_token {
            complain(&format!("an admin token was made, shown this once: {}", token.as_str()));
        }
        if config.is_demo() {
            complain("TMDB_API_KEY is not set: working with the demo catalogue");
        }
        let control = running.control();
        let url = Url::parse(&control.url).map_err(|_| usage("no address on this machine"))?;
        let client = AdminClient::new(&url, Secret::new(control.token))?;
        Ok(Self { client, interrupted, own: Some(OwnServer { running, stopping, _lock: lock }) })
    }

    pub(in crate::cli) fn client(&self) -> &AdminClient {
        &self.client
    }

    pub(in crate::cli) fn interrupted(&self) -> &CancellationToken {
        &self.interrupted
    }

    /// Stops the server that was started for the command, after what is being written.
    pub(in crate::cli) async fn end(self) {
        if let Some(own) = self.own {
            own.stopping.cancel();
            own.running.end().await;
        }
    }
}

fn of_control(found: &ControlClient) -> Result<AdminClient, CliError> {
    let info = found.info();
    let url = Url::parse(&info.url);
    let url = url.map_err(|_| CliError::Refused("control.json names no address".to_owned()))?;
    AdminClient::new(&url, Secret::new(info.token.clone()))
}

fn usage(text: &str) -> CliError {
    CliError::Usage(text.to_owned())
}
