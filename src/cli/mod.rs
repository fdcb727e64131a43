//! The command line.

mod bulk;
mod control;
mod discover;
mod download;
mod flags;
mod health;
mod keys;
mod library;
mod purge;
mod serve;
mod settings;
mod token;
mod warm;

use std::error::Error;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};

use crate::config::{Config, ConfigError};
use crate::env::{DotEnvError, Env, Layers, ProcessEnv, read_dot_env};
use crate::http::BindError;
use crate::store::{BlobStore, LockError, StoreError};

/// How long threads that hang on a disk may delay the end of the process.
const LAST_WAIT: Duration = Duration::from_secs(2);

/// A self-hosted artwork server: posters, backdrops, clearlogos and stills with rating badges.
///
/// Without a command it serves. Settings are environment variables, a .env file in the current
/// directory, or flags of `laurel serve`; a flag wins over the environment, the environment over
/// the file.
#[derive(Debug, Parser)]
#[command(name = "laurel", version)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve artwork over HTTP (the default)
    Serve(serve::ServeArgs),
    /// Make, list, rotate and revoke API keys
    Keys(keys::KeysArgs),
    /// List titles by the day of their first release
    Discover(Box<discover::DiscoverArgs>),
    /// Download artwork of titles, rated or plain, into folders
    Download(Box<download::DownloadArgs>),
    /// Ask a running server whether it is alive; the exit code tells
    Health,
    /// Write pictures beside the films and series of a media library
    Library(Box<library::LibraryArgs>),
    /// Make pictures before somebody asks for them
    Warm(Box<warm::WarmArgs>),
    /// Remove cached artwork, also from a running server
    Purge(purge::PurgeArgs),
    /// Rotate the admin token
    Token(token::TokenArgs),
    /// List all settings with their defaults
    Settings(settings::SettingsArgs),
}

/// Where the data lies, for commands that work on it beside the server.
#[derive(Clone, Debug, Args)]
struct DataDirArg {
    /// Data directory; by default the server's, from the settings
    #[arg(long, value_name = "PATH")]
    data_dir: Option<PathBuf>,
}

impl DataDirArg {
    fn apply(self, config: &mut Config) {
        if let Some(data_dir) = self.data_dir {
            config.storage.data_dir = data_dir;
        }
    }
}

/// Why a command failed; printed with its sources.
#[derive(Debug, thiserror::Error)]
enum CliError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    DotEnv(#[from] DotEnvError),
    #[error("the runtime cannot be started")]
    Runtime(#[source] std::io::Error),
    #[error(transparent)]
    Bind(#[from] BindError),
    #[error("the server cannot be built")]
    App(#[from] crate::app::AppError),
    #[error(transparent)]
    Lock(#[from] LockError),
    #[error("the database cannot be used")]
    Store(#[from] StoreError),
    #[error("{0}")]
    Refused(String),
    /// The command line asks for something that there is not.
    #[error("{0}")]
    Usage(String),
}

/// How a command that works through a list ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ended {
    Whole,
    /// What could be done was done.
    SomeFailed,
    Interrupted,
}

impl From<Ended> for ExitCode {
    fn from(ended: Ended) -> Self {
        match ended {
            Ended::Whole => Self::SUCCESS,
            Ended::SomeFailed => Self::from(3),
            // 128 and the number of SIGINT, as shells have it.
            Ended::Interrupted => Self::from(130),
        }
    }
}

impl CliError {
    fn code(&self) -> ExitCode {
        // As clap's own.
        if matches!(self, Self::Usage(_)) { ExitCode::from(2) } else { ExitCode::FAILURE }
    }
}

/// Runs the command line of this process.
pub fn run() -> ExitCode {
    let command = Cli::parse().command;
    let whole = |()| Ended::Whole;
    let done = match command {
        None => serve::run(serve::ServeArgs::default()).map(whole),
        Some(Command::Serve(args)) => serve::run(args).map(whole),
        Some(Command::Keys(args)) => keys::run(args).map(whole),
        Some(Command::Discover(args)) => discover::run(*args),
        Some(Command::Download(args)) => download::run(*args),
        Some(Command::Library(args)) => library::run(*args),
        Some(Command::Warm(args)) => warm::run(*args),
        Some(Command::Health) => health::run().map(whole),
        Some(Command::Purge(args)) => purge::run(args).map(whole),
        Some(Command::Token(args)) => token::run(args).map(whole),
        Some(Command::Settings(args)) => {
            settings::run(&args);
            Ok(Ended::Whole)
        }
    };
    match done {
        Ok(ended) => ended.into(),
        Err(error) => {
            complain(&chain(&error));
            error.code()
        }
    }
}

/// Settings from the environment and the `.env` file.
fn load_config() -> Result<Config, CliError> {
    load_config_over(Vec::new())
}

/// Settings with `above`, which wins, over the environment and the `.env` file.
fn load_config_over(above: Vec<Box<dyn Env>>) -> Result<Config, CliError> {
    let mut layers = above;
    layers.push(Box::new(ProcessEnv));
    layers.push(Box::new(read_dot_env(Path::new(".env"))?));
    Ok(Config::from_env(&Layers::new(layers))?)
}

/// Runs `work` to its end on a runtime of its own.
fn block_on<T>(work: impl Future<Output = Result<T, CliError>>) -> Result<T, CliError> {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    let runtime = builder.enable_all().build().map_err(CliError::Runtime)?;
    let done = runtime.block_on(work);
    runtime.shutdown_timeout(LAST_WAIT);
    done
}

/// The disk cache below the data directory.
fn open_blobs(config: &Config) -> BlobStore {
    let dir = config.storage.data_dir.join("blobs");
    BlobStore::open_within(&dir, config.storage.disk_cache_bytes, &config.storage.budgets())
}

/// The error and what caused it, in one line.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        // Transparent errors repeat their source.
        if !text.ends_with(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        source = cause.source();
    }
    text
}

/// A line on standard output. A reader that has gone, as in `laurel settings | head`, is no error.
fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

fn complain(line: &str) {
    let _ = writeln!(std::io::stderr(), "laurel: {line}");
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn no_command_means_serve() {
        assert!(Cli::try_parse_from(["laurel"]).unwrap().command.is_none());
    }

    #[test]
    fn an_error_is_told_with_its_causes_once() {
        let io = std::io::Error::other("no threads");
        assert_eq!(chain(&CliError::Runtime(io)), "the runtime cannot be started: no threads");
        assert_eq!(
            chain(&CliError::Lock(LockError::Held)),
            "another laurel is running on this data directory"
        );
    }
}
