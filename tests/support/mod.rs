//! What integration tests share, and the stand-in (`examples/standin`) with them.
#![allow(dead_code, unused_imports, reason = "each user needs another part of this")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on must end")]

mod answer;
mod answers;
mod app;
pub(crate) mod catalogue;
#[cfg(test)]
pub(crate) mod child;
mod fake;
mod faults;
mod http;
mod lists;
mod logs;
mod made_up;
mod pictures;
mod service;
mod tamper;
mod titles;
mod tmdb;
mod tmdb_lists;

pub(crate) use answer::Answer;
pub(crate) use app::{KEY, Plan, TestApp};
pub(crate) use fake::FakeUpstream;
pub(crate) use faults::Fault;
pub(crate) use http::{Asked, Reply, serve, serve_recorded};
pub(crate) use lists::gzipped;
pub(crate) use logs::{leak, leaks};
pub(crate) use made_up::Almanac;
pub(crate) use pictures::FakePicture;
pub(crate) use service::Service;
pub(crate) use titles::{FakeEpisode, FakeSeason, FakeTitle};

#[cfg(test)]
mod tests;
