//! `laurel serve`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::flags::SettingFlags;
use super::{CliError, block_on, load_config_over, open_blobs, say};
use crate::app::{App, Foundations};
use crate::clock::Clock;
use crate::config::Config;
use crate::demo;
use crate::http::{self, Server, ServerLimits};
use crate::keys::{Announcement, KeyKeeper};
use crate::service::Artworks;
use crate::store::{BlobStore, ControlFile, ControlInfo, DataDirLock, LockError};
use crate::telemetry::{self, metrics};

/// How long a new server waits for the one it replaces.
const LOCK_TIMEOUT: Duration = Duration::from_secs(15);

#[derive(Debug, Default, Args)]
pub(super) struct ServeArgs {
    /// Report every mistake in the settings and exit
    #[arg(long)]
    check: bool,
    #[command(flatten)]
    settings: SettingFlags,
}

pub(super) fn run(args: ServeArgs) -> Result<(), CliError> {
    let config = load_config_over(vec![Box::new(args.settings.0)])?;
    if args.check {
        for warning in &config.warnings {
            say(&format!("warning: {warning}"));
        }
        say("the settings can be used");
        return Ok(());
    }
    block_on(serve(config))
}

async fn serve(config: Config) -> Result<(), CliError> {
    telemetry::init_logs(config.log_filter.as_str());
    for warning in &config.warnings {
        tracing::warn!("{warning}");
    }
    let lock = lock(&config.storage.data_dir).await?;
    let stopping = CancellationToken::new();
    let listen = config.server.listen;
    let (running, announcement) = Running::start(&config, listen, stopping.clone()).await?;
    tracing::info!(address = %running.address, demo = config.is_demo(), "listening");
    announce(&config, running.address, &announcement);
    tokio::spawn(stop_on_signal(stopping));
    tokio::spawn(upkeep_metrics(Arc::clone(&running.app.artworks)));
    running.end().await;
    drop(lock);
    tracing::info!("stopped");
    Ok(())
}

/// A server that listens.
pub(super) struct Running {
    pub(super) address: SocketAddr,
    app: App,
    keeper: Arc<KeyKeeper>,
    blobs: BlobStore,
    serving: JoinHandle<()>,
    keeping: JoinHandle<()>,
    keeper_stop: CancellationToken,
    control: Option<ControlFile>,
}

impl Running {
    /// Builds a server and lets it listen until `stopping` is cancelled.
    pub(super) async fn start(
        config: &Config,
        listen: SocketAddr,
        stopping: CancellationToken,
    ) -> Result<(Self, Announcement), CliError> {
        let limits = ServerLimits::from(&config.storage.budgets());
        let server = Server::bind(listen, limits).await?;
        let address = server.local_address().unwrap_or(listen);
        let blobs = open_blobs(config);
        let starting = Foundations::start(config, blobs.clone(), Clock::system(), stopping.clone());
        let (foundations, announcement) = starting.await;
        let app = App::build(config, foundations).await?;
        let keeper = Arc::clone(&app.state.keeper);
        let keeper_stop = CancellationToken::new();
        app.start(stopping.clone());
        let keeping = tokio::spawn(Arc::clone(&keeper).run(keeper_stop.clone(), app.purge_hook()));
        let control = control_file(config, address, &keeper);
        let router = http::router(app.state.clone(), http::artwork_routes());
        let serving = tokio::spawn(server.run(router, stopping));
        let running = Self { address, app, keeper, blobs, serving, keeping, keeper_stop, control };
        Ok((running, announcement))
    }

    /// How commands talk to it.
    pub(super) fn control(&self) -> ControlInfo {
        control_info(self.address, &self.keeper)
    }

    /// Waits until it was stopped, and keeps what the next one has to know.
    pub(super) async fn end(self) {
        if self.serving.await.is_err() {
            tracing::error!("the server ended in a panic");
        }
        drop(self.control);
        // The last requests are counted by now.
        self.keeper_stop.cancel();
        if self.keeping.await.is_err() {
            tracing::error!("the keeper of the keys ended in a panic");
        }
        self.app.close().await;
        self.blobs.close().await;
    }
}

/// Tells commands on this machine where the server is. Without the file they cannot work while it
/// runs; the server itself can.
fn control_file(config: &Config, address: SocketAddr, keeper: &KeyKeeper) -> Option<ControlFile> {
    ControlFile::write(&config.storage.data_dir, control_info(address, keeper))
        .inspect_err(|error| {
            tracing::warn!("commands cannot reach this server: control.json: {}", error.kind());
        })
        .ok()
}

fn control_info(address: SocketAddr, keeper: &KeyKeeper) -> ControlInfo {
    let url = format!("http://{}/", reachable(address));
    ControlInfo { url, token: keeper.control_token().as_str().to_owned() }
}

/// A directory that cannot be locked is used all the same: it is read-only, or its file system
/// knows no locks.
async fn lock(data_dir: &Path) -> Result<Option<DataDirLock>, CliError> {
    match DataDirLock::take(data_dir, LOCK_TIMEOUT).await {
        Ok(lock) => Ok(Some(lock)),
        Err(error @ LockError::Unavailable(_)) => {
            tracing::warn!("{error}");
            Ok(None)
        }
        Err(error @ LockError::Held) => Err(error.into()),
    }
}

async fn upkeep_metrics(artworks: Arc<Artworks>) {
    let Some(handle) = metrics::handle() else {
        return;
    };
    loop {
        tokio::time::sleep(metrics::UPKEEP).await;
        artworks.record_gauges();
        handle.run_upkeep();
    }
}

/// Cancels `stopping` at SIGTERM or SIGINT. A signal that cannot be listened for keeps its usual
/// effect, which is to end the process.
pub(super) async fn stop_on_signal(stopping: CancellationToken) {
    let interrupted = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        () = interrupted => {}
        () = terminated() => {}
    }
    tracing::info!("stopping: finishing what is being served");
    stopping.cancel();
}

#[cfg(unix)]
async fn terminated() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut signal) => {
            signal.recv().await;
        }
        Err(_) => std::future::pending().await,
    }
}

#[cfg(not(unix))]
async fn terminated() {
    std::future::pending().await
}

/// Tells where the server is, and shows what was made at a first start: once, and never in a log.
fn announce(config: &Config, address: SocketAddr, announcement: &Announcement) {
    let base = base_url(config, address);
    say(&format!("laurel listens on {base}"));
    if config.is_demo() {
        say("TMDB_API_KEY is not set: serving the demo catalogue");
    }
    if let Some(minted) = &announcement.key {
        say(&format!("\nAn API key was made. It is shown this once:\n\n  {}\n", minted.key));
        say(&format!("Its share form, good for pictures only:\n\n  {}\n", minted.share));
        say(&format!("A poster to begin with:\n\n  {base}{}/{}\n", minted.key, sample(config)));
    }
    if let Some(token) = &announcement.admin_token {
        say(&format!("The admin token, shown this once:\n\n  {}\n", token.as_str()));
    }
}

/// Below a key: a poster that this server can show.
fn sample(config: &Config) -> String {
    match demo::titles().first() {
        Some(title) if config.is_demo() => format!("imdb/poster-default/{}.jpg", title.imdb),
        _ => format!("imdb/poster-default/{}.jpg", http::SAMPLE_ID),
    }
}

/// Ends in `/`.
fn base_url(config: &Config, address: SocketAddr) -> String {
    match &config.server.public_url {
        Some(url) => url.to_string(),
        None => format!("http://{}/", reachable(address)),
    }
}

/// Where a client on this machine finds a server that listens on `address`.
pub(super) fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_to_where_the_server_can_be_reached() {
        let base = |config: &Config, address: &str| base_url(config, address.parse().unwrap());
        let mut config = Config::default();
        assert_eq!(base(&config, "0.0.0.0:3000"), "http://127.0.0.1:3000/");
        assert_eq!(base(&config, "[::]:3000"), "http://[::1]:3000/");
        assert_eq!(base(&config, "192.0.2.1:80"), "http://192.0.2.1:80/");
        config.server.public_url = "https://art.example/laurel/".parse().ok();
        assert_eq!(base(&config, "0.0.0.0:3000"), "https://art.example/laurel/");
    }
}
