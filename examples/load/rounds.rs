//! The rounds, and the table they print.

use std::error::Error;
use std::net::SocketAddr;
use std::ops::Range;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use tempfile::TempDir;

use crate::artwork::VARIANTS;
use crate::client::{Answer, Client, fetch_all, hammer};
use crate::process::{Process, Rates};
use crate::report::{row, speed, title};
use crate::{Arguments, naive, plainly, wall};

/// What a background writer may still have to do after the last answer.
const SETTLING: Duration = Duration::from_secs(2);
const PARALLEL: usize = 8;

pub(crate) type Done = Result<(), Box<dyn Error>>;

/// What all rounds share.
pub(crate) struct Bench<'a> {
    arguments: &'a Arguments,
    program: PathBuf,
    upstream: Process,
}

/// A server with an empty folder of its own.
pub(crate) struct Server {
    pub(crate) process: Process,
    started_in: Duration,
    _folder: TempDir,
}

pub(crate) async fn run(arguments: &Arguments) -> Done {
    let beside = || {
        let own = std::env::current_exe().ok()?;
        Some(own.parent()?.parent()?.join("laurel"))
    };
    let program = arguments.server.clone().or_else(beside).ok_or("where is the server?")?;
    let mut role = vec!["upstream".to_owned()];
    if let Some(folder) = &arguments.photographs {
        role.extend(["--photographs".to_owned(), folder.display().to_string()]);
    }
    let upstream = Process::own_role(&role)?;
    let bench = Bench { arguments, program, upstream };
    bench.run("start", Bench::start).await?;
    bench.run("cold", Bench::cold).await?;
    bench.run("mixed", Bench::mixed).await?;
    bench.run("trips", Bench::trips).await?;
    bench.run("rerender", Bench::rerender).await?;
    bench.run("hot", Bench::hot).await?;
    bench.run("memory", Bench::memory).await?;
    bench.run("crowd", Bench::crowd).await?;
    bench.run("wall", async |bench| wall::run(bench).await).await?;
    bench.run("unrated", async |bench| wall::unrated(bench).await).await
}

impl Bench<'_> {
    async fn run<'b>(&'b self, name: &str, round: impl AsyncFnOnce(&'b Self) -> Done) -> Done {
        if name.contains(&self.arguments.only) { round(self).await } else { Ok(()) }
    }

    async fn server(&self) -> Result<Server, Box<dyn Error>> {
        self.server_at(Rates::Unlimited).await
    }

    pub(crate) async fn server_at(&self, rates: Rates) -> Result<Server, Box<dyn Error>> {
        let folder = tempfile::tempdir()?;
        let (process, started_in) =
            Process::server(&self.program, folder.path(), self.upstream.address, rates).await?;
        Ok(Server { process, started_in, _folder: folder })
    }

    /// What the stand-in says to an order, see `upstream`.
    pub(crate) async fn control(&self, order: &str) -> Result<String, Box<dyn Error>> {
        let answer = fetch(self.upstream.address, &format!("/control/{order}")).await?;
        Ok(String::from_utf8(answer.body)?)
    }

    pub(crate) async fn number(&self, order: &str) -> Result<f64, Box<dyn Error>> {
        Ok(self.control(order).await?.parse()?)
    }

    async fn start(&self) -> Done {
        let server = self.server().await?;
        tokio::time::sleep(Duration::from_secs(2)).await;
        row("start to the first 200", server.started_in.as_secs_f64() * 1000.0, "ms", None);
        row("idle, resident", server.process.memory("VmRSS")?, "MiB", None);
        Ok(())
    }

    /// Pictures of titles never seen before, of all families and sizes, one and `PARALLEL` at a time.
    async fn cold(&self) -> Done {
        for case in &CASES {
            let plain = match case.naive {
                Some((source, to)) => Some(self.naive(source, to).await?),
                None => None,
            };
            let number = self.arguments.titles / case.share;
            for parallel in [1, PARALLEL] {
                let paths = |titles| case.paths(titles).collect::<Vec<_>>();
                self.cold_round(case.name, parallel, &paths, number, plain).await?;
            }
        }
        Ok(())
    }

    /// All families and sizes in turn.
    async fn mixed(&self) -> Done {
        for parallel in [1, PARALLEL, 32] {
            let paths = |titles: Range<u32>| {
                let one = |n: u32| CASES[n as usize % CASES.len()].path(n);
                titles.map(one).collect::<Vec<_>>()
            };
            self.cold_round(
                "all families and sizes",
                parallel,
                &paths,
                self.arguments.titles,
                None,
            )
            .await?;
        }
        Ok(())
    }

    async fn cold_round(
        &self,
        name: &str,
        parallel: usize,
        paths: &dyn Fn(Range<u32>) -> Vec<String>,
        number: u32,
        plain: Option<f64>,
    ) -> Done {
        let server = self.server().await?;
        let address = server.process.address;
        // The first ones warm what every server has to do once.
        fetch_all(address, paths(0..8), parallel).await.map_err(plainly)?;
        self.control("forget").await?;
        let before = server.process.cpu()?;
        let outcome =
            fetch_all(address, paths(100..100 + number), parallel).await.map_err(plainly)?;
        tokio::time::sleep(SETTLING).await;
        let each = f64::from(number);
        let cpu = (server.process.cpu()? - before) * 1000.0 / each;
        title(&format!("cold {name}, {parallel} at a time: {}", outcome.faults()));
        let ratio = plain.map(|plain| (cpu / plain, "of the naive render"));
        row("processor time per image", cpu, "ms", ratio);
        speed(&outcome);
        row("upstream calls per image", self.number("calls").await? / each, "", None);
        row("  pictures among them", self.number("calls/images").await? / each, "", None);
        row("bytes", outcome.mean_bytes() / 1024.0, "KiB", None);
        row("resident at most", server.process.memory("VmHWM")?, "MiB", None);
        Ok(())
    }

    /// Milliseconds of the naive render of the stand-in's own files.
    async fn naive(&self, source: &str, to: (u32, u32)) -> Result<f64, Box<dyn Error>> {
        let mut files = Vec::new();
        for variant in 0..VARIANTS {
            let path = format!("/t/p/{}", source.replace('N', &variant.to_string()));
            files.push(fetch(self.upstream.address, &path).await?.body.into());
        }
        naive::milliseconds(&files, to)
    }

    /// One at a time, with every answer of an upstream 150 ms late.
    async fn trips(&self) -> Done {
        let server = self.server().await?;
        self.control("delay/150").await?;
        fetch_all(server.process.address, posters("", 0..3), 1).await.map_err(plainly)?;
        let paths = posters("", 300..320);
        let outcome = fetch_all(server.process.address, paths, 1).await.map_err(plainly);
        self.control("delay/0").await?;
        let outcome = outcome?;
        title(&format!("cold poster, upstream 150 ms late: {}", outcome.faults()));
        row("p50", outcome.percentile(0.5), "ms", None);
        row("p99", outcome.percentile(0.99), "ms", None);
        Ok(())
    }

    /// Other designs of artwork that is known.
    async fn rerender(&self) -> Done {
        for (name, size, source, to) in [
            ("poster medium", "medium", "w780/pN.jpg", (580, 870)),
            ("poster large", "large", "original/pN.jpg", (1280, 1920)),
        ] {
            let plain = self.naive(source, to).await?;
            let server = self.server().await?;
            let number = self.arguments.titles / 4;
            let design = |look: &str| format!("?imageSize={size}&{look}");
            let first = posters(&design("badge_size=m"), 400..400 + number);
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
            let all: Vec<String> =
                looks.iter().flat_map(|look| posters(&design(look), 400..400 + number)).collect();
            let (cpu, count) = (server.process.cpu()?, all.len() as f64);
            let outcome =
                fetch_all(server.process.address, all, PARALLEL).await.map_err(plainly)?;
            let cpu = (server.process.cpu()? - cpu) * 1000.0 / count;
            title(&format!("another design, {name} ({count}): {}", outcome.faults()));
            row("processor time per image", cpu, "ms", Some((cpu / plain, "of the naive render")));
            speed(&outcome);
        }
        Ok(())
    }

    /// One poster over and over, and a bare route with the same body between the rounds.
    async fn hot(&self) -> Done {
        let server = self.server().await?;
        let path = posters("", 7..8).remove(0);
        let body = fetch(server.process.address, &path).await?.body;
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("body");
        std::fs::write(&file, &body)?;
        let bare = Process::own_role(&["bare".to_owned(), file.display().to_string()])?;
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
        let paths = posters("", 1000..3000);
        let outcome = fetch_all(server.process.address, paths, PARALLEL).await.map_err(plainly)?;
        title(&format!("2000 cold posters: {}", outcome.faults()));
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
        let paths = posters("?imageSize=very-large", 500..564);
        let outcome = fetch_all(server.process.address, paths, 64).await.map_err(plainly)?;
        title(&format!("64 very large posters at once: {}", outcome.faults()));
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

/// What is asked for cold.
struct Case {
    name: &'static str,
    style: &'static str,
    ending: &'static str,
    /// Of the titles of a round, one in so many: the dear ones take longer.
    share: u32,
    /// What the naive render makes the same picture of, and its frame.
    naive: Option<(&'static str, (u32, u32))>,
}

const CASES: [Case; 11] = [
    case("poster small", ".jpg?imageSize=small", 1, Some(("w342/pN.jpg", (342, 513)))),
    case("poster medium", ".jpg", 1, Some(("w780/pN.jpg", (580, 870)))),
    case("poster large", ".jpg?imageSize=large", 2, Some(("original/pN.jpg", (1280, 1920)))),
    case(
        "poster very-large",
        ".jpg?imageSize=very-large",
        4,
        Some(("original/pN.jpg", (2000, 3000))),
    ),
    case("backdrop small", ".jpg?imageSize=small", 2, Some(("w1280/bN.jpg", (1280, 720)))),
    case("backdrop medium", ".jpg", 2, Some(("original/bN.jpg", (1920, 1080)))),
    case("backdrop large", ".jpg?imageSize=large", 4, Some(("original/bN.jpg", (3840, 2160)))),
    case("episode medium", ".jpg", 1, Some(("w780/sN.jpg", (780, 439)))),
    case("episode large", ".jpg?imageSize=large", 2, None),
    case("logo medium", ".png", 1, None),
    case("logo large", ".png?imageSize=large", 2, None),
];

const fn case(
    name: &'static str,
    ending: &'static str,
    share: u32,
    naive: Option<(&'static str, (u32, u32))>,
) -> Case {
    let style = match name.as_bytes()[0] {
        b'b' => "backdrop-default",
        b'e' => "episode-default",
        b'l' => "logo-default",
        _ => "poster-default",
    };
    Case { name, style, ending, share, naive }
}

impl Case {
    fn path(&self, n: u32) -> String {
        let id = match self.style {
            "episode-default" => format!("tmdb/{}/series-{n}:1:1", self.style),
            _ => format!("imdb/{}/tt{}", self.style, 1_000_000 + n),
        };
        format!("/key/{id}{}", self.ending)
    }

    fn paths(&self, titles: Range<u32>) -> impl Iterator<Item = String> {
        titles.map(|n| self.path(n))
    }
}

/// Posters in any look.
fn posters(query: &str, titles: Range<u32>) -> Vec<String> {
    let path = |n: u32| format!("/key/imdb/poster-default/tt{}.jpg{query}", 1_000_000 + n);
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

/// One answer, over a connection of its own.
async fn fetch(address: SocketAddr, path: &str) -> Result<Answer, Box<dyn Error>> {
    let mut client = Client::connect(address).await.map_err(plainly)?;
    client.get(path).await.map_err(plainly)
}
