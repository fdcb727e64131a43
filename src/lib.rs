//! Laurel: a self-hosted artwork server.

pub mod app;
pub mod budgets;
pub mod cache;
pub mod cli;
pub mod clock;
pub mod codec;
pub mod config;
pub mod datasets;
pub mod demo;
pub mod env;
pub mod gather;
pub mod http;
pub mod identify;
pub mod keys;
pub mod library;
mod memory;
pub mod model;
pub mod plan;
mod rate;
pub mod render;
pub mod request;
pub mod service;
pub mod store;
pub mod telemetry;
pub mod upstream;
