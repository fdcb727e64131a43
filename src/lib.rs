//! Laurel: a self-hosted artwork server.

pub mod model;
pub mod upstream;
