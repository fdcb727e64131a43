//! Choosing and merging: from what providers say to what a render needs.

pub mod artwork;
pub mod awards;
pub mod ratings;
pub mod title;
