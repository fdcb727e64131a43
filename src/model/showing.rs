//! What a picture shows of its title besides the artwork.

use serde::Serialize;

use super::{Aggregate, AwardBody, InfoItem, Rating, Sash};

/// Everything that is drawn on the artwork, decided.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Showing {
    /// In the order of drawing.
    pub ratings: Vec<Rating>,
    pub award: Option<AwardBody>,
    pub extras: Extras,
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
