//! What is asked of an add-on: the part of the path behind the wrapper, taken apart and written anew.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// What need not be encoded in a segment, as `encodeURIComponent` has it.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');
const JSON: &str = ".json";
/// `catalog/{type}/{id}/{extra}.json` has four.
const MAX_SEGMENTS: usize = 8;
/// Longest segment, decoded, in bytes.
const MAX_SEGMENT_BYTES: usize = 1024;

/// A path that no add-on has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no resource of an add-on")]
pub struct ResourceError;

/// What is asked for; every path begins with a slash and is encoded anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AddonResource {
    Manifest,
    Catalog {
        path: String,
    },
    Meta {
        path: String,
    },
    /// Streams, subtitles and everything else: the client is sent to the add-on.
    Other {
        path: String,
    },
}

impl AddonResource {
    /// Reads the encoded path behind the wrapper, without a slash at its start.
    pub fn read(path: &str) -> Result<Self, ResourceError> {
        let segments: Vec<&str> = path.split('/').collect();
        if segments.len() > MAX_SEGMENTS {
            return Err(ResourceError);
        }
        if path == "manifest.json" {
            return Ok(Self::Manifest);
        }
        match segments[..] {
            ["catalog", kind, id] => {
                Ok(Self::Catalog { path: of_json("catalog", &[kind], id, None)? })
            }
            ["catalog", kind, id, extra] => {
                Ok(Self::Catalog { path: of_json("catalog", &[kind], id, Some(extra))? })
            }
            ["meta", kind, id] => Ok(Self::Meta { path: of_json("meta", &[kind], id, None)? }),
            _ => {
                let encoded: Result<Vec<String>, ResourceError> =
                    segments.iter().map(|segment| encode_anew(segment)).collect();
                Ok(Self::Other { path: format!("/{}", encoded?.join("/")) })
            }
        }
    }

    /// The path below the add-on.
    pub fn path(&self) -> &str {
        match self {
            Self::Manifest => "/manifest.json",
            Self::Catalog { path } | Self::Meta { path } | Self::Other { path } => path,
        }
    }
}

/// `.json` ends the last segment.
fn of_json(
    resource: &str,
    between: &[&str],
    id: &str,
    extra: Option<&str>,
) -> Result<String, ResourceError> {
    let mut path = format!("/{resource}");
    for segment in between {
        path = format!("{path}/{}", encode_anew(segment)?);
    }
    let Some(extra) = extra else {
        let id = id.strip_suffix(JSON).ok_or(ResourceError)?;
        return Ok(format!("{path}/{}{JSON}", encode_anew(id)?));
    };
    let extra = extra.strip_suffix(JSON).ok_or(ResourceError)?;
    // Values may hold an encoded `&` or `=`: names and values are encoded each on their own.
    let pairs: Result<Vec<String>, ResourceError> = extra
        .split('&')
        .map(|pair| {
            let (name, value) = pair.split_once('=').ok_or(ResourceError)?;
            Ok(format!("{}={}", encode_anew(name)?, encode_or_empty(value)?))
        })
        .collect();
    Ok(format!("{path}/{}/{}{JSON}", encode_anew(id)?, pairs?.join("&")))
}

fn encode_anew(segment: &str) -> Result<String, ResourceError> {
    if segment.is_empty() { Err(ResourceError) } else { encode_or_empty(segment) }
}

fn encode_or_empty(segment: &str) -> Result<String, ResourceError> {
    let decoded = percent_decode_str(segment).decode_utf8().map_err(|_| ResourceError)?;
    let is_step = matches!(&*decoded, "." | "..");
    if is_step || decoded.len() > MAX_SEGMENT_BYTES || decoded.chars().any(char::is_control) {
        return Err(ResourceError);
    }
    Ok(utf8_percent_encode(&decoded, PLAIN).to_string())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn resources_are_told_apart_and_written_anew() {
        let path =
            |text: &str| AddonResource::read(text).map(|resource| resource.path().to_owned());
        for (text, expected) in [
            ("manifest.json", "/manifest.json"),
            ("catalog/movie/top.json", "/catalog/movie/top.json"),
            (
                "catalog/movie/top/genre=Sci-Fi%20%26%20Fantasy&skip=100.json",
                "/catalog/movie/top/genre=Sci-Fi%20%26%20Fantasy&skip=100.json",
            ),
            (
                "catalog/movie/top/search=a%3Db%2F...json",
                "/catalog/movie/top/search=a%3Db%2F...json",
            ),
            ("meta/series/kitsu:7442.json", "/meta/series/kitsu%3A7442.json"),
            ("meta/other/a%2Fb.json", "/meta/other/a%2Fb.json"),
            ("stream/series/tt0903747:1:1.json", "/stream/series/tt0903747%3A1%3A1.json"),
            ("configure", "/configure"),
        ] {
            assert_eq!(path(text).as_deref(), Ok(expected), "{text}");
        }
        assert!(matches!(
            AddonResource::read("stream/movie/tt1.json"),
            Ok(AddonResource::Other { .. })
        ));
        assert!(matches!(
            AddonResource::read("meta/movie/tt1.json"),
            Ok(AddonResource::Meta { .. })
        ));
    }

    #[test]
    fn paths_that_lead_elsewhere_are_none() {
        for text in [
            "",
            "/",
            "a//b",
            "..",
            "../x",
            "a/../b",
            "a/%2e%2e/b",
            "meta/movie/%2E%2E.json",
            "meta/movie/tt1",
            "catalog/movie/top/skip.json",
            "%ff",
            "a/b/c/d/e/f/g/h/i",
            "stream/%00.json",
            "a/%0d%0aHost:x",
        ] {
            assert_eq!(AddonResource::read(text), Err(ResourceError), "{text}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_read_stays_below_the_add_on(text in "[a-z./%0-9&=:\\\\?#@-]{0,60}") {
            if let Ok(resource) = AddonResource::read(&text) {
                let url: url::Url = format!("https://addon.example.org/base{}", resource.path()).parse().unwrap();
                prop_assert!(url.path().starts_with("/base/"));
                prop_assert_eq!(url.host_str(), Some("addon.example.org"));
                prop_assert!(url.query().is_none() && url.fragment().is_none());
            }
        }
    }
}
