//! Everything that leaves the building: honest clients of the providers' APIs.
//!
//! [`http::Client`] is what they have in common: pool, limits, retries, keys.
//! Each provider is two parts: calls that give model values, and private wire structs.

mod allowance;
mod breaker;
mod call;
mod error;
pub mod fanart;
mod figure;
pub(crate) mod http;
mod key_place;
mod keys;
mod limiter;
mod loose;
pub(crate) mod mdblist;
pub(crate) mod omdb;
mod rating_provider;
mod refusal;
mod retry;
#[cfg(test)]
pub(crate) mod testing;
pub mod tmdb;
pub(crate) mod trakt;
mod transport;
mod trouble;

pub(crate) use allowance::DailyBudget;
pub(crate) use breaker::BreakerState;
pub use call::ProviderSettings;
pub(crate) use call::{Call, Complaint, Urgency};
pub use error::UpstreamError;
pub use fanart::Fanart;
pub use http::{Client, ProviderStatus};
pub use key_place::KeyPlace;
pub use keys::{KeyPool, Priority};
pub(crate) use keys::{KeyUsage, RestReason};
pub use mdblist::Mdblist;
pub use omdb::{Omdb, OmdbKind};
pub(crate) use rating_provider::RatingProviderSettings;
pub use rating_provider::{
    ProviderAnswer, Rank, RatedId, RatingProvider, RatingProviderRow, Subject,
};
pub use tmdb::Tmdb;
pub use trakt::{Trakt, TraktTitle};
pub use transport::Transport;
pub(crate) use transport::TransportError;
pub(crate) use trouble::LATE_AFTER;
pub use trouble::Trouble;

/// The providers of ratings that can be switched on, in the order of asking, each with its settings.
pub(crate) const RATING_PROVIDERS: [(&RatingProviderRow, &RatingProviderSettings); 3] = [
    (&mdblist::ROW, &mdblist::SETTINGS),
    (&omdb::ROW, &omdb::SETTINGS),
    (&trakt::ROW, &trakt::SETTINGS),
];

/// Reads `body` as every answer of every provider, and throws away what it reads: for fuzzers and
/// their bounded run among the tests.
pub fn read_any(body: &[u8]) {
    tmdb::read_any(body);
    fanart::read_any(body);
    mdblist::read_any(body);
    omdb::read_any(body);
    trakt::read_any(body);
}
