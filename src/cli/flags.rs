//! Every setting as a flag, made from the table of settings.

use std::collections::HashMap;
use std::sync::LazyLock;

use clap::{Arg, ArgAction, ArgMatches, Args, Command, Error, FromArgMatches};

use crate::config::{SETTINGS, Setting, SettingKind, SettingStatus};

/// Each setting with its flag; clap wants names that live as long as the program.
static FLAGS: LazyLock<Vec<(&Setting, String)>> =
    LazyLock::new(|| SETTINGS.iter().map(|setting| (setting, setting.flag())).collect());

/// The settings given as flags, by the name of their variable.
#[derive(Clone, Default)]
pub(super) struct SettingFlags(pub(super) HashMap<String, String>);

impl std::fmt::Debug for SettingFlags {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The values may be keys.
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl Args for SettingFlags {
    fn augment_args(command: Command) -> Command {
        FLAGS.iter().fold(command, |command, (setting, name)| command.arg(flag(setting, name)))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for SettingFlags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let mut flags = Self::default();
        flags.update_from_arg_matches(matches)?;
        Ok(flags)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        for setting in SETTINGS {
            if let Some(value) = matches.get_one::<String>(setting.name) {
                self.0.insert(setting.name.to_owned(), value.clone());
            }
        }
        Ok(())
    }
}

fn flag(setting: &Setting, name: &'static str) -> Arg {
    let arg = Arg::new(setting.name).long(name).help(help(setting));
    let arg = arg.action(ArgAction::Set).allow_hyphen_values(true);
    match setting.kind {
        SettingKind::Switch => arg
            .value_name("BOOL")
            .num_args(0..=1)
            .require_equals(true)
            .default_missing_value("true"),
        SettingKind::Secret => arg.value_name("SECRET"),
        SettingKind::Value => arg.value_name("VALUE"),
    }
}

/// The setting's text, its variable and its default, in clap's own form.
fn help(setting: &Setting) -> String {
    let mut help = setting.help.to_owned();
    if setting.status == SettingStatus::NoEffectYet {
        help.push_str(" (no effect in this version)");
    }
    if setting.kind == SettingKind::Secret {
        help.push_str("; other users of this machine can see flags, the environment is safer");
    }
    let default = match setting.default {
        "" => String::new(),
        default => format!(" [default: {default}]"),
    };
    format!("{help} [env: {}]{default}", setting.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(args: &[&str]) -> HashMap<String, String> {
        let command = SettingFlags::augment_args(Command::new("serve").no_binary_name(true));
        let matches = command.try_get_matches_from(args).unwrap();
        SettingFlags::from_arg_matches(&matches).unwrap().0
    }

    #[test]
    fn a_flag_sets_its_variable() {
        let flags = parse(&["--listen", "0.0.0.0:80", "--tmdb-api-key=abc", "--open"]);
        assert_eq!(flags["LAUREL_LISTEN"], "0.0.0.0:80");
        assert_eq!(flags["TMDB_API_KEY"], "abc");
        assert_eq!(flags["LAUREL_OPEN"], "true");
        assert_eq!(flags.len(), 3);
        assert_eq!(parse(&["--open=false"])["LAUREL_OPEN"], "false");
    }

    #[test]
    fn every_flag_says_its_variable_and_secrets_warn() {
        let command = SettingFlags::augment_args(Command::new("serve"));
        for setting in SETTINGS {
            let arg = command.get_arguments().find(|arg| arg.get_id() == setting.name).unwrap();
            let help = arg.get_help().unwrap().to_string();
            assert!(help.contains(&format!("[env: {}]", setting.name)));
            let secret = setting.kind == SettingKind::Secret;
            assert_eq!(help.contains("the environment is safer"), secret, "{help}");
        }
    }

    #[test]
    fn debug_shows_names_only() {
        let flags = SettingFlags(parse(&["--tmdb-api-key=hush"]));
        assert!(!format!("{flags:?}").contains("hush"));
    }
}
