//! What is asked of a title's data.

use super::ArtworkPreference;
use crate::model::{ArtworkKind, ScoreStyle, SourceSet, TitleId};
use crate::request::{AwardSet, BeyondOptions, LayoutNeeds, Options, RatingsPreference};

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
    /// Sources that a free layout names, beside those of its strips.
    pub also: SourceSet,
    /// A free layout may say the title's name.
    pub names_title: bool,
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
        let plain = Self {
            title,
            kind,
            artwork: ArtworkPreference::of(kind, options),
            ratings: options.ratings.clone(),
            awards: options.awards,
            beyond: options.beyond.clone(),
            also: SourceSet::default(),
            names_title: false,
        };
        match &options.layout {
            Some(layout) => plain.for_layout(&layout.needs()),
            None => plain,
        }
    }

    /// Asks for what a free layout draws, and for nothing else.
    fn for_layout(mut self, needs: &LayoutNeeds) -> Self {
        let LayoutNeeds { sources, info, sash, score, strip, award } = needs;
        if !strip {
            self.ratings.limit = 0;
        }
        if !award {
            self.awards = AwardSet::NONE;
        }
        self.also = *sources;
        self.names_title = true;
        self.beyond.info.clone_from(info);
        self.beyond.sash.clone_from(sash);
        self.beyond.score = score.then_some(ScoreStyle::Number);
        self
    }
}
