//! Logs, metrics, and what the parts say about their health.

pub mod metrics;
mod readiness;

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

pub use readiness::{Health, Readiness, ReadinessReport};

/// Starts logging to standard error: text for a terminal, else one JSON object per line.
///
/// `filter` is `RUST_LOG`; a filter that cannot be read counts as `info`. The first call wins.
pub fn init_logs(filter: &str) {
    let filter = log_filter(filter);
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        // It would be told on standard error, where a full disk makes telling it a panic.
        .log_internal_errors(false);
    let started = if std::io::stderr().is_terminal() {
        builder.with_target(false).try_init()
    } else {
        builder.json().flatten_event(true).with_current_span(true).with_span_list(false).try_init()
    };
    if started.is_err() {
        tracing::debug!("logs were started before");
    }
}

/// The filter that `RUST_LOG` means.
pub fn log_filter(filter: &str) -> EnvFilter {
    // The SVG parser complains of other people's drawings, at length; a filter that names it wins.
    let filter = EnvFilter::try_new(format!("usvg=error,{filter}"));
    let filter = filter.unwrap_or_else(|_| EnvFilter::new("info"));
    // The reader of file names writes down what it reads, which is nobody else's business.
    match "hunch=off".parse() {
        Ok(silent) => filter.add_directive(silent),
        Err(_) => filter,
    }
}
