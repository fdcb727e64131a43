//! Titles as people and programs list them: ids, JSON Lines, CSV.

use std::collections::HashSet;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use serde_json::Value;

use crate::cli::CliError;

/// Longest line, in bytes.
const MAX_LINE: u64 = 64 << 10;
/// More titles are no list that anybody meant.
const MAX_TITLES: usize = 2_000_000;
/// Longest id.
const MAX_ID: usize = 64;

/// A title by id, as it stands in an address, or by name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::cli) enum TitleRef {
    Id { id_type: &'static str, id: String },
    Name { name: String, year: Option<u16>, media: Option<String> },
}

/// Why a list cannot be read.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
enum ListError {
    #[error("line {0}: neither an id nor a title")]
    Line(usize),
    #[error("line {0} is too long")]
    Length(usize),
    #[error("there are more than {MAX_TITLES} titles")]
    TooMany,
    #[error("it cannot be read: {0}")]
    Io(std::io::ErrorKind),
    #[error("the CSV has none of the columns id, imdb_id, tmdb_id, title")]
    Columns,
}

/// Words before a bare number of TMDB's.
const TMDB_WORDS: [&str; 9] =
    ["movie", "movies", "film", "tv", "series", "show", "shows", "episode", "season"];

impl TitleRef {
    /// An id that names itself: `tt0133093`, `movie-603`, `tmdb:603`, `kitsu:7442`, `imdb/tt0133093`.
    pub(in crate::cli) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (word, raw) = text.split_once('/').unwrap_or(("", text));
        let id_types = ["imdb", "tmdb", "tvdb", "mal", "kitsu", "anilist", "anidb", "auto"];
        let named = id_types.into_iter().find(|known| known.eq_ignore_ascii_case(word));
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b':' | b'-' | b'_');
        let has_digit = raw.bytes().any(|b| b.is_ascii_digit());
        if !(1..=MAX_ID).contains(&raw.len()) || !raw.bytes().all(plain) || !has_digit {
            return None;
        }
        let id_type = match named {
            Some(named) => named,
            None if !word.is_empty() => return None,
            None => id_type_of(raw)?,
        };
        Some(Self::Id { id_type, id: raw.to_owned() })
    }

    /// A row of a list: `id`, else `imdb_id`, else `tmdb_id` with `media_type`, else `title` with `year` or `release_date`.
    fn of_row(field: impl Fn(&str) -> Option<String>) -> Option<Self> {
        let field = |name: &str| {
            field(name).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
        };
        let media = field("media_type").or_else(|| field("type"));
        if let Some(found) = field("imdb_id").and_then(|id| Self::parse(&id)) {
            return Some(found);
        }
        if let (Some(id), Some(media)) = (field("tmdb_id"), &media) {
            let word = if media == "movie" { "movie" } else { "series" };
            return Self::parse(&format!("{word}-{id}"));
        }
        if let Some(found) = field("id").and_then(|id| Self::parse(&id)) {
            return Some(found);
        }
        let year = field("year").or_else(|| field("release_date"));
        let year = year.and_then(|text| text.get(..4)?.parse().ok());
        field("title").map(|name| Self::Name { name, year, media })
    }
}

impl std::fmt::Display for TitleRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Id { id, .. } => f.write_str(id),
            Self::Name { name, year: Some(year), .. } => write!(f, "{name} ({year})"),
            Self::Name { name, .. } => f.write_str(name),
        }
    }
}

/// The type of an id that names itself.
fn id_type_of(raw: &str) -> Option<&'static str> {
    let lower = raw.to_ascii_lowercase();
    if lower.starts_with("tt") || lower.contains("-tt") {
        return Some("imdb");
    }
    let word = lower.split(['-', ':']).next().unwrap_or_default();
    match lower.len() > word.len() {
        true if TMDB_WORDS.contains(&word)
            && lower[word.len() + 1..].starts_with(|c: char| c.is_ascii_digit()) =>
        {
            Some("tmdb")
        }
        true => Some("auto"),
        false => None,
    }
}

/// The titles that arguments name, each once: ids, files of them, `-` for standard input.
pub(in crate::cli) fn read_titles(arguments: &[String]) -> Result<Vec<TitleRef>, CliError> {
    let mut titles = Vec::new();
    for argument in arguments {
        titles.extend(named(argument)?);
    }
    let mut seen = HashSet::new();
    titles.retain(|title| seen.insert(title.clone()));
    Ok(titles)
}

fn named(argument: &str) -> Result<Vec<TitleRef>, CliError> {
    let listed = |error: ListError| CliError::Usage(format!("{argument}: {error}"));
    if argument == "-" {
        return read_list(std::io::stdin().lock()).map_err(listed);
    }
    if let Some(title) = TitleRef::parse(argument) {
        return Ok(vec![title]);
    }
    if !Path::new(argument).is_file() {
        return Err(CliError::Usage(format!("{argument}: neither an id nor a file")));
    }
    let file = File::open(argument);
    let file = file.map_err(|error| CliError::Usage(format!("{argument}: {}", error.kind())))?;
    read_list(BufReader::new(file)).map_err(listed)
}

/// Reads a list to its end: CSV with a heading, JSON Lines, or an id in each line. Empty lines and those that begin with `#` are passed over.
fn read_list(input: impl BufRead) -> Result<Vec<TitleRef>, ListError> {
    let mut input = input;
    let mut titles = Vec::new();
    let mut number = 0;
    while let Some(line) = next_line(&mut input, &mut number)? {
        let line = line.trim().trim_start_matches('\u{feff}');
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if titles.is_empty() && is_heading(line) {
            let heading = format!("{line}\n");
            return read_csv(heading.as_bytes().chain(input));
        }
        titles.push(of_line(line).ok_or(ListError::Line(number))?);
        if titles.len() > MAX_TITLES {
            return Err(ListError::TooMany);
        }
    }
    Ok(titles)
}

fn next_line(input: &mut impl BufRead, number: &mut usize) -> Result<Option<String>, ListError> {
    let mut bytes = Vec::new();
    *number += 1;
    let read = input.by_ref().take(MAX_LINE + 1).read_until(b'\n', &mut bytes);
    match read.map_err(|error| ListError::Io(error.kind()))? {
        0 => Ok(None),
        length if length as u64 > MAX_LINE => Err(ListError::Length(*number)),
        _ => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
    }
}

fn of_line(line: &str) -> Option<TitleRef> {
    if !line.starts_with('{') {
        return TitleRef::parse(line);
    }
    let row: Value = serde_json::from_str(line).ok()?;
    TitleRef::of_row(|name| match &row[name] {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    })
}

const COLUMNS: [&str; 4] = ["id", "imdb_id", "tmdb_id", "title"];

fn is_heading(line: &str) -> bool {
    let mut names = line.split(',').map(|name| name.trim().trim_matches('"'));
    !line.starts_with('{') && names.any(|name| COLUMNS.contains(&name))
}

fn read_csv(input: impl Read) -> Result<Vec<TitleRef>, ListError> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(input);
    let broken = |error: csv::Error| match error.kind() {
        csv::ErrorKind::Io(error) => ListError::Io(error.kind()),
        _ => ListError::Line(error.position().map_or(0, |place| place.line() as usize)),
    };
    let heading = reader.headers().map_err(broken)?.clone();
    let column = |name: &str| heading.iter().position(|known| known.trim() == name);
    if !COLUMNS.iter().any(|name| column(name).is_some()) {
        return Err(ListError::Columns);
    }
    let mut titles = Vec::new();
    for record in reader.records() {
        let record = record.map_err(broken)?;
        let line = record.position().map_or(0, |place| place.line() as usize);
        if record.iter().all(str::is_empty) {
            continue;
        }
        // A cell that a spreadsheet would have run was written with a mark in front.
        let cell = |name: &str| {
            let text = record.get(column(name)?)?;
            let marked =
                text.strip_prefix('\'').filter(|rest| rest.starts_with(['=', '+', '-', '@', '\t']));
            Some(marked.unwrap_or(text).to_owned())
        };
        titles.push(TitleRef::of_row(cell).ok_or(ListError::Line(line))?);
        if titles.len() > MAX_TITLES {
            return Err(ListError::TooMany);
        }
    }
    Ok(titles)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn id(text: &str) -> Option<(&'static str, String)> {
        match TitleRef::parse(text)? {
            TitleRef::Id { id_type, id } => Some((id_type, id)),
            TitleRef::Name { .. } => None,
        }
    }

    #[test]
    fn ids_name_their_type() {
        for (text, id_type, raw) in [
            ("tt0133093", "imdb", "tt0133093"),
            (" tt0903747:1:1 ", "imdb", "tt0903747:1:1"),
            ("movie-603", "tmdb", "movie-603"),
            ("series-1396-S2", "tmdb", "series-1396-S2"),
            ("season-tt0903747-S2", "imdb", "season-tt0903747-S2"),
            ("tmdb:603", "auto", "tmdb:603"),
            ("kitsu:7442", "auto", "kitsu:7442"),
            ("tvdb/81189", "tvdb", "81189"),
            ("imdb/tt0133093", "imdb", "tt0133093"),
        ] {
            assert_eq!(id(text), Some((id_type, raw.to_owned())), "{text}");
        }
        for text in ["", "603", "The Matrix", "../603", "other/603", "tt\u{660}", "movie-"] {
            assert_eq!(id(text), None, "{text}");
        }
    }

    #[test]
    fn lists_are_read_in_three_forms() {
        let expected =
            vec![TitleRef::parse("tt0133093").unwrap(), TitleRef::parse("series-1396").unwrap()];
        for list in [
            "# films\ntt0133093\n\nseries-1396\n",
            "{\"imdb_id\":\"tt0133093\",\"tmdb_id\":603,\"media_type\":\"movie\"}\n{\"tmdb_id\":1396,\"media_type\":\"series\",\"imdb_id\":null}",
            "\u{feff}title,imdb_id,tmdb_id,media_type\n\"Matrix, The\",tt0133093,603,movie\nBreaking Bad,,1396,series\n",
        ] {
            assert_eq!(read_list(list.as_bytes()), Ok(expected.clone()), "{list}");
        }
        let named = read_list(&b"title,year\n'=Sum,1999\n"[..]).unwrap();
        let name = TitleRef::Name { name: "=Sum".into(), year: Some(1999), media: None };
        assert_eq!(named, [name]);
    }

    #[test]
    fn mistakes_name_their_line() {
        assert_eq!(read_list(&b"tt1\nwhat is this\n"[..]), Err(ListError::Line(2)));
        assert_eq!(read_list(&b"{\"name\":1}\n"[..]), Err(ListError::Line(1)));
        let long = "x".repeat(70_000);
        assert_eq!(read_list(long.as_bytes()), Err(ListError::Length(1)));
    }

    proptest! {
        #[test]
        fn any_list_is_survived(list in "(?s).{0,300}") {
            let _ = read_list(list.as_bytes());
        }
    }
}
