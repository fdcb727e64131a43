//! Where an add-on may stand: on the public internet, or in a network that the settings name.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use ipnet::IpNet;
use url::{Host, Url};

/// Longest address; users' settings are part of them.
const MAX_ADDRESS_BYTES: usize = 8192;
/// What every add-on's address ends with.
const MANIFEST: &str = "/manifest.json";
/// The lowest port besides those of the web.
const MIN_PORT: u16 = 1024;

/// Ranges of IPv4 that are not global unicast.
/// Source: <https://www.iana.org/assignments/iana-ipv4-special-registry>.
const RESERVED_V4: [(Ipv4Addr, u32); 16] = [
    (Ipv4Addr::UNSPECIFIED, 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    (Ipv4Addr::new(240, 0, 0, 0), 4),
    (Ipv4Addr::BROADCAST, 32),
];

/// Parts of `2000::/3` that are not global unicast, or lead to addresses of IPv4 (Teredo, 6to4).
/// Source: <https://www.iana.org/assignments/iana-ipv6-special-registry>.
const RESERVED_V6: [(Ipv6Addr, u32); 4] = [
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];

/// Whether an address belongs to a single machine on the public internet.
pub fn is_global(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            let bits = address.to_bits();
            !RESERVED_V4.iter().any(|(net, length)| {
                let mask = u32::MAX.checked_shl(32 - length).unwrap_or(0);
                bits & mask == net.to_bits()
            })
        }
        // All of global unicast is in 2000::/3; mapped, translated and local addresses are not.
        IpAddr::V6(address) => {
            let bits = address.to_bits();
            bits >> 125 == 0b001
                && !RESERVED_V6
                    .iter()
                    .any(|(net, length)| bits & (u128::MAX << (128 - length)) == net.to_bits())
        }
    }
}

/// Networks that add-ons may stand in beside the public internet.
#[derive(Clone, Debug, Default)]
pub struct AllowedNetworks(Arc<[IpNet]>);

impl AllowedNetworks {
    pub fn new(networks: Vec<IpNet>) -> Self {
        Self(networks.into())
    }

    /// For reading what was saved, which is judged again before it is asked.
    pub fn everywhere() -> Self {
        Self::new(vec![
            IpNet::from(ipnet::Ipv4Net::default()),
            IpNet::from(ipnet::Ipv6Net::default()),
        ])
    }

    pub fn contain(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }
}

/// Why an add-on cannot be where it is said to be. Never quotes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    #[error("this is no address")]
    Malformed,
    #[error("an add-on's address ends with /manifest.json")]
    NoManifest,
    #[error("an add-on's address begins with https:// or stremio://")]
    Scheme,
    #[error("an add-on's address has no user name and no password")]
    UserInfo,
    #[error("an add-on's host is a name, without a dot at its end")]
    Host,
    #[error("an add-on's port is 443, or 1024 and above")]
    Port,
}

/// The address of an add-on, without `/manifest.json`. `Debug` hides it: it holds secrets.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct AddonAddress {
    base: String,
    /// It is an address of an allowed network, or must turn out to stand in one.
    is_local: bool,
}

impl fmt::Debug for AddonAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AddonAddress(***)")
    }
}

impl AddonAddress {
    /// Reads an address as it is installed: `stremio://…` is `https://…`.
    pub fn parse(text: &str, allowed: &AllowedNetworks) -> Result<Self, AddressError> {
        let text = text.trim();
        if text.len() > MAX_ADDRESS_BYTES {
            return Err(AddressError::Malformed);
        }
        let text = match text.get(..10) {
            Some(start) if start.eq_ignore_ascii_case("stremio://") => {
                format!("https://{}", &text[10..])
            }
            _ => text.to_owned(),
        };
        let url: Url = text.parse().map_err(|_| AddressError::Malformed)?;
        if !url.username().is_empty() || url.password().is_some() || has_user_info(&text) {
            return Err(AddressError::UserInfo);
        }
        let is_local = Self::check_host(&url, &text, allowed)?;
        match (url.scheme(), is_local, allowed.0.is_empty()) {
            // A name behind http: whether it stands in an allowed network is seen when it is resolved.
            ("https", ..) | ("http", true, _) | ("http", _, false) => {}
            _ => return Err(AddressError::Scheme),
        }
        let port = url.port_or_known_default().ok_or(AddressError::Port)?;
        let of_scheme = if url.scheme() == "https" { 443 } else { 80 };
        if port != of_scheme && port < MIN_PORT {
            return Err(AddressError::Port);
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(AddressError::NoManifest);
        }
        let base = url.as_str().strip_suffix(MANIFEST).ok_or(AddressError::NoManifest)?;
        Ok(Self { base: base.to_owned(), is_local: is_local || url.scheme() == "http" })
    }

    /// Whether the host is an address, of an allowed network then; else it is a name.
    fn check_host(url: &Url, text: &str, allowed: &AllowedNetworks) -> Result<bool, AddressError> {
        let address = match url.host() {
            Some(Host::Domain(name)) => {
                let plain =
                    name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.'));
                let ends_well = !name.ends_with('.') && !name.is_empty();
                return if plain && ends_well { Ok(false) } else { Err(AddressError::Host) };
            }
            Some(Host::Ipv4(address)) => IpAddr::V4(address),
            Some(Host::Ipv6(address)) => IpAddr::V6(address),
            None => return Err(AddressError::Host),
        };
        // `0x7f.1` and `2130706433` are addresses, too: only the usual spelling is one here.
        let written =
            text.contains(&format!("//{address}")) || text.contains(&format!("//[{address}]"));
        match allowed.contain(address) && written {
            true => Ok(true),
            false => Err(AddressError::Host),
        }
    }

    /// The address of something below the add-on; `path` begins with a slash and is encoded.
    pub fn join(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// Without `/manifest.json`. Secret.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// As it is saved. Secret.
    pub fn manifest(&self) -> String {
        self.join(MANIFEST)
    }

    /// Whether it may stand in an allowed network only.
    pub fn is_local(&self) -> bool {
        self.is_local
    }
}

/// Also an empty one (`https://@host/`), which parsers pass over.
fn has_user_info(text: &str) -> bool {
    let rest = text.split_once("//").map_or(text, |(_, rest)| rest);
    rest.split(['/', '\\', '?', '#']).next().is_some_and(|authority| authority.contains('@'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(text: &str) -> Result<AddonAddress, AddressError> {
        AddonAddress::parse(text, &AllowedNetworks::default())
    }

    fn home() -> AllowedNetworks {
        AllowedNetworks::new(vec!["192.168.1.0/24".parse().unwrap(), "::1/128".parse().unwrap()])
    }

    #[test]
    fn addresses_are_read_as_they_are_installed() {
        let read = parse(" stremio://addon.example.org/a%7Cb/manifest.json ").unwrap();
        assert_eq!(read.manifest(), "https://addon.example.org/a%7Cb/manifest.json");
        assert_eq!(
            read.join("/catalog/movie/top.json"),
            "https://addon.example.org/a%7Cb/catalog/movie/top.json"
        );
        assert!(parse("https://addon.example.org:8443/manifest.json").is_ok());
        assert!(!format!("{read:?}").contains("example"));
    }

    #[test]
    fn at_home_addresses_and_plain_http_are_for_allowed_networks() {
        let at_home = |text: &str| AddonAddress::parse(text, &home());
        assert!(at_home("http://192.168.1.5:7000/manifest.json").unwrap().is_local());
        assert!(at_home("http://[::1]:7000/manifest.json").unwrap().is_local());
        // Where a name stands is seen when it is resolved.
        assert!(at_home("http://nas.local:7000/manifest.json").unwrap().is_local());
        assert!(!at_home("https://nas.local:7000/manifest.json").unwrap().is_local());
        for text in [
            "http://192.168.2.5:7000/manifest.json",
            "http://0xc0a80105:7000/manifest.json",
            "http://3232235781:7000/manifest.json",
            "http://192.168.1.5:22/manifest.json",
        ] {
            assert!(at_home(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_no_add_on_is_refused_with_a_reason() {
        use AddressError::{Host, Malformed, NoManifest, Port, Scheme, UserInfo};
        for (text, expected) in [
            ("", Malformed),
            ("manifest.json", Malformed),
            ("https://addon.example.org/", NoManifest),
            ("https://addon.example.org/manifest.json?x=1", NoManifest),
            ("https://addon.example.org/manifest.json#x", NoManifest),
            ("http://addon.example.org/manifest.json", Scheme),
            ("ftp://addon.example.org:2121/manifest.json", Scheme),
            ("https://me:secret@addon.example.org/manifest.json", UserInfo),
            ("https://@addon.example.org/manifest.json", UserInfo),
            ("https://addon.example.org./manifest.json", Host),
            ("https://8.8.8.8/manifest.json", Host),
            ("https://[2606:4700::1111]/manifest.json", Host),
            ("https://addon.example.org:22/manifest.json", Port),
            ("https://addon.example.org:80/manifest.json", Port),
            ("https://addon.example.org:1023/manifest.json", Port),
        ] {
            assert_eq!(parse(text), Err(expected), "{text}");
        }
    }

    #[test]
    fn global_unicast_is_what_the_registries_say() {
        for address in [
            "1.1.1.1",
            "8.8.8.8",
            "172.15.255.255",
            "172.32.0.1",
            "100.63.0.1",
            "192.0.1.1",
            "223.255.255.254",
            "2606:4700::1111",
            "2a00:1450::1",
        ] {
            assert!(is_global(address.parse().unwrap()), "{address}");
        }
        for address in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.9",
            "192.168.0.1",
            "198.18.0.1",
            "198.19.255.255",
            "224.0.0.1",
            "239.1.1.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:8.8.8.8",
            "::7f00:1",
            "64:ff9b::808:808",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "3fff::1",
        ] {
            assert!(!is_global(address.parse().unwrap()), "{address}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_survived(text in ".{0,80}", host in "[0-9a-fx.:\\[\\]@%]{0,30}") {
            let _ = parse(&text);
            let _ = AddonAddress::parse(&format!("https://{host}/manifest.json"), &home());
        }
    }
}
