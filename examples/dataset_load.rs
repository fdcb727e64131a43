//! Loads data sets of full size and measures: `cargo run --release --example dataset_load`.
//!
//! A second process makes 1.6 million ratings and 9 million episodes by a rule and serves
//! them over loopback; so this one's memory is the data sets' alone. The figures in
//! `docs/datasets.md` come from here. Linux only where memory is concerned.

#![expect(clippy::print_stdout, reason = "the figures are the purpose")]

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Response, StatusCode, header};
use flate2::Compression;
use flate2::write::GzEncoder;
use laurel::datasets::{Datasets, DatasetsConfig, SetId};
use laurel::model::{EpisodeNumber, ImdbId};

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

const LOOKUPS: u32 = 100_000;

fn main() -> Outcome<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    match std::env::args().nth(1) {
        Some(dir) => runtime.block_on(source::run(Path::new(&dir))),
        None => runtime.block_on(measure()),
    }
}

async fn measure() -> Outcome<()> {
    let (source_dir, data_dir) = (tempfile::tempdir()?, tempfile::tempdir()?);
    let source = Source::start(source_dir.path())?;
    let config = DatasetsConfig {
        imdb_url: Some(source.url.parse()?),
        ..DatasetsConfig::new(data_dir.path().into())
    };

    print_memory("before");
    let datasets = Datasets::open(config.clone()).await?;
    for set in [SetId::ImdbRatings, SetId::ImdbEpisodes] {
        let start = Instant::now();
        let refreshed = datasets.refresh(set).await?;
        println!("{set}: fetched and built in {:.2?}: {refreshed:?}", start.elapsed());
        let start = Instant::now();
        let again = datasets.refresh(set).await?;
        println!("{set}: asked again in {:.2?}: {again:?}", start.elapsed());
        print_memory("after");
    }
    drop(datasets);

    let start = Instant::now();
    let datasets = Datasets::open(config).await?;
    println!("opened what was kept in {:.2?}", start.elapsed());
    print_memory("opened");
    print_sizes(&datasets);
    print_lookups(&datasets).await;
    print_memory("after look-ups all over the files");
    Ok(())
}

fn print_sizes(datasets: &Datasets) {
    for status in datasets.status().iter().filter(|status| status.rows > 0) {
        let per_row = status.size_bytes as f64 / status.rows as f64;
        println!(
            "{}: {} rows, {:.1} MB, {per_row:.2} bytes per title",
            status.set,
            status.rows,
            status.size_bytes as f64 / 1e6
        );
    }
}

async fn print_lookups(datasets: &Datasets) {
    for round in ["first", "second"] {
        let rating = time(async |n| datasets.rating(id(n)).await.is_some()).await;
        let episode =
            time(async |n| datasets.episode(id(rule::series(n)), rule::number(n)).await.is_some());
        let episode = episode.await;
        let season = time(async |n| {
            let season = rule::number(n).season;
            !datasets.season(id(rule::series(n)), season).await.is_empty()
        });
        let season = season.await;
        for (name, times) in [("rating", rating), ("episode", episode), ("season", season)] {
            times.print(&format!("{name}, {round} round"));
        }
    }
}

/// How long each of some look-ups took.
struct Times {
    sorted: Vec<Duration>,
    found: u32,
}

impl Times {
    fn print(&self, what: &str) {
        let at = |share: f64| self.sorted[((self.sorted.len() - 1) as f64 * share) as usize];
        let mean = self.sorted.iter().sum::<Duration>() / LOOKUPS;
        println!(
            "{what}: mean {mean:.1?}, median {:.1?}, 99 % {:.1?}, longest {:.1?}, {} found",
            at(0.5),
            at(0.99),
            at(1.0),
            self.found
        );
    }
}

/// Looks up titles in no order, one after the other.
async fn time(lookup: impl AsyncFn(u32) -> bool) -> Times {
    let mut times = Times { sorted: Vec::with_capacity(LOOKUPS as usize), found: 0 };
    for i in 0..LOOKUPS {
        let start = Instant::now();
        let found = lookup(1 + rule::scatter(i) % (rule::LAST_ID - 1)).await;
        times.sorted.push(start.elapsed());
        times.found += u32::from(found);
    }
    times.sorted.sort_unstable();
    times
}

fn id(number: u32) -> ImdbId {
    ImdbId::new(number).expect("the rule gives numbers of one to nine digits")
}

/// Peak and present memory of this process: `RssAnon` is its own, `RssFile` can be taken back.
fn print_memory(when: &str) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let of = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name)).unwrap_or_default();
        let kilobytes = line.split_whitespace().nth(1).and_then(|number| number.parse().ok());
        kilobytes.unwrap_or(0.0) / 1024.0
    };
    println!(
        "  memory {when}: {:.0} MiB own, {:.0} MiB mapped, peak of both {:.0} MiB",
        of("RssAnon"),
        of("RssFile"),
        of("VmHWM")
    );
}

/// The other process; ends with this one.
struct Source {
    child: Child,
    url: String,
}

impl Source {
    fn start(dir: &Path) -> Outcome<Self> {
        let mut child =
            Command::new(std::env::current_exe()?).arg(dir).stdout(Stdio::piped()).spawn()?;
        let mut url = String::new();
        let stdout = child.stdout.take().ok_or("no output")?;
        BufReader::new(stdout).read_line(&mut url)?;
        Ok(Self { child, url: url.trim().to_owned() })
    }
}

impl Drop for Source {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Which titles there are and what they are: computed, so that nobody need remember it.
mod rule {
    use super::EpisodeNumber;

    pub(super) const LAST_ID: u32 = 40_000_000;

    /// Scatters numbers over all of `u32` (the finisher of `MurmurHash3`).
    pub(super) fn scatter(mut n: u32) -> u32 {
        n = (n ^ (n >> 16)).wrapping_mul(0x85eb_ca6b);
        n = (n ^ (n >> 13)).wrapping_mul(0xc2b2_ae35);
        n ^ (n >> 16)
    }

    /// 1.6 million of 40.
    pub(super) fn is_rated(n: u32) -> bool {
        scatter(n).is_multiple_of(25)
    }

    /// 9 million of 40.
    pub(super) fn is_episode(n: u32) -> bool {
        scatter(n ^ 0x5555) % 40 < 9
    }

    /// A fifth of the episodes have no number, as at IMDb.
    pub(super) fn is_numbered(n: u32) -> bool {
        !scatter(n ^ 0xaaaa).is_multiple_of(5)
    }

    /// 230,000 series.
    pub(super) fn series(n: u32) -> u32 {
        1 + scatter(n / 174) % (LAST_ID - 1)
    }

    pub(super) fn number(n: u32) -> EpisodeNumber {
        let within = (n % 174) as u16;
        EpisodeNumber { season: 1 + within / 20, episode: 1 + within % 20 }
    }

    /// All ids in the order of IMDb's files: as text.
    pub(super) fn ids() -> impl Iterator<Item = u32> {
        let eight = |seven: u32| (seven * 10..seven * 10 + 10).filter(|&n| n < LAST_ID);
        let short = 1..1_000_000;
        let long = 1_000_000..10_000_000;
        short.chain(long.flat_map(move |seven| std::iter::once(seven).chain(eight(seven))))
    }
}

mod source {
    use super::{
        Body, BufWriter, Compression, File, GzEncoder, HeaderMap, Outcome, Path, Read, Response,
        Router, StatusCode, Write, header, rule,
    };

    const CHUNK: usize = 1 << 16;

    /// Writes both files, then serves them until killed.
    pub(super) async fn run(dir: &Path) -> Outcome<()> {
        write(&dir.join("title.ratings.tsv.gz"), "tconst\taverageRating\tnumVotes", |n| {
            let score = 10 + rule::scatter(n ^ 0x1234) % 91;
            let votes = 5 + rule::scatter(n ^ 0x4321) % 100_000;
            rule::is_rated(n).then(|| format!("tt{n:07}\t{}.{}\t{votes}", score / 10, score % 10))
        })?;
        let columns = "tconst\tparentTconst\tseasonNumber\tepisodeNumber";
        write(&dir.join("title.episode.tsv.gz"), columns, |n| {
            let (series, at) = (rule::series(n), rule::number(n));
            rule::is_episode(n).then(|| {
                if rule::is_numbered(n) {
                    format!("tt{n:07}\ttt{series:07}\t{}\t{}", at.season, at.episode)
                } else {
                    format!("tt{n:07}\ttt{series:07}\t\\N\t\\N")
                }
            })
        })?;
        let dir = dir.to_owned();
        let answer = move |uri: axum::http::Uri, headers: HeaderMap| {
            let path = dir.join(uri.path().trim_start_matches('/'));
            async move { answer(&path, &headers) }
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        println!("http://{}/", listener.local_addr()?);
        Ok(axum::serve(listener, Router::new().fallback(answer)).await?)
    }

    fn write(path: &Path, header: &str, row: impl Fn(u32) -> Option<String>) -> Outcome<()> {
        let file = BufWriter::new(File::create(path)?);
        let mut gzip = GzEncoder::new(file, Compression::fast());
        writeln!(gzip, "{header}")?;
        for line in rule::ids().filter_map(row) {
            writeln!(gzip, "{line}")?;
        }
        gzip.finish()?.flush()?;
        Ok(())
    }

    fn answer(path: &Path, headers: &HeaderMap) -> Response<Body> {
        const DATE: &str = "Thu, 01 Jan 2026 00:00:00 GMT";
        let (status, body) = match File::open(path) {
            _ if headers.contains_key(header::IF_MODIFIED_SINCE) => {
                (StatusCode::NOT_MODIFIED, Body::empty())
            }
            Ok(file) => (StatusCode::OK, stream(file)),
            Err(_) => (StatusCode::NOT_FOUND, Body::empty()),
        };
        let response = Response::builder().status(status).header(header::LAST_MODIFIED, DATE);
        response.body(body).unwrap_or_default()
    }

    fn stream(file: File) -> Body {
        Body::from_stream(futures::stream::unfold(file, |mut file| async {
            let mut chunk = vec![0; CHUNK];
            match file.read(&mut chunk) {
                Ok(0) => None,
                Ok(read) => {
                    chunk.truncate(read);
                    Some((Ok(chunk), file))
                }
                Err(error) => Some((Err(error), file)),
            }
        }))
    }
}
