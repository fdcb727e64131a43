//! Which films and series the files of a library are: by folders and names, before anybody is asked.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::identify::{MAX_NFO_BYTES, NamedIds, NamedPart, ParsedName, from_nfo};

/// A film or a series of a library.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LibraryItem {
    /// What it is known by: its folder, or its file where it has no folder of its own.
    pub path: String,
    pub name: ParsedName,
    pub form: ItemForm,
}

/// How an item lies in its library. Paths are below the root, with `/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ItemForm {
    /// A film in a folder of its own.
    FilmFolder {
        folder: String,
        video: String,
    },
    /// A film beside others.
    FilmFile {
        video: String,
    },
    Series {
        folder: String,
        episodes: Vec<EpisodeFile>,
        seasons: BTreeMap<u16, String>,
    },
}

/// A file with an episode of a series.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EpisodeFile {
    pub video: String,
    pub season: u16,
    /// The first, where a file holds several.
    pub number: u16,
}

impl ItemForm {
    pub fn is_series(&self) -> bool {
        matches!(self, Self::Series { .. })
    }
}

/// Groups the videos of a library.
pub fn items(root: &Path, videos: &[String]) -> Vec<LibraryItem> {
    let mut series: BTreeMap<String, Vec<(String, ParsedName)>> = BTreeMap::new();
    let mut films: BTreeMap<String, Vec<(String, ParsedName)>> = BTreeMap::new();
    for (folder, files) in by_folder(videos) {
        let named: Vec<(String, ParsedName)> =
            files.into_iter().map(|file| (file.clone(), ParsedName::parse(&file))).collect();
        match series_folder(root, &folder, &named) {
            Some(series_folder) => series.entry(series_folder).or_default().extend(named),
            None => films.entry(folder).or_default().extend(named),
        }
    }
    let mut found: Vec<LibraryItem> =
        series.into_iter().filter_map(|(folder, files)| series_item(root, folder, files)).collect();
    for (folder, files) in films {
        found.extend(film_items(root, &folder, files));
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

fn by_folder(videos: &[String]) -> BTreeMap<String, Vec<String>> {
    let mut folders: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for video in videos {
        folders.entry(parent(video).to_owned()).or_default().push(video.clone());
    }
    folders
}

/// The folder of the series that all files of a folder belong to; `None` where they are films.
fn series_folder(root: &Path, folder: &str, files: &[(String, ParsedName)]) -> Option<String> {
    if season_of_folder(last(folder)).is_some() && !parent(folder).is_empty() {
        return Some(parent(folder).to_owned());
    }
    let counts = |name: &ParsedName| match name.part {
        NamedPart::Episodes { .. } | NamedPart::AirDate(_) => true,
        // A number alone is an episode's among others only: "Ocean's 11" is none.
        NamedPart::Absolute(_) => files.len() > 1 && name.year.is_none(),
        NamedPart::Whole | NamedPart::Season(_) => false,
    };
    let of_series = files.iter().filter(|(_, name)| counts(name)).count();
    let says_so = !folder.is_empty() && is_file(root, &join(folder, "tvshow.nfo"));
    (says_so || (!folder.is_empty() && of_series * 2 > files.len())).then(|| folder.to_owned())
}

fn series_item(
    root: &Path,
    folder: String,
    files: Vec<(String, ParsedName)>,
) -> Option<LibraryItem> {
    let mut name = ParsedName::parse(last(&folder));
    if name.title.trim().is_empty() {
        name.title.clone_from(&files.first()?.1.title);
    }
    name.part = NamedPart::Whole;
    name.ids = name.ids.or(nfo_ids(root, &join(&folder, "tvshow.nfo")));
    let (mut episodes, mut seasons) = (Vec::new(), BTreeMap::new());
    for (video, file_name) in files {
        let of_folder = season_of_folder(last(parent(&video)));
        let (season, number) = match file_name.part {
            NamedPart::Episodes { season, ref numbers } => (Some(season), numbers.first().copied()),
            NamedPart::Absolute(ref numbers) => (of_folder, numbers.first().copied()),
            NamedPart::Season(season) => (Some(season), None),
            NamedPart::Whole | NamedPart::AirDate(_) => (of_folder, None),
        };
        if let Some(season) = of_folder.or(season) {
            seasons.entry(season).or_insert_with(|| parent(&video).to_owned());
        }
        if let (Some(season), Some(number)) = (season, number) {
            episodes.push(EpisodeFile { video, season, number });
        }
    }
    Some(LibraryItem {
        path: folder.clone(),
        name,
        form: ItemForm::Series { folder, episodes, seasons },
    })
}

/// One film of all files of a folder, where they are one; else a film of each file.
fn film_items(root: &Path, folder: &str, files: Vec<(String, ParsedName)>) -> Vec<LibraryItem> {
    let titles: BTreeSet<(String, Option<i16>)> =
        files.iter().map(|(_, name)| (name.title.to_lowercase(), name.year)).collect();
    if titles.len() == 1 && !folder.is_empty() && !is_collection(root, folder) {
        let Some((video, mut name)) = files.into_iter().next() else { return Vec::new() };
        name.ids = name.ids.or(nfo_of_film(root, folder, &video));
        let folder = folder.to_owned();
        let form = ItemForm::FilmFolder { folder: folder.clone(), video };
        return vec![LibraryItem { path: folder, name, form }];
    }
    let file = |(video, mut name): (String, ParsedName)| {
        name.ids = name.ids.or(nfo_ids(root, &format!("{}.nfo", stem(&video))));
        LibraryItem { path: video.clone(), name, form: ItemForm::FilmFile { video } }
    };
    files.into_iter().map(file).collect()
}

/// A folder with folders of titles in it is not one film's.
fn is_collection(root: &Path, folder: &str) -> bool {
    let entries = std::fs::read_dir(root.join(folder)).into_iter().flatten().flatten();
    entries
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
        .any(|entry| has_year(&entry.file_name().to_string_lossy()))
}

/// `(1999)` or `[1999]`.
fn has_year(name: &str) -> bool {
    name.match_indices(['(', '[']).any(|(at, _)| {
        let inner = &name.as_bytes()[at + 1..];
        inner.len() > 4 && inner[..4].iter().all(u8::is_ascii_digit)
    })
}

fn nfo_of_film(root: &Path, folder: &str, video: &str) -> NamedIds {
    let own = nfo_ids(root, &format!("{}.nfo", stem(video)));
    own.or(nfo_ids(root, &join(folder, "movie.nfo")))
}

/// The ids in an `.nfo` file that is small enough, no link, and plain: with a DTD or entities it is not read.
fn nfo_ids(root: &Path, path: &str) -> NamedIds {
    let file = root.join(path);
    let small = std::fs::symlink_metadata(&file)
        .is_ok_and(|there| there.is_file() && there.len() <= MAX_NFO_BYTES as u64);
    let bytes = if small { std::fs::read(file).unwrap_or_default() } else { Vec::new() };
    let text = String::from_utf8_lossy(&bytes);
    let declares = |mark: &str| {
        text.as_bytes().windows(mark.len()).any(|w| w.eq_ignore_ascii_case(mark.as_bytes()))
    };
    match declares("<!doctype") || declares("<!entity") {
        true => NamedIds::default(),
        false => from_nfo(&text),
    }
}

fn is_file(root: &Path, path: &str) -> bool {
    std::fs::symlink_metadata(root.join(path)).is_ok_and(|there| there.is_file())
}

/// The number of a season's folder: `Season 01`, `S1`, `Staffel 2`, `Specials`.
fn season_of_folder(name: &str) -> Option<u16> {
    const WORDS: [&str; 9] =
        ["season", "staffel", "saison", "series", "temporada", "stagione", "seizoen", "sezon", "s"];
    let name = name.trim().to_lowercase();
    if matches!(name.as_str(), "specials" | "special" | "season specials") {
        return Some(0);
    }
    let digits = name.trim_start_matches(|c: char| !c.is_ascii_digit());
    let word = name[..name.len() - digits.len()].trim_end_matches([' ', '_', '-', '.']);
    let number = digits.split([' ', '(', '[', '-']).next().unwrap_or_default();
    match WORDS.contains(&word) && (1..=4).contains(&number.len()) {
        true => number.parse().ok(),
        false => None,
    }
}

/// The folder of a path, empty at the root.
pub(super) fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(parent, _)| parent)
}

fn last(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or_default()
}

/// A path without its extension.
pub(super) fn stem(path: &str) -> &str {
    path.rsplit_once('.').map_or(path, |(stem, _)| stem)
}

pub(super) fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn library(files: &[&str]) -> (tempfile::TempDir, Vec<LibraryItem>) {
        let dir = tempfile::tempdir().unwrap();
        for file in files {
            let path = dir.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "").unwrap();
        }
        let videos: Vec<String> = files.iter().map(|file| (*file).to_owned()).collect();
        let found = items(dir.path(), &videos);
        (dir, found)
    }

    #[test]
    fn films_lie_in_folders_of_their_own_or_beside_others() {
        let (_dir, found) = library(&[
            "The Matrix (1999)/The Matrix (1999) - 2160p.mkv",
            "The Matrix (1999)/The Matrix (1999) - 1080p.mkv",
            "Heat.1995.1080p.BluRay.x264-GRP.mkv",
            "Collection/Dune (2021).mkv",
            "Collection/Arrival (2016) {imdb-tt2543164}.mkv",
            "Ocean's 11 (1960)/Ocean's 11.mkv",
        ]);
        let told: Vec<(&str, &str, bool)> = found
            .iter()
            .map(|item| {
                let own = matches!(item.form, ItemForm::FilmFolder { .. });
                (item.path.as_str(), item.name.title.as_str(), own)
            })
            .collect();
        assert_eq!(
            told,
            [
                ("Collection/Arrival (2016) {imdb-tt2543164}.mkv", "Arrival", false),
                ("Collection/Dune (2021).mkv", "Dune", false),
                ("Heat.1995.1080p.BluRay.x264-GRP.mkv", "Heat", false),
                ("Ocean's 11 (1960)", "Ocean's 11", true),
                ("The Matrix (1999)", "The Matrix", true),
            ]
        );
        assert!(found[0].name.ids.imdb.is_some());
    }

    #[test]
    fn series_have_seasons_and_episodes_in_any_of_the_usual_forms() {
        let (_dir, found) = library(&[
            "Night Ferry (2008)/Season 01/Night Ferry - S01E01 - Cast Off.mkv",
            "Night Ferry (2008)/Season 01/Night Ferry - S01E02-E03.mkv",
            "Night Ferry (2008)/Specials/Night Ferry - S00E01.mkv",
            "Flat Show [tvdbid-81189]/flat.show.s02e05.720p.mkv",
        ]);
        assert_eq!(found.len(), 2);
        let ItemForm::Series { episodes, seasons, .. } = &found[1].form else {
            panic!("{found:?}")
        };
        let numbers: Vec<_> = episodes.iter().map(|e| (e.season, e.number)).collect();
        assert_eq!(numbers, [(1, 1), (1, 2), (0, 1)]);
        assert_eq!(seasons[&1], "Night Ferry (2008)/Season 01");
        assert_eq!((found[1].name.title.as_str(), found[1].name.year), ("Night Ferry", Some(2008)));
        let ItemForm::Series { episodes, .. } = &found[0].form else { panic!("{found:?}") };
        assert_eq!((episodes[0].season, episodes[0].number), (2, 5));
        assert!(found[0].name.ids.tvdb.is_some());
    }

    #[test]
    fn an_nfo_names_its_title_unless_it_declares_anything() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("x")).unwrap();
        let videos = ["x/x.mkv".to_owned()];
        let nfo = |text: &str| {
            std::fs::write(dir.path().join("x/movie.nfo"), text).unwrap();
            items(dir.path(), &videos)[0].name.ids.imdb.map(|id| id.to_string())
        };
        let uniqueid = "<movie><uniqueid type=\"imdb\">tt0133093</uniqueid></movie>";
        assert_eq!(nfo(uniqueid).as_deref(), Some("tt0133093"));
        assert_eq!(nfo(&format!("<!DOCTYPE a [<!ENTITY b \"c\">]>{uniqueid}")), None);
        assert_eq!(nfo(&format!("{uniqueid}{}", " ".repeat(MAX_NFO_BYTES))), None);
    }

    #[test]
    fn folders_of_seasons_are_told_by_their_names() {
        for (name, season) in [
            ("Season 1", Some(1)),
            ("season 02", Some(2)),
            ("S03", Some(3)),
            ("Staffel 4", Some(4)),
            ("Season 2019", Some(2019)),
            ("Specials", Some(0)),
            ("Season 1 (1080p)", Some(1)),
            ("S.W.A.T. 1", None),
            ("24", None),
            ("Seven", None),
        ] {
            assert_eq!(season_of_folder(name), season, "{name}");
        }
    }
}
