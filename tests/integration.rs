//! The only integration binary: linking once is faster. `cargo test --test integration caching::` selects.

mod docs_images;
mod golden;
mod looks;
mod support;
