//! What is remembered: gathered inputs by title, one fetch for many callers,
//! and how long things stay fresh.

mod failure;
mod flight;
pub(crate) mod freshness;
mod generations;
mod swr;

pub(crate) use flight::{Flight, Flights};
pub(crate) use generations::{Generations, Watch};
pub(crate) use swr::{Answer, CacheContext, CachedAnswer, SwrCache, SwrError};
