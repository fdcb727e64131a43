//! Which title a file, a folder or a few words mean.
//!
//! [`ParsedName`] is what a name says: titles, year, ids, season and episodes. [`rank()`] compares it with titles
//! that a search has found and tells how sure it is, from 0 to 100. Both are pure: nobody is asked here.
//! Reading release names is left to the `hunch` crate; ids in names, dual titles, `.nfo` files and the
//! comparison are ours.

mod compare;
mod ids;
mod name;
mod rank;
#[cfg(test)]
mod tests;

pub(crate) use ids::{MAX_NFO_BYTES, NamedIds, from_nfo};
pub(crate) use name::{NamedPart, ParsedName};
pub(crate) use rank::{Ranked, SURE, SearchHit, rank};
