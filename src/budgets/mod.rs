//! What the server lets work take: memory, connections, lines.
//!
//! Every limit is one row of [`TABLE`], derived from `LAUREL_MEMORY_CACHE_MB`. The rows are shown in
//! `/metrics` (limit and use) and in `docs/operations.md`. Memory that is limited is reserved before
//! it is taken, see [`MemoryBudget`] and [`FileBudget`].

mod file;
mod memory;

use std::fmt::Write;
use std::ops::Index;

pub use file::FileReservation;
pub(crate) use file::{FileBudget, FileError, MAX_FILE_BYTES};
pub(crate) use memory::{Evict, MAX_WAITING, MEMORY_TIMEOUT, MemoryBudget, Reservation};

use crate::telemetry::metrics::{BUDGET_LIMIT, BUDGET_USED};

const MIB: u64 = 1 << 20;
/// The default of `LAUREL_MEMORY_CACHE_MB`.
const DEFAULT_MEMORY: u64 = 256 * MIB;
/// What one render may take: two of the largest ordinary ones (a backdrop of 3840 x 2160) fit.
pub(crate) const MAX_RENDER_BYTES: usize = 120 << 20;

/// One limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Budget {
    Answers,
    PictureCache,
    BaseCache,
    RecentArtwork,
    Artwork,
    LargeArtwork,
    Pixels,
    Pictures,
    DiskQueue,
    Connections,
    RenderQueue,
    RenderWait,
    ColdKey,
    ColdAddress,
}

/// What a budget counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    Bytes,
    Number,
    Milliseconds,
}

/// How a budget follows from the memory setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Amount {
    Fixed(u64),
    /// So many 32nds of the setting, within bounds.
    Share {
        of_32: u64,
        min: u64,
        max: u64,
    },
    /// So many for each MiB of the setting, within bounds.
    PerMib {
        each: u64,
        min: u64,
        max: u64,
    },
}

struct BudgetRow {
    budget: Budget,
    name: &'static str,
    unit: Unit,
    amount: Amount,
    meaning: &'static str,
}

/// A part of the setting itself: together these are all of it.
const fn cache(of_32: u64) -> Amount {
    Amount::Share { of_32, min: 0, max: u64::MAX }
}

/// In the order of [`Budget`].
const TABLE: [BudgetRow; 14] = [
    BudgetRow {
        budget: Budget::Answers,
        name: "answers",
        unit: Unit::Bytes,
        amount: cache(4),
        meaning: "Cached answers of providers",
    },
    BudgetRow {
        budget: Budget::PictureCache,
        name: "picture_cache",
        unit: Unit::Bytes,
        amount: cache(13),
        meaning: "Cached pictures",
    },
    BudgetRow {
        budget: Budget::BaseCache,
        name: "base_cache",
        unit: Unit::Bytes,
        amount: cache(13),
        meaning: "Cached bases: artwork fitted to its frame",
    },
    BudgetRow {
        budget: Budget::RecentArtwork,
        name: "recent_artwork",
        unit: Unit::Bytes,
        amount: Amount::Share { of_32: 2, min: 0, max: 16 * MIB },
        meaning: "Artwork fetched in the last 20 s, for other sizes of it. A part of `artwork` that \
                  gives way to any fetch",
    },
    BudgetRow {
        budget: Budget::Artwork,
        name: "artwork",
        unit: Unit::Bytes,
        amount: Amount::Share { of_32: 12, min: 64 * MIB, max: 1024 * MIB },
        meaning: "Artwork from its first byte until it is decoded. A fetch reserves what has come \
                  and 1 MiB more, never above its Content-Length",
    },
    BudgetRow {
        budget: Budget::LargeArtwork,
        name: "large_artwork",
        unit: Unit::Bytes,
        amount: Amount::Fixed(MAX_FILE_BYTES as u64),
        meaning: "The part of `artwork` for files that found no memory while they grew: one at a \
                  time, and the largest file there may be",
    },
    BudgetRow {
        budget: Budget::Pixels,
        name: "pixels",
        unit: Unit::Bytes,
        amount: Amount::Share { of_32: 15, min: MAX_RENDER_BYTES as u64, max: 2048 * MIB },
        meaning: "Pixels of all renders at work; one render takes 120 MiB at most",
    },
    BudgetRow {
        budget: Budget::Pictures,
        name: "pictures",
        unit: Unit::Bytes,
        amount: Amount::Share { of_32: 5, min: 40 * MIB, max: 1024 * MIB },
        meaning: "Pictures being made or sent, besides the cached ones",
    },
    BudgetRow {
        budget: Budget::DiskQueue,
        name: "disk_queue",
        unit: Unit::Bytes,
        amount: Amount::Share { of_32: 4, min: 32 * MIB, max: 256 * MIB },
        meaning: "What waits to be written to the disk cache; the rest is not written",
    },
    BudgetRow {
        budget: Budget::Connections,
        name: "connections",
        unit: Unit::Number,
        amount: Amount::PerMib { each: 8, min: 256, max: 16_384 },
        meaning: "Open connections; further ones wait in the system's backlog",
    },
    BudgetRow {
        budget: Budget::RenderQueue,
        name: "render_queue",
        unit: Unit::Number,
        amount: Amount::Fixed(512),
        meaning: "Renders that wait, for each worker; the next one is 503 at once",
    },
    BudgetRow {
        budget: Budget::RenderWait,
        name: "render_wait",
        unit: Unit::Milliseconds,
        amount: Amount::Fixed(4000),
        meaning: "The expected wait for a worker, by the last renders; above it a new picture is \
                  503 at once",
    },
    BudgetRow {
        budget: Budget::ColdKey,
        name: "cold_key",
        unit: Unit::Number,
        amount: Amount::Fixed(6000),
        meaning: "New pictures for one key at once; 30 s fill it again",
    },
    BudgetRow {
        budget: Budget::ColdAddress,
        name: "cold_address",
        unit: Unit::Number,
        amount: Amount::Fixed(3000),
        meaning: "New pictures for one address at once; 30 s fill it again",
    },
];

/// Seconds in which a budget of cold work is full again.
pub(crate) const COLD_REFILL_SECONDS: f64 = 30.0;

impl Budget {
    fn row(self) -> &'static BudgetRow {
        &TABLE[self as usize]
    }

    /// The word in metrics and documentation.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// How much of it is in use; for `/metrics`.
    pub fn used(self) -> metrics::Gauge {
        metrics::gauge!(BUDGET_USED.name, "budget" => self.name())
    }
}

impl Amount {
    fn of(self, memory: u64) -> u64 {
        match self {
            Self::Fixed(amount) => amount,
            Self::Share { of_32, min, max } => (memory / 32).saturating_mul(of_32).clamp(min, max),
            Self::PerMib { each, min, max } => (memory / MIB).saturating_mul(each).clamp(min, max),
        }
    }
}

/// The amounts of all budgets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budgets([usize; TABLE.len()]);

impl Budgets {
    /// For a memory setting in bytes.
    pub fn of(memory: u64) -> Self {
        let amount = |row: &BudgetRow| usize::try_from(row.amount.of(memory)).unwrap_or(usize::MAX);
        Self(std::array::from_fn(|index| amount(&TABLE[index])))
    }

    /// Shows the limits in `/metrics`.
    pub fn record(&self) {
        for row in &TABLE {
            let limit = self[row.budget] as f64;
            metrics::gauge!(BUDGET_LIMIT.name, "budget" => row.name).set(limit);
        }
    }
}

impl Default for Budgets {
    fn default() -> Self {
        Self::of(DEFAULT_MEMORY)
    }
}

impl Index<Budget> for Budgets {
    type Output = usize;

    fn index(&self, budget: Budget) -> &usize {
        &self.0[budget as usize]
    }
}

/// The table for the documentation, in Markdown.
pub fn markdown() -> String {
    let mut text =
        String::from("| budget | default | from the setting | bounds |\n|---|---|---|---|\n");
    for row in &TABLE {
        let (name, meaning) = (row.name, row.meaning);
        let (default, derived) = (row.shown(row.amount.of(DEFAULT_MEMORY)), row.derived());
        // Writing to a String does not fail.
        let _ = writeln!(text, "| `{name}` | {default} | {derived} | {meaning} |");
    }
    text
}

impl BudgetRow {
    fn shown(&self, amount: u64) -> String {
        match self.unit {
            Unit::Bytes => format!("{} MiB", amount / MIB),
            Unit::Number => amount.to_string(),
            Unit::Milliseconds => format!("{amount} ms"),
        }
    }

    fn derived(&self) -> String {
        let bounds = |min: u64, max: u64| match (min, max) {
            (0, u64::MAX) => String::new(),
            (0, max) => format!(", at most {}", self.shown(max)),
            (min, max) => format!(", {} to {}", self.shown(min), self.shown(max)),
        };
        match self.amount {
            Amount::Fixed(_) => "fixed".to_owned(),
            Amount::Share { of_32, min, max } => format!("{of_32}/32{}", bounds(min, max)),
            Amount::PerMib { each, min, max } => format!("{each} a MiB{}", bounds(min, max)),
        }
    }
}

#[cfg(test)]
mod tests;
