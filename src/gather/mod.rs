//! Choosing and merging what the providers say.

pub mod awards;
pub mod ratings;
