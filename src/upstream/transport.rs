//! The connection pool that all clients share, and where it may be led.

use std::collections::HashSet;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use reqwest::redirect::Policy;
use url::{Host, Url};

use crate::clock::Clock;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// The system offers no certificates or no sockets to build on.
#[derive(Debug, thiserror::Error)]
#[error("the client for outgoing requests could not be set up")]
pub struct TransportError(#[source] reqwest::Error);

/// Connections, shared by every client. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Transport {
    /// Follows the system's proxy settings.
    outside: reqwest::Client,
    /// Never through a proxy: for loopback, which no proxy could reach.
    loopback: reqwest::Client,
    /// Host and port of every configured base URL: the only ones a redirect may lead to.
    allowed: Arc<HashSet<(String, u16)>>,
    clock: Clock,
}

impl Transport {
    /// A pool whose redirects may lead to the hosts of `configured` only.
    ///
    /// # Errors
    /// When the system offers no TLS set-up.
    pub fn new<'a>(configured: impl IntoIterator<Item = &'a Url>) -> Result<Self, TransportError> {
        let build = |builder: reqwest::ClientBuilder| {
            builder
                .user_agent(concat!("laurel/", env!("CARGO_PKG_VERSION")))
                .connect_timeout(CONNECT_TIMEOUT)
                .pool_idle_timeout(Duration::from_mins(1))
                .gzip(true)
                .redirect(Policy::none())
                .build()
                .map_err(TransportError)
        };
        Ok(Self {
            outside: build(reqwest::Client::builder())?,
            loopback: build(reqwest::Client::builder().no_proxy())?,
            allowed: Arc::new(configured.into_iter().filter_map(host_and_port).collect()),
            clock: Clock::system(),
        })
    }

    /// The same pool, with this clock for the quotas, pauses and circuits of its clients.
    #[must_use]
    pub fn with_clock(self, clock: Clock) -> Self {
        Self { clock, ..self }
    }

    pub(super) fn clock(&self) -> &Clock {
        &self.clock
    }

    pub(super) fn client(&self, url: &Url) -> &reqwest::Client {
        if is_loopback(url) { &self.loopback } else { &self.outside }
    }

    /// Where a redirect from `from` leads, if it may be followed: to a configured
    /// host, never from https down to http.
    pub(super) fn follow(&self, from: &Url, location: &str) -> Option<Url> {
        let to = from.join(location).ok()?;
        let secure = to.scheme() == "https" || (to.scheme() == "http" && from.scheme() == "http");
        let known = self.allowed.contains(&host_and_port(&to)?) || same_host(from, &to);
        (secure && known).then_some(to)
    }
}

/// Same host and port; or the same host at the default port of https.
pub(super) fn same_host(a: &Url, b: &Url) -> bool {
    let upgraded = b.scheme() == "https" && b.port_or_known_default() == Some(443);
    a.host() == b.host() && (a.port_or_known_default() == b.port_or_known_default() || upgraded)
}

fn host_and_port(url: &Url) -> Option<(String, u16)> {
    Some((url.host_str()?.to_owned(), url.port_or_known_default()?))
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        text.parse().unwrap()
    }

    #[test]
    fn redirects_lead_to_configured_hosts_only() {
        let configured = [url("https://api.example.org/3"), url("http://127.0.0.1:4000/")];
        let transport = Transport::new(&configured).unwrap();
        let from = url("https://api.example.org/3/movie/1");
        assert!(transport.follow(&from, "/3/movie/2").is_some());
        assert!(transport.follow(&from, "https://api.example.org/other").is_some());
        for elsewhere in [
            "https://evil.example/",
            "//evil.example/x",
            "http://api.example.org/3/movie/1",
            "http://127.0.0.1:4000/",
            "http://169.254.169.254/latest",
            "file:///etc/passwd",
            "https://api.example.org:8443/",
            "https://",
        ] {
            assert_eq!(transport.follow(&from, elsewhere), None, "{elsewhere}");
        }
        let plain = url("http://127.0.0.1:4000/a");
        assert!(transport.follow(&plain, "https://api.example.org/3").is_some());
        assert_eq!(transport.follow(&plain, "http://127.0.0.1:4001/"), None);
    }

    #[test]
    fn loopback_goes_past_any_proxy() {
        for text in ["http://127.0.0.1:1/", "http://localhost/", "http://[::1]:80/"] {
            assert!(is_loopback(&url(text)), "{text}");
        }
        assert!(!is_loopback(&url("http://10.0.0.1/")));
    }
}
