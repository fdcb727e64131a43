//! Everything that leaves the building: honest clients of the providers' APIs.
//!
//! [`http::Client`] is what they have in common: pool, limits, retries, keys.
//! Each provider is two parts: calls that give model values, and private wire structs.

mod breaker;
mod bucket;
mod call;
mod error;
pub mod fanart;
pub mod http;
mod keys;
mod lenient;
mod loose;
pub mod mdblist;
pub mod omdb;
mod refusal;
mod retry;
mod secret;
#[cfg(test)]
pub(crate) mod testing;
pub mod tmdb;
pub mod trakt;
mod transport;

pub use breaker::BreakerState;
pub use call::{Call, Complaint, Inspect, ProviderSettings, Role, Urgency};
pub use error::UpstreamError;
pub use fanart::Fanart;
pub use http::{Client, ProviderStatus};
pub use keys::{DailyBudget, KeyPool, Priority, RestReason};
pub use secret::{KeyPlace, Secret};
pub use tmdb::Tmdb;
pub use transport::Transport;
