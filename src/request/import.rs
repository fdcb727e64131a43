//! Addresses of other services read as options of ours: RPDB, AIO Ratings, OpenPosterDB, XRDB.

mod xrdb;

use percent_encoding::percent_decode_str;
use serde::Serialize;
use url::Url;

use super::id::IdType;
use super::profile::Profiles;
use super::saved::SavedOptions;
use super::style::{Style, Variant};
use super::table;
use crate::model::ArtworkKind;

/// Longest address that is read, in bytes.
const MAX_ADDRESS: usize = 8192;
/// Names without a counterpart that are listed.
const MAX_LISTED: usize = 100;

/// Services whose host says who they are; any other host with RPDB's path is read as OpenPosterDB,
/// which people run under hosts of their own.
const HOSTS: &[(&str, &str)] =
    &[("ratingposterdb.com", "rpdb"), ("aioratings.com", "aio-ratings"), ("xrdb", "xrdb")];

/// What an address of another service asks for.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ImportedAddress {
    pub service: &'static str,
    #[serde(serialize_with = "family_word")]
    pub family: ArtworkKind,
    pub options: SavedOptions,
    /// Below a key of ours; placeholders stand where they stood.
    pub address: String,
    /// Names of what has no counterpart here. Values are left out: some are keys.
    pub without_counterpart: Vec<String>,
}

/// A text that is no artwork address of a service we know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected an artwork address of RPDB, AIO Ratings, OpenPosterDB or XRDB")]
pub struct ImportError;

fn family_word<S: serde::Serializer>(kind: &ArtworkKind, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(kind.family())
}

/// Collects options, and the names of what has no counterpart.
#[derive(Debug)]
struct Collector {
    kind: ArtworkKind,
    options: SavedOptions,
    without_counterpart: Vec<String>,
}

impl Collector {
    fn new(kind: ArtworkKind) -> Self {
        let options = SavedOptions::default();
        Self { kind, options, without_counterpart: Vec::new() }
    }

    /// Sets an option of ours; false where it means nothing for the family.
    fn set(&mut self, name: &str, value: &str) -> bool {
        table::find(name).is_some_and(|(_, spec)| {
            spec.is_honoured_by(self.kind) && self.options.set(spec, value)
        })
    }

    /// A parameter that may have our name.
    fn take(&mut self, name: &str, value: &str) {
        if !value.is_empty() && !self.set(name, value) {
            self.lack(name);
        }
    }

    fn lack(&mut self, name: &str) {
        let name: String = name.chars().filter(|c| !c.is_control()).take(48).collect();
        let is_new = !self.without_counterpart.contains(&name);
        if is_new && self.without_counterpart.len() < MAX_LISTED {
            self.without_counterpart.push(name);
        }
    }

    fn finish(self, service: &'static str, path: &str) -> ImportedAddress {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in self.options.pairs() {
            query.append_pair(name, &value);
        }
        // Commas need no escape in a query, and lists are easier to read with them.
        let query = query.finish().replace("%2C", ",");
        let address = if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") };
        ImportedAddress {
            service,
            family: self.kind,
            options: self.options,
            address,
            without_counterpart: self.without_counterpart,
        }
    }
}

/// Reads an address; keys in it are forgotten.
pub fn import_address(text: &str) -> Result<ImportedAddress, ImportError> {
    let text = text.trim();
    if text.len() > MAX_ADDRESS || text.chars().any(char::is_control) {
        return Err(ImportError);
    }
    let url = Url::parse(text).map_err(|_| ImportError)?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(ImportError);
    }
    let host = url.host_str().unwrap_or_default();
    let known = HOSTS.iter().find(|(part, _)| host.contains(part)).map(|(_, name)| *name);
    let segments: Option<Vec<String>> = url
        .path_segments()
        .into_iter()
        .flatten()
        .filter(|segment| !segment.is_empty())
        .map(|segment| Some(percent_decode_str(segment).decode_utf8().ok()?.into_owned()))
        .collect();
    let mut segments = segments.ok_or(ImportError)?;
    let query: Vec<(String, String)> = url
        .query_pairs()
        .map(|(name, value)| (name.into_owned(), value.trim().to_owned()))
        .collect();
    if segments.first().is_some_and(|first| first == "api") {
        segments.remove(0);
    }
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    match segments[..] {
        [_key, id_type, style, id] if IdType::from_word(id_type).is_some() => {
            by_rpdbs_path(known.unwrap_or("openposterdb"), [id_type, style, id], &query)
        }
        [family, id] if known.is_none_or(|known| known == "xrdb") => xrdb::read(family, id, &query),
        _ => Err(ImportError),
    }
}

fn by_rpdbs_path(
    service: &'static str,
    [id_type, style_text, id]: [&str; 3],
    query: &[(String, String)],
) -> Result<ImportedAddress, ImportError> {
    let (family_text, variant_text) = style_text.split_once('-').unwrap_or((style_text, "default"));
    let parsed = Style::parse(style_text, &Profiles::default());
    // A saved design of the service: what it is a design for is not in the address.
    let is_saved = parsed.is_err();
    let style = parsed.or_else(|_| Style::parse("default", &Profiles::default()));
    let style = style.map_err(|_| ImportError)?;
    let mut collector = Collector::new(style.kind);
    if style.patch.textless == Some(true) {
        collector.take("textless", "true");
    }
    if let Some(sources) = &style.patch.ratings_order {
        let keys: Vec<&str> = sources.iter().map(|source| source.key()).collect();
        collector.take("ratings_order", &keys.join(","));
        collector.take("ratings_limit", &keys.len().to_string());
    }
    if is_saved {
        collector.lack(family_text);
    } else if matches!(style.variant, Variant::Profile(_)) {
        collector.lack(variant_text);
    }
    for (name, value) in query {
        collector.take(name, value);
    }
    let path = format!("{id_type}/{}-default/{id}", style.kind.family());
    Ok(collector.finish(service, &path))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn options(text: &str) -> (String, serde_json::Value, Vec<String>) {
        let imported = import_address(text).unwrap();
        (imported.address, json!(imported.options), imported.without_counterpart)
    }

    #[test]
    fn rpdbs_words_become_ours_and_the_key_is_forgotten() {
        let text = "https://api.ratingposterdb.com/t2-secret/imdb/poster-rt/{imdb_id}.jpg?\
                    fallback=true&ratingBarPos=left-top&fontFamily=x";
        let imported = import_address(text).unwrap();
        assert_eq!((imported.service, imported.family), ("rpdb", ArtworkKind::Poster));
        let expected = json!({
            "ratings_order": "imdb,rt,rta", "ratings_limit": "3", "fallback": "true",
            "position": "left-top",
        });
        assert_eq!(json!(imported.options), expected);
        assert_eq!(imported.without_counterpart, ["fontFamily"]);
        assert!(imported.address.starts_with("imdb/poster-default/{imdb_id}.jpg?"));
        assert!(!json!(imported).to_string().contains("secret"));
    }

    #[test]
    fn aio_ratings_and_openposterdb_speak_our_words() {
        let aio = options(
            "https://api.aioratings.com/key/tmdb/backdrop-default/series-1396.jpg?\
             image_source=f&textless=true&badge_style=v",
        );
        assert_eq!(aio.1["image_source"], "f");
        assert!(aio.2.is_empty(), "{:?}", aio.2);
        let peer = import_address("http://nas:3000/k/imdb/logo-default/tt1.png?imageSize=large");
        let peer = peer.unwrap();
        assert_eq!((peer.service, peer.family), ("openposterdb", ArtworkKind::Logo));
        assert_eq!(peer.address, "imdb/logo-default/tt1.png?imageSize=large");
        let saved = options("https://api.aioratings.com/key/imdb/k3x9/tt1.jpg");
        assert_eq!(
            (saved.0.as_str(), saved.2),
            ("imdb/poster-default/tt1.jpg", vec!["k3x9".into()])
        );
    }

    #[test]
    fn xrdbs_words_are_translated_family_by_family() {
        let (address, options, lacks) = options(
            "https://xrdb.example/poster/tt0903747.jpg?tmdbKey=hush&posterRatings=imdb,tomatoes,\
             simkl&ratingStyle=square&posterRatingsLayout=left%20right&imageText=clean&lang=de&\
             posterRatingBadgeScale=140&streamBadges=on&backdropRatings=tmdb",
        );
        let expected = json!({
            "ratings_order": "imdb,rt", "ratings_limit": "2", "badge_shape": "r",
            "badge_background": "k", "position": "l", "split": "true", "textless": "true",
            "lang": "de", "badge_size": "xl",
        });
        assert_eq!(options, expected);
        assert_eq!(lacks, ["tmdbKey", "simkl", "streamBadges", "backdropRatings"]);
        assert!(address.starts_with("imdb/poster-default/tt0903747.jpg?"), "{address}");
        assert!(!address.contains("hush"));
    }

    #[test]
    fn what_is_no_such_address_is_refused() {
        for text in [
            "",
            "poster",
            "ftp://api.ratingposterdb.com/k/imdb/poster-default/tt1.jpg",
            "https://api.ratingposterdb.com/k/imdb",
            "https://example.com/a/b/c/d/e",
            "javascript:alert(1)",
            &format!("https://x/{}", "a".repeat(9000)),
        ] {
            assert_eq!(import_address(text), Err(ImportError), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_survived(text in ".{0,200}") {
            let _ = import_address(&text);
            let _ = import_address(&format!("https://host/{text}"));
        }
    }
}
