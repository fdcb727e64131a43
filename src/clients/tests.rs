//! Every line is filled in by the client's own rules, written from its public code or its documentation; what comes of
//! it must be an address of the family that the row names.

use super::*;
use crate::model::{ArtworkKind, Language, Words};
use crate::request::{ArtworkPath, ArtworkRequest, KeyLook, OptionSpec, OptionsPatch};

const BASE: &str = "https://art.example.org";
const KEY: &str = "t3-0123456789abcdef0123456789abcdef";

/// What a title is called by clients.
struct Filled {
    placeholder: &'static str,
    value: &'static str,
}

const fn filled(placeholder: &'static str, value: &'static str) -> Filled {
    Filled { placeholder, value }
}

/// AIOMetadata's placeholders (its custom art patterns), for an episode.
const AIOMETADATA: [Filled; 11] = [
    filled("{imdb_id}", "tt0903747"),
    filled("{tmdb_id}", "1396"),
    filled("{tvdb_id}", "81189"),
    filled("{mal_id}", "1"),
    filled("{kitsu_id}", "1"),
    filled("{type}", "series"),
    filled("{season}", "1"),
    filled("{episode}", "2"),
    filled("{language}", "de-DE"),
    filled("{language_short}", "de"),
    filled("{blur}", "false"),
];

/// Nuvio's, for titles by an IMDb id and by a number of TMDB's; ids of TMDB get their type before them.
const NUVIO: [[Filled; 6]; 2] = [
    [
        filled("{id}", "tt0137523"),
        filled("{id_type}", "imdb"),
        filled("{typed_id}", "tt0137523"),
        filled("{imdb_id}", "tt0137523"),
        filled("{type}", "movie"),
        filled("{shape}", "landscape"),
    ],
    [
        filled("{id}", "tmdb:1396"),
        filled("{id_type}", "tmdb"),
        filled("{typed_id}", "series-1396"),
        filled("{tmdb_id}", "1396"),
        filled("{type}", "series"),
        filled("{shape}", "poster"),
    ],
];

fn client(id: &str) -> &'static ClientRow {
    CLIENTS.iter().find(|client| client.id == id).unwrap()
}

fn with(text: &str, values: &[Filled]) -> String {
    values.iter().fold(text.to_owned(), |text, f| text.replace(f.placeholder, f.value))
}

/// Reads an address of ours; the family and its ignored parameters.
#[track_caller]
fn read(address: &str) -> (ArtworkKind, Vec<String>) {
    let below = address.strip_prefix(&format!("{BASE}/{KEY}/"));
    let below = below.unwrap_or_else(|| panic!("{address} is none of ours"));
    let (path, query) = below.split_once('?').unwrap_or((below, ""));
    let parts: Vec<&str> = path.split('/').collect();
    let [id_type, style, id] = parts[..] else { panic!("{address}") };
    let path = ArtworkPath { id_type, style, id };
    let (server, look) = (OptionsPatch::default(), KeyLook::default());
    let request = ArtworkRequest::parse(path, query, &server, Language::ENGLISH, &look);
    let request = request.unwrap_or_else(|error| panic!("{address}: {error}"));
    (request.kind, request.ignored)
}

/// The address in a line, out of whatever is around it.
fn address_in(line: &str) -> &str {
    let start = line.find(BASE).unwrap();
    let end = line[start..].find(['<', '"']).map_or(line.len(), |end| start + end);
    &line[start..end]
}

#[test]
fn every_pattern_becomes_an_address_of_its_family() {
    let rules: [(&str, &[&[Filled]]); 3] = [
        ("aiometadata", &[&AIOMETADATA]),
        ("nuvio", &[&NUVIO[0], &NUVIO[1]]),
        ("rpdb", &[&[filled("{imdb_id}", "tt0903747")]]),
    ];
    for client in CLIENTS {
        let own = rules.iter().find(|(id, _)| *id == client.id);
        let nothing: [&[Filled]; 1] = [&[]];
        let values = own.map_or(&nothing[..], |(_, values)| values);
        for line in client.lines.iter().filter(|line| line.family.is_some()) {
            for values in values {
                let filled = with(&line.fill(BASE, KEY, Some("0a1b2c3d")), values);
                assert!(!filled.contains(['{', '}', '%']), "{}: {filled}", client.id);
                let (kind, ignored) = read(address_in(&filled));
                let named = line.family.and_then(ArtworkKind::from_word);
                let wanted = match filled.contains("shape=landscape") {
                    true => Some(ArtworkKind::Backdrop),
                    false => named,
                };
                assert_eq!(Some(kind), wanted, "{filled}");
                assert_eq!(ignored, Vec::<String>::new(), "{filled}");
                assert!(filled.contains("v=0a1b2c3d"), "{filled}");
            }
        }
    }
}

/// What an add-on or a plug-in makes of address, key and further parameters, and which family it wants.
fn composed(client: &ClientRow) -> Vec<(String, ArtworkKind)> {
    let line = |field: &str| {
        let line = client.lines.iter().find(|line| line.field == field);
        line.map(|line| line.fill(BASE, KEY, None)).unwrap_or_default()
    };
    match client.id {
        // `{base}/{key}/{idType}/poster-default/{idValue}.jpg?fallback=true&{parameters}`
        "aiostreams" => {
            let start = format!("{}/{}", line("URL"), line("API key"));
            let end = format!("fallback=true&{}", line("parameters"));
            [
                "imdb/poster-default/tt0903747",
                "tmdb/poster-default/series-1396",
                "tvdb/poster-default/81189",
            ]
            .map(|path| (format!("{start}/{path}.jpg?{end}"), ArtworkKind::Poster))
            .into()
        }
        // `{base}/{key}/{idType}/{kind}-default/{id}.{ext}?{extra}`
        "jellyfin" => {
            let start = format!("{}/{}", line("Base URL"), line("API key"));
            let end = line("Extra query");
            [
                ("imdb/poster-default/tt0903747.jpg", ArtworkKind::Poster),
                ("tmdb/backdrop-default/movie-550.jpg", ArtworkKind::Backdrop),
                ("tvdb/logo-default/81189.png", ArtworkKind::Logo),
                ("imdb/season-default/season-tt0903747-S2.jpg", ArtworkKind::Season),
                ("imdb/episode-default/episode-tt0903747-S1E1.jpg", ArtworkKind::Still),
            ]
            .map(|(path, kind)| (format!("{start}/{path}?{end}"), kind))
            .into()
        }
        "rpdb" => {
            let start = format!("{BASE}/{}", line("API key"));
            [
                ("imdb/poster-default/tt0903747.jpg?fallback=true", ArtworkKind::Poster),
                ("imdb/textless-order/tt0903747.jpg?order=imdb,rt", ArtworkKind::Poster),
                ("tmdb/poster-certs/movie-603.jpg", ArtworkKind::Poster),
            ]
            .map(|(path, kind)| (format!("{start}/{path}"), kind))
            .into()
        }
        _ => Vec::new(),
    }
}

#[test]
fn what_plug_ins_compose_is_understood() {
    for id in ["aiostreams", "jellyfin", "rpdb"] {
        let addresses = composed(client(id));
        assert!(!addresses.is_empty(), "{id}");
        for (address, expected) in addresses {
            let (kind, ignored) = read(&address);
            assert_eq!((kind, ignored), (expected, Vec::new()), "{address}");
        }
    }
}

#[test]
fn rows_are_whole_and_ids_distinct() {
    for (place, client) in CLIENTS.iter().enumerate() {
        assert!(CLIENTS[..place].iter().all(|other| other.id != client.id), "{}", client.id);
        assert!(!client.recipe.is_empty() && !client.works.is_empty() && !client.lines.is_empty());
        for line in client.lines {
            let (start, _) = line.text.split_once("%V%").unwrap_or((line.text, ""));
            assert_eq!(line.family.is_some(), start != line.text, "{}: {}", client.id, line.field);
            if let Some((_, query)) = line.fill(BASE, KEY, None).split_once('?') {
                for (name, _) in url::form_urlencoded::parse(query.as_bytes()) {
                    let name = name.split(['<', '"']).next().unwrap_or_default();
                    assert!(OptionSpec::named(name).is_some(), "{name}");
                }
            }
        }
    }
    assert!(markdown().contains("http://HOST:3000/plex/KEY/movie"));
    assert!(!markdown().contains('%'));
}
