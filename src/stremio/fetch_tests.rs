//! Over a thousand add-ons that must not be reached, and servers that misbehave.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;

/// A server that counts connections and answers each with the same bytes.
struct Addon {
    address: SocketAddr,
    connections: Arc<AtomicUsize>,
}

impl Addon {
    async fn start(answer: Vec<u8>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let connections = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&connections);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                counted.fetch_add(1, Ordering::SeqCst);
                let answer = answer.clone();
                tokio::spawn(async move {
                    let mut request = [0; 4096];
                    let _ = stream.read(&mut request).await;
                    let _ = stream.write_all(&answer).await;
                });
            }
        });
        Self { address, connections }
    }

    fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

fn json_answer(head: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 {head}\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

/// Every name means these addresses, one list after the other; the last one stays.
fn names_mean(lists: Vec<Vec<IpAddr>>) -> (Lookup, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let lookup: Lookup = Arc::new(move |_| {
        let place = count.fetch_add(1, Ordering::SeqCst).min(lists.len() - 1);
        let list = lists[place].clone();
        Box::pin(async move { Ok(list) })
    });
    (lookup, asked)
}

fn allowed(network: &str) -> AllowedNetworks {
    AllowedNetworks::new(vec![network.parse().unwrap()])
}

fn id() -> WrapperId {
    WrapperId::mint()
}

/// Spellings of an address of IPv4 that some parsers take for it.
fn spellings(ip: [u8; 4]) -> Vec<String> {
    let [a, b, c, d] = ip;
    let number = u32::from_be_bytes(ip);
    vec![
        format!("{a}.{b}.{c}.{d}"),
        format!("{number}"),
        format!("0x{number:08x}"),
        format!("0{number:o}"),
        format!("0x{a:x}.0x{b:x}.0x{c:x}.0x{d:x}"),
        format!("0{a:o}.0{b:o}.0{c:o}.0{d:o}"),
        format!("{a}.{b}.{}", u32::from(c) * 256 + u32::from(d)),
        format!("{a}.{}", number & 0x00ff_ffff),
        format!("{a}.{b}.{c}.{d}."),
        format!("[::ffff:{a}.{b}.{c}.{d}]"),
        format!("[::{a}.{b}.{c}.{d}]"),
        format!("[64:ff9b::{a}.{b}.{c}.{d}]"),
        format!("[2002:{a:02x}{b:02x}:{c:02x}{d:02x}::1]"),
        format!("user@{a}.{b}.{c}.{d}"),
        format!("addon.example.org@{a}.{b}.{c}.{d}"),
    ]
}

const INSIDE: [[u8; 4]; 16] = [
    [0, 0, 0, 0],
    [10, 0, 0, 1],
    [10, 255, 255, 254],
    [100, 64, 0, 1],
    [127, 0, 0, 1],
    [127, 1, 2, 3],
    [169, 254, 169, 254],
    [172, 16, 0, 1],
    [172, 31, 255, 254],
    [192, 0, 0, 8],
    [192, 168, 0, 1],
    [192, 168, 255, 254],
    [198, 18, 0, 1],
    [224, 0, 0, 251],
    [240, 0, 0, 1],
    [255, 255, 255, 255],
];

const INSIDE_V6: [&str; 14] = [
    "::",
    "::1",
    "::ffff:10.0.0.1",
    "64:ff9b::a00:1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:a00:1::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fec0::1",
    "ff02::1",
    "3fff::1",
];

/// Addresses that no wrapper may have.
fn hostile_addresses() -> Vec<String> {
    let mut all = Vec::new();
    for ip in INSIDE {
        for host in spellings(ip) {
            for (scheme, port) in [("https", ""), ("https", ":8443"), ("http", ""), ("stremio", "")]
            {
                all.push(format!("{scheme}://{host}{port}/manifest.json"));
            }
        }
    }
    for ip in INSIDE_V6 {
        for scheme in ["https", "http", "stremio"] {
            all.push(format!("{scheme}://[{ip}]/manifest.json"));
            all.push(format!("{scheme}://[{ip}]:8443/s3cret/manifest.json"));
        }
    }
    for port in (1..443).step_by(17).chain([444, 445, 631, 993, 1023]) {
        all.push(format!("https://addon.example.org:{port}/manifest.json"));
    }
    for scheme in ["file", "ftp", "gopher", "ws", "wss", "data", "javascript", "unix", "http", ""] {
        all.push(format!("{scheme}://addon.example.org/manifest.json"));
    }
    all
}

#[tokio::test]
async fn a_thousand_hostile_addresses_are_refused_before_anybody_is_asked() {
    let (lookup, asked) = names_mean(vec![vec!["127.0.0.1".parse().unwrap()]]);
    let fetcher = AddonFetcher::with_lookup(AllowedNetworks::default(), lookup).unwrap();
    let all = hostile_addresses();
    assert!(all.len() >= 1000, "{}", all.len());
    for text in &all {
        assert!(AddonAddress::parse(text, fetcher.allowed()).is_err(), "{text}");
    }
    assert_eq!(asked.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn names_that_mean_private_addresses_are_refused_and_not_connected_to() {
    let addon = Addon::start(json_answer("200 OK", b"{\"id\":\"x\"}")).await;
    let text = format!("https://addon.example.org:{}/manifest.json", addon.address.port());
    let inside = INSIDE.map(IpAddr::from);
    let inside = inside.into_iter().chain(INSIDE_V6.map(|ip| ip.parse().unwrap()));
    for ip in inside {
        let public: IpAddr = "1.1.1.1".parse().unwrap();
        // Alone, and hidden among addresses that are fine.
        for list in [vec![ip], vec![public, ip], vec![ip, public]] {
            let (lookup, _) = names_mean(vec![list]);
            let fetcher = AddonFetcher::with_lookup(AllowedNetworks::default(), lookup).unwrap();
            let address = AddonAddress::parse(&text, fetcher.allowed()).unwrap();
            assert_eq!(fetcher.check(&address).await, Err(FetchError::NotAllowed), "{ip}");
            let got = fetcher.get((&id(), &address), "/manifest.json").await;
            assert_eq!(got.map(drop), Err(FetchError::NotAllowed), "{ip}");
        }
    }
    assert_eq!(addon.connections(), 0);
}

#[tokio::test]
async fn a_name_that_means_something_else_later_is_not_followed() {
    let addon = Addon::start(json_answer("200 OK", b"{\"id\":\"x\"}")).await;
    let text = format!("https://addon.example.org:{}/manifest.json", addon.address.port());
    // Fine when it is saved, this very machine ever after.
    let lists = vec![vec!["1.1.1.1".parse().unwrap()], vec!["127.0.0.1".parse().unwrap()]];
    let (lookup, asked) = names_mean(lists);
    let fetcher = AddonFetcher::with_lookup(AllowedNetworks::default(), lookup).unwrap();
    let address = AddonAddress::parse(&text, fetcher.allowed()).unwrap();
    assert_eq!(fetcher.check(&address).await, Ok(()));
    for _ in 0..3 {
        let got = fetcher.get((&id(), &address), "/manifest.json").await;
        assert_eq!(got.map(drop), Err(FetchError::NotAllowed));
    }
    assert!(asked.load(Ordering::SeqCst) >= 4, "each connection is judged anew");
    assert_eq!(addon.connections(), 0);
}

#[tokio::test]
async fn an_allowed_network_is_reached_by_name_and_by_address() {
    let addon = Addon::start(json_answer("200 OK", b"{\"id\":\"x\",\"cacheMaxAge\":60}")).await;
    let port = addon.address.port();
    let (lookup, asked) = names_mean(vec![vec!["127.0.0.1".parse().unwrap()]]);
    let fetcher = AddonFetcher::with_lookup(allowed("127.0.0.0/8"), lookup).unwrap();
    for host in ["127.0.0.1", "nas.local"] {
        let text = format!("http://{host}:{port}/manifest.json");
        let address = AddonAddress::parse(&text, fetcher.allowed()).unwrap();
        assert_eq!(fetcher.check(&address).await, Ok(()));
        let wrapper = id();
        for _ in 0..3 {
            let got = fetcher.get((&wrapper, &address), "/manifest.json").await.unwrap();
            assert_eq!((got.document["id"].as_str(), got.max_age.as_secs()), (Some("x"), 60));
        }
    }
    // The second and third time it was remembered.
    assert_eq!(addon.connections(), 2);
    assert!(asked.load(Ordering::SeqCst) >= 1);
    // Another network is not that one.
    let (lookup, _) = names_mean(vec![vec!["127.0.0.1".parse().unwrap()]]);
    let other = AddonFetcher::with_lookup(allowed("10.0.0.0/8"), lookup).unwrap();
    let address =
        AddonAddress::parse(&format!("http://nas.local:{port}/manifest.json"), other.allowed());
    let got = other.get((&id(), &address.unwrap()), "/manifest.json").await;
    assert_eq!(got.map(drop), Err(FetchError::NotAllowed));
    let literal =
        AddonAddress::parse(&format!("http://127.0.0.1:{port}/manifest.json"), fetcher.allowed());
    let got = other.get((&id(), &literal.unwrap()), "/manifest.json").await;
    assert_eq!(got.map(drop), Err(FetchError::NotAllowed), "the setting was changed since");
}

/// What comes of one answer.
async fn outcome(answer: Vec<u8>) -> Result<(), FetchError> {
    let addon = Addon::start(answer).await;
    let fetcher = AddonFetcher::new(allowed("127.0.0.0/8")).unwrap();
    let text = format!("http://{}/manifest.json", addon.address);
    let address = AddonAddress::parse(&text, fetcher.allowed()).unwrap();
    fetcher.get((&id(), &address), "/manifest.json").await.map(drop)
}

#[tokio::test]
async fn answers_that_lead_elsewhere_or_are_too_much_are_none() {
    let redirect =
        b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n";
    assert_eq!(outcome(redirect.to_vec()).await, Err(FetchError::Redirected));
    assert_eq!(outcome(json_answer("404 Not Found", b"{}")).await, Err(FetchError::Status(404)));
    assert_eq!(outcome(json_answer("200 OK", b"<html>")).await, Err(FetchError::NoJson));
    assert_eq!(outcome(json_answer("200 OK", b"[1]")).await, Err(FetchError::NoJson));
    let deep = format!("{{\"a\":{}1{}}}", "[".repeat(40), "]".repeat(40));
    assert_eq!(outcome(json_answer("200 OK", deep.as_bytes())).await, Err(FetchError::NoJson));
    let bomb = {
        use std::io::Write;
        let level = flate2::Compression::best();
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), level);
        encoder.write_all(b"{\"a\":\"").unwrap();
        for _ in 0..64 {
            encoder.write_all(&vec![b'x'; 1 << 17]).unwrap();
        }
        encoder.write_all(b"\"}").unwrap();
        encoder.finish().unwrap()
    };
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        bomb.len()
    );
    assert_eq!(outcome([head.as_bytes(), &bomb].concat()).await, Err(FetchError::TooLarge));
    let endless = b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n{".to_vec();
    assert_eq!(outcome(endless).await, Err(FetchError::TooLarge));
    assert_eq!(outcome(json_answer("200 OK", b"{\"id\":\"[[[[\"}")).await, Ok(()));
}

#[test]
fn depth_counts_no_brackets_in_texts() {
    assert_eq!(depth(br#"{"a":[1,{"b":"}]\"[["}]}"#), 3);
    assert_eq!(depth(b"1"), 0);
    assert_eq!(depth(b"]]]["), 1);
}
