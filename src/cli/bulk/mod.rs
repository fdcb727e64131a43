//! What commands that go through many titles have in common: a server to work with, one of their own
//! where none runs; lists of titles; many at once, within bounds; progress, and how it ended.

mod client;
mod find;
mod list;
mod pace;
mod progress;
mod session;
mod web;
mod work;

use clap::{Args, ValueEnum};

use crate::model::MediaType;

pub(super) use client::{AdminClient, Failure};
pub(super) use find::{MatchedTitle, find_by_name, title_of, unsure};
pub(super) use list::{TitleRef, read_titles};
pub(super) use pace::CallPace;
pub(super) use progress::{Channel, Tally, WorkOutcome, WorkProgress};
pub(super) use session::Session;
pub(super) use web::WebClient;
pub(super) use work::run_all;

/// Whom a command works with.
#[derive(Clone, Debug, Args)]
pub(super) struct ServerArgs {
    /// Work with the server at this address; by default with the one on the data directory, or without one
    #[arg(long, value_name = "URL", requires = "token")]
    server: Option<url::Url>,
    /// Admin token of that server; other users of this machine can see it, and `-` takes `LAUREL_ADMIN_TOKEN`
    #[arg(long, value_name = "TOKEN", requires = "server")]
    token: Option<String>,
    #[command(flatten)]
    data_dir: super::DataDirArg,
}

impl ServerArgs {
    /// Where the command keeps what it knows, whoever the server is.
    pub(super) fn data_dir_into(&self, config: &mut crate::config::Config) {
        self.data_dir.clone().apply(config);
    }
}

/// How much at once, and how it is told.
#[derive(Clone, Copy, Debug, Args)]
pub(super) struct WorkArgs {
    /// Pictures at once
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=64))]
    jobs: u16,
    /// Progress as JSON Lines
    #[arg(long)]
    json: bool,
}

impl WorkArgs {
    pub(super) fn jobs(self) -> usize {
        usize::from(self.jobs)
    }

    pub(super) fn progress(self, channel: Channel) -> WorkProgress {
        WorkProgress::new(self.json, channel)
    }
}

/// Films, series, or both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum MediaArg {
    Movie,
    Series,
    Both,
}

impl MediaArg {
    pub(super) fn types(self) -> &'static [MediaType] {
        match self {
            Self::Movie => &[MediaType::Movie],
            Self::Series => &[MediaType::Series],
            Self::Both => &[MediaType::Movie, MediaType::Series],
        }
    }
}
