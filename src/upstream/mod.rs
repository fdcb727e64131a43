//! Everything that leaves the building: honest clients of the providers' APIs.
//!
//! [`http::Client`] is what they have in common: pool, limits, retries, keys.
//! Each provider is two parts: calls that give model values, and private wire structs.

mod allowance;
mod any;
mod breaker;
mod call;
mod error;
pub mod fanart;
mod figure;
pub mod http;
mod key_place;
mod keys;
mod limiter;
mod loose;
pub mod mdblist;
pub mod omdb;
mod rating_provider;
mod refusal;
mod retry;
#[cfg(test)]
pub(crate) mod testing;
pub mod tmdb;
pub mod trakt;
mod transport;
mod trouble;

pub use allowance::DailyBudget;
pub use any::read_any;
pub use breaker::BreakerState;
pub use call::{Call, Complaint, Inspect, ProviderSettings, Urgency};
pub use error::UpstreamError;
pub use fanart::Fanart;
pub use http::{Client, ProviderStatus};
pub use key_place::KeyPlace;
pub use keys::{KeyPool, KeyUsage, Priority, Quota, RestReason};
pub use mdblist::{Mdblist, MdblistTitle};
pub use omdb::{Omdb, OmdbKind, OmdbTitle};
pub use rating_provider::{
    ProviderAnswer, RATING_PROVIDERS, Rank, RatedId, RatingProvider, RatingProviderRow, Subject,
};
pub use tmdb::Tmdb;
pub use trakt::{Trakt, TraktTitle};
pub use transport::{Transport, TransportError};
pub use trouble::{LATE_AFTER, Trouble};
