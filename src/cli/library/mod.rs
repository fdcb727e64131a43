//! `laurel library`: pictures beside the films and series of a media library, where its server looks for
//! them.

mod apply;
mod matching;

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use clap::builder::PossibleValuesParser;

use self::apply::Apply;
use self::matching::Matching;
use super::bulk::{
    Channel, ServerArgs, Session, Tally, WorkArgs, WorkOutcome, WorkProgress, run_all,
};
use super::{CliError, Ended, block_on, complain, load_config, say};
use crate::config::Config;
use crate::library::{
    Ledger, LibraryItem, MediaServer, PlaceKind, TitleMatch, Undone, Walk, items,
};
use crate::model::Words;

/// A watched library is looked through whole so often, however little has changed.
const WHOLE_EVERY: Duration = Duration::from_hours(24);

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  laurel library /srv/films --for jellyfin --dry-run
  laurel library /srv/films --for kodi --family poster,backdrop --query badge_size=l
  laurel library /srv/films --for plex --watch
  laurel library /srv/films --undo")]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(super) struct LibraryArgs {
    /// Folder of the library
    #[arg(value_name = "PATH")]
    path: PathBuf,
    /// Whose names the pictures get
    #[arg(long = "for", value_name = "SERVER", required_unless_present = "undo", value_parser = PossibleValuesParser::new(MediaServer::NAMES))]
    server_kind: Option<String>,
    /// Families, comma-separated
    #[arg(long, value_delimiter = ',', default_value = "poster,backdrop,logo,season,episode", value_name = "FAMILY", value_parser = PossibleValuesParser::new(PlaceKind::NAMES))]
    family: Vec<String>,
    /// Parameters of the pictures, as in an address
    #[arg(long, default_value = "", value_name = "QUERY")]
    query: String,
    /// Say what would be written, and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Take back what the last run wrote
    #[arg(long, conflicts_with_all = ["dry_run", "watch"])]
    undo: bool,
    /// Also over pictures that laurel did not write; they are kept for --undo
    #[arg(long)]
    overwrite: bool,
    /// Find all titles anew
    #[arg(long)]
    rematch: bool,
    /// Go on although most titles are taken for others than before
    #[arg(long)]
    yes: bool,
    /// Go on looking for new files
    #[arg(long)]
    watch: bool,
    /// How often, with --watch
    #[arg(long, default_value = "2m", value_name = "TIME", value_parser = humantime::parse_duration)]
    every: Duration,
    #[command(flatten)]
    work: WorkArgs,
    #[command(flatten)]
    server: ServerArgs,
}

pub(super) fn run(args: LibraryArgs) -> Result<Ended, CliError> {
    let mut config = load_config()?;
    args.server.data_dir_into(&mut config);
    let root = root_of(&args.path)?;
    if args.undo {
        return undo(&config, &root);
    }
    block_on(async move {
        let session = Session::open(args.server.clone(), &mut config).await?;
        let ended = library(&session, &config, &args, &root).await;
        session.end().await;
        ended
    })
}

/// The library's folder without links; everything that is written is below it.
fn root_of(path: &Path) -> Result<PathBuf, CliError> {
    let root = path.canonicalize();
    let root =
        root.map_err(|error| CliError::Usage(format!("{}: {}", path.display(), error.kind())))?;
    match root.is_dir() && root.parent().is_some() {
        true => Ok(root),
        false => Err(CliError::Usage(format!("{}: no folder of a library", path.display()))),
    }
}

fn open_ledger(config: &Config, root: &Path) -> Result<Ledger, CliError> {
    let ledger = Ledger::open(&config.storage.data_dir, root);
    ledger.map_err(|error| CliError::Refused(format!("the ledger of this library: {error}")))
}

fn undo(config: &Config, root: &Path) -> Result<Ended, CliError> {
    let undone = open_ledger(config, root)?.undo();
    let undone = undone.map_err(|error| CliError::Refused(format!("undo: {error}")))?;
    for (path, outcome) in &undone {
        let word = match outcome {
            Undone::Restored => "restored",
            Undone::Removed => "removed",
            Undone::LeftAlone => "left alone, it was changed since:",
        };
        say(&format!("{word} {path}"));
    }
    let left = undone.iter().filter(|(_, outcome)| *outcome == Undone::LeftAlone).count();
    say(&format!("{} files taken back, {left} left alone", undone.len() - left));
    Ok(if left > 0 { Ended::SomeFailed } else { Ended::Whole })
}

async fn library(
    session: &Session,
    config: &Config,
    args: &LibraryArgs,
    root: &Path,
) -> Result<Ended, CliError> {
    let mut ledger = open_ledger(config, root)?;
    // What was seen in earlier rounds: items, by path and files.
    let mut seen: HashSet<String> = HashSet::new();
    let mut last_whole = tokio::time::Instant::now();
    loop {
        if last_whole.elapsed() >= WHOLE_EVERY {
            seen.clear();
            last_whole = tokio::time::Instant::now();
        }
        let mut found = look_through(root);
        found.retain(|item| seen.insert(format!("{item:?}")));
        let is_first = seen.len() == found.len();
        if is_first || !found.is_empty() {
            let tally = round(session, args, (root, &mut ledger), found).await?;
            if !args.watch || tally.interrupted {
                return Ok(tally.ended());
            }
        }
        tokio::select! {
            () = session.interrupted().cancelled() => return Ok(Ended::Interrupted),
            () = tokio::time::sleep(args.every) => {}
        }
    }
}

fn look_through(root: &Path) -> Vec<LibraryItem> {
    tokio::task::block_in_place(|| {
        let walk = Walk::of(root);
        for path in &walk.unreadable {
            complain(&format!("{path}: cannot be read, or its name is no UTF-8"));
        }
        items(root, &walk.videos)
    })
}

/// Finds titles, then writes their pictures.
async fn round(
    session: &Session,
    args: &LibraryArgs,
    (root, ledger): (&Path, &mut Ledger),
    found: Vec<LibraryItem>,
) -> Result<Tally, CliError> {
    let progress = args.work.progress(Channel::Stdout);
    let earlier = ledger.matches().clone();
    let matching = Matching { client: session.client(), earlier: &earlier, anew: args.rematch };
    let (matched, interrupted) =
        matching.all(found, (args.work.jobs(), session.interrupted()), &progress).await;
    if interrupted {
        return Ok(progress.end(true));
    }
    let matches: BTreeMap<String, TitleMatch> =
        matched.iter().map(|(item, found)| (item.path.clone(), found.clone())).collect();
    too_much_changes(&earlier, &matches, args.yes)?;
    let interrupted = write(session, args, (root, ledger), (matched, &progress)).await;
    if !args.dry_run {
        ledger.set_matches(matches);
        let saved = ledger.save();
        saved.map_err(|error| CliError::Refused(format!("the ledger of this library: {error}")))?;
    }
    Ok(progress.end(interrupted))
}

/// A run that takes most of the library for something else than the run before is more likely a mistake.
fn too_much_changes(
    earlier: &BTreeMap<String, TitleMatch>,
    now: &BTreeMap<String, TitleMatch>,
    yes: bool,
) -> Result<(), CliError> {
    let both = earlier.iter().filter_map(|(path, before)| Some((before, now.get(path)?)));
    let changed = both.filter(|(before, now)| before.title != now.title).count();
    if yes || changed * 2 <= earlier.len() {
        return Ok(());
    }
    let all = earlier.len();
    Err(CliError::Refused(format!(
        "{changed} of {all} titles would be taken for others than before: --yes goes on"
    )))
}

async fn write(
    session: &Session,
    args: &LibraryArgs,
    (root, ledger): (&Path, &mut Ledger),
    (matched, progress): (Vec<(LibraryItem, TitleMatch)>, &WorkProgress),
) -> bool {
    let named = |names: &[String]| -> Vec<PlaceKind> {
        names.iter().filter_map(|name| PlaceKind::from_word(name)).collect()
    };
    let server = args.server_kind.as_deref().and_then(MediaServer::from_word);
    let apply = Apply {
        client: session.client(),
        root,
        ledger: std::sync::Mutex::new(ledger),
        server: server.unwrap_or(MediaServer::Kodi),
        kinds: named(&args.family),
        query: &args.query,
        overwrite: args.overwrite,
        dry_run: args.dry_run,
    };
    let jobs: Vec<_> = matched.iter().flat_map(|(item, found)| apply.jobs(item, found)).collect();
    progress.expect(jobs.len());
    let (apply, bounds) = (&apply, (args.work.jobs(), session.interrupted()));
    let work = |job: apply::PlaceJob| async move {
        let outcome: WorkOutcome = apply.one(&job).await;
        (job.place.path, outcome)
    };
    run_all(futures::stream::iter(jobs), bounds, progress, work).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(titles: &[(&str, &str)]) -> BTreeMap<String, TitleMatch> {
        let found = |title: &str| TitleMatch {
            title: title.to_owned(),
            label: String::new(),
            confidence: 90,
            by_id: false,
        };
        titles.iter().map(|(path, title)| ((*path).to_owned(), found(title))).collect()
    }

    #[test]
    fn a_run_that_changes_most_asks_first() {
        let earlier = matches(&[("a", "movie-1"), ("b", "movie-2"), ("c", "movie-3")]);
        let one = matches(&[("a", "movie-9"), ("b", "movie-2"), ("d", "movie-4")]);
        assert!(too_much_changes(&earlier, &one, false).is_ok());
        let two = matches(&[("a", "movie-9"), ("b", "movie-8")]);
        assert!(too_much_changes(&earlier, &two, false).is_err());
        assert!(too_much_changes(&earlier, &two, true).is_ok());
        assert!(too_much_changes(&BTreeMap::new(), &two, false).is_ok());
    }
}
