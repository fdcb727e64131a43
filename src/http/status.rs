//! For whoever runs the server: alive, ready, numbers.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::service::Artworks;
use crate::telemetry::{Readiness, metrics as declared};

/// The process answers.
pub(super) async fn healthz() -> &'static str {
    "ok\n"
}

/// 200 while pictures can be served, also degraded; 503 when broken or stopping.
pub(super) async fn readyz(
    State(readiness): State<Readiness>,
    State(stopping): State<CancellationToken>,
) -> Response {
    let report = readiness.report();
    let (status, word) = if stopping.is_cancelled() {
        (StatusCode::SERVICE_UNAVAILABLE, "stopping")
    } else if report.is_broken() {
        (StatusCode::SERVICE_UNAVAILABLE, report.status())
    } else {
        (StatusCode::OK, report.status())
    };
    (status, Json(json!({"status": word, "parts": report.parts}))).into_response()
}

/// Prometheus' text format; empty where another recorder is installed.
pub(super) async fn metrics(State(artworks): State<Arc<Artworks>>) -> Response {
    const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";
    // The exporter first: what is measured before it is there is lost.
    let exporter = declared::handle();
    artworks.gatherer().providers().measure();
    artworks.record_gauges();
    let text = exporter.map(metrics_exporter_prometheus::PrometheusHandle::render);
    ([(header::CONTENT_TYPE, TEXT)], text.unwrap_or_default()).into_response()
}
