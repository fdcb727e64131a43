//! Laurel: a self-hosted artwork server.

pub mod gather;
pub mod model;
pub mod upstream;
