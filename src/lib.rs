//! Laurel: a self-hosted artwork server.

pub mod codec;
pub mod model;
