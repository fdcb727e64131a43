//! What a picture shows of its title besides the artwork.

use super::{AwardBody, Rating};

/// The ratings to show, in order, and the award.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Showing {
    pub ratings: Vec<Rating>,
    pub award: Option<AwardBody>,
}
