//! Trakt's JSON, and what it means.

use serde::Deserialize;

use crate::model::{RatingSource, RawRating};
use crate::upstream::figure::Figure;
use crate::upstream::loose::{Loose, Part};

/// Both shapes of a ratings answer: Trakt's own numbers at the top, or (with
/// `extended=all`) one object per source.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct TraktRatings {
    #[serde(flatten)]
    own: TraktRating,
    trakt: Part<TraktRating>,
    tmdb: Part<TraktRating>,
    imdb: Part<TraktRating>,
    metascore: Part<TraktRating>,
    rotten_tomatoes: Part<Tomatoes>,
    letterboxd: Part<TraktRating>,
    mal: Part<TraktRating>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct TraktRating {
    rating: Figure,
    votes: Figure,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Tomatoes {
    rating: Figure,
    user_rating: Figure,
    /// `certified`, `fresh`, `rotten`; often null.
    state: Loose,
    /// `certified`, `upright`, `spilled`; often null.
    user_state: Loose,
}

/// At most one rating per source.
pub(super) fn ratings(body: &TraktRatings) -> Vec<RawRating> {
    let trakt = body.trakt.0.as_ref().unwrap_or(&body.own);
    let none = Tomatoes::default();
    let tomatoes = body.rotten_tomatoes.0.as_ref().unwrap_or(&none);
    let row = |source, row: Option<&TraktRating>| {
        let row = row?;
        let value = row.rating.positive()?;
        Some(RawRating::new(source, value, row.votes.count()))
    };
    let out_of_ten = |source, row: Option<&TraktRating>| {
        let row = row?;
        let value = row.rating.positive()?;
        Some(RawRating::out_of_ten(source, value, row.votes.count()))
    };
    let tomato = |source, value: Figure, state: &Loose| {
        let certified = state.text().is_some_and(|state| state.starts_with("certified"));
        Some(RawRating { certified, ..RawRating::new(source, value.positive()?, None) })
    };
    [
        out_of_ten(RatingSource::Trakt, Some(trakt)),
        out_of_ten(RatingSource::Tmdb, body.tmdb.0.as_ref()),
        row(RatingSource::Imdb, body.imdb.0.as_ref()),
        row(RatingSource::Metacritic, body.metascore.0.as_ref()),
        tomato(RatingSource::RottenTomatoes, tomatoes.rating, &tomatoes.state),
        tomato(RatingSource::RottenTomatoesAudience, tomatoes.user_rating, &tomatoes.user_state),
        letterboxd(body.letterboxd.0.as_ref()),
        row(RatingSource::MyAnimeList, body.mal.0.as_ref()),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Out of 5 as at Letterboxd; a value above that can only be out of 10.
fn letterboxd(row: Option<&TraktRating>) -> Option<RawRating> {
    let row = row?;
    let value = row.rating.positive()?;
    let value = if value > 5.0 { value / 2.0 } else { value };
    Some(RawRating::new(RatingSource::Letterboxd, value, row.votes.count()))
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
