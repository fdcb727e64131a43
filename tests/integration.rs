//! The only integration binary: linking once is faster. `cargo test --test integration caching::` selects.

mod providers;
mod support;
