//! Every metric: its name, unit, labels, and the question it answers.
//!
//! Labels have few values (family, tier, provider, outcome), never an id, a key or an address.
//! Record with `metrics::counter!(telemetry::metrics::REQUESTS.name, "family" => …)`.

use std::fmt::Write;
use std::sync::OnceLock;
use std::time::Duration;

use metrics::Unit;
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetricKind {
    Counter,
    Gauge,
    Histogram,
}

/// One metric.
#[derive(Clone, Copy, Debug)]
pub struct Metric {
    pub name: &'static str,
    pub kind: MetricKind,
    pub unit: Unit,
    /// For the documentation; the values are listed in `help` where they are not obvious.
    pub labels: &'static [&'static str],
    pub help: &'static str,
}

macro_rules! metrics {
    ($($constant:ident = $kind:ident $name:literal $unit:ident [$($label:literal),*] $help:literal;)*) => {
        $(
            #[doc = $help]
            pub const $constant: Metric = Metric {
                name: $name,
                kind: MetricKind::$kind,
                unit: Unit::$unit,
                labels: &[$($label),*],
                help: $help,
            };
        )*

        /// All of them.
        pub const METRICS: &[Metric] = &[$($constant),*];
    };
}

metrics! {
    REQUESTS = Counter "laurel_requests_total" Count ["family", "outcome"]
        "Artwork requests by family and outcome (hit, stale, miss, fallback, `not_modified`, or an error code).";
    HTTP_RESPONSES = Counter "laurel_http_responses_total" Count ["route", "status"]
        "Responses of every endpoint by route pattern and status.";
    HTTP_SECONDS = Histogram "laurel_http_seconds" Seconds ["route"]
        "Time until a response's head was ready.";
    BUDGET_LIMIT = Gauge "laurel_budget_limit" Count ["budget"]
        "How much there is of a budget: bytes, milliseconds (`render_wait`) or a number.";
    BUDGET_USED = Gauge "laurel_budget_used" Count ["budget"]
        "How much of a budget is in use. Cold work is counted where it is refused.";
    PANICS = Counter "laurel_panics_total" Count []
        "Requests that ended in a caught panic: each one is a bug.";
    COLD_REFUSED = Counter "laurel_cold_refused_total" Count ["by"]
        "Cold requests refused by a rate limit, by key or address.";
    STEP_SECONDS = Histogram "laurel_step_seconds" Seconds ["step", "family"]
        "Time of one step of a cold request: resolve, gather, fetch, base (decode, fit and code), decode (where there is no base), plan, paint.";
    RENDERS = Counter "laurel_renders_total" Count ["family", "outcome"]
        "Pictures rendered, by outcome (ok, failed, busy).";
    RENDERS_ACTIVE = Gauge "laurel_renders_active" Count []
        "Renders at work.";
    CACHE_LOOKUPS = Counter "laurel_cache_lookups_total" Count ["tier", "outcome"]
        "Look-ups in a memory cache, by outcome (hit, stale, miss).";
    CACHE_BYTES = Gauge "laurel_cache_bytes" Bytes ["tier"]
        "Weight of a memory cache.";
    CACHE_ENTRIES = Gauge "laurel_cache_entries" Count ["tier"]
        "Entries of a memory cache.";
    BLOB_READS = Counter "laurel_blob_reads_total" Count ["tier", "outcome"]
        "Reads from the disk cache, by outcome (hit, miss, corrupt, failed).";
    BLOB_WRITES = Counter "laurel_blob_writes_total" Count ["tier", "outcome"]
        "Writes to the disk cache, by outcome (stored, `queue_full`, `too_large`, degraded, failed).";
    BLOB_EVICTIONS = Counter "laurel_blob_evictions_total" Count ["tier"]
        "Blobs evicted to stay under the disk limit.";
    BLOB_BYTES = Gauge "laurel_blob_bytes" Bytes ["tier"]
        "Disk space of a tier, with what its metadata costs.";
    BLOB_DEGRADED = Gauge "laurel_blob_degraded" Count []
        "1 while the disk cache cannot be written.";
    UPSTREAM_CALLS = Counter "laurel_upstream_calls_total" Count ["provider", "outcome"]
        "Calls to providers, by outcome (ok, `not_found`, `rate_limited`, `quota_spent`, unauthorized, `circuit_open`, timeout, transport, `server_error`, rejected, redirected, `bad_body`, `too_large`).";
    UPSTREAM_SECONDS = Histogram "laurel_upstream_seconds" Seconds ["provider"]
        "Time of one call including its body.";
    UPSTREAM_RETRIES = Counter "laurel_upstream_retries_total" Count ["provider"]
        "Calls made again after a failure.";
    UPSTREAM_CIRCUIT_OPEN = Gauge "laurel_upstream_circuit_open" Count ["provider"]
        "1 while a provider is not called because it keeps failing.";
    UPSTREAM_QUOTA = Gauge "laurel_upstream_quota_remaining" Count ["provider"]
        "Calls that are left today: by the provider's word, else by the plan that is assumed.";
    UPSTREAM_CALLS_TODAY = Gauge "laurel_upstream_calls_today" Count ["provider"]
        "Calls of all keys since midnight UTC, restarts included.";
    UPSTREAM_KEYS_RESTING = Gauge "laurel_upstream_keys_resting" Count ["provider"]
        "Keys that are left alone because they were refused, spent or too fast.";
    UPSTREAM_BATCHED = Counter "laurel_upstream_batched_titles_total" Count ["provider"]
        "Titles that were looked up together with others in one call.";
    DATASET_ROWS = Gauge "laurel_dataset_rows" Count ["set"]
        "Rows of a data set in use; 0 when there is none.";
    DATASET_BYTES = Gauge "laurel_dataset_size_bytes" Bytes ["set"]
        "Size of a data set's file.";
    DATASET_BUILT_AT = Gauge "laurel_dataset_built_timestamp_seconds" Seconds ["set"]
        "When a data set in use was built, in seconds since 1970.";
    DATASET_REFRESHES = Counter "laurel_dataset_refreshes_total" Count ["set", "outcome"]
        "Refreshes of a data set by outcome (`not_modified`, replaced, partly, failed).";
    DATASET_REFRESH_SECONDS = Histogram "laurel_dataset_refresh_seconds" Seconds ["set"]
        "Time a refresh took, download and build.";
    KEYS_REFUSED = Counter "laurel_keys_refused_total" Count ["reason"]
        "Requests refused for their key (unknown, malformed, scope, quota, rate).";
}

/// Upper bounds in seconds: fine around the budget (2.5 s) and the deadline (4.5 s).
const SECONDS_BUCKETS: &[f64] = &[
    0.000_1, 0.000_5, 0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 1.5, 2.5, 3.5, 4.5,
    10.0, 30.0,
];

/// How often histograms are folded, so that an unread `/metrics` does not grow.
pub const UPKEEP: Duration = Duration::from_secs(5);

static HANDLE: OnceLock<Option<PrometheusHandle>> = OnceLock::new();

/// The exporter of this process, started at the first call. `None` when another recorder is
/// installed already.
pub fn handle() -> Option<&'static PrometheusHandle> {
    HANDLE.get_or_init(|| install().ok()).as_ref()
}

fn install() -> Result<PrometheusHandle, BuildError> {
    let seconds = Matcher::Suffix("_seconds".to_owned());
    let builder = PrometheusBuilder::new().set_buckets_for_metric(seconds, SECONDS_BUCKETS)?;
    let handle = builder.install_recorder()?;
    for metric in METRICS {
        match metric.kind {
            MetricKind::Counter => {
                metrics::describe_counter!(metric.name, metric.unit, metric.help);
            }
            MetricKind::Gauge => metrics::describe_gauge!(metric.name, metric.unit, metric.help),
            MetricKind::Histogram => {
                metrics::describe_histogram!(metric.name, metric.unit, metric.help);
            }
        }
    }
    Ok(handle)
}

/// The table of metrics for the documentation, in Markdown.
pub fn markdown() -> String {
    let mut text = String::from("| metric | type | labels | tells |\n|---|---|---|---|\n");
    for metric in METRICS {
        let kind = match metric.kind {
            MetricKind::Counter => "counter",
            MetricKind::Gauge => "gauge",
            MetricKind::Histogram => "histogram",
        };
        let labels: Vec<String> = metric.labels.iter().map(|label| format!("`{label}`")).collect();
        let labels = labels.join(", ");
        let (name, help) = (metric.name, metric.help);
        // Writing to a String does not fail.
        let _ = writeln!(text, "| `{name}` | {kind} | {labels} | {help} |");
    }
    text
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn names_are_unique_and_say_their_unit() {
        let names: HashSet<_> = METRICS.iter().map(|metric| metric.name).collect();
        assert_eq!(names.len(), METRICS.len());
        for metric in METRICS {
            match metric.kind {
                MetricKind::Counter => assert!(metric.name.ends_with("_total"), "{}", metric.name),
                MetricKind::Histogram => {
                    assert!(metric.name.ends_with("_seconds"), "{}", metric.name);
                }
                MetricKind::Gauge => {}
            }
        }
    }

    #[test]
    fn a_recorded_metric_is_rendered_with_its_help() {
        let handle = handle().unwrap();
        metrics::counter!(KEYS_REFUSED.name, "reason" => "unknown").increment(1);
        let text = handle.render();
        assert!(text.contains("# HELP laurel_keys_refused_total"), "{text}");
        assert!(text.contains("laurel_keys_refused_total{reason=\"unknown\"}"), "{text}");
    }
}
