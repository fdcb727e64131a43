//! TMDB's API from recordings.

use serde_json::{Map, Value, json};

use crate::recordings::{Recordings, TmdbTitle};
use crate::support::{Asked, Reply};

/// What may be appended to details, and what it is when nobody recorded it.
fn appended_default(part: &str) -> Option<Value> {
    Some(match part {
        "images" => json!({"posters": [], "backdrops": [], "logos": [], "stills": []}),
        "external_ids" => json!({"imdb_id": null, "tvdb_id": null}),
        "release_dates" | "content_ratings" => json!({"results": []}),
        "keywords" => json!({"keywords": []}),
        "credits" => json!({"cast": [], "crew": []}),
        _ => return None,
    })
}

const PARTS: [&str; 6] =
    ["images", "external_ids", "release_dates", "content_ratings", "keywords", "credits"];

/// Answers a path below `/3`.
pub(crate) fn answer(all: &Recordings, rest: &str, asked: &Asked) -> Reply {
    let parts: Vec<&str> = rest.split('/').skip(1).collect();
    let title = |word: &str, id: &str| {
        let id = id.parse().ok()?;
        let word = if word == "movie" { "movie" } else { "tv" };
        all.tmdb.get(&(word, id))
    };
    let body = match parts.as_slice() {
        ["configuration"] => Some(all.configuration.clone()),
        ["find", id] => Some(find(all, id, asked.query("external_source").unwrap_or(""))),
        [word @ ("movie" | "tv"), id] => {
            title(word, id).filter(|t| t.has_details()).map(|t| with_parts(&t.fields, asked))
        }
        ["tv", id, "season", season, "episode", number] => title("tv", id)
            .and_then(|title| title.episodes.get(&(season.parse().ok()?, number.parse().ok()?)))
            .map(|fields| with_parts(&named(fields, season, number), asked)),
        [word @ ("movie" | "tv"), id, part] => {
            title(word, id).and_then(|title| title.fields.get(*part).cloned())
        }
        ["tv", id, "season", season, "episode", number, part] => title("tv", id)
            .and_then(|title| title.episodes.get(&(season.parse().ok()?, number.parse().ok()?)))
            .and_then(|fields| fields.get(*part).cloned()),
        _ => None,
    };
    match body {
        Some(body) => Reply::json(200, &body),
        None => Reply::json(
            404,
            &json!({
                "success": false, "status_code": 34,
                "status_message": "The resource you requested could not be found.",
            }),
        ),
    }
}

/// An episode of which only parts were recorded still is that episode.
fn named(fields: &Map<String, Value>, season: &str, number: &str) -> Map<String, Value> {
    let mut fields = fields.clone();
    let missing = |fields: &Map<String, Value>, name: &str| !fields.contains_key(name);
    for (name, text) in [("season_number", season), ("episode_number", number), ("id", "1")] {
        if missing(&fields, name) {
            fields.insert(name.to_owned(), json!(text.parse::<u32>().unwrap_or(1)));
        }
    }
    fields
}

/// The details with what `append_to_response` names, and nothing else that can be appended.
fn with_parts(fields: &Map<String, Value>, asked: &Asked) -> Value {
    let wanted: Vec<&str> = asked.query("append_to_response").unwrap_or("").split(',').collect();
    let mut body = fields.clone();
    for part in PARTS {
        if !wanted.contains(&part) {
            body.remove(part);
        } else if let (false, Some(empty)) = (body.contains_key(part), appended_default(part)) {
            body.insert(part.to_owned(), empty);
        }
    }
    if let (Some(ids), Some(imdb)) = (body.get("external_ids"), fields.get("imdb_id"))
        && ids["imdb_id"].is_null()
    {
        let imdb = imdb.clone();
        body["external_ids"]["imdb_id"] = imdb;
    }
    filter_languages(&mut body, asked);
    Value::Object(body)
}

/// TMDB leaves out pictures of other languages where languages are given.
fn filter_languages(body: &mut Map<String, Value>, asked: &Asked) {
    let included = asked.query("include_image_language").or(asked.query("language"));
    let (Some(list), Some(Value::Object(images))) = (included, body.get_mut("images")) else {
        return;
    };
    let code = |text: &str| text.split('-').next().unwrap_or("").to_owned();
    let wanted: Vec<String> = list.split(',').map(code).collect();
    for rows in images.values_mut().filter_map(Value::as_array_mut) {
        rows.retain(|row| wanted.contains(&row["iso_639_1"].as_str().unwrap_or("null").to_owned()));
    }
}

/// As recorded, or made from the details of whatever has the id.
fn find(all: &Recordings, id: &str, source: &str) -> Value {
    if let Some(recorded) = all.finds.get(&(id.to_owned(), source.to_owned())) {
        return recorded.clone();
    }
    let is = |fields: &Map<String, Value>| {
        let ids = fields.get("external_ids");
        match source {
            "imdb_id" => {
                let own = fields.get("imdb_id").and_then(Value::as_str) == Some(id);
                own || ids.is_some_and(|ids| ids["imdb_id"] == id)
            }
            "tvdb_id" => {
                let tvdb = ids.and_then(|ids| ids["tvdb_id"].as_u64());
                tvdb.is_some_and(|number| number.to_string() == id)
            }
            _ => false,
        }
    };
    let titles = |wanted: &str| -> Vec<Value> {
        let found = all.tmdb.iter().filter(|((word, _), title)| {
            *word == wanted && title.has_details() && is(&title.fields)
        });
        found.map(|(_, title)| summary(title)).collect()
    };
    let episodes = all.tmdb.iter().flat_map(|((_, show), title)| {
        let found = title.episodes.iter().filter(|(_, fields)| is(fields));
        found.map(move |((season, number), fields)| {
            let mut fields = named(fields, &season.to_string(), &number.to_string());
            fields.retain(|name, _| !PARTS.contains(&name.as_str()));
            fields.insert("show_id".to_owned(), json!(show));
            Value::Object(fields)
        })
    });
    json!({
        "movie_results": titles("movie"), "person_results": [], "tv_results": titles("tv"),
        "tv_episode_results": episodes.collect::<Vec<_>>(), "tv_season_results": [],
    })
}

/// The fields that lists hold of a title.
fn summary(title: &TmdbTitle) -> Value {
    const FIELDS: [&str; 14] = [
        "id",
        "title",
        "name",
        "original_title",
        "original_name",
        "original_language",
        "poster_path",
        "backdrop_path",
        "release_date",
        "first_air_date",
        "vote_average",
        "vote_count",
        "popularity",
        "adult",
    ];
    let known = FIELDS
        .iter()
        .filter_map(|name| Some(((*name).to_owned(), title.fields.get(*name)?.clone())));
    Value::Object(known.collect())
}
