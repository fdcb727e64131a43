//! The rating providers, Fanart.tv and the lists from recordings.

use axum::http::Method;
use laurel::model::MediaType;
use serde_json::{Value, json};

use crate::recordings::{Recordings, TmdbTitle};
use crate::support::{Asked, Reply, Service, gzipped};

pub(crate) fn mdblist(all: &Recordings, rest: &str, asked: &Asked) -> Reply {
    let parts: Vec<&str> = rest.split('/').filter(|part| !part.is_empty()).collect();
    let found = |provider: &str, media: &str, id: &str| {
        let is = |body: &&Value| {
            let known = &body["ids"][provider];
            body["type"] == media
                && (known == id || known.as_u64().is_some_and(|number| number.to_string() == id))
        };
        all.mdblist.iter().find(is)
    };
    let unknown = || Reply::json(404, &json!({"error": "Item not found"}));
    match (&asked.method, parts.as_slice()) {
        (&Method::POST, [provider, media]) => {
            let body: Value = serde_json::from_slice(&asked.body).unwrap_or_default();
            let ids = body["ids"].as_array().cloned().unwrap_or_default();
            let texts = ids.iter().map(|id| id.as_str().map_or(id.to_string(), str::to_owned));
            let bodies: Vec<&Value> = texts.filter_map(|id| found(provider, media, &id)).collect();
            Reply::json(200, &json!(bodies))
        }
        (_, [provider, media, id]) => {
            found(provider, media, id).map_or_else(unknown, |body| Reply::json(200, body))
        }
        _ => unknown(),
    }
}

pub(crate) fn omdb(all: &Recordings, asked: &Asked) -> Reply {
    let id = asked.query("i").unwrap_or("");
    match all.omdb.iter().find(|body| !id.is_empty() && body["imdbID"] == id) {
        Some(body) => Reply::json(200, body),
        None => Reply::json(200, &json!({"Response": "False", "Error": "Incorrect IMDb ID."})),
    }
}

/// Recordings are named by Trakt's own words for titles (`show-game-of-thrones-ratings`); an IMDb
/// id is translated through the link in an answer or the name that TMDB gives the title.
pub(crate) fn trakt(all: &Recordings, rest: &str, asked: &Asked) -> Reply {
    let parts: Vec<&str> = rest.split('/').skip(1).collect();
    let body = match parts.as_slice() {
        ["movies", id, "ratings"] => trakt_title(all, "movie", id, None),
        ["shows", id, "ratings"] => trakt_title(all, "show", id, None),
        ["shows", id, "seasons", season, "episodes", number, "ratings"] => {
            let at = format!("s{season}e{number}");
            trakt_title(all, "episode", id, Some(&at))
        }
        _ => None,
    };
    match body {
        Some(body) if asked.query("extended") != Some("all") => {
            Reply::json(200, body.get("trakt").unwrap_or(body))
        }
        Some(body) => Reply::json(200, body),
        None => Reply::bytes("text/html", "").with_status(404),
    }
}

fn trakt_title<'a>(
    all: &'a Recordings,
    kind: &str,
    id: &str,
    at: Option<&str>,
) -> Option<&'a Value> {
    let slugs = if id.starts_with("tt") { slugs(all, id) } else { vec![id.to_owned()] };
    let middle = at.map(|at| format!("-{at}")).unwrap_or_default();
    let starts: Vec<String> =
        slugs.iter().map(|slug| format!("{kind}-{slug}{middle}-ratings")).collect();
    let named = |name: &str| starts.iter().any(|start| name.starts_with(start.as_str()));
    all.trakt.iter().find(|(name, _)| named(name)).map(|(_, body)| body)
}

/// The words that Trakt may have for a title: its name, with or without the year.
fn slugs(all: &Recordings, imdb: &str) -> Vec<String> {
    let linked = all.trakt.iter().find(|(name, body)| {
        let link = body["imdb"]["link"].as_str().unwrap_or("");
        name.starts_with("show-") && link.ends_with(imdb)
    });
    let linked = linked.and_then(|(name, _)| {
        Some(name.strip_prefix("show-")?.split_once("-ratings")?.0.to_owned())
    });
    let named = all.by_imdb(imdb).into_iter().flat_map(|(media, title)| named_slugs(media, title));
    linked.into_iter().chain(named).collect()
}

fn named_slugs(media: MediaType, title: &TmdbTitle) -> Vec<String> {
    let (name, day) = match media {
        MediaType::Movie => ("title", "release_date"),
        MediaType::Series => ("name", "first_air_date"),
    };
    let text = |field| title.fields.get(field).and_then(Value::as_str).unwrap_or("");
    let plain = text(name).to_lowercase();
    let words = plain.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let slug = words.collect::<Vec<_>>().join("-");
    let year = text(day).get(..4).unwrap_or("").to_owned();
    vec![format!("{slug}-{year}"), slug]
}

pub(crate) fn fanart(all: &Recordings, rest: &str) -> Reply {
    let parts: Vec<&str> = rest.split('/').skip(1).collect();
    let found = |kind: &str, id: &str| {
        all.fanart.iter().find(|(name, body)| {
            let by_name =
                name.strip_prefix(kind).is_some_and(|rest| rest.split('-').nth(1) == Some(id));
            let by_body =
                ["tmdb_id", "imdb_id", "thetvdb_id"].iter().any(|field| body[field] == id);
            by_name || (name.starts_with(kind) && by_body)
        })
    };
    let body = match parts.as_slice() {
        ["movies", id] => found("movie", id),
        ["tv", id] => found("tv", id),
        _ => None,
    };
    match body {
        Some((_, body)) => Reply::json(200, body),
        None => Reply::json(404, &json!({"status": "error", "error message": "Not found"})),
    }
}

/// Files by the name they are asked for: `ev0000003.yml` is recorded under a longer one, and a
/// data set in several pieces, which are joined and compressed.
pub(crate) fn list(all: &Recordings, service: Service, rest: &str) -> Reply {
    let wanted = rest.trim_start_matches('/');
    let reply = match service {
        Service::ImdbDatasets => wanted.strip_suffix(".gz").and_then(|table| {
            let text = joined_table(all, table)?;
            Some(Reply::bytes("binary/octet-stream", gzipped(text.as_bytes())))
        }),
        Service::Awards => {
            let event = wanted.trim_end_matches(".yml");
            file(all, "awards/", event).map(|bytes| Reply::bytes("text/plain", bytes.to_vec()))
        }
        _ => file(all, "anime/", "").map(|bytes| Reply::bytes("application/json", bytes.to_vec())),
    };
    let stamp = "Fri, 20 Nov 2026 00:00:00 GMT";
    reply.map_or_else(
        || Reply::bytes("text/plain", "404: Not Found").with_status(404),
        |reply| reply.with_header("last-modified", stamp),
    )
}

fn file<'a>(all: &'a Recordings, folder: &str, part: &str) -> Option<&'a [u8]> {
    let is = |name: &str| name.strip_prefix(folder).is_some_and(|name| name.contains(part));
    all.files.iter().find(|(name, _)| is(name)).map(|(_, bytes)| bytes.as_slice())
}

/// `title.ratings.tsv` from `title.ratings.first.tsv` and `title.ratings.slice.tsv`: one head.
fn joined_table(all: &Recordings, table: &str) -> Option<String> {
    let start = format!("imdb/{}.", table.strip_suffix(".tsv")?);
    let pieces = all.files.iter().filter(|(name, _)| name.starts_with(&start));
    let mut rows: Vec<String> = Vec::new();
    for (_, bytes) in pieces {
        let text = String::from_utf8_lossy(bytes);
        for row in text.lines().filter(|row| !row.is_empty()) {
            if !rows.iter().any(|known| key(known) == key(row)) {
                rows.push(row.to_owned());
            }
        }
    }
    (!rows.is_empty()).then(|| rows.join("\n") + "\n")
}

/// A row's title.
fn key(row: &str) -> &str {
    row.split('\t').next().unwrap_or("")
}
