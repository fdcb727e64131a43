//! An add-on's documents with our pictures in them. Pure: addresses are made by whoever serves them.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};
use url::Url;

use super::address::AddonAddress;
use super::wrapper::{Wrapper, WrapperId};
use crate::model::TileShape;

/// Metas of a catalogue that are handed on.
const MAX_METAS: usize = 1000;
/// Episodes of one meta whose thumbnails are ours.
const MAX_VIDEOS: usize = 5000;
/// Longest id that is looked at, in bytes.
const MAX_ID_BYTES: usize = 128;

/// Gives addresses of pictures; `None` where an id can be none of ours.
pub trait AddonPictures {
    /// The picture of a tile, small in a catalogue.
    fn tile(&self, id: &AddonId, shape: TileShape, is_small: bool) -> Option<String>;
    fn background(&self, id: &AddonId) -> Option<String>;
    fn logo(&self, id: &AddonId) -> Option<String>;
    fn thumbnail(&self, id: &AddonId, blur: bool) -> Option<String>;
}

/// An id of an add-on, as addresses of ours spell it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddonId {
    pub id_type: &'static str,
    pub id: String,
}

impl AddonId {
    /// `tt0903747`, `tmdb:603`, `kitsu:7442`; `kind` is the add-on's type.
    fn of_title(id: &str, kind: &str) -> Option<Self> {
        if id.len() > MAX_ID_BYTES {
            return None;
        }
        if is_imdb(id) {
            return Some(Self { id_type: "imdb", id: id.to_owned() });
        }
        let (service, rest) = id.split_once(':')?;
        let number = rest.rsplit(':').next().filter(|number| is_number(number))?;
        let word = match (rest.split_once(':').map(|(word, _)| word), kind) {
            (Some("movie"), _) | (None, "movie") => "movie",
            (Some("tv" | "series"), _) | (None, "series" | "tv" | "anime") => "series",
            _ => return None,
        };
        Some(match service {
            "tmdb" => Self { id_type: "tmdb", id: format!("{word}-{number}") },
            "tvdb" if word == "series" => Self { id_type: "tvdb", id: format!("series-{number}") },
            "kitsu" => Self { id_type: "kitsu", id: number.to_owned() },
            "mal" => Self { id_type: "mal", id: number.to_owned() },
            "anilist" => Self { id_type: "anilist", id: number.to_owned() },
            "anidb" => Self { id_type: "anidb", id: number.to_owned() },
            _ => return None,
        })
    }

    /// An episode of this series; by its own numbers, as anime catalogues count.
    fn episode(&self, season: u64, episode: u64) -> Option<Self> {
        let id = match self.id_type {
            "imdb" => format!("{}:{season}:{episode}", self.id),
            "tmdb" | "tvdb" => {
                format!("episode-{}-S{season}E{episode}", self.id.strip_prefix("series-")?)
            }
            _ => format!("{}:{episode}", self.id),
        };
        Some(Self { id_type: self.id_type, id })
    }

    /// `tt0903747:1:2`, whose series may be another than the meta's.
    fn of_video(id: &str) -> Option<Self> {
        let mut parts = id.split(':');
        let series = parts.next().filter(|series| is_imdb(series))?;
        let (season, episode) = (parts.next()?, parts.next()?);
        let whole = is_number(season) && is_number(episode) && parts.next().is_none();
        whole.then(|| Self { id_type: "imdb", id: format!("{series}:{season}:{episode}") })
    }
}

/// The shape that a tile asks for.
fn shape_of(meta: &Map<String, Value>) -> TileShape {
    match meta.get("posterShape").and_then(Value::as_str) {
        Some("landscape") => TileShape::Landscape,
        Some("square") => TileShape::Square,
        _ => TileShape::Poster,
    }
}

fn is_imdb(id: &str) -> bool {
    id.strip_prefix("tt").is_some_and(is_number)
}

fn is_number(text: &str) -> bool {
    (1..=10).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Rewrites the documents of one wrapped add-on.
pub struct Rewriter<'a> {
    pub wrapper: &'a Wrapper,
    pub id: &'a WrapperId,
    /// Names the design; part of the manifest's id.
    pub look: &'a str,
    /// Our own address of the add-on, without `/manifest.json`.
    pub own_base: &'a str,
    pub pictures: &'a dyn AddonPictures,
}

impl std::fmt::Debug for Rewriter<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Rewriter")
    }
}

impl Rewriter<'_> {
    /// `None` for what is no manifest.
    pub fn manifest(&self, document: &Value) -> Option<Value> {
        let mut manifest = document.as_object()?.clone();
        let id = manifest.get("id").and_then(Value::as_str)?.to_owned();
        let name = manifest.get("name").and_then(Value::as_str).unwrap_or(&id).to_owned();
        manifest.insert("id".to_owned(), self.manifest_id(&id).into());
        manifest.insert("name".to_owned(), format!("{name} (Laurel)").into());
        // Signed for the source's own id.
        manifest.remove("stremioAddonsConfig");
        for field in ["logo", "background", "icon"] {
            let absolute =
                manifest.get(field).and_then(Value::as_str).and_then(|text| self.absolute(text));
            match absolute {
                Some(address) => drop(manifest.insert(field.to_owned(), address.into())),
                None => drop(manifest.remove(field)),
            }
        }
        if let Some(Value::Object(hints)) = manifest.get_mut("behaviorHints") {
            hints.remove("configurationRequired");
            // The settings are in the source's address, which is not handed on.
            hints.remove("configurable");
        }
        Some(self.without_source(Value::Object(manifest)))
    }

    pub fn catalog(&self, document: &Value) -> Value {
        let mut document = document.clone();
        if let Some(metas) = document.get_mut("metas").and_then(Value::as_array_mut) {
            metas.truncate(MAX_METAS);
            for meta in metas.iter_mut().filter_map(Value::as_object_mut) {
                self.meta_fields(meta, true);
            }
        }
        self.without_source(document)
    }

    pub fn meta(&self, document: &Value) -> Value {
        let mut document = document.clone();
        if let Some(meta) = document.get_mut("meta").and_then(Value::as_object_mut) {
            let id = self.meta_fields(meta, false);
            self.videos(meta, id.as_ref());
        }
        self.without_source(document)
    }

    /// Two copies of an add-on with two looks never have one id.
    fn manifest_id(&self, source: &str) -> String {
        let named = format!("{}\n{}\n{source}", self.id.as_str(), self.look);
        format!("org.laurel.{}", &blake3::hash(named.as_bytes()).to_hex()[..16])
    }

    /// The pictures of a title; its id, where it is one that we know.
    fn meta_fields(&self, meta: &mut Map<String, Value>, in_catalog: bool) -> Option<AddonId> {
        let text = |name: &str| meta.get(name).and_then(Value::as_str).unwrap_or_default();
        let id = AddonId::of_title(text("id"), text("type"))?;
        let shape = shape_of(meta);
        let has = |name: &str| meta.get(name).is_some_and(Value::is_string);
        let (has_background, has_logo) = (has("background"), has("logo"));
        let mut set = |name: &str, address: Option<String>| {
            if let Some(address) = address {
                meta.insert(name.to_owned(), address.into());
            }
        };
        set("poster", self.pictures.tile(&id, shape, in_catalog));
        // A catalogue has what its add-on gave it, and no more: a page of tiles needs no backgrounds.
        if has_background || !in_catalog {
            set("background", self.pictures.background(&id));
        }
        if has_logo || !in_catalog {
            set("logo", self.pictures.logo(&id));
        }
        Some(id)
    }

    fn videos(&self, meta: &mut Map<String, Value>, series: Option<&AddonId>) {
        let Some(videos) = meta.get_mut("videos").and_then(Value::as_array_mut) else { return };
        for video in videos.iter_mut().take(MAX_VIDEOS).filter_map(Value::as_object_mut) {
            let number =
                |name: &str| video.get(name).and_then(Value::as_u64).filter(|n| *n < 65_536);
            let numbers = number("season").zip(number("episode").or_else(|| number("number")));
            let own = video.get("id").and_then(Value::as_str).and_then(AddonId::of_video);
            let of_series = || {
                let (season, episode) = numbers?;
                series?.episode(season, episode)
            };
            let thumbnail = own
                .or_else(of_series)
                .and_then(|id| self.pictures.thumbnail(&id, self.wrapper.blur));
            if let Some(thumbnail) = thumbnail {
                video.insert("thumbnail".to_owned(), thumbnail.into());
            }
        }
    }

    /// A picture's address that others can fetch; `None` for what is none.
    fn absolute(&self, text: &str) -> Option<String> {
        let manifest: Url = self.wrapper.address.manifest().parse().ok()?;
        let url = manifest.join(text.trim()).ok()?;
        matches!(url.scheme(), "https" | "http").then(|| url.to_string())
    }

    /// Wherever the add-on's address stands in a text, ours stands in the end: other services need not know its
    /// secrets. What is asked for there is sent on.
    fn without_source(&self, document: Value) -> Value {
        let needles = needles(&self.wrapper.address, self.own_base);
        replace_all(document, &needles)
    }
}

/// Spellings of the source's address, each with ours. An add-on without secrets has nothing but its host in its address: then
/// pictures beside it stay, and the manifest alone is replaced.
fn needles(source: &AddonAddress, own_base: &str) -> Vec<(String, String)> {
    let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    // `encodeURIComponent` leaves these as they are.
    let as_component = |text: &str| {
        let encoded = encode(text);
        ["-", "_", ".", "!", "~", "*", "'", "(", ")"]
            .into_iter()
            .fold(encoded, |encoded, plain| encoded.replace(&encode(plain), plain))
    };
    let has_path =
        source.base().parse::<Url>().is_ok_and(|url| !url.path().trim_matches('/').is_empty());
    let end = if has_path { "" } else { "/manifest.json" };
    let (from, to) = (format!("{}{end}", source.base()), format!("{own_base}{end}"));
    let bare = from.split_once("://").map_or(from.as_str(), |(_, bare)| bare).to_owned();
    let own_bare = to.split_once("://").map_or(to.as_str(), |(_, bare)| bare).to_owned();
    let mut needles = vec![(from.clone(), to.clone()), (as_component(&from), as_component(&to))];
    if has_path {
        // `stremio://…`, and texts without a scheme.
        needles.push((as_component(&bare), as_component(&own_bare)));
        needles.push((bare, own_bare));
    }
    needles
}

fn replace_all(value: Value, needles: &[(String, String)]) -> Value {
    match value {
        Value::String(text) => {
            let replaced = needles.iter().fold(text, |text, (from, to)| {
                if text.contains(from.as_str()) { text.replace(from.as_str(), to) } else { text }
            });
            Value::String(replaced)
        }
        Value::Array(members) => {
            members.into_iter().map(|member| replace_all(member, needles)).collect()
        }
        Value::Object(fields) => {
            let replaced =
                fields.into_iter().map(|(name, value)| (name, replace_all(value, needles)));
            Value::Object(replaced.collect())
        }
        other => other,
    }
}

#[cfg(test)]
#[path = "rewrite_tests.rs"]
mod tests;
