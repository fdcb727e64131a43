//! Cache headers and conditional requests. Handlers attach a [`CachePolicy`] and [`Validators`]
//! to their response as extensions; one middleware writes the headers and makes the 304.

use std::fmt;
use std::time::{Duration, SystemTime};

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;

/// Read by nginx in front of us, and taken out there.
const ACCEL_EXPIRES: HeaderName = HeaderName::from_static("x-accel-expires");
/// A week, in seconds: how long a client may show an old picture while it asks for a new one.
const STALE_SECS: u64 = 604_800;
/// The most that a provisional picture may be kept.
const PROVISIONAL: Duration = Duration::from_mins(1);
const YEAR_SECS: u64 = 31_536_000;

/// How long others may keep a response. Without one, a response is not to be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CachePolicy {
    NoStore,
    /// A stand-in for a better picture: kept a minute at most, and by no proxy of ours.
    Provisional(Duration),
    Public(Duration),
    /// The address names the content.
    Immutable,
}

impl CachePolicy {
    fn cache_control(self) -> HeaderValue {
        let text = match self {
            Self::NoStore => return HeaderValue::from_static("no-store"),
            Self::Provisional(age) => format!("public, max-age={}", age.min(PROVISIONAL).as_secs()),
            Self::Public(age) => {
                format!("public, max-age={}, stale-while-revalidate={STALE_SECS}", age.as_secs())
            }
            Self::Immutable => format!("public, max-age={YEAR_SECS}, immutable"),
        };
        HeaderValue::try_from(text).expect("digits and ASCII words are a header value")
    }

    /// Seconds for nginx, which keeps every 200 of ours for its own time unless told.
    fn accel_expires(self) -> u64 {
        match self {
            Self::NoStore | Self::Provisional(_) => 0,
            Self::Public(age) => age.as_secs(),
            Self::Immutable => YEAR_SECS,
        }
    }
}

/// A strong entity tag: names the bytes of a response.
#[derive(Clone, PartialEq, Eq)]
pub struct EntityTag(HeaderValue);

impl EntityTag {
    /// Over the response's bytes.
    #[cfg(test)]
    pub fn of(bytes: &[u8]) -> Self {
        let hash = blake3::hash(bytes).to_hex();
        let text = format!("\"{}\"", &hash[..32]);
        Self(HeaderValue::try_from(text).expect("hexadecimal digits are a header value"))
    }

    /// From the first 32 hexadecimal digits of the bytes' BLAKE3, kept beside them.
    pub fn from_hash(hash: &str) -> Self {
        let value = HeaderValue::try_from(format!("\"{hash}\""));
        Self(value.unwrap_or_else(|_| HeaderValue::from_static("\"\"")))
    }

    fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for EntityTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.to_str().unwrap_or_default())
    }
}

/// What a client can ask again with.
#[derive(Clone, Debug)]
pub struct Validators {
    pub tag: EntityTag,
    /// When the bytes were made.
    pub modified: SystemTime,
}

impl Validators {
    /// Whether a client with these headers has the bytes already (RFC 9110, section 13.2.2).
    pub fn is_current(&self, headers: &HeaderMap) -> bool {
        let mut tags = headers.get_all(header::IF_NONE_MATCH).iter().peekable();
        if tags.peek().is_some() {
            return tags.any(|value| names_tag(value.as_bytes(), self.tag.as_bytes()));
        }
        let since = headers.get(header::IF_MODIFIED_SINCE).and_then(|value| value.to_str().ok());
        let since = since.and_then(|text| httpdate::parse_http_date(text).ok());
        since.is_some_and(|since| whole_secs(self.modified) <= since)
    }
}

/// HTTP dates have no fractions.
fn whole_secs(time: SystemTime) -> SystemTime {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    SystemTime::UNIX_EPOCH + Duration::from_secs(since.as_secs())
}

/// Whether the value of `If-None-Match` is `*` or lists `tag`, weakly compared. Tags may hold
/// commas, so they are read by their quotes.
fn names_tag(value: &[u8], tag: &[u8]) -> bool {
    let mut rest = value.trim_ascii();
    if rest == b"*" {
        return true;
    }
    loop {
        rest = rest.trim_ascii_start();
        rest = rest.strip_prefix(b"W/").unwrap_or(rest);
        if rest.first() != Some(&b'"') {
            return false;
        }
        let Some(end) = rest.iter().skip(1).position(|byte| *byte == b'"') else {
            return false;
        };
        let (listed, after) = rest.split_at(end + 2);
        if listed == tag {
            return true;
        }
        rest = after.trim_ascii_start();
        match rest.strip_prefix(b",") {
            Some(after) => rest = after,
            None => return false,
        }
    }
}

/// Writes the headers of the response's [`CachePolicy`] and [`Validators`]; answers 304 to a
/// client that has the bytes.
pub(super) async fn write_cache_headers(request: Request, next: Next) -> Response {
    let conditional = matches!(*request.method(), Method::GET | Method::HEAD)
        .then(|| conditions(request.headers()));
    let mut response = next.run(request).await;
    let policy = response.extensions_mut().remove::<CachePolicy>();
    let policy = policy.unwrap_or(CachePolicy::NoStore);
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, policy.cache_control());
    headers.insert(ACCEL_EXPIRES, policy.accel_expires().into());
    let Some(validators) = response.extensions_mut().remove::<Validators>() else {
        return response;
    };
    let headers = response.headers_mut();
    headers.insert(header::ETAG, validators.tag.0.clone());
    let modified = httpdate::fmt_http_date(validators.modified);
    if let Ok(modified) = HeaderValue::try_from(modified) {
        headers.insert(header::LAST_MODIFIED, modified);
    }
    let current = conditional.is_some_and(|headers| validators.is_current(&headers));
    if response.status() == StatusCode::OK && current {
        return without_body(response);
    }
    response
}

/// The two headers that matter here; the rest goes with the request.
fn conditions(headers: &HeaderMap) -> HeaderMap {
    let mut conditions = HeaderMap::new();
    for name in [header::IF_NONE_MATCH, header::IF_MODIFIED_SINCE] {
        for value in headers.get_all(&name) {
            conditions.append(name.clone(), value.clone());
        }
    }
    conditions
}

/// The same answer to a client that has the bytes.
pub(super) fn without_body(response: Response) -> Response {
    let (mut parts, _) = response.into_parts();
    parts.status = StatusCode::NOT_MODIFIED;
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.remove(header::CONTENT_TYPE);
    Response::from_parts(parts, body_of_unknown_length())
}

/// An empty body that does not claim a `Content-Length` of 0: for a 304, and for the `HEAD` of a
/// picture that is not made yet, whose length is not known.
pub fn body_of_unknown_length() -> Body {
    let nothing = futures::stream::empty::<Result<Bytes, std::convert::Infallible>>();
    Body::from_stream(nothing)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn headers(pairs: &[(HeaderName, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(name.clone(), value.parse().unwrap());
        }
        headers
    }

    fn validators() -> Validators {
        let modified = SystemTime::UNIX_EPOCH + Duration::from_millis(784_111_777_900);
        Validators { tag: EntityTag::of(b"bytes"), modified }
    }

    #[test]
    fn a_listed_tag_matches_also_when_weak() {
        let tag = String::from_utf8(EntityTag::of(b"bytes").as_bytes().to_vec()).unwrap();
        let yes = [
            tag.clone(),
            format!("W/{tag}"),
            format!("\"a,b\" , W/\"c\",{tag}"),
            "*".to_owned(),
            format!("{tag}, \"z\""),
        ];
        for value in yes {
            let headers = headers(&[(header::IF_NONE_MATCH, &value)]);
            assert!(validators().is_current(&headers), "{value}");
        }
        for value in ["\"a\"", "", "W/", "\"open", tag.trim_matches('"'), "\"a\" \"b\""] {
            let headers = headers(&[(header::IF_NONE_MATCH, value)]);
            assert!(!validators().is_current(&headers), "{value}");
        }
    }

    #[test]
    fn the_date_counts_only_without_a_tag() {
        let same = (header::IF_MODIFIED_SINCE, "Sun, 06 Nov 1994 08:49:37 GMT");
        assert!(validators().is_current(&headers(std::slice::from_ref(&same))));
        let before = (header::IF_MODIFIED_SINCE, "Sun, 06 Nov 1994 08:49:36 GMT");
        assert!(!validators().is_current(&headers(&[before])));
        let other_tag = (header::IF_NONE_MATCH, "\"a\"");
        assert!(!validators().is_current(&headers(&[same, other_tag])));
        assert!(!validators().is_current(&headers(&[(header::IF_MODIFIED_SINCE, "soon")])));
    }

    #[test]
    fn policies_say_what_the_contract_says() {
        let hour = Duration::from_hours(1);
        let text = |policy: CachePolicy| policy.cache_control().to_str().unwrap().to_owned();
        assert_eq!(
            text(CachePolicy::Public(hour)),
            "public, max-age=3600, stale-while-revalidate=604800"
        );
        assert_eq!(text(CachePolicy::Provisional(hour)), "public, max-age=60");
        assert_eq!(CachePolicy::Provisional(hour).accel_expires(), 0);
        assert_eq!(CachePolicy::Public(hour).accel_expires(), 3600);
    }

    proptest! {
        #[test]
        fn no_header_makes_the_comparison_panic(value in prop::collection::vec(any::<u8>(), 0..80)) {
            let _ = names_tag(&value, b"\"x\"");
        }

        #[test]
        fn a_tag_is_found_anywhere_in_a_list(
            before in prop::collection::vec("[a-z,]{0,8}", 0..5),
            after in prop::collection::vec("[a-z,]{0,8}", 0..5),
        ) {
            let quoted = |tags: &[String]| tags.iter().map(|tag| format!("\"{tag}\"")).collect::<Vec<_>>();
            let mut list = quoted(&before);
            list.push("\"THIS\"".into());
            list.extend(quoted(&after));
            prop_assert!(names_tag(list.join(", ").as_bytes(), b"\"THIS\""));
        }
    }
}
