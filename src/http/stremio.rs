//! `/stremio/{key}/{wrapper}/…`: a wrapped add-on with our pictures.

use std::time::Duration;

use axum::Json;
use axum::Router;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::Value;
use std::sync::Arc;

use super::cache_headers::CachePolicy;
use super::client::ClientAddress;
use super::error::{ApiError, ErrorCode};
use super::key::FullKey;
use super::path::{read_path, segment_of};
use super::picture_address::{AddressDesign, PictureAddresses};
use super::public_url::PublicUrl;
use super::state::AppState;
use crate::keys::{Access, KeyScope};
use crate::model::TileShape;
use crate::stremio::{
    AddonId, AddonPictures, AddonResource, FetchError, Rewriter, Wrapper, WrapperId,
};

/// Clients ask again soon when an add-on says nothing of how long its answers are good.
const MIN_AGE: Duration = Duration::from_mins(1);

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/stremio/{key}/{wrapper}/{*resource}", get(serve))
        .method_not_allowed_fallback(super::error::method_not_allowed)
}

/// A request below a wrapper, its key checked.
struct AddonCall {
    state: AppState,
    access: Access,
    address: ClientAddress,
    key: String,
    id: WrapperId,
    wrapper: Arc<Wrapper>,
    design: AddressDesign,
    base: PublicUrl,
    resource: AddonResource,
    /// As it came; goes on with what is not carried.
    query: Option<String>,
}

impl FromRequestParts<AppState> for AddonCall {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        let FullKey(access) = FullKey::from_request_parts(parts, state).await?;
        let access = access.require_scope(KeyScope::Stremio)?;
        let params = read_path(parts, state).await?;
        let segment = |name| segment_of(&params, name);
        let no_wrapper =
            || ApiError::from(ErrorCode::NotFound).with_message("there is no such wrapper");
        let id: WrapperId = segment("wrapper").parse().map_err(|_| no_wrapper())?;
        let wrapper = state.keeper.wrappers().find(&id).cloned().ok_or_else(no_wrapper)?;
        // Not decoded: an encoded slash is a part of an id.
        let path = parts.uri.path().split('/').skip(4).collect::<Vec<_>>().join("/");
        let resource =
            AddonResource::read(&path).map_err(|_| ApiError::from(ErrorCode::NoSuchEndpoint))?;
        let Ok(address) = ClientAddress::from_request_parts(parts, state).await;
        let profile = wrapper.profile.as_ref();
        let design = AddressDesign {
            variant: profile.map_or_else(|| "default".to_owned(), ToString::to_string),
            query: wrapper.options.pairs().map(|(name, value)| (name.to_owned(), value)).collect(),
        };
        Ok(Self {
            base: PublicUrl::from_request_parts(parts, state).await?,
            query: parts.uri.query().map(str::to_owned),
            key: segment("key").to_owned(),
            state: state.clone(),
            access,
            address,
            id,
            wrapper,
            design,
            resource,
        })
    }
}

async fn serve(call: AddonCall) -> Result<Response, ApiError> {
    if let AddonResource::Other { path } = &call.resource {
        return call.send_on(path);
    }
    call.access.check_rate()?;
    call.state.limiter.check(call.access.key_id(), call.address.0).map_err(ApiError::from)?;
    let source = (&call.id, &call.wrapper.address);
    let answer = call.state.addons.get(source, call.resource.path()).await;
    let answer = answer.map_err(failed)?;
    let document = call.rewritten(&answer.document).ok_or_else(|| failed(FetchError::NoJson))?;
    let mut response = Json(document).into_response();
    response.extensions_mut().insert(CachePolicy::Public(answer.max_age.max(MIN_AGE)));
    Ok(response)
}

impl AddonCall {
    /// Streams are never carried: the client is sent to the add-on itself.
    fn send_on(&self, path: &str) -> Result<Response, ApiError> {
        let query = self.query.as_deref().map(|query| format!("?{query}")).unwrap_or_default();
        let location = format!("{}{query}", self.wrapper.address.join(path));
        let location = HeaderValue::try_from(location)
            .map_err(|_| ApiError::from(ErrorCode::NoSuchEndpoint))?;
        let mut response = StatusCode::TEMPORARY_REDIRECT.into_response();
        response.headers_mut().insert(header::LOCATION, location);
        Ok(response)
    }

    /// `None` for what is no manifest.
    fn rewritten(&self, document: &Value) -> Option<Value> {
        let own_base = format!("{}/stremio/{}/{}", self.base.0, self.key, self.id.as_str());
        let pictures = TilePictures {
            addresses: PictureAddresses {
                base: &self.base,
                key: &self.key,
                look: self.access.look(),
                defaults: &self.state.defaults,
                artworks: &self.state.artworks,
                design: &self.design,
            },
        };
        let look = format!("{:?} {:?}", self.access.look_id(), self.design);
        let rewriter = Rewriter {
            wrapper: &self.wrapper,
            id: &self.id,
            look: &look,
            own_base: &own_base,
            pictures: &pictures,
        };
        match &self.resource {
            AddonResource::Manifest => rewriter.manifest(document),
            AddonResource::Catalog { .. } => Some(rewriter.catalog(document)),
            AddonResource::Meta { .. } | AddonResource::Other { .. } => {
                Some(rewriter.meta(document))
            }
        }
    }
}

/// Addresses of pictures as Stremio's clients show them: tiles below 100 KB.
struct TilePictures<'a> {
    addresses: PictureAddresses<'a>,
}

impl TilePictures<'_> {
    fn of(&self, family: &str, id: &AddonId, more: &[(&str, &str)]) -> Option<String> {
        self.addresses.of(family, (id.id_type, &id.id), more)
    }

    /// Unless the wrapper has a size of its own.
    fn small(&self, is_small: bool) -> Option<(&'static str, &'static str)> {
        (is_small && !self.addresses.design.says("imageSize")).then_some(("imageSize", "small"))
    }
}

impl AddonPictures for TilePictures<'_> {
    fn tile(&self, id: &AddonId, shape: TileShape, is_small: bool) -> Option<String> {
        let mut more: Vec<(&str, &str)> = self.small(is_small).into_iter().collect();
        match shape {
            TileShape::Poster => self.of("poster", id, &more),
            TileShape::Landscape => self.of("backdrop", id, &more),
            TileShape::Square => {
                more.push(("shape", "square"));
                self.of("poster", id, &more)
            }
        }
    }

    fn background(&self, id: &AddonId) -> Option<String> {
        self.of("backdrop", id, &[])
    }

    fn logo(&self, id: &AddonId) -> Option<String> {
        self.of("logo", id, &[])
    }

    fn thumbnail(&self, id: &AddonId, blur: bool) -> Option<String> {
        let mut more: Vec<(&str, &str)> = self.small(true).into_iter().collect();
        if blur {
            more.push(("blur", "true"));
        }
        self.of("episode", id, &more)
    }
}

fn failed(error: FetchError) -> ApiError {
    // The error holds no address.
    tracing::warn!(%error, "a wrapped add-on gave no answer");
    let code = match error {
        FetchError::Late => ErrorCode::UpstreamLate,
        FetchError::Busy => ErrorCode::Busy,
        FetchError::Panicked => ErrorCode::Internal,
        FetchError::Status(404) => ErrorCode::NotFound,
        _ => ErrorCode::BadUpstream,
    };
    ApiError::from(code).with_message(error.to_string())
}
