//! The only integration binary: linking once is faster. `cargo test --test integration caching::` selects.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on must end")]

mod artwork;
mod caching;
mod docs;
mod docs_images;
mod explain;
mod fuzz_smoke;
mod golden;
mod ids;
mod keys;
mod looks;
mod providers;
mod support;
