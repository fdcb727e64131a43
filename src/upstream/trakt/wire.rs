//! Trakt's JSON, and what it means.

use serde::Deserialize;

use crate::model::{RatingSource, RawRating};
use crate::upstream::lenient::{Number, Part, Text};

/// Both shapes of a ratings answer: Trakt's own numbers at the top, or (with
/// `extended=all`) one object per source.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Body {
    #[serde(flatten)]
    own: Row,
    trakt: Part<Row>,
    tmdb: Part<Row>,
    imdb: Part<Row>,
    metascore: Part<Row>,
    rotten_tomatoes: Part<Tomatoes>,
    letterboxd: Part<Row>,
    mal: Part<Row>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Row {
    rating: Number,
    votes: Number,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Tomatoes {
    rating: Number,
    user_rating: Number,
    /// `certified`, `fresh`, `rotten`; often null.
    state: Text,
    /// `certified`, `upright`, `spilled`; often null.
    user_state: Text,
}

/// At most one rating per source.
pub(super) fn ratings(body: &Body) -> Vec<RawRating> {
    let Part(nested) = &body.trakt;
    let own = if nested.rating.positive().is_some() { nested } else { &body.own };
    let Part(tomatoes) = &body.rotten_tomatoes;
    let row = |source, row: &Row| {
        let value = row.rating.positive()?;
        Some(RawRating::new(source, value, row.votes.count()))
    };
    let out_of_ten = |source, row: &Row| {
        let value = row.rating.positive()?;
        Some(RawRating::out_of_ten(source, value, row.votes.count()))
    };
    let tomato = |source, value: Number, state: &Text| {
        let certified = state.get().is_some_and(|state| state.starts_with("certified"));
        Some(RawRating { certified, ..RawRating::new(source, value.positive()?, None) })
    };
    [
        out_of_ten(RatingSource::Trakt, own),
        out_of_ten(RatingSource::Tmdb, &body.tmdb.0),
        row(RatingSource::Imdb, &body.imdb.0),
        row(RatingSource::Metacritic, &body.metascore.0),
        tomato(RatingSource::RottenTomatoes, tomatoes.rating, &tomatoes.state),
        tomato(RatingSource::RottenTomatoesAudience, tomatoes.user_rating, &tomatoes.user_state),
        letterboxd(&body.letterboxd.0),
        row(RatingSource::MyAnimeList, &body.mal.0),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Out of 5 as at Letterboxd; a value above that can only be out of 10.
fn letterboxd(row: &Row) -> Option<RawRating> {
    let value = row.rating.positive()?;
    let value = if value > 5.0 { value / 2.0 } else { value };
    Some(RawRating::new(RatingSource::Letterboxd, value, row.votes.count()))
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
