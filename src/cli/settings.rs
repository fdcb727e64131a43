//! `laurel settings`.

use clap::Args;

use super::say;
use crate::config::{SETTINGS, markdown};

#[derive(Debug, Args)]
pub(super) struct SettingsArgs {
    /// As the table in the README
    #[arg(long)]
    markdown: bool,
}

pub(super) fn run(args: &SettingsArgs) {
    if args.markdown {
        return say(markdown().trim_end());
    }
    for setting in SETTINGS {
        let default = if setting.default.is_empty() { "none" } else { setting.default };
        say(&format!("{} (default: {default})\n    {}", setting.name, setting.help));
    }
}
