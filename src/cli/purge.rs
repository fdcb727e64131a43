//! `laurel purge`: asks a running server, or works on the directory itself where none runs.

use std::time::Duration;

use clap::builder::PossibleValuesParser;
use clap::{Args, ValueEnum};
use tokio::time::Instant;

use super::{CliError, DataDirArg, block_on, load_config, open_blobs, say};
use crate::config::Config;
use crate::model::{ArtworkKind, Words};
use crate::store::{DataDirLock, Database, LockError, PurgeScope, Tier};

/// How long the server may take to carry it out.
const TIMEOUT: Duration = Duration::from_secs(30);

#[derive(Debug, Args)]
pub(super) struct PurgeArgs {
    #[command(flatten)]
    what: What,
    #[command(flatten)]
    data_dir: DataDirArg,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct What {
    /// Everything of one title, by an id such as tt0903747 or tv-1396
    #[arg(long, value_name = "ID")]
    title: Option<String>,
    /// Everything of one family
    #[arg(long, value_parser = PossibleValuesParser::new(ArtworkKind::NAMES))]
    family: Option<String>,
    /// One tier: artwork as fetched, bases, finished renders, or gathered inputs
    #[arg(long, value_enum)]
    tier: Option<TierName>,
    /// Everything
    #[arg(long)]
    all: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum TierName {
    Artwork,
    Base,
    Render,
    Inputs,
}

impl What {
    fn scope(self) -> Result<PurgeScope, CliError> {
        if let Some(title) = self.title {
            let scope = format!("title:{title}").parse();
            return scope.map_err(|_| CliError::Refused("this is no title's id".to_owned()));
        }
        if let Some(family) = self.family {
            let kind = ArtworkKind::from_word(&family).map(PurgeScope::Family);
            return kind.ok_or_else(|| CliError::Refused("this is no family".to_owned()));
        }
        Ok(match self.tier {
            Some(TierName::Artwork) => PurgeScope::Tier(Tier::Artwork),
            Some(TierName::Base) => PurgeScope::Tier(Tier::Base),
            Some(TierName::Render) => PurgeScope::Tier(Tier::Render),
            Some(TierName::Inputs) => PurgeScope::Tier(Tier::Inputs),
            // The group lets nothing through but --all.
            None => PurgeScope::All,
        })
    }
}

pub(super) fn run(args: PurgeArgs) -> Result<(), CliError> {
    let mut config = load_config()?;
    args.data_dir.apply(&mut config);
    let scope = args.what.scope()?;
    let removed = block_on(purge(&config, &scope))?;
    say(&format!("removed {removed} cached files"));
    Ok(())
}

async fn purge(config: &Config, scope: &PurgeScope) -> Result<u64, CliError> {
    match DataDirLock::try_take(&config.storage.data_dir) {
        Err(LockError::Held) => ask_server(config, scope).await,
        Err(error) => Err(error.into()),
        Ok(_lock) => {
            let blobs = open_blobs(config);
            let removed = blobs.purge(scope).await;
            blobs.close().await;
            removed.map_err(|error| CliError::Refused(error.to_string()))
        }
    }
}

async fn ask_server(config: &Config, scope: &PurgeScope) -> Result<u64, CliError> {
    let database = Database::open(&config.storage.data_dir).await?;
    let id = database.request_purge(scope).await?;
    let start = Instant::now();
    while start.elapsed() < TIMEOUT {
        if let Some(removed) = database.purge_result(id).await? {
            return Ok(removed);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    database.cancel_purge(id).await?;
    Err(CliError::Refused("the running server did not carry out the purge in time".to_owned()))
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        purge: PurgeArgs,
    }

    fn scope(args: &[&str]) -> Option<PurgeScope> {
        let args = std::iter::once(&"purge").chain(args);
        Line::try_parse_from(args).ok()?.purge.what.scope().ok()
    }

    #[test]
    fn exactly_one_scope_is_taken() {
        assert_eq!(scope(&["--title", "tt1"]), Some(PurgeScope::Title("tt1".into())));
        assert_eq!(scope(&["--family", "episode"]), Some(PurgeScope::Family(ArtworkKind::Still)));
        assert_eq!(scope(&["--tier", "base"]), Some(PurgeScope::Tier(Tier::Base)));
        assert_eq!(scope(&["--all"]), Some(PurgeScope::All));
        for wrong in [&[][..], &["--all", "--tier", "base"], &["--title", "a b"], &["--tier", "x"]]
        {
            assert_eq!(scope(wrong), None, "{wrong:?}");
        }
    }
}
