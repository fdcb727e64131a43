//! Ids that people and programs write into names and `.nfo` files.

use std::ops::Range;

use crate::model::{ImdbId, TmdbId, TvdbId};

/// The ids found in a name; each says the title without a search.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NamedIds {
    pub imdb: Option<ImdbId>,
    pub tmdb: Option<TmdbId>,
    pub tvdb: Option<TvdbId>,
}

impl NamedIds {
    /// Its own ids, and the other's where it has none.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            imdb: self.imdb.or(other.imdb),
            tmdb: self.tmdb.or(other.tmdb),
            tvdb: self.tvdb.or(other.tvdb),
        }
    }

    fn set(&mut self, service: Service, text: &str) -> bool {
        match service {
            Service::Imdb => parse_imdb(text).is_some_and(|id| self.imdb.replace(id).is_none()),
            Service::Tmdb => text.parse().is_ok_and(|id| self.tmdb.replace(id).is_none()),
            Service::Tvdb => text.parse().is_ok_and(|id| self.tvdb.replace(id).is_none()),
        }
    }
}

#[derive(Clone, Copy)]
enum Service {
    Imdb,
    Tmdb,
    Tvdb,
}

/// How tags name a service: Plex writes `{imdb-tt…}`, Jellyfin and Emby `[imdbid-tt…]` or `[imdbid=tt…]`.
const SERVICES: [(&str, Service); 10] = [
    ("imdbid", Service::Imdb),
    ("imdb", Service::Imdb),
    ("tmdbid", Service::Tmdb),
    ("themoviedb", Service::Tmdb),
    ("tmdb", Service::Tmdb),
    ("tvdbid", Service::Tvdb),
    ("thetvdb", Service::Tvdb),
    ("tvdb", Service::Tvdb),
    ("tvdb4", Service::Tvdb),
    ("tvdb2", Service::Tvdb),
];

const BRACKETS: [(char, char); 3] = [('{', '}'), ('[', ']'), ('(', ')')];

/// Takes the ids out of a name, and gives the name without them.
pub(super) fn take(name: &str) -> (NamedIds, String) {
    let mut ids = NamedIds::default();
    let mut rest = name.to_owned();
    let mut from = 0;
    while let Some((range, inner)) = bracketed(&rest, from) {
        let found = tag(&rest[inner]).is_some_and(|(service, text)| ids.set(service, text));
        if found {
            rest.replace_range(range.clone(), " ");
        }
        from = if found { range.start + 1 } else { range.end };
    }
    if ids.imdb.is_none()
        && let Some((range, id)) = bare_imdb(&rest)
    {
        ids.imdb = Some(id);
        rest.replace_range(range, " ");
    }
    (ids, rest)
}

/// The next pair of brackets at or behind `from`, and what is between them.
fn bracketed(text: &str, from: usize) -> Option<(Range<usize>, Range<usize>)> {
    let (start, (_, close)) = text[from..].char_indices().find_map(|(at, c)| {
        BRACKETS.into_iter().find(|(open, _)| *open == c).map(|pair| (from + at, pair))
    })?;
    let inner = start + 1;
    match text[inner..].find(close) {
        Some(length) => Some((start..inner + length + 1, inner..inner + length)),
        // Without its end it is no tag; look behind it.
        None => bracketed(text, inner),
    }
}

/// `imdb-tt0133093`, `tmdbid=603`, `tvdb 81189`.
fn tag(text: &str) -> Option<(Service, &str)> {
    let text = text.trim();
    let separator = text.find(['-', '=', ':', ' ', '_'])?;
    let (word, id) = (&text[..separator], text[separator + 1..].trim());
    let named = SERVICES.into_iter().find(|(name, _)| word.eq_ignore_ascii_case(name));
    named.map(|(_, service)| (service, id))
}

fn parse_imdb(text: &str) -> Option<ImdbId> {
    let marked = text.get(..2).is_some_and(|start| start.eq_ignore_ascii_case("tt"));
    marked.then(|| text.parse().ok()).flatten()
}

/// `tt` and at least seven digits that stand alone.
fn bare_imdb(text: &str) -> Option<(Range<usize>, ImdbId)> {
    let mut start = 0;
    for word in text.split(|c: char| !c.is_ascii_alphanumeric()) {
        let at = start + (word.as_ptr() as usize - text[start..].as_ptr() as usize);
        start = at + word.len();
        let id = (word.len() >= 9).then(|| parse_imdb(word)).flatten();
        if let Some(id) = id {
            return Some((at..at + word.len(), id));
        }
    }
    None
}

/// Largest `.nfo` file that is read, in bytes.
pub const MAX_NFO_BYTES: usize = 1 << 20;

/// The ids in a Kodi-style `.nfo` file: XML elements (`<uniqueid type="imdb">`, `<imdbid>`, `<tmdbid>`, `<tvdbid>`) or an address
/// of a title's page. The text is searched, never parsed as XML: no entity is expanded, no DTD read.
pub fn from_nfo(text: &str) -> NamedIds {
    let mut ids = NamedIds::default();
    let end = text.floor_char_boundary(MAX_NFO_BYTES);
    let text = &text[..end];
    for element in text.split('<').skip(1) {
        let Some((head, value)) = element.split_once('>') else { continue };
        let mut words = head.split_ascii_whitespace();
        let (name, value) = (words.next().unwrap_or_default(), value.trim());
        let service = match name {
            "uniqueid" => words.find_map(|word| word.strip_prefix("type=")),
            _ => Some(name),
        };
        let word = service.unwrap_or_default().trim_matches(['"', '\'']);
        // `<id>` is IMDb's in older files, and anybody's number in others.
        let word = if word == "id" && value.starts_with("tt") { "imdb" } else { word };
        if let Some((_, service)) = SERVICES.into_iter().find(|(known, _)| *known == word) {
            ids.set(service, value);
        }
    }
    ids.or(from_addresses(text))
}

/// Pages of titles, as `.nfo` files without XML name them.
const PAGES: [(&str, Service); 4] = [
    ("imdb.com/title/", Service::Imdb),
    ("themoviedb.org/movie/", Service::Tmdb),
    ("themoviedb.org/tv/", Service::Tmdb),
    ("thetvdb.com/?tab=series&id=", Service::Tvdb),
];

fn from_addresses(text: &str) -> NamedIds {
    let mut ids = NamedIds::default();
    for (page, service) in PAGES {
        let Some((_, rest)) = text.split_once(page) else { continue };
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
        ids.set(service, &rest[..end]);
    }
    ids
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(imdb: u32, tmdb: u32, tvdb: u32) -> NamedIds {
        NamedIds { imdb: ImdbId::new(imdb), tmdb: TmdbId::new(tmdb), tvdb: TvdbId::new(tvdb) }
    }

    #[test]
    fn tags_of_all_servers_are_read_and_taken_out() {
        let cases = [
            ("The Matrix (1999) {imdb-tt0133093}", of(133_093, 0, 0), "The Matrix (1999)"),
            ("The Matrix [imdbid-tt0133093] (1999)", of(133_093, 0, 0), "The Matrix   (1999)"),
            ("The Matrix (1999) [tmdbid=603]", of(0, 603, 0), "The Matrix (1999)"),
            ("Dark {tvdb-334824} {tmdb-70523}", of(0, 70_523, 334_824), "Dark"),
            ("Alien (tmdb 348)", of(0, 348, 0), "Alien"),
            ("Alien.tt0078748.1080p", of(78_748, 0, 0), "Alien. .1080p"),
            ("[Group] Show (1080p) {unfinished", of(0, 0, 0), "[Group] Show (1080p) {unfinished"),
        ];
        for (name, ids, rest) in cases {
            let (found, left) = take(name);
            assert_eq!((found, left.trim()), (ids, rest), "{name}");
        }
    }

    #[test]
    fn a_nfo_file_names_its_title() {
        let kodi = r#"<?xml version="1.0"?><movie><title>x</title>
            <uniqueid default="true" type="imdb">tt0133093</uniqueid><uniqueid type="tmdb">603</uniqueid></movie>"#;
        assert_eq!(from_nfo(kodi), of(133_093, 603, 0));
        let jellyfin =
            "<tvshow><tvdbid>81189</tvdbid><imdb_id>x</imdb_id><id>tt0903747</id></tvshow>";
        assert_eq!(from_nfo(jellyfin), of(903_747, 0, 81_189));
        let plain = "see https://www.imdb.com/title/tt0133093/?ref_=fn and https://www.themoviedb.org/movie/603-the-matrix";
        assert_eq!(from_nfo(plain), of(133_093, 603, 0));
        let bomb = "<!DOCTYPE a [<!ENTITY b \"tt0133093\">]><uniqueid type=\"imdb\">&b;</uniqueid>";
        assert_eq!(from_nfo(bomb), NamedIds::default());
    }

    proptest! {
        #[test]
        fn no_name_makes_it_panic(name in "\\PC{0,80}", tail in "[{}\\[\\]()a-z0-9= -]{0,60}") {
            let _ = take(&format!("{name}{tail}"));
            let _ = from_nfo(&format!("<{name}>{tail}<{tail}>{name}"));
        }
    }
}
