//! What pages are made of.

use std::sync::LazyLock;

use axum::body::Bytes;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use crate::request::options_document;

/// The tables of parameters and families, for forms of any page.
pub(super) async fn options() -> Response {
    static BYTES: LazyLock<Bytes> = LazyLock::new(|| Bytes::from(options_document().to_string()));
    let headers =
        [(header::CONTENT_TYPE, "application/json"), (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")];
    (headers, BYTES.clone()).into_response()
}
