//! Metrics of the data sets; the label `set` has four values, `outcome` four.

use std::time::Duration;

use metrics::{counter, gauge, histogram};

use super::build::SetId;
use super::error::DatasetError;
use super::slot::Refreshed;
use super::table::Table;
use crate::telemetry::metrics::{
    DATASET_BUILT_AT, DATASET_BYTES, DATASET_REFRESH_SECONDS, DATASET_REFRESHES, DATASET_ROWS,
};

pub(super) fn in_use(set: SetId, table: Option<&Table>) {
    gauge!(DATASET_ROWS.name, "set" => set.name())
        .set(table.map_or(0.0, |table| table.rows() as f64));
    gauge!(DATASET_BYTES.name, "set" => set.name())
        .set(table.map_or(0.0, |table| table.bytes() as f64));
    gauge!(DATASET_BUILT_AT.name, "set" => set.name())
        .set(table.map_or(0.0, |table| table.built_at() as f64));
}

pub(super) fn refreshed(set: SetId, outcome: &Result<Refreshed, DatasetError>, took: Duration) {
    let outcome = match outcome {
        Ok(Refreshed::NotModified) => "not_modified",
        Ok(Refreshed::Replaced { .. }) => "replaced",
        Ok(Refreshed::Partly { .. }) => "partly",
        Err(_) => "failed",
    };
    counter!(DATASET_REFRESHES.name, "set" => set.name(), "outcome" => outcome).increment(1);
    histogram!(DATASET_REFRESH_SECONDS.name, "set" => set.name()).record(took.as_secs_f64());
}
