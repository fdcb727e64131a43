//! `laurel keys`: by the running server where there is one, else in its database.

use std::time::Duration;

use clap::{Args, Subcommand};
use serde_json::{Map, Value, json};

use super::control::Settings;
use super::{CliError, DataDirArg, block_on, load_config, say};
use crate::keys::MAX_GRACE_SECS;

#[derive(Debug, Args)]
pub(super) struct KeysArgs {
    #[command(subcommand)]
    command: KeysCommand,
}

#[derive(Debug, Subcommand)]
enum KeysCommand {
    /// Make a key and show it once
    Create {
        /// 1 to 40 characters that no other key in use has; by default key-1, key-2 …
        #[arg(long, alias = "label")]
        name: Option<String>,
        #[command(flatten)]
        settings: Box<KeySettingsArgs>,
        #[command(flatten)]
        data_dir: DataDirArg,
    },
    /// List all keys by name and first characters; the keys themselves are not kept
    List {
        #[command(flatten)]
        data_dir: DataDirArg,
    },
    /// Revoke a key; a running server refuses it from then on
    Revoke {
        /// The key's name, its first characters as `laurel keys list` shows them, or the key
        name: String,
        #[command(flatten)]
        data_dir: DataDirArg,
    },
    /// Make a new text for a key and show it once; settings and usage stay
    Rotate {
        /// The key's name, its first characters as `laurel keys list` shows them, or the key
        name: String,
        /// How long the old text is still accepted, such as 24h or 7days
        #[arg(long, default_value = "0s", value_parser = read_grace)]
        grace: Duration,
        #[command(flatten)]
        data_dir: DataDirArg,
    },
    /// Show what keys were used for, by month
    Usage {
        /// One key, by its name, its first characters or itself; by default all in use
        name: Option<String>,
        #[command(flatten)]
        data_dir: DataDirArg,
    },
}

/// What a key may do, as the admin API calls it.
#[derive(Debug, Default, Args)]
struct KeySettingsArgs {
    /// Pictures that may be made in a month
    #[arg(long)]
    quota: Option<u64>,
    /// New pictures that may be asked for in a minute
    #[arg(long)]
    rate_per_minute: Option<u64>,
    /// A time such as 2027-01-31T12:00:00Z, or a date
    #[arg(long)]
    expires: Option<String>,
    /// Families it is good for, comma-separated; by default all
    #[arg(long, value_delimiter = ',')]
    families: Vec<String>,
    /// Image sizes it is good for, comma-separated; by default all
    #[arg(long, value_delimiter = ',')]
    sizes: Vec<String>,
    /// What it opens beside artwork, comma-separated: plex, stremio; by default plex
    #[arg(long, value_delimiter = ',')]
    scopes: Vec<String>,
    /// A default option, such as `badge_size=l`; may be repeated
    #[arg(long = "option", value_name = "NAME=VALUE")]
    options: Vec<String>,
    /// The profile of its pictures
    #[arg(long)]
    profile: Option<String>,
    /// Addresses do not choose the look
    #[arg(long)]
    lock_look: bool,
}

impl KeySettingsArgs {
    fn document(self, name: &str) -> Result<Value, CliError> {
        let mut document = Map::from_iter([("name".to_owned(), json!(name))]);
        let mut set = |field: &str, value: Value| {
            document.insert(field.to_owned(), value);
        };
        let numbers = [("quota", self.quota), ("rate_per_minute", self.rate_per_minute)];
        for (field, number) in numbers {
            if let Some(number) = number {
                set(field, json!(number));
            }
        }
        for (field, text) in [("expires", self.expires), ("profile", self.profile)] {
            if let Some(text) = text {
                set(field, json!(text));
            }
        }
        let lists = [("families", self.families), ("sizes", self.sizes), ("scopes", self.scopes)];
        for (field, list) in lists.into_iter().filter(|(_, list)| !list.is_empty()) {
            set(field, json!(list));
        }
        if self.lock_look {
            set("lock_look", json!(true));
        }
        let mut options = Map::new();
        for option in &self.options {
            let (name, value) = option
                .split_once('=')
                .ok_or_else(|| CliError::Refused(format!("{option}: expected NAME=VALUE")))?;
            options.insert(name.to_owned(), json!(value));
        }
        if !options.is_empty() {
            set("options", Value::Object(options));
        }
        Ok(Value::Object(document))
    }
}

fn read_grace(text: &str) -> Result<Duration, String> {
    let grace = humantime::parse_duration(text).map_err(|error| error.to_string())?;
    match grace.as_secs() <= MAX_GRACE_SECS {
        true => Ok(grace),
        false => Err(format!("at most {} days", MAX_GRACE_SECS / 86_400)),
    }
}

pub(super) fn run(args: KeysArgs) -> Result<(), CliError> {
    match args.command {
        KeysCommand::Create { name, settings, data_dir } => {
            with_settings(data_dir, async |keys| create(keys, name, *settings).await)
        }
        KeysCommand::List { data_dir } => with_settings(data_dir, async |keys| list(keys).await),
        KeysCommand::Revoke { name, data_dir } => {
            with_settings(data_dir, async |keys| revoke(keys, &name).await)
        }
        KeysCommand::Rotate { name, grace, data_dir } => {
            with_settings(data_dir, async |keys| rotate(keys, &name, grace).await)
        }
        KeysCommand::Usage { name, data_dir } => {
            with_settings(data_dir, async |keys| usage(keys, name.as_deref()).await)
        }
    }
}

/// Runs `work` on the settings of a data directory.
pub(super) fn with_settings(
    data_dir: DataDirArg,
    work: impl AsyncFnOnce(&Settings) -> Result<(), CliError>,
) -> Result<(), CliError> {
    let mut config = load_config()?;
    data_dir.apply(&mut config);
    block_on(async {
        let settings = Settings::open(&config).await?;
        let done = work(&settings).await;
        settings.close().await;
        done
    })
}

async fn create(
    keys: &Settings,
    name: Option<String>,
    settings: KeySettingsArgs,
) -> Result<(), CliError> {
    let name = match name {
        Some(name) => name,
        None => free_name(&keys.keys().await?),
    };
    let made = keys.create_key(&settings.document(&name)?).await?;
    show_secrets(&made);
    Ok(())
}

fn free_name(keys: &[Value]) -> String {
    let taken = |name: &str| in_use(keys).any(|key| key["name"] == name);
    let names = (1..).map(|number| format!("key-{number}"));
    names.into_iter().find(|name| !taken(name)).unwrap_or_default()
}

/// Key and share form, which are known at this moment only.
fn show_secrets(key: &Value) {
    say(&format!("name   {}", text(key, "name")));
    say(&format!("key    {}", text(key, "key")));
    say(&format!("share  {}", text(key, "share")));
    say("They are shown this once. The share form is good for pictures only.");
}

async fn list(keys: &Settings) -> Result<(), CliError> {
    let keys = keys.keys().await?;
    if keys.is_empty() {
        say("there are no keys");
        return Ok(());
    }
    let row = |cells: [&str; 6]| {
        let [prefix, made, last, state, requests, name] = cells;
        say(&format!("{prefix:<9} {made:<20} {last:<20} {state:<10} {requests:>10}  {name}"));
    };
    row(["key", "made", "last used", "state", "requests", "name"]);
    for key in &keys {
        let (prefix, requests) = (format!("{}…", text(key, "prefix")), key["requests"].to_string());
        let state = text(key, "state").replace('_', " ");
        let last = key["last_used"].as_str().unwrap_or("never");
        row([&prefix, text(key, "created"), last, &state, &requests, text(key, "name")]);
    }
    Ok(())
}

async fn revoke(keys: &Settings, name: &str) -> Result<(), CliError> {
    let all = keys.keys().await?;
    let key = find(&all, name)?;
    keys.revoke_key(id(key)).await?;
    say(&format!("revoked {} ({}…)", text(key, "name"), text(key, "prefix")));
    Ok(())
}

async fn rotate(keys: &Settings, name: &str, grace: Duration) -> Result<(), CliError> {
    let all = keys.keys().await?;
    let rotated = keys.rotate_key(id(find(&all, name)?), grace).await?;
    show_secrets(&rotated);
    match rotated["grace_ends"].as_str() {
        Some(until) => say(&format!("The old key is accepted until {until}.")),
        None => say("The old key is no longer accepted."),
    }
    Ok(())
}

async fn usage(keys: &Settings, name: Option<&str>) -> Result<(), CliError> {
    let all = keys.keys().await?;
    let shown: Vec<&Value> = match name {
        Some(name) => vec![find(&all, name)?],
        None => in_use(&all).collect(),
    };
    for key in shown {
        let made = format!("{} made this month", key["made_this_month"]);
        let quota = key["quota"].as_u64().map_or(String::new(), |quota| format!(" of {quota}"));
        let requests = format!("{} requests", key["requests"]);
        say(&format!(
            "{} ({}…): {requests}, {made}{quota}",
            text(key, "name"),
            text(key, "prefix")
        ));
        for month in key["usage"].as_array().map_or(&[][..], Vec::as_slice) {
            let (requests, made) = (&month["requests"], &month["made"]);
            say(&format!("  {}  {requests:>10} requests  {made:>10} made", text(month, "month")));
        }
    }
    Ok(())
}

fn text<'a>(document: &'a Value, field: &str) -> &'a str {
    document[field].as_str().unwrap_or_default()
}

fn id(key: &Value) -> i64 {
    key["id"].as_i64().unwrap_or_default()
}

fn in_use(keys: &[Value]) -> impl Iterator<Item = &Value> {
    keys.iter().filter(|key| key["revoked"].is_null())
}

/// The one key in use of that name or beginning.
fn find<'a>(keys: &'a [Value], name: &str) -> Result<&'a Value, CliError> {
    if let Some(named) = in_use(keys).find(|key| key["name"] == name) {
        return Ok(named);
    }
    let bare = name.trim_end_matches('…');
    // A whole key begins with its prefix; three characters are only `t3-`.
    let begins = |key: &&Value| {
        let prefix = text(key, "prefix");
        bare.len() > 3 && (prefix.starts_with(bare) || bare.starts_with(prefix))
    };
    match in_use(keys).filter(begins).collect::<Vec<_>>()[..] {
        [key] => Ok(key),
        [] => Err(CliError::Refused("no key in use has this name or beginning".to_owned())),
        _ => Err(CliError::Refused("several keys have this beginning: name one".to_owned())),
    }
}

#[cfg(test)]
mod tests;
