//! `laurel discover`: titles by the day of their first release, as JSON Lines or CSV.

mod output;
mod search;

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

use clap::Args;

use self::output::{ListFormat, TitleWriter};
use self::search::{DayRange, Discovery};
use super::bulk::{CallPace, Channel, MediaArg, ServerArgs, Session, WorkArgs};
use super::{CliError, Ended, block_on, load_config};
use crate::model::Date;

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  laurel discover --from 1950 --to 2024 --min-votes 50 --details > films.jsonl
  laurel discover --year 2024 --type series --csv --out series.csv
  laurel discover --year 1999 | laurel download - --out 1999")]
pub(super) struct DiscoverArgs {
    #[command(flatten)]
    what: WhatArgs,
    /// As CSV; by default as JSON Lines
    #[arg(long)]
    csv: bool,
    /// Cells as they are, also those that a spreadsheet would run
    #[arg(long, requires = "csv")]
    raw: bool,
    /// File to write to; by default standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    work: WorkArgs,
    #[command(flatten)]
    server: ServerArgs,
}

/// Which titles.
#[derive(Clone, Debug, Args)]
pub(super) struct WhatArgs {
    /// First year, or day (1950-06-01)
    #[arg(long, value_name = "DAY", required_unless_present = "year", value_parser = first_day)]
    from: Option<Date>,
    /// Last year, or day; by default this year
    #[arg(long, value_name = "DAY", conflicts_with = "year", value_parser = last_day)]
    to: Option<Date>,
    /// One year
    #[arg(long, conflicts_with = "from", value_parser = clap::value_parser!(i16).range(1870..=2200))]
    year: Option<i16>,
    /// Films, series, or both
    #[arg(long = "type", value_enum, default_value = "movie", value_name = "TYPE")]
    media: MediaArg,
    /// Only titles with so many votes
    #[arg(long, default_value_t = 200, value_name = "N")]
    min_votes: u32,
    /// All fields of each title, for one more call each
    #[arg(long)]
    details: bool,
    /// Calls per second at most; the server's own limit holds as well
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    rate: Option<u32>,
    /// Calls at once
    #[arg(long, default_value_t = 8, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=64))]
    concurrency: u16,
    /// Pages of each stretch of days at most
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=500))]
    max_pages: Option<u32>,
}

fn first_day(text: &str) -> Result<Date, String> {
    day(text, 1, 1)
}

fn last_day(text: &str) -> Result<Date, String> {
    day(text, 12, 31)
}

/// A day, or one of a year.
fn day(text: &str, month: u8, day: u8) -> Result<Date, String> {
    let year = text.parse::<i16>().ok().filter(|year| (1870..=2200).contains(year));
    let read = year.map(|year| Date { year, month, day }).or_else(|| text.parse().ok());
    read.ok_or_else(|| "expected a year, or a day like 1950-06-01".to_owned())
}

impl WhatArgs {
    fn range(&self) -> Result<DayRange, CliError> {
        let now = crate::clock::Clock::system().unix_secs();
        let this_year = Date::of_unix_secs(now).year;
        let year = self.year.unwrap_or(this_year);
        let from = self.from.unwrap_or(Date { year, month: 1, day: 1 });
        let to = self.to.unwrap_or(Date { year, month: 12, day: 31 });
        DayRange::new(from, to).ok_or_else(|| CliError::Usage("--to is before --from".to_owned()))
    }
}

pub(super) fn run(args: DiscoverArgs) -> Result<Ended, CliError> {
    let mut config = load_config()?;
    let range = args.what.range()?;
    let format = if args.csv { ListFormat::Csv { raw: args.raw } } else { ListFormat::Json };
    let failed = |error: std::io::Error| CliError::Refused(format!("--out: {error}"));
    let writer: Box<dyn Write + Send> = match &args.out {
        Some(path) => Box::new(BufWriter::new(File::create(path).map_err(failed)?)),
        None => Box::new(std::io::stdout()),
    };
    block_on(async move {
        let session = Session::open(args.server, &mut config).await?;
        let progress = args.work.progress(Channel::Stderr);
        let mut output = TitleWriter::new(format, writer);
        let interrupted =
            discover_into(&session, &args.what, range, (&progress, &mut output)).await;
        let ended = progress.end(interrupted).ended();
        session.end().await;
        output.finish().map_err(failed)?;
        Ok(ended)
    })
}

/// Writes what is found; true when it was interrupted.
async fn discover_into(
    session: &Session,
    what: &WhatArgs,
    range: DayRange,
    (progress, output): (&super::bulk::WorkProgress, &mut TitleWriter),
) -> bool {
    let pace = CallPace::new(what.rate);
    for media in what.media.types() {
        let discovery = Discovery {
            client: session.client(),
            pace: &pace,
            media: *media,
            min_votes: what.min_votes,
            max_pages: what.max_pages,
            at_once: usize::from(what.concurrency),
            with_details: what.details,
            progress,
        };
        tokio::select! {
            biased;
            () = session.interrupted().cancelled() => return true,
            () = discovery.run(range, output) => {}
        }
    }
    false
}
