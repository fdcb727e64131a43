//! How far a command is: a bar on a terminal, a line per item in a pipe, or JSON Lines; and what came
//! of it all.

use std::fmt::Write as _;
use std::io::{IsTerminal, Write as _};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::{Value, json};

use crate::cli::Ended;

/// Failures that are listed at the end; all are counted.
const MAX_LISTED: usize = 200;
const TEMPLATE: &str = "{wide_bar} {pos}/{len} {per_sec} {eta} {msg}";

/// What came of one item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::cli) enum WorkOutcome {
    /// With what was written.
    Written(String),
    /// The same, but for ratings that were late: the next run asks again.
    Provisional(String),
    /// It was there already.
    Unchanged,
    /// Left out, and why.
    Skipped(String),
    Failed(String),
    /// Failed in a way in which all others would.
    Fatal(String),
}

impl WorkOutcome {
    fn word(&self) -> &'static str {
        match self {
            Self::Written(_) => "written",
            Self::Provisional(_) => "provisional",
            Self::Unchanged => "unchanged",
            Self::Skipped(_) => "skipped",
            Self::Failed(_) | Self::Fatal(_) => "failed",
        }
    }

    fn text(&self) -> &str {
        match self {
            Self::Unchanged => "",
            Self::Written(text)
            | Self::Provisional(text)
            | Self::Skipped(text)
            | Self::Failed(text)
            | Self::Fatal(text) => text,
        }
    }
}

/// What came of all items.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::cli) struct Tally {
    pub(in crate::cli) written: u64,
    pub(in crate::cli) provisional: u64,
    pub(in crate::cli) unchanged: u64,
    pub(in crate::cli) skipped: u64,
    pub(in crate::cli) failed: u64,
    pub(in crate::cli) interrupted: bool,
    /// The first of the failures: what, and why.
    failures: Vec<(String, String)>,
}

impl Tally {
    pub(in crate::cli) fn add(&mut self, item: &str, outcome: &WorkOutcome) {
        *match outcome {
            WorkOutcome::Written(_) => &mut self.written,
            WorkOutcome::Provisional(_) => &mut self.provisional,
            WorkOutcome::Unchanged => &mut self.unchanged,
            WorkOutcome::Skipped(_) => &mut self.skipped,
            WorkOutcome::Failed(_) | WorkOutcome::Fatal(_) => &mut self.failed,
        } += 1;
        if let WorkOutcome::Failed(why) | WorkOutcome::Fatal(why) = outcome
            && self.failures.len() < MAX_LISTED
        {
            self.failures.push((item.to_owned(), why.clone()));
        }
    }

    pub(in crate::cli) fn ended(&self) -> Ended {
        match self {
            Self { interrupted: true, .. } => Ended::Interrupted,
            Self { failed: 1.., .. } => Ended::SomeFailed,
            _ => Ended::Whole,
        }
    }

    fn json(&self) -> Value {
        let failures: Vec<Value> =
            self.failures.iter().map(|(item, why)| json!({"item": item, "why": why})).collect();
        json!({"summary": {
            "written": self.written, "provisional": self.provisional, "unchanged": self.unchanged,
            "skipped": self.skipped, "failed": self.failed, "interrupted": self.interrupted,
            "failures": failures,
        }})
    }

    fn text(&self) -> String {
        let Self { written, provisional, unchanged, skipped, failed, .. } = self;
        let mut parts = vec![format!("{} written", written + provisional)];
        let more = [
            (provisional, "of them without late ratings"),
            (unchanged, "unchanged"),
            (skipped, "skipped"),
            (failed, "failed"),
        ];
        parts.extend(more.iter().filter(|(n, _)| **n > 0).map(|(n, word)| format!("{n} {word}")));
        if self.interrupted {
            parts.push("interrupted".to_owned());
        }
        let mut text = parts.join(", ");
        for (item, why) in &self.failures {
            // Writing to a String does not fail.
            let _ = write!(text, "\n  {item}: {why}");
        }
        if self.failed as usize > self.failures.len() {
            text.push_str("\n  …");
        }
        text
    }
}

/// Where lines go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) enum Channel {
    Stdout,
    /// Where standard output is for what was asked for.
    Stderr,
}

enum ProgressForm {
    Bar,
    Lines,
    Json,
}

/// Tells how far a command is.
pub(in crate::cli) struct WorkProgress {
    style: ProgressForm,
    channel: Channel,
    bar: ProgressBar,
    tally: Mutex<Tally>,
}

impl WorkProgress {
    pub(super) fn new(json: bool, channel: Channel) -> Self {
        let on_terminal = std::io::stderr().is_terminal()
            && (channel == Channel::Stderr || std::io::stdout().is_terminal());
        let style = match (json, on_terminal) {
            (true, _) => ProgressForm::Json,
            (false, true) => ProgressForm::Bar,
            (false, false) => ProgressForm::Lines,
        };
        let bar = match style {
            ProgressForm::Bar => {
                ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr())
            }
            ProgressForm::Lines | ProgressForm::Json => ProgressBar::hidden(),
        };
        if let Ok(template) = ProgressStyle::with_template(TEMPLATE) {
            bar.set_style(template);
        }
        bar.enable_steady_tick(Duration::from_millis(200));
        Self { style, channel, bar, tally: Mutex::default() }
    }

    /// There are so many more items than was known.
    pub(in crate::cli) fn expect(&self, more: usize) {
        self.bar.inc_length(more as u64);
    }

    /// Something to be said between items.
    pub(in crate::cli) fn say(&self, text: &str) {
        match self.style {
            ProgressForm::Bar => self.bar.println(text),
            ProgressForm::Lines => self.line(text),
            ProgressForm::Json => self.line(&json!({"note": text}).to_string()),
        }
    }

    /// One item is done.
    pub(in crate::cli) fn done(&self, item: &str, outcome: &WorkOutcome) {
        self.bar.inc(1);
        self.tally.lock().unwrap_or_else(PoisonError::into_inner).add(item, outcome);
        let (word, text) = (outcome.word(), outcome.text());
        match self.style {
            ProgressForm::Bar if word == "failed" => self.bar.println(format!("{item}: {text}")),
            ProgressForm::Bar => self.bar.set_message(item.to_owned()),
            ProgressForm::Lines if text.is_empty() => self.line(&format!("{word} {item}")),
            ProgressForm::Lines => self.line(&format!("{word} {item}: {text}")),
            ProgressForm::Json => {
                self.line(&json!({"item": item, "outcome": word, "text": text}).to_string());
            }
        }
    }

    /// A part of an item is done: nothing to be told or counted.
    pub(in crate::cli) fn step(&self) {
        self.bar.inc(1);
    }

    /// Counts what needs no line of its own.
    pub(in crate::cli) fn count(&self, item: &str, outcome: &WorkOutcome) {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner).add(item, outcome);
    }

    /// The end, told.
    pub(in crate::cli) fn end(self, interrupted: bool) -> Tally {
        self.bar.finish_and_clear();
        let mut tally = self.tally.lock().unwrap_or_else(PoisonError::into_inner).clone();
        tally.interrupted = interrupted;
        match self.style {
            ProgressForm::Json => self.line(&tally.json().to_string()),
            ProgressForm::Bar | ProgressForm::Lines => self.line(&tally.text()),
        }
        tally
    }

    fn line(&self, text: &str) {
        // A reader that has gone is no error.
        let _ = match self.channel {
            Channel::Stdout => writeln!(std::io::stdout(), "{text}"),
            Channel::Stderr => writeln!(std::io::stderr(), "{text}"),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_it_ended_follows_from_what_came_of_it() {
        let mut tally = Tally::default();
        tally.add("a", &WorkOutcome::Written("a.jpg".into()));
        tally.add("b", &WorkOutcome::Unchanged);
        assert_eq!(
            (tally.ended(), tally.text().as_str()),
            (Ended::Whole, "1 written, 1 unchanged")
        );
        tally.add("c", &WorkOutcome::Failed("no such title".into()));
        assert_eq!(tally.ended(), Ended::SomeFailed);
        assert!(tally.text().ends_with("1 failed\n  c: no such title"), "{}", tally.text());
        tally.interrupted = true;
        assert_eq!(tally.ended(), Ended::Interrupted);
        assert_eq!(tally.json()["summary"]["failures"][0]["item"], "c");
    }

    #[test]
    fn many_failures_are_counted_and_not_all_kept() {
        let mut tally = Tally::default();
        for number in 0..1000 {
            tally.add(&number.to_string(), &WorkOutcome::Failed("late".into()));
        }
        assert_eq!((tally.failed, tally.failures.len()), (1000, MAX_LISTED));
    }
}
