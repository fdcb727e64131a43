//! The first step of every request for a picture: an answer that was given before and still holds.
//!
//! A hit through the router costs several times as much as the hit itself, in parsing and layers, so
//! its headers are cached by everything they depend on: the address without its key, and the look of
//! the key. The picture is not in here; it is looked up each time, and so is the key. Counters, log
//! line, request id and conditional answers are those of the router, from the same code.

use std::sync::{Arc, Weak};

use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, Uri};
use axum::response::Response;
use moka::Equivalent;
use moka::sync::Cache;

use super::cache_headers::{Validators, without_body};
use super::context::{AnswerMetrics, REQUEST_ID, RequestRecord, ResponseRecord, ServedArtwork};
use super::state::AppState;
use crate::keys::Keys;
use crate::request::LookId;
use crate::service::{Artworks, CachedPicture, PictureRequest, ServedPicture};

/// Bytes of addresses and headers, about: some four thousand.
const CAPACITY: u64 = 12 << 20;
/// What an entry takes besides its address: fourteen headers, mostly.
const ENTRY_BYTES: usize = 2800;

/// Patterns as the router knows them.
const ROUTES: [&str; 2] = ["/{key}/{id_type}/{style}/{id}", "/api/{key}/{id_type}/{style}/{id}"];

/// What a handler says of a cached picture, so that its answer can be given again. Attached to the
/// response as an extension.
#[derive(Clone, Debug)]
pub(super) struct RepeatableHit {
    pub(super) request: Arc<PictureRequest>,
    pub(super) look: LookId,
    picture: Weak<CachedPicture>,
    validators: Validators,
    artwork: ServedArtwork,
}

impl RepeatableHit {
    pub(super) fn new(
        request: &Arc<PictureRequest>,
        look: LookId,
        served: &ServedPicture,
        validators: &Validators,
        artwork: ServedArtwork,
    ) -> Self {
        Self {
            request: Arc::clone(request),
            look,
            picture: Arc::downgrade(&served.picture),
            validators: validators.clone(),
            artwork,
        }
    }
}

/// Everything of an answer but its picture.
#[derive(Debug)]
struct Hit {
    answer: RepeatableHit,
    headers: HeaderMap,
    whole: AnswerMetrics,
    not_modified: AnswerMetrics,
}

/// What an answer depends on.
#[derive(Debug, PartialEq, Eq, Hash)]
struct HitKey {
    below_api: bool,
    look: LookId,
    /// Path and query behind the key, as they came.
    rest: Box<str>,
}

/// A [`HitKey`] in borrowed text; both hash alike, field by field.
#[derive(Hash)]
struct HitKeyRef<'a> {
    below_api: bool,
    look: LookId,
    rest: &'a str,
}

impl Equivalent<HitKey> for HitKeyRef<'_> {
    fn equivalent(&self, key: &HitKey) -> bool {
        (self.below_api, self.look, self.rest) == (key.below_api, key.look, &*key.rest)
    }
}

/// Answers that can be repeated. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct HitCache {
    artworks: Arc<Artworks>,
    keys: Arc<Keys>,
    hits: Cache<HitKey, Arc<Hit>>,
}

impl HitCache {
    pub(super) fn new(state: &AppState) -> Self {
        let weigh = |key: &HitKey, _: &Arc<Hit>| {
            u32::try_from(key.rest.len() + ENTRY_BYTES).unwrap_or(u32::MAX)
        };
        Self {
            artworks: Arc::clone(&state.artworks),
            keys: Arc::clone(&state.keys),
            hits: Cache::builder().max_capacity(CAPACITY).weigher(weigh).build(),
        }
    }

    /// The answer, if it is a cached picture that was given before.
    pub(super) fn answer<B>(&self, request: &Request<B>) -> Option<Response> {
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            return None;
        }
        let address = Address::of(request.uri())?;
        let access = self.keys.check(address.key).ok()?;
        let Address { below_api, rest, .. } = address;
        let hit = self.hits.get(&HitKeyRef { below_api, look: access.look_id(), rest })?;
        let record = RequestRecord::begin(request.method(), ROUTES[usize::from(below_api)]);
        let served = self.artworks.cached(&hit.answer.request)?;
        if !std::ptr::eq(hit.answer.picture.as_ptr(), Arc::as_ptr(&served.picture)) {
            return None;
        }
        access.count_request();
        let mut response = Response::new(Body::empty());
        *response.headers_mut() = hit.headers.clone();
        let metrics = if hit.answer.validators.is_current(request.headers()) {
            response = without_body(response);
            &hit.not_modified
        } else {
            if request.method() == Method::GET {
                *response.body_mut() = Body::from(served.picture.image.bytes.clone());
            }
            &hit.whole
        };
        let answer = ResponseRecord::of_artwork(response.status(), hit.answer.artwork);
        record.finish(&mut response, answer, metrics);
        Some(response)
    }

    /// Remembers an answer of the router to a request for `uri`, if it can be repeated.
    pub(super) fn learn(&self, method: &Method, uri: &Uri, response: &mut Response) {
        let Some(hit) = response.extensions_mut().remove::<RepeatableHit>() else { return };
        let whole = *method == Method::GET && response.status() == StatusCode::OK;
        let (true, Some(address)) = (whole, Address::of(uri)) else { return };
        let mut headers = response.headers().clone();
        headers.remove(REQUEST_ID);
        let route = ROUTES[usize::from(address.below_api)];
        let metrics =
            |status| AnswerMetrics::of(route, &ResponseRecord::of_artwork(status, hit.artwork));
        let key =
            HitKey { below_api: address.below_api, look: hit.look, rest: address.rest.into() };
        let (whole, not_modified) = (metrics(StatusCode::OK), metrics(StatusCode::NOT_MODIFIED));
        self.hits.insert(key, Arc::new(Hit { answer: hit, headers, whole, not_modified }));
    }
}

/// An address taken apart at its key.
struct Address<'a> {
    key: &'a str,
    /// Path and query behind the key, as they came.
    rest: &'a str,
    below_api: bool,
}

impl<'a> Address<'a> {
    fn of(uri: &'a Uri) -> Option<Self> {
        let text = uri.path_and_query()?.as_str();
        let (below_api, text) = match text.strip_prefix("/api/") {
            Some(text) => (true, text),
            None => (false, text.strip_prefix('/')?),
        };
        let (key, rest) = text.split_once('/')?;
        Some(Self { key, rest, below_api })
    }
}

#[cfg(test)]
mod tests {
    use std::hash::{BuildHasher, RandomState};

    use super::*;

    #[test]
    fn an_address_is_taken_apart_at_its_key() {
        let parts = |text: &'static str| {
            let uri: Uri = text.parse().unwrap();
            Address::of(&uri).map(|a| (a.key.to_owned(), a.rest.to_owned(), a.below_api))
        };
        let rest = "imdb/poster-default/tt1.jpg?lang=de".to_owned();
        let key = "key".to_owned();
        assert_eq!(
            parts("/key/imdb/poster-default/tt1.jpg?lang=de"),
            Some((key.clone(), rest.clone(), false))
        );
        assert_eq!(parts("/api/key/imdb/poster-default/tt1.jpg?lang=de"), Some((key, rest, true)));
        assert_eq!(parts("/healthz"), None);
        assert_eq!(parts("/"), None);
    }

    #[test]
    fn a_borrowed_key_finds_its_owned_one() {
        let (look, rest) = (LookId::default(), "imdb/default/tt1.jpg");
        let owned = HitKey { below_api: true, look, rest: rest.into() };
        let borrowed = HitKeyRef { below_api: true, look, rest };
        let hasher = RandomState::new();
        assert_eq!(hasher.hash_one(&owned), hasher.hash_one(&borrowed));
        assert!(borrowed.equivalent(&owned));
        assert!(!HitKeyRef { below_api: false, ..borrowed }.equivalent(&owned));
    }
}
