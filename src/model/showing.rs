//! What a picture shows of its title besides the artwork.

use serde::Serialize;

use super::{Aggregate, AwardBody, InfoItem, MediaType, Rating, Sash};

/// Everything that is drawn on the artwork, decided.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Showing {
    /// In the order of drawing.
    pub ratings: Vec<Rating>,
    pub award: Option<AwardBody>,
    pub extras: Extras,
    /// For free layouts: ratings that their elements name, whatever is drawn in strips.
    pub also: Vec<Rating>,
    /// For free layouts.
    pub title: Option<ShownTitle>,
}

/// What texts and conditions of a free layout may say of the title itself.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ShownTitle {
    pub media: MediaType,
    /// In the language of the picture; of a still, the episode's.
    pub name: Option<String>,
}

/// What is drawn beside ratings and awards.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub struct Extras {
    /// In the order of drawing.
    pub info: Vec<InfoItem>,
    pub score: Option<Aggregate>,
    pub sash: Option<Sash>,
}

impl Extras {
    pub fn is_empty(&self) -> bool {
        self.info.is_empty() && self.score.is_none() && self.sash.is_none()
    }
}
