//! Which of the ratings and awards that were found a picture shows; pure.

use super::awards;
use super::ratings::order;
use crate::model::{Award, AwardBody, MediaType, Rating, Showing};
use crate::request::{AwardSet, RatingsPreference};

/// The ratings in the order they are drawn in, and the first award that may be shown and was won.
pub fn showing(
    (preference, awards): (&RatingsPreference, AwardSet),
    media: MediaType,
    ratings: &[Rating],
    won: &[Award],
) -> Showing {
    let award = AwardBody::ALL.into_iter().find(|body| {
        can_win(media, *body) && awards.contains(*body) && awards::has_won(won, *body)
    });
    Showing { ratings: order(ratings, preference), award }
}

/// Films have Oscars, series Emmys, whatever else they were given.
pub(super) fn can_win(media: MediaType, body: AwardBody) -> bool {
    match body {
        AwardBody::Oscar => media == MediaType::Movie,
        AwardBody::Emmy => media == MediaType::Series,
        _ => true,
    }
}
