//! Laurel: a self-hosted artwork server.

pub mod datasets;
pub mod model;
