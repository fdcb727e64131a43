//! Every reader of a provider's answers, on any bytes: for fuzzers and their
//! bounded run among the tests. What is read is thrown away.

use super::loose::Part;
use super::{fanart, mdblist, omdb, tmdb, trakt};

/// Reads `body` as every answer of every provider.
pub fn read_any(body: &[u8]) {
    tmdb::read_any(body);
    fanart::read_any(body);
    mdblist::read_any(body);
    omdb::read_any(body);
    trakt::read_any(body);
}

/// The object in a body that may be anything.
pub(super) fn part<T: serde::de::DeserializeOwned>(body: &[u8]) -> Option<T> {
    serde_json::from_slice::<Part<T>>(body).ok().and_then(|Part(part)| part)
}
