//! A small server: one function from what is asked to what is answered.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use bytes::Bytes;
use futures::future::BoxFuture;
use serde_json::Value;
use tokio::net::TcpListener;

/// Largest request body taken; only MDBList's batch look-up has one.
const MAX_BODY_BYTES: usize = 1 << 20;

/// A request, read whole.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) method: Method,
    /// Percent-decoded.
    pub(crate) path: String,
    pub(crate) query: HashMap<String, String>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// Path and query as they came.
    pub(crate) uri: String,
}

impl Asked {
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        self.query.get(name).map(String::as_str)
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// An answer before anything goes wrong with it.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) content_type: &'static str,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Bytes,
}

impl Reply {
    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self::bytes("application/json", body.to_string()).with_status(status)
    }

    pub(crate) fn bytes(content_type: &'static str, body: impl Into<Bytes>) -> Self {
        Self { status: 200, content_type, headers: Vec::new(), body: body.into() }
    }

    pub(crate) fn with_status(self, status: u16) -> Self {
        Self { status, ..self }
    }

    pub(crate) fn with_header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(crate) fn into_response(self) -> Response {
        let body = self.body.clone();
        self.head(Body::from(body))
    }

    /// The same status and headers around another body.
    pub(crate) fn head(self, body: Body) -> Response {
        let mut response = Response::new(body);
        *response.status_mut() = StatusCode::from_u16(self.status).unwrap();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        for (name, value) in self.headers {
            headers.insert(HeaderName::from_static(name), value.parse().unwrap());
        }
        response
    }
}

/// Makes the answer to one request.
pub(crate) type Answer = Arc<dyn Fn(Asked) -> BoxFuture<'static, Response> + Send + Sync>;

/// Serves until the runtime ends; returns where.
pub(crate) async fn serve(address: SocketAddr, answer: Answer) -> std::io::Result<SocketAddr> {
    let listener = TcpListener::bind(address).await?;
    let address = listener.local_addr()?;
    let app = Router::new().fallback(read_and_answer).with_state(answer);
    tokio::spawn(async move { axum::serve(listener, app).await });
    Ok(address)
}

/// Serves what `reply` says; returns where, and what is asked.
pub(crate) async fn serve_recorded(
    reply: fn(&Asked) -> Reply,
) -> (SocketAddr, Arc<Mutex<Vec<Asked>>>) {
    let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
    let seen = Arc::clone(&asked);
    let answer = Arc::new(move |request: Asked| {
        seen.lock().unwrap().push(request.clone());
        Box::pin(async move { reply(&request).into_response() }) as _
    });
    (serve(([127, 0, 0, 1], 0).into(), answer).await.unwrap(), asked)
}

async fn read_and_answer(State(answer): State<Answer>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, MAX_BODY_BYTES).await else {
        return Reply::bytes("text/plain", "too large").with_status(413).into_response();
    };
    let query = url::form_urlencoded::parse(head.uri.query().unwrap_or("").as_bytes());
    let path = percent_encoding::percent_decode_str(head.uri.path()).decode_utf8_lossy();
    let asked = Asked {
        method: head.method,
        path: path.into_owned(),
        query: query.into_owned().collect(),
        headers: head.headers,
        body,
        uri: head.uri.to_string(),
    };
    answer(asked).await
}
