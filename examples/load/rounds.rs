//! The rounds, and the table they print.

use std::error::Error;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use tempfile::TempDir;

use crate::client::{Answer, Client, Outcome, fetch_all, hammer};
use crate::process::Process;
use crate::{Arguments, naive};

/// What a background writer may still have to do after the last answer.
const SETTLING: Duration = Duration::from_secs(2);
const PARALLEL: usize = 8;

type Done = Result<(), Box<dyn Error>>;

/// What all rounds share.
struct Bench<'a> {
    arguments: &'a Arguments,
    program: PathBuf,
    upstream: Process,
}

/// A server with an empty folder of its own.
struct Server {
    process: Process,
    started_in: Duration,
    _folder: TempDir,
}

pub(crate) async fn run(arguments: &Arguments) -> Done {
    let beside = || {
        let own = std::env::current_exe().ok()?;
        Some(own.parent()?.parent()?.join("laurel"))
    };
    let program = arguments.server.clone().or_else(beside).ok_or("where is the server?")?;
    let upstream = Process::own_role(&["upstream"])?;
    let bench = Bench { arguments, program, upstream };
    bench.run("start", Bench::start).await?;
    bench.run("cold", Bench::cold).await?;
    bench.run("trips", Bench::trips).await?;
    bench.run("rerender", Bench::rerender).await?;
    bench.run("hot", Bench::hot).await?;
    bench.run("memory", Bench::memory).await?;
    bench.run("crowd", Bench::crowd).await
}

impl Bench<'_> {
    async fn run<'b>(&'b self, name: &str, round: impl AsyncFnOnce(&'b Self) -> Done) -> Done {
        if name.contains(&self.arguments.only) { round(self).await } else { Ok(()) }
    }

    async fn server(&self) -> Result<Server, Box<dyn Error>> {
        let folder = tempfile::tempdir()?;
        let (process, started_in) =
            Process::server(&self.program, folder.path(), self.upstream.address).await?;
        Ok(Server { process, started_in, _folder: folder })
    }

    async fn calls(&self) -> Result<f64, Box<dyn Error>> {
        let answer = fetch(self.upstream.address, "/calls").await?;
        Ok(String::from_utf8(answer.body)?.parse()?)
    }

    async fn delay(&self, milliseconds: u64) -> Done {
        let path = format!("/delay/{milliseconds}");
        fetch(self.upstream.address, &path).await?;
        Ok(())
    }

    async fn start(&self) -> Done {
        let server = self.server().await?;
        tokio::time::sleep(Duration::from_secs(2)).await;
        row("start to the first 200", server.started_in.as_secs_f64() * 1000.0, "ms", None);
        row("idle, resident", server.process.memory("VmRSS")?, "MiB", None);
        Ok(())
    }

    /// Pictures of titles never seen before, `PARALLEL` at a time.
    async fn cold(&self) -> Done {
        let kinds = [
            ("poster medium", "", (780, 1170), (580, 870)),
            ("poster large", "?imageSize=large", (2000, 3000), (1280, 1920)),
            ("backdrop medium", "", (3840, 2160), (1920, 1080)),
            ("episode medium", "", (1920, 1080), (780, 439)),
            ("logo medium", "", (0, 0), (0, 0)),
        ];
        for (name, query, from, to) in kinds {
            let plain = if from.0 > 0 { Some(naive::milliseconds(from, to)?) } else { None };
            let server = self.server().await?;
            let number =
                if from.0 > 1000 { self.arguments.titles / 2 } else { self.arguments.titles };
            // The first ones warm what every server has to do once.
            fetch_all(server.process.address, paths(name, query, 0..8), PARALLEL)
                .await
                .map_err(plainly)?;
            let (cpu, calls) = (server.process.cpu()?, self.calls().await?);
            let all = paths(name, query, 100..100 + number);
            let outcome =
                fetch_all(server.process.address, all, PARALLEL).await.map_err(plainly)?;
            tokio::time::sleep(SETTLING).await;
            let cpu = (server.process.cpu()? - cpu) * 1000.0 / f64::from(number);
            let calls = (self.calls().await? - calls) / f64::from(number);
            title(&format!("cold {name} ({number}, {} failed)", outcome.failed));
            row(
                "processor time per image",
                cpu,
                "ms",
                plain.map(|plain| (cpu / plain, "of the naive render")),
            );
            speed(&outcome);
            row("upstream calls per image", calls, "", None);
            row("bytes", outcome.mean_bytes() / 1024.0, "KiB", None);
        }
        Ok(())
    }

    /// One at a time, with every answer of an upstream 150 ms late.
    async fn trips(&self) -> Done {
        let server = self.server().await?;
        self.delay(150).await?;
        fetch_all(server.process.address, paths("poster medium", "", 0..3), 1)
            .await
            .map_err(plainly)?;
        let paths = paths("poster medium", "", 300..320);
        let outcome = fetch_all(server.process.address, paths, 1).await.map_err(plainly);
        self.delay(0).await?;
        let outcome = outcome?;
        title(&format!("cold poster, upstream 150 ms late ({} failed)", outcome.failed));
        row("p50", outcome.percentile(0.5), "ms", None);
        row("p99", outcome.percentile(0.99), "ms", None);
        Ok(())
    }

    /// Other designs of artwork that is known.
    async fn rerender(&self) -> Done {
        for (name, size, from, to) in [
            ("poster medium", "medium", (780, 1170), (580, 870)),
            ("poster large", "large", (2000, 3000), (1280, 1920)),
        ] {
            let plain = naive::milliseconds(from, to)?;
            let server = self.server().await?;
            let number = self.arguments.titles / 4;
            let design = |look: &str| format!("?imageSize={size}&{look}");
            let first = paths(name, &design("badge_size=m"), 400..400 + number);
            fetch_all(server.process.address, first, PARALLEL).await.map_err(plainly)?;
            tokio::time::sleep(SETTLING).await;
            let looks = [
                "badge_size=l",
                "badge_shape=p",
                "label_style=t",
                "badge_background=k",
                "ratings_limit=2",
                "position=tc",
            ];
            let all: Vec<String> = looks
                .iter()
                .flat_map(|look| paths(name, &design(look), 400..400 + number))
                .collect();
            let (cpu, count) = (server.process.cpu()?, all.len() as f64);
            let outcome =
                fetch_all(server.process.address, all, PARALLEL).await.map_err(plainly)?;
            let cpu = (server.process.cpu()? - cpu) * 1000.0 / count;
            title(&format!("another design, {name} ({count}, {} failed)", outcome.failed));
            row("processor time per image", cpu, "ms", Some((cpu / plain, "of the naive render")));
            speed(&outcome);
        }
        Ok(())
    }

    /// One poster over and over, and a bare route with the same body between the rounds.
    async fn hot(&self) -> Done {
        let server = self.server().await?;
        let path = paths("poster medium", "", 7..8).remove(0);
        let body = fetch(server.process.address, &path).await?.body;
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("body");
        std::fs::write(&file, &body)?;
        let bare = Process::own_role(&["bare", &file.to_string_lossy()])?;
        let mut all = Vec::new();
        for _ in 0..3 {
            let plain = self.hot_round(&bare, "/poster.jpg").await?;
            let ours = self.hot_round(&server.process, &path).await?;
            all.push((ours, plain));
        }
        let median = |read: &dyn Fn(&(Hot, Hot)) -> f64| {
            let mut figures: Vec<f64> = all.iter().map(read).collect();
            figures.sort_by(f64::total_cmp);
            figures[figures.len() / 2]
        };
        title(&format!("hot, 64 connections, {} bytes", body.len()));
        let ratio = median(&|(ours, plain)| ours.cpu / plain.cpu);
        row(
            "processor time per request",
            median(&|(ours, _)| ours.cpu),
            "µs",
            Some((ratio, "of the bare route")),
        );
        row("  of the bare route", median(&|(_, plain)| plain.cpu), "µs", None);
        let ratio = median(&|(ours, plain)| ours.per_second / plain.per_second);
        row(
            "requests",
            median(&|(ours, _)| ours.per_second),
            "/s",
            Some((ratio, "of the bare route")),
        );
        Ok(())
    }

    async fn hot_round(&self, process: &Process, path: &str) -> Result<Hot, Box<dyn Error>> {
        let time = Duration::from_secs(self.arguments.seconds);
        let before = process.cpu()?;
        let per_second = match wrk(process.address, path, time) {
            Some(per_second) => per_second,
            None => hammer(process.address, path, time).await.map_err(plainly)?,
        };
        let cpu = (process.cpu()? - before) * 1e6 / (per_second * time.as_secs_f64());
        Ok(Hot { cpu, per_second })
    }

    /// 2,000 posters, default settings.
    async fn memory(&self) -> Done {
        let server = self.server().await?;
        let paths = paths("poster medium", "", 1000..3000);
        let outcome = fetch_all(server.process.address, paths, PARALLEL).await.map_err(plainly)?;
        title(&format!("2000 cold posters ({} failed)", outcome.failed));
        speed(&outcome);
        row("resident after", server.process.memory("VmRSS")?, "MiB", None);
        row("resident at most", server.process.memory("VmHWM")?, "MiB", None);
        tokio::time::sleep(Duration::from_secs(10)).await;
        row("resident 10 s later", server.process.memory("VmRSS")?, "MiB", None);
        Ok(())
    }

    /// 64 very large posters at once.
    async fn crowd(&self) -> Done {
        let server = self.server().await?;
        let paths = paths("poster very-large", "?imageSize=very-large", 500..564);
        let outcome = fetch_all(server.process.address, paths, 64).await.map_err(plainly)?;
        title(&format!("64 very large posters at once ({} failed)", outcome.failed));
        speed(&outcome);
        row("resident at most", server.process.memory("VmHWM")?, "MiB", None);
        Ok(())
    }
}

/// A hot round's figures: microseconds and answers.
struct Hot {
    cpu: f64,
    per_second: f64,
}

fn paths(kind: &str, query: &str, titles: std::ops::Range<u32>) -> Vec<String> {
    let path = |n: u32| match kind.split(' ').next() {
        Some("backdrop") => format!("/key/imdb/backdrop-default/tt{}.jpg{query}", 1_000_000 + n),
        Some("episode") => format!("/key/tmdb/episode-default/series-{n}:1:1.jpg{query}"),
        Some("logo") => format!("/key/imdb/logo-default/tt{}.png{query}", 1_000_000 + n),
        _ => format!("/key/imdb/poster-default/tt{}.jpg{query}", 1_000_000 + n),
    };
    titles.map(path).collect()
}

/// Answers per second by `wrk`, where it is installed: it costs less than a client of our own.
fn wrk(address: SocketAddr, path: &str, time: Duration) -> Option<f64> {
    let mut command = std::process::Command::new("wrk");
    let output = command
        .args([
            "-t1",
            "-c64",
            &format!("-d{}s", time.as_secs()),
            &format!("http://{address}{path}"),
        ])
        .stderr(Stdio::null())
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let line = text.lines().find_map(|line| line.trim().strip_prefix("Requests/sec:"))?;
    line.trim().parse().ok()
}

fn speed(outcome: &Outcome) {
    row("images", outcome.per_second(), "/s", None);
    row("p50", outcome.percentile(0.5), "ms", None);
    row("p99", outcome.percentile(0.99), "ms", None);
}

/// One answer, over a connection of its own.
async fn fetch(address: SocketAddr, path: &str) -> Result<Answer, Box<dyn Error>> {
    let mut client = Client::connect(address).await.map_err(plainly)?;
    client.get(path).await.map_err(plainly)
}

/// The same error, without the promise that threads may share it.
fn plainly(error: Box<dyn Error + Send + Sync>) -> Box<dyn Error> {
    error
}

#[expect(clippy::print_stdout, reason = "what this program is run for")]
fn title(text: &str) {
    println!("{text}");
}

#[expect(clippy::print_stdout, reason = "what this program is run for")]
fn row(name: &str, figure: f64, unit: &str, ratio: Option<(f64, &str)>) {
    let ratio = ratio.map(|(ratio, of)| format!("{ratio:8.3} {of}")).unwrap_or_default();
    println!("  {name:<28} {figure:10.2} {unit:<4} {ratio}");
}
