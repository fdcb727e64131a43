//! Laurel: a self-hosted artwork server.

pub mod codec;
pub mod datasets;
pub mod gather;
pub mod model;
pub mod plan;
pub mod render;
pub mod request;
pub mod upstream;
