//! Where clients reach this server, for addresses that answers hold.

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderName, header, request::Parts};
use std::net::SocketAddr;

use super::error::{ApiError, ErrorCode};
use super::state::AppState;

const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");

/// The server's own address without a slash at its end: `LAUREL_PUBLIC_URL`, else as the request names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PublicUrl(pub(super) String);

impl FromRequestParts<AppState> for PublicUrl {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        if let Some(url) = &state.public_url {
            return Ok(Self(url.as_str().trim_end_matches('/').to_owned()));
        }
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let behind_proxy =
            peer.is_some_and(|ConnectInfo(peer)| state.proxies.trusts_peer(peer.ip()));
        let of_uri = parts.uri.authority().map(Authority::as_str);
        from_request(&parts.headers, of_uri, behind_proxy)
            .map(Self)
            .ok_or_else(|| ApiError::from(ErrorCode::BadRequest).with_message("a Host is missing"))
    }
}

/// Only a proxy that is trusted says how it is reached itself.
fn from_request(headers: &HeaderMap, of_uri: Option<&str>, behind_proxy: bool) -> Option<String> {
    let text = |name: &HeaderName| headers.get(name)?.to_str().ok().map(str::trim);
    let forwarded = |name: &HeaderName| {
        let value = text(name).filter(|_| behind_proxy)?;
        // The proxy nearest to the client comes first.
        value.split(',').next().map(str::trim)
    };
    let host = forwarded(&FORWARDED_HOST).or_else(|| text(&header::HOST)).or(of_uri)?;
    let authority: Authority = host.parse().ok().filter(|_| !host.contains('@'))?;
    let scheme = match forwarded(&FORWARDED_PROTO) {
        Some(proto) if proto.eq_ignore_ascii_case("https") => "https",
        _ => "http",
    };
    Some(format!("{scheme}://{authority}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(headers: &[(HeaderName, &str)], behind_proxy: bool) -> Option<String> {
        let headers = headers.iter().map(|(name, value)| (name.clone(), value.parse().unwrap()));
        from_request(&headers.collect(), None, behind_proxy)
    }

    #[test]
    fn a_stranger_says_its_host_and_a_proxy_how_it_is_reached() {
        let host = (header::HOST, "nas.local:3000");
        assert_eq!(
            url(std::slice::from_ref(&host), false).as_deref(),
            Some("http://nas.local:3000")
        );
        let forwarded =
            [host, (FORWARDED_HOST, "art.example.org, inner"), (FORWARDED_PROTO, "https")];
        assert_eq!(url(&forwarded, false).as_deref(), Some("http://nas.local:3000"));
        assert_eq!(url(&forwarded, true).as_deref(), Some("https://art.example.org"));
    }

    #[test]
    fn what_is_no_host_makes_no_address() {
        for host in ["", "a b", "user@host", "host/path", "<script>"] {
            assert_eq!(url(&[(header::HOST, host)], false), None, "{host}");
        }
        assert_eq!(url(&[], false), None);
    }
}
