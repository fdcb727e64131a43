//! API keys and the other settings that change while the server runs: what keys look like, how they
//! are made, checked and counted, and the rules by which the admin changes them.
//!
//! A check looks into a table in memory and never into the database: it is on the path of every
//! cached picture.

mod access;
mod admin;
mod artwork_overrides;
mod first_start;
mod keeper;
mod mint;
mod service;
mod settings;
mod table;
mod text;
mod usage;
mod wrappers;

pub use access::{Access, KeyError, Scope};
pub use admin::{AdminToken, AdminTokens, MintedToken};
pub use artwork_overrides::read_override;
pub use first_start::Announcement;
pub use keeper::{DatabaseUnavailable, KeyKeeper, PurgeHook};
pub use mint::{MintedKey, mint_key};
pub use service::{AdminError, MAX_GRACE_SECS, SettingsService};
pub use settings::{KeyName, KeyNameError, KeyScope, KeySettings, Timestamp};
pub use table::{KeyPolicy, Keys, StoredKeys};
pub use text::{FREE_KEY, KeyText, KeyTextError};
pub use usage::PictureCharge;
