//! `laurel token`.

use clap::{Args, Subcommand};

use super::keys::with_settings;
use super::{CliError, DataDirArg, say};

#[derive(Debug, Args)]
pub(super) struct TokenArgs {
    #[command(subcommand)]
    command: TokenCommand,
}

#[derive(Debug, Subcommand)]
enum TokenCommand {
    /// Put a new admin token in the place of the old one and show it once
    Rotate {
        #[command(flatten)]
        data_dir: DataDirArg,
    },
}

pub(super) fn run(args: TokenArgs) -> Result<(), CliError> {
    let TokenCommand::Rotate { data_dir } = args.command;
    with_settings(data_dir, async |settings| {
        let token = settings.rotate_token().await?;
        say(&format!("admin token  {token}"));
        say("It is shown this once. The old one is no longer accepted.");
        Ok(())
    })
}
