//! The admin API, below `/api/admin`. A Bearer token opens it, never a cookie, so that no page of
//! somebody else's can act for the owner; there are no CORS headers, and nothing is stored.

mod aiometadata;
mod behind;
pub(super) mod body;
mod keys;
mod overrides;
mod preview;
mod profiles;
mod server;
mod stremio;
mod titles;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, patch, post};

use super::client::ClientAddress;
use super::error::{self, ApiError, ErrorCode};
use super::state::{AppState, Showcase};

/// What lies below `/api/admin`.
pub(super) fn routes(state: &AppState) -> Router<AppState> {
    let with_token = Router::new()
        .route("/keys", get(keys::list).post(keys::create))
        .route("/keys/{id}", patch(keys::update).delete(keys::revoke))
        .route("/keys/{id}/rotate", post(keys::rotate))
        .route("/token/rotate", post(keys::rotate_token))
        .route("/profiles", get(profiles::list))
        .route("/profiles/{name}", get(profiles::show).put(profiles::put).delete(profiles::delete))
        .route("/overrides", get(overrides::list))
        .route(
            "/overrides/{id}",
            get(overrides::show).put(overrides::put).delete(overrides::delete),
        )
        .route("/clients/aiometadata", post(aiometadata::set_up))
        .route("/stremio", get(stremio::list).post(stremio::create))
        .route("/stremio/{wrapper}", get(stremio::show).delete(stremio::delete))
        .route("/search", get(titles::search))
        .route("/titles/{id_type}/{id}", get(behind::title))
        .route("/images/{id_type}/{id}", get(behind::images))
        .route("/image/{file}", get(behind::image))
        .route("/artwork/{id_type}/{style}/{id}", get(behind::artwork))
        .route("/plain/{id_type}/{style}/{id}", get(behind::plain))
        .route("/discover", get(behind::discover))
        .route("/details/{media}/{id}", get(behind::details))
        .route("/purge", post(server::purge))
        .route("/caches", get(server::caches))
        .route("/providers", get(server::providers))
        .route("/datasets", get(server::datasets))
        .route("/renders", get(server::renders))
        .route("/settings", get(server::settings))
        // A route and no fallback: else an address of a picture under the key `admin` would match.
        .route("/{*rest}", any(error::no_such_endpoint))
        .fallback(error::no_such_endpoint)
        .method_not_allowed_fallback(error::method_not_allowed)
        .layer(from_fn_with_state(state.clone(), require_token));
    // These look at the token themselves: the demo catalogue is for everybody.
    let preview = Router::new()
        .route("/preview", post(preview::preview))
        .route("/import", post(titles::import))
        .method_not_allowed_fallback(error::method_not_allowed);
    with_token.merge(preview)
}

/// Lets nobody in without the token; whoever is refused learns nothing else.
async fn require_token(
    State(state): State<AppState>,
    address: ClientAddress,
    request: Request,
    next: Next,
) -> Response {
    match check_token(&state, address, request.headers()) {
        Ok(()) => next.run(request).await,
        Err(refused) => refused.into_response(),
    }
}

/// The same, but on the demo catalogue everybody is let in.
fn check_token_or_demo(
    state: &AppState,
    address: ClientAddress,
    headers: &HeaderMap,
) -> Result<(), Refused> {
    match state.showcase {
        Showcase::Demo => Ok(()),
        Showcase::Nothing => check_token(state, address, headers),
    }
}

fn check_token(
    state: &AppState,
    address: ClientAddress,
    headers: &HeaderMap,
) -> Result<(), Refused> {
    let Some(token) = bearer(headers) else {
        return Err(Refused(ErrorCode::InvalidAdminToken.into()));
    };
    if state.keeper.tokens().accepts(token) {
        return Ok(());
    }
    state.wrong_tokens.count(address.0).map_err(Refused)?;
    Err(Refused(ErrorCode::InvalidAdminToken.into()))
}

/// An error that says how to do better.
struct Refused(ApiError);

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let mut response = self.0.into_response();
        let scheme = HeaderValue::from_static("Bearer");
        response.headers_mut().insert(header::WWW_AUTHENTICATE, scheme);
        response
    }
}

/// The token of `Authorization: Bearer …`.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.trim().split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_bearer_token_is_a_token() {
        let read = |value: &str| {
            let value = HeaderValue::from_bytes(value.as_bytes()).unwrap();
            let headers = HeaderMap::from_iter([(header::AUTHORIZATION, value)]);
            bearer(&headers).map(str::to_owned)
        };
        assert_eq!(read("Bearer abc"), Some("abc".to_owned()));
        assert_eq!(read("bearer  abc "), Some("abc".to_owned()));
        for other in ["abc", "Basic abc", "Bearer", "", "Bearerabc", "Bearer \u{e4}"] {
            assert_eq!(read(other), None, "{other}");
        }
    }
}
