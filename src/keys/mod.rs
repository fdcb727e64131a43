//! API keys: what they look like, how they are made, checked and counted.
//!
//! A check looks into a table in memory and never into the database: it is on the path of every
//! cached picture.

mod admin;
mod first_start;
mod keeper;
mod mint;
mod table;
mod text;

pub use admin::AdminToken;
pub use first_start::{Announcement, first_start};
pub use keeper::{KeyKeeper, PurgeHook};
pub use mint::{MintedKey, mint_key};
pub use table::{Access, KeyError, KeyPolicy, Keys, Scope};
pub use text::{FREE_KEY, KeyText, KeyTextError};
