//! `laurel keys`: works on the database beside a running server, which notices within a second.

use clap::{Args, Subcommand};

use super::{CliError, DataDirArg, block_on, load_config, say};
use crate::keys::mint_key;
use crate::store::{ApiKeyRow, Database};

#[derive(Debug, Args)]
pub(super) struct KeysArgs {
    #[command(subcommand)]
    command: KeysCommand,
}

#[derive(Debug, Subcommand)]
enum KeysCommand {
    /// Make a key and show it once
    Create {
        /// To recognise the key by in `laurel keys list`
        #[arg(long, default_value = "")]
        label: String,
        #[command(flatten)]
        data_dir: DataDirArg,
    },
    /// List all keys by their first characters; the keys themselves are not kept
    List {
        #[command(flatten)]
        data_dir: DataDirArg,
    },
    /// Revoke a key; a running server refuses it within a second
    Revoke {
        /// The key's label, or its first characters as `laurel keys list` shows them
        name: String,
        #[command(flatten)]
        data_dir: DataDirArg,
    },
}

pub(super) fn run(args: KeysArgs) -> Result<(), CliError> {
    match args.command {
        KeysCommand::Create { label, data_dir } => {
            with_database(data_dir, async |database| create(&database, label.trim()).await)
        }
        KeysCommand::List { data_dir } => {
            with_database(data_dir, async |database| list(&database).await)
        }
        KeysCommand::Revoke { name, data_dir } => {
            with_database(data_dir, async |database| revoke(&database, &name).await)
        }
    }
}

fn with_database(
    data_dir: DataDirArg,
    work: impl AsyncFnOnce(Database) -> Result<(), CliError>,
) -> Result<(), CliError> {
    let mut config = load_config()?;
    data_dir.apply(&mut config);
    block_on(async {
        let database = Database::open(&config.storage.data_dir).await?;
        let done = work(database.clone()).await;
        database.close().await;
        done
    })
}

async fn create(database: &Database, label: &str) -> Result<(), CliError> {
    let minted = mint_key();
    database.create_key(&minted.to_stored(label)).await?;
    say(&format!("key    {}", minted.key));
    say(&format!("share  {}", minted.share));
    say("They are shown this once. The share form is good for pictures only.");
    Ok(())
}

async fn list(database: &Database) -> Result<(), CliError> {
    let rows = database.api_keys().await?;
    if rows.is_empty() {
        say("there are no keys");
        return Ok(());
    }
    say(&format!("{:<10} {:<20} {:<10} {:>10}  label", "key", "made", "state", "requests"));
    for row in rows {
        let state = if row.revoked_at.is_some() { "revoked" } else { "in use" };
        let ApiKeyRow { prefix, requests, label, .. } = &row;
        let made = date(row.created_at);
        say(&format!(
            "{:<10} {made:<20} {state:<10} {requests:>10}  {label}",
            format!("{prefix}…")
        ));
    }
    Ok(())
}

/// `2026-11-20 06:25:07`, in UTC.
fn date(secs: i64) -> String {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let since = std::time::Duration::from_secs(u64::try_from(secs).unwrap_or(0));
    let text = httpdate::fmt_http_date(std::time::UNIX_EPOCH + since);
    // "Fri, 20 Nov 2026 06:25:07 GMT"
    let mut words = text.split(' ').skip(1);
    let mut word = || words.next().unwrap_or_default();
    let (day, month, year, time) = (word(), word(), word(), word());
    let month = MONTHS.iter().position(|name| *name == month).map_or(0, |index| index + 1);
    format!("{year}-{month:02}-{day} {time}")
}

async fn revoke(database: &Database, name: &str) -> Result<(), CliError> {
    let rows = database.api_keys().await?;
    let row = find(&rows, name).map_err(CliError::Refused)?;
    database.revoke_key(row.id).await?;
    say(&format!("revoked {}… {}", row.prefix, row.label));
    Ok(())
}

/// The one key in use of that label or beginning.
fn find<'a>(rows: &'a [ApiKeyRow], name: &str) -> Result<&'a ApiKeyRow, String> {
    let bare = name.trim_end_matches('…');
    // A whole key begins with its prefix; three characters are only `t3-`.
    let begins = |row: &ApiKeyRow| {
        bare.len() > 3 && (row.prefix.starts_with(bare) || bare.starts_with(&row.prefix))
    };
    let in_use = || rows.iter().filter(|row| row.revoked_at.is_none());
    let labelled: Vec<_> = in_use().filter(|row| row.label == name).collect();
    let found =
        if labelled.is_empty() { in_use().filter(|row| begins(row)).collect() } else { labelled };
    match found[..] {
        [row] => Ok(row),
        [] => Err("no key in use has this label or beginning".to_owned()),
        _ => Err("several keys have this label or beginning: name one".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::KeyHash;

    fn row(id: i64, prefix: &str, label: &str) -> ApiKeyRow {
        ApiKeyRow {
            id,
            key: KeyHash::of(prefix),
            share: KeyHash::of(label),
            prefix: prefix.into(),
            label: label.into(),
            created_at: 0,
            revoked_at: None,
            requests: 0,
        }
    }

    #[test]
    fn a_key_is_found_by_label_beginning_or_itself() {
        let rows = [row(1, "t3-abcd", "tv"), row(2, "t3-abxy", ""), row(3, "t3-zzzz", "tv2")];
        let id = |name: &str| find(&rows, name).map(|row| row.id).ok();
        assert_eq!(id("tv"), Some(1));
        assert_eq!(id("t3-abc"), Some(1));
        assert_eq!(id("t3-abxy…"), Some(2));
        assert_eq!(id("t3-zzzzRestOfTheKey"), Some(3));
        assert_eq!(id("t3-ab"), None);
        assert_eq!(id("t3-"), None);
        assert_eq!(id("other"), None);
    }

    #[test]
    fn revoked_keys_are_not_found() {
        let rows = [ApiKeyRow { revoked_at: Some(1), ..row(1, "t3-abcd", "tv") }];
        assert!(find(&rows, "tv").is_err());
    }

    #[test]
    fn dates_are_written_in_order() {
        assert_eq!(date(784_111_777), "1994-11-06 08:49:37");
    }
}
