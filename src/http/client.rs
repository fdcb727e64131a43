//! Who asks: the peer, or whom a trusted proxy names.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRef, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::header::{FORWARDED, HeaderName};
use axum::http::request::Parts;
use ipnet::IpNet;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const REAL_IP: HeaderName = HeaderName::from_static("x-real-ip");
/// A longer chain of proxies is made up.
const MAX_HOPS: usize = 32;

/// The peers whose forwarding headers count.
#[derive(Clone, Debug, Default)]
pub struct TrustedProxies(Vec<IpNet>);

impl TrustedProxies {
    pub fn new(networks: Vec<IpNet>) -> Self {
        Self(networks)
    }

    /// Whether what a peer says about how it was reached itself counts.
    pub(super) fn trusts_peer(&self, peer: IpAddr) -> bool {
        self.trusts(peer.to_canonical())
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }

    /// The nearest address to us that is no trusted proxy: everything farther away is hearsay.
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let peer = peer.to_canonical();
        if !self.trusts(peer) {
            return peer;
        }
        let mut client = peer;
        for hop in hops(headers).into_iter().rev().take(MAX_HOPS) {
            // A hop that is no address hides what is behind it.
            let Some(address) = hop else { break };
            client = address;
            if !self.trusts(address) {
                break;
            }
        }
        client
    }
}

/// Farthest first. One kind of header only: a proxy that writes one lets the others through.
fn hops(headers: &HeaderMap) -> Vec<Option<IpAddr>> {
    let texts = |name: &HeaderName| -> Vec<String> {
        let values = headers.get_all(name).iter();
        values.filter_map(|value| value.to_str().ok().map(str::to_owned)).collect()
    };
    let forwarded_for = texts(&FORWARDED_FOR);
    if !forwarded_for.is_empty() {
        return forwarded_for.iter().flat_map(|text| text.split(',')).map(read_hop).collect();
    }
    let forwarded = texts(&FORWARDED);
    if !forwarded.is_empty() {
        return forwarded.iter().flat_map(|text| text.split(',')).map(read_forwarded).collect();
    }
    texts(&REAL_IP).last().map(|text| read_hop(text)).into_iter().collect()
}

/// An address, with or without a port, brackets and quotes.
fn read_hop(text: &str) -> Option<IpAddr> {
    let text = text.trim().trim_matches('"');
    let bare = text.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    let bare = bare.map_or(text, |(address, _)| address);
    let with_port = || text.parse::<SocketAddr>().ok().map(|address| address.ip());
    bare.parse().ok().or_else(with_port).map(|address: IpAddr| address.to_canonical())
}

/// One element of RFC 7239: `for=192.0.2.60;proto=http`.
fn read_forwarded(element: &str) -> Option<IpAddr> {
    let pairs = element.split(';').filter_map(|pair| pair.split_once('='));
    let mut names = pairs.filter(|(name, _)| name.trim().eq_ignore_ascii_case("for"));
    names.next().and_then(|(_, value)| read_hop(value))
}

/// The address a request comes from, as far as it can be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientAddress(pub IpAddr);

impl<S> FromRequestParts<S> for ClientAddress
where
    S: Send + Sync,
    Arc<TrustedProxies>: FromRef<S>,
{
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        // Without a socket, as in tests, everybody is the same stranger.
        let peer = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ConnectInfo(peer)| peer.ip());
        let proxies = Arc::<TrustedProxies>::from_ref(state);
        Ok(Self(proxies.client(peer, &parts.headers)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn client(peer: &str, headers: &[(HeaderName, &str)]) -> String {
        let networks = ["10.0.0.0/8", "::1/128"].map(|network| network.parse().unwrap());
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(name.clone(), value.parse().unwrap());
        }
        let proxies = TrustedProxies::new(networks.into());
        proxies.client(peer.parse().unwrap(), &map).to_string()
    }

    #[test]
    fn a_stranger_cannot_choose_its_address() {
        assert_eq!(client("192.0.2.1", &[(FORWARDED_FOR, "10.9.9.9")]), "192.0.2.1");
        // The proxy appends what it saw; what the client sent before is hearsay.
        assert_eq!(client("10.0.0.1", &[(FORWARDED_FOR, "1.2.3.4, 192.0.2.7")]), "192.0.2.7");
    }

    #[test]
    fn trusted_hops_are_skipped() {
        let headers = [(FORWARDED_FOR, "192.0.2.7"), (FORWARDED_FOR, "10.1.1.1, 10.2.2.2")];
        assert_eq!(client("10.0.0.1", &headers), "192.0.2.7");
        assert_eq!(client("::1", &[(FORWARDED_FOR, "nonsense, 10.1.1.1")]), "10.1.1.1");
        assert_eq!(client("10.0.0.1", &[]), "10.0.0.1");
    }

    #[test]
    fn other_spellings_are_read() {
        let forwarded = (FORWARDED, "for=\"[2001:db8::1]:4711\";proto=https, for=10.1.1.1");
        assert_eq!(client("::ffff:10.0.0.1", &[forwarded]), "2001:db8::1");
        assert_eq!(client("10.0.0.1", &[(REAL_IP, "192.0.2.9")]), "192.0.2.9");
        assert_eq!(client("10.0.0.1", &[(FORWARDED_FOR, "192.0.2.9:5555")]), "192.0.2.9");
    }

    proptest! {
        #[test]
        fn no_header_makes_it_panic(text in "[ -~]{0,100}") {
            client("10.0.0.1", &[(FORWARDED_FOR, &text)]);
            client("10.0.0.1", &[(FORWARDED, &text)]);
        }
    }
}
