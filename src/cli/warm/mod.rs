//! `laurel warm`: pictures are made before somebody asks for them.

mod cost;
mod done;
mod export;

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use clap::Args;

use self::cost::Cost;
use self::done::DoneList;
use super::bulk::{
    AdminClient, Channel, MediaArg, ServerArgs, Session, TitleRef, WebClient, WorkArgs,
    WorkOutcome, WorkProgress, read_titles, run_all,
};
use super::{CliError, Ended, block_on, load_config};
use crate::config::Config;

/// So many pictures in a row without their ratings: the day's calls are spent, and others would fare no better.
const MAX_PROVISIONAL: u32 = 25;

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  laurel warm --top 2000 --type both --family poster,backdrop
  laurel discover --year 2024 | laurel warm -
  laurel warm watchlist.csv --query imageSize=large")]
pub(super) struct WarmArgs {
    /// Ids, files of them (text, JSON Lines, CSV), or - for standard input; by default TMDB's most popular titles
    #[arg(value_name = "WHAT")]
    what: Vec<String>,
    /// So many titles of each type from TMDB's daily export
    #[arg(long, default_value_t = 1000, value_name = "N", conflicts_with = "what", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    top: u32,
    /// Films, series, or both
    #[arg(
        long = "type",
        value_enum,
        default_value = "both",
        value_name = "TYPE",
        conflicts_with = "what"
    )]
    media: MediaArg,
    /// Families or styles, comma-separated
    #[arg(long, value_delimiter = ',', default_value = "poster", value_name = "STYLE")]
    family: Vec<String>,
    /// Parameters of the pictures, as in an address
    #[arg(long, default_value = "", value_name = "QUERY")]
    query: String,
    /// Pictures that were warmed so many days ago or less are left out
    #[arg(long, default_value_t = 7, value_name = "DAYS")]
    within: u16,
    /// Only say what it would cost
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    work: WorkArgs,
    #[command(flatten)]
    server: ServerArgs,
}

/// A picture to be made.
struct WarmItem {
    id_type: &'static str,
    id: String,
    style: String,
    key: String,
}

pub(super) fn run(args: WarmArgs) -> Result<Ended, CliError> {
    let mut config = load_config()?;
    let listed = read_titles(&args.what)?;
    block_on(async move {
        let session = Session::open(args.server.clone(), &mut config).await?;
        let ended = warm(&session, &config, args, listed).await;
        session.end().await;
        ended
    })
}

async fn warm(
    session: &Session,
    config: &Config,
    args: WarmArgs,
    listed: Vec<TitleRef>,
) -> Result<Ended, CliError> {
    let progress = args.work.progress(Channel::Stdout);
    let titles = match args.what.is_empty() {
        true => tokio::select! {
            () = session.interrupted().cancelled() => return Ok(progress.end(true).ended()),
            titles = popular(config, &args, &progress) => titles?,
        },
        false => listed,
    };
    let path: PathBuf = config.storage.data_dir.join("warmed.list");
    let refused = |error: std::io::Error| CliError::Refused(format!("{}: {error}", path.display()));
    let done = DoneList::open(&path, u64::from(args.within)).map_err(refused)?;
    let (items, unnamed) = items(&titles, &args, &done);
    let cost = Cost::of(session.client(), items.len()).await;
    cost.map_err(|failure| CliError::Refused(failure.to_string()))?.say(&progress);
    if args.dry_run {
        return Ok(Ended::Whole);
    }
    progress.expect(items.len() + unnamed.len());
    for title in unnamed {
        progress.done(&title, &WorkOutcome::Failed("a title is warmed by its id".to_owned()));
    }
    let (client, done, in_a_row) = (session.client(), &done, AtomicU32::new(0));
    let (query, in_a_row) = (args.query.as_str(), &in_a_row);
    let work = |item: WarmItem| async move {
        let outcome = one(client, &item, query, in_a_row).await;
        if matches!(outcome, WorkOutcome::Written(_)) {
            done.add(&item.key);
        }
        (format!("{} {}", item.id, item.style), outcome)
    };
    let stream = futures::stream::iter(items);
    let bounds = (args.work.jobs(), session.interrupted());
    let interrupted = run_all(stream, bounds, &progress, work).await;
    Ok(progress.end(interrupted).ended())
}

async fn one(
    client: &AdminClient,
    item: &WarmItem,
    query: &str,
    in_a_row: &AtomicU32,
) -> WorkOutcome {
    let path = ["artwork", item.id_type, &item.style, &item.id];
    match client.warm(&path, query).await {
        Ok(picture) if picture.provisional => {
            if in_a_row.fetch_add(1, Ordering::Relaxed) + 1 >= MAX_PROVISIONAL {
                let text = "ratings are late for all titles, the day's calls are probably spent: \
                            the next run goes on from here";
                return WorkOutcome::Fatal(text.to_owned());
            }
            WorkOutcome::Provisional(String::new())
        }
        Ok(_) => {
            in_a_row.store(0, Ordering::Relaxed);
            WorkOutcome::Written(String::new())
        }
        Err(failure) => WorkOutcome::Failed(failure.to_string()),
    }
}

/// What is to be made, and the titles that have no id.
fn items(titles: &[TitleRef], args: &WarmArgs, done: &DoneList) -> (Vec<WarmItem>, Vec<String>) {
    let (mut items, mut unnamed) = (Vec::new(), Vec::new());
    for title in titles {
        let TitleRef::Id { id_type, id } = title else {
            unnamed.push(title.to_string());
            continue;
        };
        for style in &args.family {
            let style =
                if style.contains('-') { style.clone() } else { format!("{style}-default") };
            let key = format!("{id} {style} {}", args.query);
            if !done.contains(&key) {
                items.push(WarmItem { id_type, id: id.clone(), style, key });
            }
        }
    }
    (items, unnamed)
}

/// TMDB's most popular titles, one type after the other.
async fn popular(
    config: &Config,
    args: &WarmArgs,
    progress: &WorkProgress,
) -> Result<Vec<TitleRef>, CliError> {
    let web = WebClient::new(None)?;
    let mut titles = Vec::new();
    for media in args.media.types() {
        let top = args.top as usize;
        let ids = export::most_popular(&web, &config.bulk.tmdb_exports, (*media, top)).await;
        let ids = ids.map_err(|failure| CliError::Refused(failure.to_string()))?;
        progress.say(&format!("{} {} from TMDB's export", ids.len(), export::noun(*media)));
        titles.extend(ids.into_iter().filter_map(|id| TitleRef::parse(&id)));
    }
    Ok(titles)
}
