//! Clients of the services asked.

mod lenient;
pub mod mdblist;
pub mod omdb;
mod refusal;
pub mod trakt;
