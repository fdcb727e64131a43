//! The page at `/`.

use axum::http::header;
use axum::response::{Html, IntoResponse, Response};

/// Nothing is loaded from anywhere; the page's own style is inline.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'";

pub(super) async fn page() -> Response {
    let headers = [(header::CONTENT_SECURITY_POLICY, POLICY)];
    (headers, Html(include_str!("landing.html"))).into_response()
}
