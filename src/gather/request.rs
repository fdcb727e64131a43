//! What is asked of a title's data.

use super::ArtworkPreference;
use crate::model::{ArtworkKind, TitleId};
use crate::request::{AwardSet, BeyondOptions, Options, RatingsPreference};

/// Everything of a request that decides which data are collected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataRequest {
    pub title: TitleId,
    pub kind: ArtworkKind,
    pub artwork: ArtworkPreference,
    pub ratings: RatingsPreference,
    /// Awards that may be shown.
    pub awards: AwardSet,
    /// What is shown beside them.
    pub beyond: BeyondOptions,
}

/// How much of the data is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Completeness {
    /// Every provider that has to be asked has answered, or failed.
    Full,
    /// Only the artwork's name is waited for; of ratings, what is cached by now is taken. Calls
    /// that are under way go on, and what they answer is cached.
    Arrived,
}

impl DataRequest {
    pub fn new(title: TitleId, kind: ArtworkKind, options: &Options) -> Self {
        Self {
            title,
            kind,
            artwork: ArtworkPreference::of(kind, options),
            ratings: options.ratings.clone(),
            awards: options.awards,
            beyond: options.beyond.clone(),
        }
    }
}
