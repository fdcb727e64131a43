//! The page at `/`: plain ES modules and one stylesheet, part of the program. Nothing is loaded from
//! anywhere else, and what the page does goes through the same API as everybody's requests.

use std::io::Write;
use std::sync::{Arc, LazyLock};

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{Html, IntoResponse, Response};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use super::cache_headers::CachePolicy;
use super::error;
use super::openapi::document as openapi_document;
use super::state::Showcase;
use crate::demo;
use crate::keys::{FREE_KEY, Keys};
use crate::request::options_document;

/// A series that everybody knows, where the demo catalogue is not served.
pub const SAMPLE_ID: &str = "tt0903747";

/// Nothing from elsewhere, in no frame; pictures that the page was handed as bytes are `blob:`.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'self'; img-src 'self' blob: data:; frame-ancestors 'none'; base-uri 'none'; \
     form-action 'none'; object-src 'none'",
);

/// A file of `assets/page`.
struct Asset {
    name: &'static str,
    bytes: &'static [u8],
}

macro_rules! assets {
    ($($name:literal)+) => {
        &[$(Asset {
            name: $name,
            bytes: include_bytes!(concat!("../../assets/page/", $name)),
        }),+]
    };
}

/// Every file that the page consists of.
static ASSETS: &[Asset] = assets! {
    "api.js"
    "compare.js"
    "controls.js"
    "design.js"
    "dom.js"
    "explained.js"
    "form.js"
    "import.js"
    "labels.js"
    "layout-canvas.js"
    "layout-inspector.js"
    "layout-model.js"
    "layout.js"
    "list.js"
    "look.js"
    "main.js"
    "page.css"
    "parts.js"
    "preview.js"
    "server-caches.js"
    "server-keys.js"
    "server-profiles.js"
    "server-state.js"
    "server.js"
    "sheet.js"
    "snap.js"
    "steps.js"
    "table.js"
    "titles.js"
    "use.js"
};

/// Names the state of all files. It stands in their addresses, so that they are kept for good and
/// no two versions of them ever meet in one page.
static VERSION: LazyLock<String> = LazyLock::new(|| {
    let mut hasher = blake3::Hasher::new();
    for asset in ASSETS {
        hasher.update(asset.name.as_bytes()).update(&[0]).update(asset.bytes);
    }
    hasher.finalize().to_hex()[..16].to_owned()
});

/// The files as gzip, in the same order, packed when the first is asked for.
static PACKED: LazyLock<Vec<Bytes>> =
    LazyLock::new(|| ASSETS.iter().map(|asset| packed(asset.bytes)).collect());

fn packed(bytes: &[u8]) -> Bytes {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    // Writing to a Vec does not fail; an empty file would be noticed by the page's test.
    let written = encoder.write_all(bytes).and_then(|()| encoder.finish());
    written.unwrap_or_default().into()
}

const JAVASCRIPT: &str = "text/javascript; charset=utf-8";

impl Asset {
    fn mime(&self) -> &'static str {
        match self.name.rsplit_once('.') {
            Some((_, "css")) => "text/css; charset=utf-8",
            Some((_, "js")) => JAVASCRIPT,
            _ => "application/octet-stream",
        }
    }
}

/// The page itself. What it knows of the server stands in it, so that it begins without asking.
pub(super) async fn serve(
    State(keys): State<Arc<Keys>>,
    State(showcase): State<Showcase>,
) -> Response {
    // With it accepted, whether by name or because any key is, visitors need none of their own.
    let public_key = keys.check(FREE_KEY).is_ok().then_some(FREE_KEY);
    let html = document(&facts(showcase, public_key));
    ([(header::CONTENT_SECURITY_POLICY, POLICY)], Html(html)).into_response()
}

fn document(facts: &Value) -> String {
    let modules = ASSETS.iter().filter(|asset| asset.mime() == JAVASCRIPT);
    let modules: Vec<String> = modules
        .map(|asset| {
            format!("<link rel=\"modulepreload\" href=\"assets/{}/{}\">", *VERSION, asset.name)
        })
        .collect();
    include_str!("../../assets/page/index.html")
        .replace("{{modules}}", &modules.join("\n"))
        .replace("{{version}}", &VERSION)
        // Within a script only `<` could end it.
        .replace("{{facts}}", &facts.to_string().replace('<', "\\u003c"))
}

fn facts(showcase: Showcase, public_key: Option<&str>) -> Value {
    let titles: Vec<Value> = match showcase {
        Showcase::Nothing => Vec::new(),
        Showcase::Demo => demo::titles().iter().map(demo_title).collect(),
    };
    json!({
        "version": env!("CARGO_PKG_VERSION"),
        "demo": showcase == Showcase::Demo,
        "public_key": public_key,
        "sample": SAMPLE_ID,
        "titles": titles,
        "features": *FEATURES,
    })
}

/// What this server can do that the page shows only where it is there, as its own document tells.
static FEATURES: LazyLock<Value> = LazyLock::new(|| {
    let document = openapi_document();
    json!({"layouts": document.pointer("/components/schemas/Layout").is_some()})
});

fn demo_title(title: &demo::DemoTitle) -> Value {
    json!({
        "id": format!("imdb/{}", title.imdb),
        "name": title.name,
        "shows": title.shows,
        "type": title.media,
        "episodes": title.episode_numbers().collect::<Vec<_>>(),
    })
}

/// A file of the page, by its name in this version.
pub(super) async fn asset(
    Path((version, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let place = ASSETS.iter().position(|asset| asset.name == name);
    let Some(place) = place.filter(|_| version == *VERSION) else {
        return error::no_such_endpoint().await.into_response();
    };
    let asset = &ASSETS[place];
    let plain = Bytes::from_static(asset.bytes);
    let mut response = packed_or_plain(&headers, asset.mime(), plain, &PACKED[place]);
    response.extensions_mut().insert(CachePolicy::Immutable);
    response
}

/// Browsers all do; `gzip;q=0` says no.
fn accepts_gzip(headers: &HeaderMap) -> bool {
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    accepted.is_some_and(|accepted| {
        accepted.split(',').any(|coding| {
            let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
            let refused = matches!(weight.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000");
            name.trim().eq_ignore_ascii_case("gzip") && !refused
        })
    })
}

/// The tables of parameters and families, for this page and for any other.
pub(super) async fn options(headers: HeaderMap) -> Response {
    static PLAIN: LazyLock<Bytes> = LazyLock::new(|| Bytes::from(options_document().to_string()));
    static SMALL: LazyLock<Bytes> = LazyLock::new(|| packed(&PLAIN));
    let mut response = packed_or_plain(&headers, "application/json", PLAIN.clone(), &SMALL);
    let anyone = HeaderValue::from_static("*");
    response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, anyone);
    response
}

fn packed_or_plain(
    headers: &HeaderMap,
    mime: &'static str,
    plain: Bytes,
    packed: &Bytes,
) -> Response {
    let own: [(HeaderName, &'static str); 2] =
        [(header::CONTENT_TYPE, mime), (header::VARY, "accept-encoding")];
    match accepts_gzip(headers) {
        true => (own, [(header::CONTENT_ENCODING, "gzip")], packed.clone()).into_response(),
        false => (own, plain).into_response(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path as FilePath;

    use super::*;

    #[test]
    fn every_file_of_the_page_is_part_of_the_program() {
        let folder = FilePath::new(env!("CARGO_MANIFEST_DIR")).join("assets/page");
        let names = std::fs::read_dir(folder).unwrap();
        let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let names: BTreeSet<String> = names.filter(|name| name != "index.html").collect();
        let known: BTreeSet<String> = ASSETS.iter().map(|asset| asset.name.to_owned()).collect();
        assert_eq!(names, known);
        for asset in ASSETS {
            assert_ne!(asset.mime(), "application/octet-stream", "{}", asset.name);
        }
    }

    #[test]
    fn a_first_visit_is_small() {
        let page = document(&facts(Showcase::Demo, Some(FREE_KEY))).len();
        let table = options_document().to_string().len();
        let files: usize = PACKED.iter().map(Bytes::len).sum();
        assert!(files > 0 && page + table + files < 120 << 10, "{page} + {table} + {files}");
    }

    #[test]
    fn the_page_is_filled_in_and_loads_nothing_from_elsewhere() {
        let html = document(&facts(Showcase::Demo, Some("</script><b>")));
        assert!(!html.contains("{{") && !html.contains("</script><b>"), "{html}");
        for text in ["src=\"http", "href=\"http", "style=\""] {
            assert!(!html.contains(text), "{text}");
        }
        for asset in ASSETS {
            let text = std::str::from_utf8(asset.bytes).unwrap();
            for loads in ["@import", "url(http", "from 'http", "from \"http"] {
                assert!(!text.contains(loads), "{}: {loads}", asset.name);
            }
        }
        let closed = facts(Showcase::Nothing, None);
        assert_eq!((&closed["titles"], &closed["public_key"]), (&json!([]), &Value::Null));
    }

    #[test]
    fn gzip_is_sent_to_whoever_takes_it() {
        let accepts = |value: &'static str| {
            let value = HeaderValue::from_static(value);
            accepts_gzip(&HeaderMap::from_iter([(header::ACCEPT_ENCODING, value)]))
        };
        assert!(accepts("gzip, deflate, br") && accepts("br;q=1.0, GZIP;q=0.5"));
        assert!(!accepts("br") && !accepts("gzip;q=0, br") && !accepts(""));
        assert!(!accepts_gzip(&HeaderMap::new()));
    }
}
