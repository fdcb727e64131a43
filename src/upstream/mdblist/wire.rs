//! MDBList's JSON, and what it means.

use serde::Deserialize;
use serde_json::Value;

use super::MdblistTitle;
use crate::model::{ImdbId, MediaType, RatingSource, RawRating, Scale, TitleIds, TmdbId, TvdbId};
use crate::upstream::lenient::{Number, Object, Part, Rows, Text};
use crate::upstream::refusal::Refusal;

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Body {
    #[serde(rename = "type")]
    kind: Text,
    ids: Part<Ids>,
    /// MDBList's own score, 0 to 100; 0 or null when it has too little to go by.
    score: Number,
    ratings: Rows<Row>,
    /// Only with `append_to_response=keyword`.
    keywords: Rows<Value>,
    /// Errors come with status 200, too.
    error: Text,
    /// `false` in error bodies, absent in good ones.
    response: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Ids {
    imdb: Text,
    tmdb: Number,
    tvdb: Number,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Row {
    source: Text,
    /// On the source's scale, or on a multiple of it: see [`own_scale`].
    value: Number,
    /// The same out of 100.
    score: Number,
    votes: Number,
}

/// Reads the answer to a question for one title.
pub(super) fn title(body: &Body, asked: MediaType) -> Result<MdblistTitle, Refusal> {
    let title = read(body)?;
    // A film's id asked for as a series must not lend its ratings to another title.
    match title.media {
        Some(media) if media != asked => Err(Refusal::UnknownTitle),
        _ => Ok(title),
    }
}

/// Reads the answer to a question for many titles: a list, in no set order, of
/// those that MDBList knows. An error comes as a single object instead, and is
/// found by [`refusal_in`].
pub(super) fn batch(Rows(bodies): &Rows<Object<Body>>, asked: MediaType) -> Vec<MdblistTitle> {
    bodies.iter().filter_map(|Object(body)| title(body, asked).ok()).collect()
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

fn read(body: &Body) -> Result<MdblistTitle, Refusal> {
    if let Some(refusal) = refusal(body) {
        return Err(refusal);
    }
    let Part(ids) = &body.ids;
    let mut title = MdblistTitle {
        media: media(&body.kind),
        ids: TitleIds {
            imdb: ids.imdb.get().and_then(|id| id.parse::<ImdbId>().ok()),
            tmdb: ids.tmdb.count().and_then(TmdbId::new),
            tvdb: ids.tvdb.count().and_then(TvdbId::new),
        },
        ratings: ratings(body),
    };
    if let Some(score) = body.score.positive() {
        title.ratings.push(RawRating::new(RatingSource::MdbList, score, None));
    }
    Ok(title)
}

fn media(kind: &Text) -> Option<MediaType> {
    match kind.get()? {
        "movie" => Some(MediaType::Movie),
        "show" => Some(MediaType::Series),
        _ => None,
    }
}

/// At most one rating per source: `popcorn` and the older `tomatoesaudience`
/// are the same thing and could both be there.
fn ratings(body: &Body) -> Vec<RawRating> {
    let Rows(keywords) = &body.keywords;
    let tagged =
        |tag| keywords.iter().filter_map(keyword).any(|word| word.eq_ignore_ascii_case(tag));
    let mut ratings: Vec<RawRating> = Vec::new();
    for row in &body.ratings.0 {
        let Some(source) = row.source.get().and_then(source) else {
            continue;
        };
        let Some(value) = own_scale(source, row.value.positive(), row.score.positive()) else {
            continue;
        };
        if ratings.iter().any(|rating| rating.source == source) {
            continue;
        }
        let certified = match source {
            RatingSource::RottenTomatoes => tagged("certified-fresh"),
            RatingSource::RottenTomatoesAudience => tagged("certified-hot"),
            _ => false,
        };
        ratings.push(RawRating { source, value, votes: row.votes.count(), certified });
    }
    ratings
}

/// Keywords are objects with a `name`; older bodies have `title` or plain text.
fn keyword(value: &Value) -> Option<&str> {
    let named = || value.get("name").or_else(|| value.get("title"))?.as_str();
    value.as_str().or_else(named).map(|word| word.trim_start_matches("mdblist."))
}

fn source(word: &str) -> Option<RatingSource> {
    Some(match word.to_ascii_lowercase().as_str() {
        "imdb" => RatingSource::Imdb,
        "tmdb" => RatingSource::Tmdb,
        "tomatoes" => RatingSource::RottenTomatoes,
        "popcorn" | "tomatoesaudience" | "audience" => RatingSource::RottenTomatoesAudience,
        "metacritic" => RatingSource::Metacritic,
        "trakt" => RatingSource::Trakt,
        "letterboxd" => RatingSource::Letterboxd,
        "myanimelist" | "mal" => RatingSource::MyAnimeList,
        "rogerebert" => RatingSource::RogerEbert,
        // `metacriticuser` among them: nobody draws it.
        _ => return None,
    })
}

/// The value on the source's own scale.
///
/// MDBList writes a `value` on the source's scale, except where it does not:
/// Letterboxd is seen out of 5 and out of 10, TMDB out of 10 and out of 100.
/// `score` is always out of 100, so the scale is the one on which both agree
/// best. Without a score the smallest usual scale that holds the value is
/// taken; without a value the score is scaled down.
fn own_scale(source: RatingSource, value: Option<f64>, score: Option<f64>) -> Option<f64> {
    let top = source.scale().top();
    let written_in = match (value, score) {
        (None, None) => return None,
        (None, Some(score)) => return Some(score / 100.0 * top),
        (Some(value), Some(score)) => {
            let off = |scale: &f64| (value / scale * 100.0 - score).abs();
            [top, 5.0, 10.0, 100.0].into_iter().min_by(|a, b| off(a).total_cmp(&off(b)))
        }
        (Some(value), None) => usual_scales(source).iter().copied().find(|scale| value <= *scale),
    };
    Some(value? * top / written_in?)
}

/// Scales in which a value without a score may be written, smallest first.
fn usual_scales(source: RatingSource) -> &'static [f64] {
    match source.scale() {
        Scale::OneDecimal { top: 4 } => &[4.0],
        Scale::OneDecimal { top: 5 } => &[5.0, 10.0, 100.0],
        Scale::OneDecimal { .. } | Scale::TwoDecimals { .. } => &[10.0, 100.0],
        // A film can have 8 % at Rotten Tomatoes, but not at TMDB or Trakt.
        Scale::Percent if matches!(source, RatingSource::Tmdb | RatingSource::Trakt) => {
            &[10.0, 100.0]
        }
        Scale::Percent | Scale::Points => &[100.0],
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
