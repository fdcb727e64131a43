//! The only integration binary: linking once is faster. `cargo test --test integration caching::` selects.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on must end")]

mod artwork;
mod docs_images;
mod fuzz_smoke;
mod golden;
mod looks;
mod providers;
mod support;
