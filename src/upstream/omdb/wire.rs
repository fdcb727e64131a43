//! OMDb's JSON, and what it means. Everything in it is text; `N/A` is nothing.

use serde::Deserialize;

use super::{OmdbKind, OmdbTitle};
use crate::model::{ImdbId, RatingSource, RawRating};
use crate::upstream::lenient::{Number, Object, Rows, Text};
use crate::upstream::refusal::Refusal;

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct Body {
    response: Text,
    error: Text,
    #[serde(rename = "Type")]
    kind: Text,
    #[serde(rename = "imdbID")]
    imdb_id: Text,
    /// Of episodes only.
    #[serde(rename = "seriesID")]
    series_id: Text,
    awards: Text,
    #[serde(rename = "imdbRating")]
    imdb_rating: Number,
    #[serde(rename = "imdbVotes")]
    imdb_votes: Number,
    metascore: Number,
    /// Absent from older answers and from some series.
    ratings: Rows<Row>,
    /// The `tomato…` fields are older; since 2017 they are `N/A`.
    #[serde(rename = "tomatoMeter")]
    tomato_meter: Number,
    #[serde(rename = "tomatoReviews")]
    tomato_reviews: Number,
    /// `certified`, `fresh` or `rotten`.
    #[serde(rename = "tomatoImage")]
    tomato_image: Text,
    #[serde(rename = "tomatoUserMeter")]
    tomato_user_meter: Number,
    #[serde(rename = "tomatoUserReviews")]
    tomato_user_reviews: Number,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Row {
    source: Text,
    /// `8.1/10`, `97%`, `74/100`.
    value: Number,
}

/// The refusal in an error body, whatever its status was.
pub(super) fn refusal_in(body: &[u8]) -> Option<Refusal> {
    serde_json::from_slice(body).ok().and_then(|Object(body)| refusal(&body))
}

fn refusal(body: &Body) -> Option<Refusal> {
    let failed = body.response.get().is_some_and(|text| text.eq_ignore_ascii_case("false"));
    match body.error.get() {
        Some(error) => Some(Refusal::of(error)),
        None if failed => Some(Refusal::Unreadable),
        None => None,
    }
}

pub(super) fn title(body: &Body) -> Result<OmdbTitle, Refusal> {
    if let Some(refusal) = refusal(body) {
        return Err(refusal);
    }
    Ok(OmdbTitle {
        kind: kind(&body.kind),
        imdb: body.imdb_id.get().and_then(|id| id.parse::<ImdbId>().ok()),
        series: body.series_id.get().and_then(|id| id.parse::<ImdbId>().ok()),
        ratings: ratings(body),
        awards: body.awards.get().map(str::to_owned),
    })
}

fn kind(text: &Text) -> Option<OmdbKind> {
    Some(match text.get()? {
        "movie" => OmdbKind::Movie,
        "series" => OmdbKind::Series,
        "episode" => OmdbKind::Episode,
        _ => return None,
    })
}

fn ratings(body: &Body) -> Vec<RawRating> {
    let row = |source: &str| {
        let Rows(rows) = &body.ratings;
        rows.iter().find(|row| row.source.get() == Some(source))?.value.positive()
    };
    let rating = |source, value: Option<f64>, votes: Number| {
        value.map(|value| RawRating::new(source, value, votes.count()))
    };
    let imdb = body.imdb_rating.positive().or_else(|| row("Internet Movie Database"));
    let critics = row("Rotten Tomatoes").or_else(|| body.tomato_meter.positive());
    let metacritic = row("Metacritic").or_else(|| body.metascore.positive());
    let audience = body.tomato_user_meter.positive();
    let certified = body.tomato_image.get() == Some("certified");
    [
        rating(RatingSource::Imdb, imdb, body.imdb_votes),
        rating(RatingSource::RottenTomatoes, critics, body.tomato_reviews)
            .map(|rating| RawRating { certified, ..rating }),
        rating(RatingSource::Metacritic, metacritic, Number::default()),
        rating(RatingSource::RottenTomatoesAudience, audience, body.tomato_user_reviews),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
