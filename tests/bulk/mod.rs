//! Commands that go through many titles, as their user meets them.

mod discover;
mod download;
mod library;
mod warm;

use std::path::{Path, PathBuf};
use std::process::{Child, Output, Stdio};
use std::time::Duration;

use crate::support::child::laurel;
use crate::support::{FakeUpstream, Service};

/// Settings of a command over the stand-in: no data sets, and limits that do not slow tests down.
fn settings(upstream: &FakeUpstream) -> Vec<(String, String)> {
    let off = [Service::ImdbDatasets, Service::Awards, Service::AnimeMap];
    let off = off.map(|service| (service.setting().to_owned(), "off".to_owned()));
    let rates = ["TMDB", "MDBLIST", "OMDB", "TRAKT", "FANART"].into_iter().flat_map(|provider| {
        ["RATE", "BURST"].map(|word| (format!("LAUREL_{provider}_{word}"), "5000".to_owned()))
    });
    let slow = [("LAUREL_RENDER_BUDGET_MS", "50000"), ("LAUREL_DEADLINE_MS", "60000")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
    upstream.settings().into_iter().chain(off).chain(rates).chain(slow).collect()
}

/// Runs a command to its end, with this text on its standard input.
async fn run(dir: &Path, settings: &[(String, String)], arguments: &[&str], input: &str) -> Output {
    let mut command = laurel(dir, settings);
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let input = input.to_owned();
    let running = move || {
        let mut child = command.spawn().unwrap();
        // It may end before it has read everything.
        let _ = std::io::Write::write_all(&mut child.stdin.take().unwrap(), input.as_bytes());
        child.wait_with_output().unwrap()
    };
    #[expect(clippy::disallowed_methods, reason = "the stand-in goes on answering meanwhile")]
    tokio::task::spawn_blocking(running).await.unwrap()
}

/// Starts a command.
fn start(dir: &Path, settings: &[(String, String)], arguments: &[&str]) -> Child {
    let mut command = laurel(dir, settings);
    command.args(arguments).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().unwrap()
}

/// The exit code of a command that ends within 30 s.
async fn ended(mut child: Child) -> Option<i32> {
    for _ in 0..600 {
        if let Some(status) = child.try_wait().unwrap() {
            return status.code();
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let _ = child.kill();
    None
}

fn text(output: &Output) -> String {
    let all = [&output.stdout[..], &output.stderr[..]].concat();
    String::from_utf8_lossy(&all).into_owned()
}

/// All files below a folder, as paths below it, in order.
fn files(folder: &Path) -> Vec<String> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() { walk(&path, found) } else { found.push(path) }
        }
    }
    let mut found = Vec::new();
    walk(folder, &mut found);
    let below = |path: PathBuf| path.strip_prefix(folder).unwrap().display().to_string();
    let mut names: Vec<String> = found.into_iter().map(below).collect();
    names.sort();
    names
}
