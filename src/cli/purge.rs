//! `laurel purge`: asks a running server, or works on the directory itself where none runs.

use clap::builder::PossibleValuesParser;
use clap::{Args, ValueEnum};
use reqwest::Method;
use serde_json::json;

use super::control::Target;
use super::{CliError, DataDirArg, block_on, load_config, open_blobs, say};
use crate::config::Config;
use crate::model::FamilyRow;
use crate::store::{PurgeScope, Tier};

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
    #[arg(long, value_parser = PossibleValuesParser::new(FamilyRow::names()))]
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
            let scope = format!("family:{family}").parse();
            return scope.map_err(|_| CliError::Refused("this is no family".to_owned()));
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
    match Target::find(&config.storage.data_dir).await? {
        Target::Server(client) => {
            let (name, value) = match scope {
                PurgeScope::All => ("all", json!(true)),
                PurgeScope::Tier(tier) => ("tier", json!(tier.name())),
                PurgeScope::Family(kind) => ("family", json!(kind.family())),
                PurgeScope::Title(id) => ("title", json!(id)),
            };
            let answer = client.call(Method::POST, "purge", Some(&json!({name: value}))).await?;
            Ok(answer["removed"].as_u64().unwrap_or_default())
        }
        Target::Directory(_lock) => {
            let blobs = open_blobs(config)?;
            let removed = blobs.purge(scope).await;
            blobs.close().await;
            removed.map_err(|error| CliError::Refused(error.to_string()))
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::model::ArtworkKind;

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
