//! OMDb: everything is text, and `N/A` is nothing. Shape: <https://www.omdbapi.com/>.

use std::collections::HashMap;

use axum::extract::Query;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::catalogue::{self, DemoEpisode, DemoTitle, Known};
use crate::model::MediaType;

pub(super) fn api() -> Router {
    Router::new().route("/omdb/", get(by_id))
}

/// "Unknown" comes with status 200, as at OMDb.
async fn by_id(Query(query): Query<HashMap<String, String>>) -> Json<Value> {
    let id = query.get("i").and_then(|id| id.parse().ok());
    Json(match id.and_then(catalogue::by_imdb) {
        Some(Known::Title(title)) => of_title(title),
        Some(Known::Episode(series, episode)) => of_episode(series, episode),
        None => json!({"Response": "False", "Error": "Incorrect IMDb ID."}),
    })
}

fn of_title(title: &DemoTitle) -> Value {
    let (kind, year) = match title.media {
        MediaType::Movie => ("movie", title.release_date.year.to_string()),
        // The dash without a second year: OMDb's way to write a series that still runs.
        MediaType::Series => ("series", format!("{}–", title.release_date.year)),
    };
    let value = |source: &str| title.rated(source).map(|rated| rated.value);
    let imdb = value("imdb").map(|value| format!("{value:.1}"));
    let critics = value("tomatoes").map(|value| format!("{value:.0}%"));
    let metascore = value("metacritic").map(|value| format!("{value:.0}"));
    let rows = [
        ("Internet Movie Database", imdb.as_ref().map(|text| format!("{text}/10"))),
        ("Rotten Tomatoes", critics),
        ("Metacritic", metascore.as_ref().map(|text| format!("{text}/100"))),
    ];
    let row = |(source, value): (&str, Option<String>)| {
        value.map(|value| json!({"Source": source, "Value": value}))
    };
    let votes = title.rated("imdb").map(|rated| thousands(rated.votes));
    json!({
        "Title": title.name,
        "Year": year,
        "Genre": title.genres.join(", "),
        "Plot": title.overview,
        "Awards": title.awards,
        "Poster": "N/A",
        "Ratings": rows.into_iter().filter_map(row).collect::<Vec<_>>(),
        "Metascore": or_none(metascore),
        "imdbRating": or_none(imdb),
        "imdbVotes": or_none(votes),
        "imdbID": title.imdb,
        "Type": kind,
        "Response": "True",
    })
}

fn of_episode(series: &DemoTitle, episode: &DemoEpisode) -> Value {
    let rating = format!("{:.1}", episode.rating);
    json!({
        "Title": episode.name,
        "Year": episode.air_date.year.to_string(),
        "Season": episode.number.season.to_string(),
        "Episode": episode.number.episode.to_string(),
        "Genre": series.genres.join(", "),
        "Awards": "N/A",
        "Poster": "N/A",
        "Ratings": [{"Source": "Internet Movie Database", "Value": format!("{rating}/10")}],
        "Metascore": "N/A",
        "imdbRating": rating,
        "imdbVotes": thousands(episode.votes),
        "imdbID": episode.imdb,
        "seriesID": series.imdb,
        "Type": "episode",
        "Response": "True",
    })
}

fn or_none(text: Option<String>) -> String {
    text.unwrap_or_else(|| "N/A".to_owned())
}

/// `612480` as OMDb writes it: `612,480`.
fn thousands(number: u32) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
