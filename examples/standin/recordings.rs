//! Recorded answers, found by what their file names and bodies say.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::Path;

use laurel::model::{ArtworkKind, MediaType};
use serde_json::{Map, Value, json};

/// A file's name without its ending, and its body.
pub(crate) type Recording = (String, Value);

/// All that TMDB said of one film or series.
#[derive(Debug, Default)]
pub(crate) struct TmdbTitle {
    /// Fields of the details, and of what was appended to them.
    pub(crate) fields: Map<String, Value>,
    /// By (season, episode).
    pub(crate) episodes: BTreeMap<(u16, u16), Map<String, Value>>,
}

/// Answers of all services.
#[derive(Debug, Default)]
pub(crate) struct Recordings {
    pub(crate) tmdb: BTreeMap<(&'static str, u64), TmdbTitle>,
    /// Recorded answers of `/find`, by id and source.
    pub(crate) finds: HashMap<(String, String), Value>,
    pub(crate) configuration: Value,
    pub(crate) mdblist: Vec<Value>,
    pub(crate) omdb: Vec<Value>,
    pub(crate) trakt: Vec<Recording>,
    pub(crate) fanart: Vec<Recording>,
    /// Files that are served as they are: folder and name, bytes.
    pub(crate) files: Vec<(String, Vec<u8>)>,
    kinds: HashMap<String, ArtworkKind>,
}

impl Recordings {
    /// # Errors
    /// A folder that is missing or a file that cannot be read; bodies that are no JSON are errors, too.
    pub(crate) fn read(root: &Path) -> std::io::Result<Self> {
        let mut all = Self {
            mdblist: bodies(&root.join("mdblist"))?,
            omdb: bodies(&root.join("omdb"))?,
            trakt: recordings(&root.join("trakt"))?,
            fanart: recordings(&root.join("fanart"))?,
            ..Self::default()
        };
        for folder in ["awards", "imdb", "anime"] {
            all.read_files(root, folder)?;
        }
        let index = fs::read_to_string(root.join("README.md")).unwrap_or_default();
        for (name, body) in recordings(&root.join("tmdb"))? {
            all.add_tmdb(&name, body, &index);
        }
        all.add_rated_only();
        all.note_kinds();
        Ok(all)
    }

    fn read_files(&mut self, root: &Path, folder: &str) -> std::io::Result<()> {
        let Ok(entries) = fs::read_dir(root.join(folder)) else {
            return Ok(());
        };
        for entry in entries {
            let entry = entry?;
            let name = format!("{folder}/{}", entry.file_name().to_string_lossy());
            self.files.push((name, fs::read(entry.path())?));
        }
        self.files.sort();
        Ok(())
    }

    /// Sorts one of TMDB's answers in: `movie-550-images`, `tv-1399-s1e1-append-…`, `find-…`.
    fn add_tmdb(&mut self, name: &str, body: Value, index: &str) {
        let parts: Vec<&str> = name.split('-').collect();
        match parts.as_slice() {
            ["configuration"] => self.configuration = body,
            ["find", ..] => self.add_find(name, body, index),
            ["discover" | "search", word @ ("movie" | "tv"), ..] => {
                let rows = body["results"].as_array().cloned().unwrap_or_default();
                for row in rows {
                    self.add_details(word, row);
                }
            }
            ["synthetic", word @ ("movie" | "tv"), ..] => self.add_details(word, body),
            [word @ ("movie" | "tv"), id, rest @ ..] => {
                if let Ok(id) = id.parse() {
                    self.add_part(word, id, rest, body);
                }
            }
            _ => {}
        }
    }

    fn add_details(&mut self, word: &str, body: Value) {
        if let Some(id) = body["id"].as_u64() {
            self.add_part(word, id, &[], body);
        }
    }

    fn add_part(&mut self, word: &str, id: u64, rest: &[&str], body: Value) {
        let Some(word) = word_of(word) else { return };
        let title = self.tmdb.entry((word, id)).or_default();
        let (fields, rest) = match rest.first().and_then(|at| episode_at(at)) {
            Some(at) => (title.episodes.entry(at).or_default(), &rest[1..]),
            None => (&mut title.fields, rest),
        };
        match (rest, body) {
            ([] | ["append", ..], Value::Object(body)) => fill(fields, body),
            ([part, ..], body) => {
                let part = Map::from_iter([((*part).to_owned(), body)]);
                fill(fields, part);
            }
            _ => {}
        }
    }

    /// The id asked for is in the index of the recordings, not in the answer.
    fn add_find(&mut self, name: &str, body: Value, index: &str) {
        let row = index.lines().find(|line| line.contains(&format!("tmdb/{name}.json")));
        let asked = row.and_then(|row| row.split("/3/find/").nth(1)).and_then(|rest| {
            let (id, query) = rest.split_once("?external_source=")?;
            Some((id.to_owned(), query.split(['`', '&']).next()?.to_owned()))
        });
        if let Some(asked) = asked {
            self.finds.insert(asked, body);
        }
    }

    /// Titles that only raters were recorded for get details of our own, under numbers that
    /// TMDB does not have yet, so that their ratings can be seen on a picture.
    fn add_rated_only(&mut self) {
        let by_omdb = self.omdb.iter().filter_map(|body| {
            let word = match body["Type"].as_str()? {
                "movie" => "movie",
                "series" => "tv",
                _ => return None,
            };
            Some((word, body["imdbID"].as_str()?, &body["Title"], None))
        });
        let by_mdblist = self.mdblist.iter().filter_map(|body| {
            let word = if body["type"] == "movie" { "movie" } else { "tv" };
            Some((
                word,
                body["ids"]["imdb"].as_str()?,
                &body["title"],
                body["ids"]["tmdb"].as_u64(),
            ))
        });
        for (word, imdb, name, tmdb) in by_mdblist.chain(by_omdb) {
            let number = imdb.trim_start_matches("tt").parse().unwrap_or(0);
            let id = tmdb.unwrap_or(FIRST_MADE_UP + number);
            let known = self.tmdb.values().any(|title| title.imdb() == Some(imdb));
            if !known && let Value::Object(fields) = made_up(word, id, imdb, name) {
                self.tmdb.entry((word, id)).or_default().fields = fields;
            }
        }
    }

    /// Remembers of every picture what it is.
    fn note_kinds(&mut self) {
        let mut kinds = HashMap::new();
        for title in self.tmdb.values() {
            let parts = title.episodes.values().chain([&title.fields]);
            parts.for_each(|fields| note(&mut kinds, &Value::Object(fields.clone()), None));
        }
        for body in self.finds.values().chain(self.fanart.iter().map(|(_, body)| body)) {
            note(&mut kinds, body, None);
        }
        self.kinds = kinds;
    }

    /// What a picture is, as far as an answer named it; else a poster.
    pub(crate) fn kind_of(&self, path: &str) -> ArtworkKind {
        self.kinds.get(path).copied().unwrap_or(ArtworkKind::Poster)
    }

    /// `tt0133093 The Matrix` of all titles with details.
    pub(crate) fn titles(&self) -> Vec<String> {
        let named = self.tmdb.iter().filter_map(|((word, id), title)| {
            let name = title.fields.get("title").or(title.fields.get("name"))?.as_str()?;
            Some(format!("{} {name}", title.imdb().map_or(format!("{word}-{id}"), str::to_owned)))
        });
        named.collect()
    }

    /// The film or series with this IMDb id.
    pub(crate) fn by_imdb(&self, imdb: &str) -> Option<(MediaType, &TmdbTitle)> {
        let mut titles = self.tmdb.iter();
        let ((word, _), title) = titles.find(|(_, title)| title.imdb() == Some(imdb))?;
        let media = if *word == "movie" { MediaType::Movie } else { MediaType::Series };
        Some((media, title))
    }
}

impl TmdbTitle {
    pub(crate) fn imdb(&self) -> Option<&str> {
        let appended = self.fields.get("external_ids").and_then(|ids| ids.get("imdb_id"));
        self.fields.get("imdb_id").filter(|id| id.is_string()).or(appended)?.as_str()
    }

    pub(crate) fn has_details(&self) -> bool {
        self.fields.contains_key("id")
    }
}

/// Past all of TMDB's numbers for years to come.
const FIRST_MADE_UP: u64 = 1_000_000_000;

fn made_up(word: &str, id: u64, imdb: &str, name: &Value) -> Value {
    let name_field = if word == "movie" { "title" } else { "name" };
    let picture = |kind: &str| format!("/made-up-{imdb}-{kind}.jpg");
    let row = |kind, language: Value, width: u32, height: u32| {
        json!([{"file_path": picture(kind), "iso_639_1": language, "width": width,
            "height": height, "vote_average": 5.0, "vote_count": 1}])
    };
    json!({
        "id": id, name_field: name, "imdb_id": imdb, "original_language": "en",
        "poster_path": picture("poster"), "backdrop_path": picture("backdrop"),
        "vote_average": 0.0, "vote_count": 0,
        "external_ids": {"imdb_id": imdb, "tvdb_id": null},
        "images": {
            "posters": row("poster", json!("en"), 2000, 3000),
            "backdrops": row("backdrop", Value::Null, 3840, 2160),
            "logos": [],
        },
    })
}

fn word_of(word: &str) -> Option<&'static str> {
    ["movie", "tv"].into_iter().find(|known| *known == word)
}

/// `s1e2`
fn episode_at(text: &str) -> Option<(u16, u16)> {
    let (season, episode) = text.strip_prefix('s')?.split_once('e')?;
    Some((season.parse().ok()?, episode.parse().ok()?))
}

/// Adds fields; of two recordings of one field the longer list and the filled value stay.
fn fill(fields: &mut Map<String, Value>, more: Map<String, Value>) {
    let weight = |value: &Value| {
        if value.is_null() { 0 } else { value.to_string().len() }
    };
    for (name, value) in more {
        let known = fields.get(&name).map_or(0, weight);
        if weight(&value) > known || !fields.contains_key(&name) {
            fields.insert(name, value);
        }
    }
}

/// Notes every picture in an answer under its path, by the name of the list or field it is in.
fn note(kinds: &mut HashMap<String, ArtworkKind>, value: &Value, kind: Option<ArtworkKind>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let inner = kind_named(name).or(kind);
                if let (Some(kind), Some(text)) = (inner, value.as_str()) {
                    let path = text
                        .split_once("://")
                        .map_or(text, |(_, rest)| rest.find('/').map_or(text, |at| &rest[at..]));
                    kinds.entry(path.to_owned()).or_insert(kind);
                }
                note(kinds, value, inner);
            }
        }
        Value::Array(rows) => rows.iter().for_each(|row| note(kinds, row, kind)),
        _ => {}
    }
}

/// TMDB's and Fanart.tv's names of lists and fields.
fn kind_named(name: &str) -> Option<ArtworkKind> {
    let has = |word: &str| name.contains(word);
    if has("poster") {
        Some(ArtworkKind::Poster)
    } else if has("backdrop") || has("background") {
        Some(ArtworkKind::Backdrop)
    } else if has("logo") || has("clearart") {
        Some(ArtworkKind::Logo)
    } else if has("still") || has("thumb") {
        Some(ArtworkKind::Still)
    } else {
        None
    }
}

fn bodies(folder: &Path) -> std::io::Result<Vec<Value>> {
    Ok(recordings(folder)?.into_iter().map(|(_, body)| body).collect())
}

/// The JSON files of a folder, by name; none where there is no such folder.
fn recordings(folder: &Path) -> std::io::Result<Vec<Recording>> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Ok(Vec::new());
    };
    let mut all = Vec::new();
    for entry in entries {
        let path = entry?.path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if path.extension().is_some_and(|ending| ending == "json") {
            all.push((name, serde_json::from_slice(&fs::read(&path)?)?));
        }
    }
    all.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(all)
}
