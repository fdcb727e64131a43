//! Which of the ratings and awards that were found a picture shows; pure.

use super::awards;
use super::ratings::{OrderSpec, order};
use crate::model::{Award, AwardBody, MediaType, Rating, RatingSource, Showing};
use crate::request::{AwardSet, RatingsPreference};

/// The ratings in the order they are drawn in, and the first award that may be shown and was won.
pub fn showing(
    (preference, awards): (&RatingsPreference, AwardSet),
    media: MediaType,
    ratings: &[Rating],
    won: &[Award],
) -> Showing {
    let exclude: Vec<RatingSource> = RatingSource::ALL
        .into_iter()
        .filter(|source| preference.exclude.contains(*source))
        .collect();
    let spec = OrderSpec {
        order: &preference.order,
        exclude: &exclude,
        limit: usize::from(preference.limit),
        only: preference.only,
    };
    let award = AwardBody::ALL.into_iter().find(|body| {
        can_win(media, *body) && awards.contains(*body) && awards::has_won(won, *body)
    });
    Showing { ratings: order(ratings, &spec), award }
}

/// Films have Oscars, series Emmys, whatever else they were given.
fn can_win(media: MediaType, body: AwardBody) -> bool {
    match body {
        AwardBody::Oscar => media == MediaType::Movie,
        AwardBody::Emmy => media == MediaType::Series,
        _ => true,
    }
}
