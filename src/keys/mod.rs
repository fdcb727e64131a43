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

pub(crate) use access::{Access, KeyError, Scope};
pub(crate) use admin::AdminToken;
pub(crate) use artwork_overrides::read_override;
pub(crate) use first_start::Announcement;
pub use keeper::KeyKeeper;
pub(crate) use keeper::{DatabaseUnavailable, PurgeHook};
pub(crate) use service::{AdminError, MAX_GRACE_SECS, SettingsService};
pub(crate) use settings::KeyScope;
pub(crate) use table::{KeyPolicy, Keys};
pub(crate) use text::{FREE_KEY, KeyText};
