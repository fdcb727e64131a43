//! Laurel: a self-hosted artwork server.

pub mod cli;
pub mod config;
pub mod env;
pub mod http;
pub mod keys;
pub mod model;
pub mod store;
pub mod telemetry;
