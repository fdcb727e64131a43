//! What a name says: one of a file, of a folder, or a path of both below a library's root.

use hunch::{HunchResult, MediaType as Guess, Property};

use super::ids::{self, NamedIds};
use crate::model::{Date, MediaType};

/// Longer names are cut: no file system has them, and reading takes time by length.
const MAX_NAME_BYTES: usize = 1024;
/// Folders above a file that are read: series, season, and one that sorts.
const MAX_FOLDERS: usize = 3;
/// No film is older, and no name means a later year.
const YEARS: std::ops::RangeInclusive<i32> = 1880..=2100;

/// Which part of a title a name means.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum NamedPart {
    /// A film, or a series as a whole: the name does not say which.
    #[default]
    Whole,
    Season(u16),
    /// Episodes of one season; season 0 holds the specials.
    Episodes {
        season: u16,
        numbers: Vec<u16>,
    },
    /// Episodes counted through all seasons, as anime are.
    Absolute(Vec<u16>),
    /// The episode of a day.
    AirDate(Date),
}

/// What a name says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ParsedName {
    /// Empty where a name holds an id only.
    pub title: String,
    /// Other titles in the same name: behind "aka", in brackets, behind a dash.
    pub alternatives: Vec<String>,
    pub year: Option<i16>,
    pub ids: NamedIds,
    pub part: NamedPart,
}

impl ParsedName {
    /// Reads a name, or a path with `/` between folders and file. Never fails: what is not understood is title.
    pub fn parse(path: &str) -> Self {
        let path = &path[..path.floor_char_boundary(MAX_NAME_BYTES)];
        let (ids, clean) = without_ids(path);
        let read = hunch::hunch(&clean);
        let mut name = Self { ids, year: year_of(&read), part: part_of(&read), ..Self::default() };
        if matches!(name.part, NamedPart::AirDate(_)) {
            name.year = None;
        }
        name.titles(&read);
        name.numbers_in_titles(&clean);
        name.year_in_brackets(&clean);
        name.country(&clean);
        name.keep_title_apart_from_id();
        name
    }

    /// A series where the name counts episodes or seasons; else either.
    pub fn media(&self) -> Option<MediaType> {
        (self.part != NamedPart::Whole).then_some(MediaType::Series)
    }

    /// The title, alone and with what stands beside it in the same name.
    pub(super) fn whole_titles(&self) -> Vec<String> {
        let mut titles = vec![self.title.clone()];
        // "Mission Impossible - Fallout": the dash may be a part of the title or stand between two.
        titles.extend(self.alternatives.iter().map(|other| format!("{} {other}", self.title)));
        titles.retain(|title| !title.trim().is_empty());
        titles
    }

    fn titles(&mut self, read: &HunchResult) {
        let title = read.title().unwrap_or_default();
        let mut titles = split_aka(title);
        self.title = titles.remove(0);
        self.alternatives = titles;
        for other in read.all(Property::AlternativeTitle) {
            self.alternatives.extend(split_aka(other));
        }
        if let (Some(part), NamedPart::Whole) = (read.part(), &self.part) {
            self.title = format!("{} Part {part}", self.title);
        }
    }

    /// "Blade Runner 2049 2017": four digits before a year are a part of the title, not season 20.
    fn numbers_in_titles(&mut self, clean: &str) {
        let NamedPart::Episodes { season, numbers } = &self.part else { return };
        let [number] = numbers[..] else { return };
        let digits = format!("{season}{number:02}");
        let (4, Some(year)) = (digits.len(), self.year) else { return };
        let file = clean.rsplit('/').next().unwrap_or_default();
        let words: Vec<&str> =
            file.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
        let year = year.to_string();
        if words.windows(2).any(|pair| pair[0] == digits && pair[1] == year) {
            self.title = format!("{} {digits}", self.title);
            self.part = NamedPart::Whole;
        }
    }

    /// "2012 (2009)": where a year stands in brackets, that is the year and what is before it the title.
    fn year_in_brackets(&mut self, clean: &str) {
        let Some((title, year)) = clean.split('/').rev().find_map(before_bracketed_year) else {
            return;
        };
        if !matches!(self.part, NamedPart::AirDate(_)) {
            self.year = Some(year);
        }
        let title = split_aka(title).remove(0);
        if title != self.title && !title.contains(['(', '[', '{']) {
            let read = std::mem::replace(&mut self.title, title);
            // A file called "movie" says nothing beside its folder.
            if !read.is_empty() && self.title.contains(&read) {
                self.alternatives.insert(0, read);
            }
        }
    }

    /// "The Office (US)": the country tells namesakes apart.
    fn country(&mut self, clean: &str) {
        let behind = clean.split('/').find_map(|part| part.strip_prefix(self.title.as_str()));
        let Some(code) = behind.and_then(|rest| rest.trim_start().strip_prefix('(')) else {
            return;
        };
        let Some((code, _)) = code.split_once(')') else { return };
        if matches!(code.len(), 2 | 3) && code.bytes().all(|b| b.is_ascii_uppercase()) {
            let with = format!("{} {code}", self.title);
            self.alternatives.insert(0, std::mem::replace(&mut self.title, with));
        }
    }

    /// A name that is an id and nothing else has no title.
    fn keep_title_apart_from_id(&mut self) {
        let of_id =
            self.ids.imdb.is_some_and(|id| self.title.eq_ignore_ascii_case(&id.to_string()));
        if of_id {
            self.title.clear();
        }
    }
}

/// The ids of all folders and the file, the file's first, and the path without them. Folders further
/// up than a series' are left out.
fn without_ids(path: &str) -> (NamedIds, String) {
    let parts: Vec<&str> = path.split(['/', '\\']).filter(|part| !part.trim().is_empty()).collect();
    let from = parts.len().saturating_sub(MAX_FOLDERS + 1);
    let mut ids = NamedIds::default();
    let mut clean = Vec::new();
    for part in parts[from..].iter().rev() {
        let (found, rest) = ids::take(part);
        ids = ids.or(found);
        clean.push(rest.split_whitespace().collect::<Vec<_>>().join(" "));
    }
    clean.reverse();
    (ids, clean.join("/"))
}

/// "2012 (2009) - 2160p" as ("2012", 2009).
fn before_bracketed_year(part: &str) -> Option<(&str, i16)> {
    let (at, _) = part.match_indices(['(', '[']).find(|(at, _)| {
        let inner = &part.as_bytes()[at + 1..];
        inner.len() > 4
            && inner[..4].iter().all(u8::is_ascii_digit)
            && matches!(inner[4], b')' | b']')
    })?;
    let year: i32 = part[at + 1..at + 5].parse().ok()?;
    let title = part[..at].trim().trim_end_matches(['-', '.', '_']).trim_end();
    (YEARS.contains(&year) && !title.is_empty()).then_some((title, year as i16))
}

/// "Das Boot aka The Boat" holds two titles.
fn split_aka(title: &str) -> Vec<String> {
    let words: Vec<&str> = title.split_whitespace().collect();
    let parts = words
        .split(|word| ["aka", "a.k.a.", "a.k.a"].iter().any(|aka| word.eq_ignore_ascii_case(aka)));
    let titles: Vec<String> =
        parts.filter(|part| !part.is_empty()).map(|part| part.join(" ")).collect();
    if titles.is_empty() { vec![title.trim().to_owned()] } else { titles }
}

fn year_of(read: &HunchResult) -> Option<i16> {
    read.year().filter(|year| YEARS.contains(year)).and_then(|year| year.try_into().ok())
}

fn part_of(read: &HunchResult) -> NamedPart {
    if let Some(date) = read.date().and_then(|date| date.parse().ok())
        && read.media_type() == Some(Guess::Episode)
    {
        return NamedPart::AirDate(date);
    }
    let numbers = |property| -> Vec<u16> {
        read.all(property).iter().filter_map(|number| number.parse().ok()).collect()
    };
    let (season, episodes) =
        (numbers(Property::Season).first().copied(), numbers(Property::Episode));
    match (season, episodes) {
        (Some(season), numbers) if !numbers.is_empty() => NamedPart::Episodes { season, numbers },
        (Some(season), _) => NamedPart::Season(season),
        (None, numbers) if !numbers.is_empty() => NamedPart::Absolute(numbers),
        (None, _) => NamedPart::Whole,
    }
}
