//! Metrics of the data sets; the label `set` has four values, `outcome` four.

use std::time::Duration;

use metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};

use super::build::SetId;
use super::error::DatasetError;
use super::slot::Refreshed;
use super::table::Table;

const ROWS: &str = "laurel_dataset_rows";
const BYTES: &str = "laurel_dataset_size_bytes";
const BUILT_AT: &str = "laurel_dataset_built_timestamp_seconds";
const REFRESHES: &str = "laurel_dataset_refreshes_total";
const REFRESH_SECONDS: &str = "laurel_dataset_refresh_seconds";

pub(super) fn describe() {
    describe_gauge!(ROWS, "Rows of a data set in use; 0 when there is none");
    describe_gauge!(BYTES, "Size of a data set's mapped file");
    describe_gauge!(BUILT_AT, "When a data set in use was built, in seconds since 1970");
    describe_counter!(REFRESHES, "Refreshes of a data set by what they came to");
    describe_histogram!(REFRESH_SECONDS, "Time a refresh took, download and build");
}

pub(super) fn in_use(set: SetId, table: Option<&Table>) {
    gauge!(ROWS, "set" => set.name()).set(table.map_or(0.0, |table| table.rows() as f64));
    gauge!(BYTES, "set" => set.name()).set(table.map_or(0.0, |table| table.bytes() as f64));
    gauge!(BUILT_AT, "set" => set.name()).set(table.map_or(0.0, |table| table.built_at() as f64));
}

pub(super) fn refreshed(set: SetId, outcome: &Result<Refreshed, DatasetError>, took: Duration) {
    let outcome = match outcome {
        Ok(Refreshed::NotModified) => "not_modified",
        Ok(Refreshed::Replaced { .. }) => "replaced",
        Ok(Refreshed::Partly { .. }) => "partly",
        Err(_) => "failed",
    };
    counter!(REFRESHES, "set" => set.name(), "outcome" => outcome).increment(1);
    histogram!(REFRESH_SECONDS, "set" => set.name()).record(took.as_secs_f64());
}
