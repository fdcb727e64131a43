//! MDBList, OMDb, Trakt and Fanart.tv.

use axum::http::Method;
use laurel::model::{ArtworkKind, MediaType};
use serde_json::{Value, json};

use super::http::{Asked, Reply};
use super::pictures::FakePicture;
use super::titles::{FakeTitle, imdb_id};

fn missing(key: Option<&str>) -> bool {
    matches!(key, None | Some("" | "bad-key"))
}

pub(super) fn mdblist(titles: &[FakeTitle], rest: &str, asked: &Asked) -> Reply {
    if missing(asked.query("apikey")) {
        return Reply::json(401, &json!({"error": "Invalid API key!"}));
    }
    let parts: Vec<&str> = rest.split('/').filter(|part| !part.is_empty()).collect();
    let found = |provider: &str, media: &str, id: &str| {
        let is = |title: &&FakeTitle| {
            let known_as = match provider {
                "imdb" => title.imdb_id(),
                "tmdb" => Some(title.tmdb.to_string()),
                _ => None,
            };
            title.media.show_path() == media && known_as.as_deref() == Some(id)
        };
        titles.iter().find(is).and_then(mdblist_body)
    };
    match (&asked.method, parts.as_slice()) {
        (&Method::GET, [provider, media, id]) => match found(provider, media, id) {
            Some(body) => Reply::json(200, &body),
            None => Reply::json(404, &json!({"error": "Item not found"})),
        },
        (&Method::POST, [provider, media]) => {
            let body: Value = serde_json::from_slice(&asked.body).unwrap_or_default();
            let ids = body["ids"].as_array().cloned().unwrap_or_default();
            let texts = ids.iter().map(|id| id.as_str().map_or(id.to_string(), str::to_owned));
            let bodies: Vec<Value> = texts.filter_map(|id| found(provider, media, &id)).collect();
            Reply::json(200, &json!(bodies))
        }
        _ => Reply::json(404, &json!({"error": "Item not found"})),
    }
}

fn mdblist_body(title: &FakeTitle) -> Option<Value> {
    let ids = json!({
        "imdb": title.imdb_id(), "tmdb": title.tmdb, "tvdb": title.tvdb, "mal": null,
    });
    let base = json!({"title": title.name, "type": title.media.show_path(), "ids": ids});
    Some(joined(base, title.mdblist.as_ref()?))
}

pub(super) fn omdb(titles: &[FakeTitle], asked: &Asked) -> Reply {
    let no =
        |status, error: &str| Reply::json(status, &json!({"Response": "False", "Error": error}));
    match asked.query("apikey") {
        None | Some("") => return no(401, "No API key provided."),
        Some("bad-key") => return no(401, "Invalid API key!"),
        Some(_) => {}
    }
    let id = asked.query("i").unwrap_or("");
    titles
        .iter()
        .find_map(|title| omdb_body(title, id))
        .map_or_else(|| no(200, "Incorrect IMDb ID."), |body| Reply::json(200, &body))
}

fn omdb_body(title: &FakeTitle, id: &str) -> Option<Value> {
    let base = |kind: &str, name: &str| json!({"Title": name, "imdbID": id, "Type": kind, "Response": "True"});
    if title.imdb_id().as_deref() == Some(id) {
        let kind = match title.media {
            MediaType::Movie => "movie",
            MediaType::Series => "series",
        };
        return Some(joined(base(kind, &title.name), title.omdb.as_ref()?));
    }
    let episode = title.episodes.iter().find(|episode| episode.imdb_id().as_deref() == Some(id))?;
    let numbers = json!({
        "Season": episode.season.to_string(), "Episode": episode.number.to_string(),
        "seriesID": title.imdb.map(imdb_id),
    });
    Some(joined(joined(base("episode", &episode.name), &numbers), episode.omdb.as_ref()?))
}

pub(super) fn trakt(titles: &[FakeTitle], rest: &str, asked: &Asked) -> Reply {
    let agent = asked.header("user-agent").is_some_and(|agent| !agent.is_empty());
    let version = asked.header("trakt-api-version") == Some("2");
    if missing(asked.header("trakt-api-key")) || !agent || !version {
        return Reply::bytes("text/html", "<h1>Forbidden</h1>").with_status(403);
    }
    let parts: Vec<&str> = rest.split('/').skip(1).collect();
    let title = |word: &str, id: &str| {
        let is = |t: &&FakeTitle| {
            t.imdb_id().as_deref() == Some(id) && format!("{}s", t.media.show_path()) == word
        };
        titles.iter().find(is)
    };
    let body = match parts.as_slice() {
        [word, id, "ratings"] => title(word, id).and_then(|title| title.trakt.clone()),
        ["shows", id, "seasons", season, "episodes", number, "ratings"] => {
            let at = (season.parse::<u16>(), number.parse::<u16>());
            let episodes = title("shows", id).map(|title| title.episodes.as_slice());
            let mut episodes = episodes.unwrap_or_default().iter();
            let found = episodes.find(|e| at == (Ok(e.season), Ok(e.number)));
            found.and_then(|episode| episode.trakt.clone())
        }
        _ => None,
    };
    match body {
        Some(body) => Reply::json(200, &trakt_shape(body, asked)),
        None => Reply::bytes("text/html", "").with_status(404),
    }
}

/// Without `extended=all` there is only what is Trakt's own.
fn trakt_shape(body: Value, asked: &Asked) -> Value {
    match body.get("trakt") {
        Some(own) if asked.query("extended") != Some("all") => own.clone(),
        _ => body,
    }
}

pub(super) fn fanart(titles: &[FakeTitle], rest: &str, asked: &Asked) -> Reply {
    let unknown = || Reply::json(404, &json!({"status": "error", "error message": "Not found"}));
    if missing(asked.query("api_key").or(asked.header("api-key"))) {
        return Reply::json(401, &json!({"status": "error", "error message": "Invalid API key"}));
    }
    let parts: Vec<&str> = rest.split('/').skip(1).collect();
    let is = |title: &&FakeTitle| match parts.as_slice() {
        ["movies", id] => {
            let known = title.tmdb.to_string() == *id || title.imdb_id().as_deref() == Some(id);
            title.media == MediaType::Movie && known
        }
        ["tv", id] => {
            title.media == MediaType::Series && title.tvdb.is_some_and(|n| n.to_string() == *id)
        }
        _ => false,
    };
    match titles
        .iter()
        .find(is)
        .filter(|title| !title.fanart.is_empty() || !title.fanart_seasons.is_empty())
    {
        Some(title) => Reply::json(200, &fanart_body(title)),
        None => unknown(),
    }
}

fn fanart_body(title: &FakeTitle) -> Value {
    let mut body = json!({"name": title.name, "tmdb_id": title.tmdb.to_string()});
    for picture in &title.fanart {
        let list = match (title.media, picture.kind) {
            (MediaType::Movie, ArtworkKind::Poster | ArtworkKind::Square) => "movieposter",
            (MediaType::Movie, ArtworkKind::Backdrop) => "moviebackground",
            (MediaType::Movie, ArtworkKind::Logo) => "hdmovielogo",
            (MediaType::Series, ArtworkKind::Poster | ArtworkKind::Square) => "tvposter",
            (MediaType::Series, ArtworkKind::Backdrop) => "showbackground",
            (MediaType::Series, ArtworkKind::Logo) => "hdtvlogo",
            (_, ArtworkKind::Still) => "tvthumb",
            (_, ArtworkKind::Season) => "seasonposter",
        };
        if let Value::Null = body[list] {
            body[list] = json!([]);
        }
        if let Some(rows) = body[list].as_array_mut() {
            rows.push(fanart_row(picture, rows.len()));
        }
    }
    let seasons = title.fanart_seasons.iter().enumerate().map(|(at, (season, picture))| {
        let mut row = fanart_row(picture, at);
        row["season"] = json!(season);
        row
    });
    body["seasonposter"] = json!(seasons.collect::<Vec<_>>());
    body
}

/// Fanart.tv writes every number as text, and "without lettering" as "00".
fn fanart_row(picture: &FakePicture, at: usize) -> Value {
    json!({
        "id": (1000 + at).to_string(), "likes": picture.votes.to_string(),
        "lang": picture.language.unwrap_or("00"),
        "url": format!("https://assets.fanart.tv/fanart{}", picture.path),
    })
}

/// `base` with the fields of `more` put over it.
fn joined(mut base: Value, more: &Value) -> Value {
    for (name, value) in more.as_object().into_iter().flatten() {
        base[name] = value.clone();
    }
    base
}
