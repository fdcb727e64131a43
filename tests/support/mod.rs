//! What integration tests share, and the stand-in (`examples/standin`) with them.
#![allow(dead_code, unused_imports, reason = "each user needs another part of this")]

mod answers;
mod catalogue;
mod fake;
mod faults;
mod http;
mod lists;
mod pictures;
mod service;
mod titles;
mod tmdb;

pub(crate) use fake::FakeUpstream;
pub(crate) use faults::Fault;
pub(crate) use http::{Asked, Reply, serve};
pub(crate) use pictures::FakePicture;
pub(crate) use service::Service;
pub(crate) use titles::{FakeEpisode, FakeTitle};

#[cfg(test)]
mod tests;
