//! What an operator may know of each data set.

use serde::Serialize;

use super::build::SetId;

/// The state of one data set. Times are seconds since 1970.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SetStatus {
    pub set: SetId,
    /// Whether a source is configured.
    pub on: bool,
    /// The host alone: the rest of an address may hold a secret.
    pub source_host: Option<String>,
    /// 0 until the first fetch.
    pub rows: u64,
    /// Rows of the source that could not be read.
    pub skipped_rows: u64,
    /// On disk.
    pub size_bytes: u64,
    pub built_at: Option<u64>,
    /// When the source last answered, with new data or without.
    pub checked_at: Option<u64>,
    /// Since the data were built.
    pub age_secs: Option<u64>,
    /// Why the last refresh failed, wholly or in part; `None` after one that did not.
    pub last_error: Option<String>,
    pub last_error_at: Option<u64>,
}
