//! Progress bars, for people: only where standard error is a terminal.

use std::io::{IsTerminal, stderr};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use super::build::SetId;

#[derive(Clone, Debug)]
pub(super) struct Progress {
    /// `None` where nobody watches.
    bars: Option<MultiProgress>,
}

impl Progress {
    pub(super) fn new() -> Self {
        Self { bars: stderr().is_terminal().then(MultiProgress::new) }
    }

    /// A bar that counts downloaded bytes; vanishes when dropped.
    pub(super) fn bytes(&self, set: SetId) -> ProgressBar {
        self.bar(set, "{prefix:>14} {bytes:>10} of {total_bytes} {wide_bar} {bytes_per_sec} ")
    }

    /// A bar that counts rows read.
    pub(super) fn rows(&self, set: SetId) -> ProgressBar {
        self.bar(set, "{prefix:>14} {human_pos:>12} rows {elapsed} {spinner}")
    }

    fn bar(&self, set: SetId, template: &str) -> ProgressBar {
        let Some(bars) = &self.bars else {
            return ProgressBar::hidden();
        };
        let style = ProgressStyle::with_template(template);
        let bar = bars.add(ProgressBar::no_length().with_prefix(set.name()));
        match style {
            Ok(style) => bar.with_style(style).with_finish(indicatif::ProgressFinish::AndClear),
            // A template that does not parse costs the looks, not the refresh.
            Err(_) => bar,
        }
    }
}
