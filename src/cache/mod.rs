//! What is remembered: gathered inputs by title, one fetch for many callers,
//! and how long things stay fresh.

mod failure;
mod flight;
pub mod freshness;
mod generations;
mod swr;

pub use flight::{Flight, Flights};
pub use generations::{Generations, Watch};
pub use swr::{Answer, CacheContext, CachedAnswer, Entry, SwrCache, SwrError};
