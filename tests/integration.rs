//! The only integration binary: linking once is faster. `cargo test --test integration caching::` selects.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on must end")]
#![allow(
    clippy::pedantic,
    reason = "style lints are for the product; tests are read one at a time"
)]

mod admin;
mod artwork;
mod beyond;
mod bulk;
mod caching;
mod calls;
mod choice;
mod cli;
mod clients;
mod collections;
mod disk;
mod docs;
mod docs_images;
mod explain;
mod failures;
mod free_layouts;
mod fuzz_smoke;
mod golden;
mod hostile;
mod hostile_many;
mod ids;
mod ids_more;
mod keys;
mod layering;
pub(crate) mod looks;
mod options;
mod overload;
mod overrides;
mod pipeline;
mod plex;
mod providers;
mod ratings;
mod same_bytes;
mod seasons;
mod soak;
mod stremio;
mod support;
mod tiles;
