//! The whole server as one service: repeated hits first, the router for everything else.

use std::convert::Infallible;
use std::task::{Context, Poll};

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use axum::response::Response;
use futures::FutureExt;
use futures::future::BoxFuture;
use tower::Service;

use super::hit_cache::HitCache;

/// Answers requests. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Site {
    router: Router,
    hits: HitCache,
}

impl Site {
    pub(super) fn new(router: Router, hits: HitCache) -> Self {
        Self { router, hits }
    }

    /// A cached picture that was given out before; no future has to be made for it.
    pub(super) fn repeated<B>(&self, request: &Request<B>) -> Option<Response> {
        self.hits.answer(request)
    }

    /// Through the router.
    pub(super) fn route(
        &mut self,
        request: Request<Body>,
    ) -> BoxFuture<'static, Result<Response, Infallible>> {
        let (method, uri) = (request.method().clone(), request.uri().clone());
        let (hits, routed) = (self.hits.clone(), self.router.call(request));
        async move {
            let mut response = routed.await?;
            hits.learn(&method, &uri, &mut response);
            Ok(response)
        }
        .boxed()
    }
}

impl Service<Request<Body>> for Site {
    type Response = Response;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response, Infallible>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Service::<Request<Body>>::poll_ready(&mut self.router, cx)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        match self.repeated(&request) {
            Some(response) => std::future::ready(Ok(response)).boxed(),
            None => self.route(request),
        }
    }
}
