//! MDBList's JSON, and what it means.

use serde::Deserialize;
use serde_json::Value;

use super::MdblistTitle;
use crate::model::{ImdbId, MediaType, RatingSource, RawRating, Scale, TitleIds, TmdbId, TvdbId};
use crate::upstream::figure::Figure;
use crate::upstream::loose::{Loose, Many, Part};
use crate::upstream::refusal::Refusal;

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct MdblistAnswer {
    #[serde(rename = "type")]
    kind: Loose,
    ids: Part<Ids>,
    /// MDBList's own score, 0 to 100; 0 or null when it has too little to go by.
    score: Figure,
    ratings: Many<MdblistRating>,
    /// Only with `append_to_response=keyword`.
    keywords: Many<Keyword>,
    /// Whether `age_rating` is Common Sense Media's; otherwise it only restates the certificate.
    commonsense: Value,
    age_rating: Loose,
    /// Errors come with status 200, too.
    error: Loose,
    /// `false` in error bodies, absent in good ones.
    response: Value,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Ids {
    imdb: Loose,
    tmdb: Loose,
    tvdb: Loose,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct MdblistRating {
    source: Loose,
    /// On the source's scale, or on a multiple of it: see [`own_scale`].
    value: Figure,
    /// The same out of 100.
    score: Figure,
    votes: Figure,
}

/// MDBList's own tags among the keywords tell what Rotten Tomatoes certified.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Keyword {
    name: Loose,
}

/// Reads the answer to a question for one title.
pub(super) fn title(body: &MdblistAnswer, asked: MediaType) -> Result<MdblistTitle, Refusal> {
    let title = read(body)?;
    // A film's id asked for as a series must not lend its ratings to another title.
    match title.media {
        Some(media) if media != asked => Err(Refusal::UnknownTitle),
        _ => Ok(title),
    }
}

/// The answer to a question for many titles.
pub(super) struct Batch {
    /// In no set order: those that MDBList knows.
    pub(super) titles: Vec<MdblistTitle>,
    /// Everything in the answer could be read.
    pub(super) is_whole: bool,
}

/// Reads the answer to a question for many titles. An error comes as a single object
/// instead of a list, and is found by [`refusal_in`].
pub(super) fn batch(bodies: &[Part<MdblistAnswer>], asked: MediaType) -> Batch {
    let mut batch = Batch { titles: Vec::with_capacity(bodies.len()), is_whole: true };
    for Part(body) in bodies {
        match body.as_ref().map(|body| title(body, asked)) {
            Some(Ok(title)) => batch.titles.push(title),
            Some(Err(Refusal::UnknownTitle)) => {}
            Some(Err(_)) | None => batch.is_whole = false,
        }
    }
    batch
}

/// The refusal in an error body, whatever its status was.
pub(super) fn refusal_in(body: &[u8]) -> Option<Refusal> {
    let Part(body) = serde_json::from_slice(body).ok()?;
    refusal(&body?)
}

/// Years, up to 18.
fn common_sense_age(body: &MdblistAnswer) -> Option<u8> {
    let age = body.age_rating.whole().filter(|age| (1..=18).contains(age))?;
    (body.commonsense == true).then(|| u8::try_from(age).ok()).flatten()
}

fn refusal(body: &MdblistAnswer) -> Option<Refusal> {
    let failed = body.response == false || body.response == "False";
    match body.error.text() {
        Some(error) => Some(Refusal::of(error)),
        None if failed => Some(Refusal::Unreadable),
        None => None,
    }
}

fn read(body: &MdblistAnswer) -> Result<MdblistTitle, Refusal> {
    if let Some(refusal) = refusal(body) {
        return Err(refusal);
    }
    let none = Ids::default();
    let ids = body.ids.0.as_ref().unwrap_or(&none);
    let mut title = MdblistTitle {
        media: media(&body.kind),
        ids: TitleIds {
            imdb: ids.imdb.text().and_then(|id| id.parse::<ImdbId>().ok()),
            tmdb: ids.tmdb.whole().and_then(TmdbId::new),
            tvdb: ids.tvdb.whole().and_then(TvdbId::new),
        },
        ratings: ratings(body),
        common_sense_age: common_sense_age(body),
    };
    if let Some(score) = body.score.positive() {
        title.ratings.push(RawRating::new(RatingSource::MdbList, score, None));
    }
    Ok(title)
}

fn media(kind: &Loose) -> Option<MediaType> {
    match kind.text()? {
        "movie" => Some(MediaType::Movie),
        "show" => Some(MediaType::Series),
        _ => None,
    }
}

/// At most one rating per source: `popcorn` and the older `tomatoesaudience`
/// are the same thing and could both be there.
fn ratings(body: &MdblistAnswer) -> Vec<RawRating> {
    let tags = || body.keywords.0.iter().filter_map(|keyword| keyword.name.text());
    let tagged = |tag| tags().any(|name| name.trim_start_matches("mdblist.") == tag);
    let mut ratings: Vec<RawRating> = Vec::new();
    for row in &body.ratings.0 {
        let Some(source) = row.source.text().and_then(source) else {
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
