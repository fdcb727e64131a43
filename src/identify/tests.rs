//! 300 names in the styles of four media servers and of releases, each with the title it means.

use proptest::prelude::*;

use super::*;
use crate::model::{MediaType, TmdbId};

/// Number, `movie` or `tv`, year, votes, titles.
const TITLES: &str = include_str!("titles.tsv");
/// Name, number of the title it means (0: none that may be taken unasked), year, part.
const NAMES: &str = include_str!("names.tsv");

fn titles() -> Vec<SearchHit> {
    let candidate = |line: &str| {
        let [number, media, year, votes, titles] = columns(line);
        SearchHit {
            media: if media == "movie" { MediaType::Movie } else { MediaType::Series },
            tmdb: number.parse().unwrap(),
            imdb: None,
            tvdb: None,
            titles: titles.split('|').map(str::to_owned).collect(),
            year: year.parse().ok(),
            votes: votes.parse().unwrap(),
        }
    };
    TITLES.lines().map(candidate).collect()
}

fn columns<const N: usize>(line: &str) -> [&str; N] {
    line.split('\t').collect::<Vec<_>>().try_into().unwrap()
}

fn as_text(part: &NamedPart) -> String {
    let list =
        |numbers: &[u16]| numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join("-");
    match part {
        NamedPart::Whole => "-".into(),
        NamedPart::Season(season) => format!("S{season}"),
        NamedPart::Episodes { season, numbers } => format!("S{season}E{}", list(numbers)),
        NamedPart::Absolute(numbers) => format!("#{}", list(numbers)),
        NamedPart::AirDate(date) => date.to_string(),
    }
}

#[test]
fn every_name_of_the_table_is_read_and_means_its_title() {
    let candidates = titles();
    let mut wrong = Vec::new();
    for line in NAMES.lines() {
        let [name, number, year, part] = columns(line);
        let parsed = ParsedName::parse(name);
        let ranked = rank(&parsed, &candidates);
        let best = ranked.first();
        let taken = best.filter(|best| best.confidence >= SURE);
        let taken = taken.map(|best| candidates[best.index].tmdb);
        let found_year = parsed.year.map_or("-".into(), |year| year.to_string());
        let found = (taken, found_year.as_str(), as_text(&parsed.part));
        let expected = (number.parse::<u32>().ok().and_then(TmdbId::new), year, part.to_owned());
        if found != expected {
            let best = best.map(|best| (&candidates[best.index].titles[0], best.confidence));
            wrong.push(format!("{name}: {found:?}, not {expected:?}; {best:?}; {parsed:?}"));
        }
    }
    assert!(NAMES.lines().count() >= 300);
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn an_id_is_surer_than_any_title() {
    let mut candidates = titles();
    candidates[5].imdb = "tt0133093".parse().ok();
    let parsed = ParsedName::parse("Breaking Bad (2008) {imdb-tt0133093}.mkv");
    assert_eq!(rank(&parsed, &candidates)[0], Ranked { index: 5, confidence: 100 });
    let alone = ParsedName::parse("tt0133093.mkv");
    assert_eq!((alone.title.as_str(), alone.ids.imdb), ("", "tt0133093".parse().ok()));
}

#[test]
fn a_namesake_without_a_year_is_not_taken_unasked() {
    let candidates = titles();
    let dune = rank(&ParsedName::parse("Dune.mkv"), &candidates);
    assert!(dune[0].confidence < SURE, "{dune:?}");
    assert!(dune.len() >= 2);
}

proptest! {
    #[test]
    fn no_path_makes_it_panic(path in "\\PC{0,60}(/\\PC{0,60}){0,6}") {
        let parsed = ParsedName::parse(&path);
        for ranked in rank(&parsed, &titles()[..5]) {
            prop_assert!(ranked.confidence <= 100);
        }
    }
}
