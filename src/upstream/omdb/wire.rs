//! OMDb's JSON, and what it means. Everything in it is text; `N/A` is nothing.

use serde::Deserialize;

use super::{OmdbKind, OmdbTitle};
use crate::model::{ImdbId, RatingSource, RawRating};
use crate::upstream::figure::Figure;
use crate::upstream::loose::{Loose, Many, Part};
use crate::upstream::refusal::Refusal;

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct OmdbAnswer {
    response: Loose,
    error: Loose,
    #[serde(rename = "Type")]
    kind: Loose,
    #[serde(rename = "imdbID")]
    imdb_id: Loose,
    /// Of episodes only.
    #[serde(rename = "seriesID")]
    series_id: Loose,
    awards: Loose,
    #[serde(rename = "imdbRating")]
    imdb_rating: Figure,
    #[serde(rename = "imdbVotes")]
    imdb_votes: Figure,
    metascore: Figure,
    /// Absent from older answers and from some series.
    ratings: Many<OmdbRating>,
    /// The `tomato…` fields are older; since 2017 they are `N/A`.
    #[serde(rename = "tomatoMeter")]
    tomato_meter: Figure,
    #[serde(rename = "tomatoReviews")]
    tomato_reviews: Figure,
    /// `certified`, `fresh` or `rotten`.
    #[serde(rename = "tomatoImage")]
    tomato_image: Loose,
    #[serde(rename = "tomatoUserMeter")]
    tomato_user_meter: Figure,
    #[serde(rename = "tomatoUserReviews")]
    tomato_user_reviews: Figure,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct OmdbRating {
    source: Loose,
    /// `8.1/10`, `97%`, `74/100`.
    value: Figure,
}

/// The refusal in an error body, whatever its status was.
pub(super) fn refusal_in(body: &[u8]) -> Option<Refusal> {
    let Part(body) = serde_json::from_slice(body).ok()?;
    refusal(&body?)
}

fn refusal(body: &OmdbAnswer) -> Option<Refusal> {
    let failed = body.response.text() == Some("False");
    match body.error.text() {
        Some(error) => Some(Refusal::of(error)),
        None if failed => Some(Refusal::Unreadable),
        None => None,
    }
}

pub(super) fn title(body: &OmdbAnswer) -> Result<OmdbTitle, Refusal> {
    if let Some(refusal) = refusal(body) {
        return Err(refusal);
    }
    Ok(OmdbTitle {
        kind: kind(&body.kind),
        imdb: given(&body.imdb_id).and_then(|id| id.parse::<ImdbId>().ok()),
        series: given(&body.series_id).and_then(|id| id.parse::<ImdbId>().ok()),
        ratings: ratings(body),
        awards: given(&body.awards).map(str::to_owned),
    })
}

/// OMDb writes `N/A` for nothing.
fn given(text: &Loose) -> Option<&str> {
    text.text().filter(|text| *text != "N/A")
}

fn kind(text: &Loose) -> Option<OmdbKind> {
    Some(match text.text()? {
        "movie" => OmdbKind::Movie,
        "series" => OmdbKind::Series,
        "episode" => OmdbKind::Episode,
        _ => return None,
    })
}

fn ratings(body: &OmdbAnswer) -> Vec<RawRating> {
    let row = |source: &str| {
        let Many(rows) = &body.ratings;
        rows.iter().find(|row| row.source.text() == Some(source))?.value.positive()
    };
    let rating = |source, value: Option<f64>, votes: Figure| {
        value.map(|value| RawRating::new(source, value, votes.count()))
    };
    let imdb = body.imdb_rating.positive().or_else(|| row("Internet Movie Database"));
    let critics = row("Rotten Tomatoes").or_else(|| body.tomato_meter.positive());
    let metacritic = row("Metacritic").or_else(|| body.metascore.positive());
    let audience = body.tomato_user_meter.positive();
    let certified = body.tomato_image.text() == Some("certified");
    [
        rating(RatingSource::Imdb, imdb, body.imdb_votes),
        rating(RatingSource::RottenTomatoes, critics, body.tomato_reviews)
            .map(|rating| RawRating { certified, ..rating }),
        rating(RatingSource::Metacritic, metacritic, Figure::default()),
        rating(RatingSource::RottenTomatoesAudience, audience, body.tomato_user_reviews),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
