//! The one table of parameters: the parser, the docs, explain and the `OpenAPI`
//! document all read it. Its rows are in the files of their group.

mod answer;
mod info;
mod look;
mod picture;
mod rpdb;
mod score;
mod strip;

use super::group::OptionGroup;
use super::options::OptionsPatch;
use super::value::ValueKind;
use crate::model::{ArtworkKind, FamilyRow, FrameShape, Switch, Words};

/// What a parameter is where nobody gives it, as docs show it.
#[derive(Clone, Copy, Debug)]
pub enum DefaultValue {
    /// In every family.
    Always(&'static str),
    /// By family.
    ByFamily(fn(&FamilyRow) -> String),
    /// Written when it is asked for.
    Computed(fn() -> String),
}

/// A value that cannot be understood, in whole or in part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotUnderstood;

type Set = fn(&mut OptionsPatch, &str) -> Result<(), NotUnderstood>;

/// One parameter, and everything the rest of the program asks about it.
#[derive(Clone, Copy, Debug)]
pub struct OptionSpec {
    pub name: &'static str,
    /// Where forms show it.
    pub group: OptionGroup,
    pub aliases: &'static [&'static str],
    /// Whether a family honours it.
    pub honoured: fn(&FamilyRow) -> bool,
    pub value: ValueKind,
    pub default: DefaultValue,
    /// One sentence.
    pub help: &'static str,
    pub set: Set,
}

impl OptionSpec {
    /// The parameter of that name or alias, in any case.
    pub fn named(name: &str) -> Option<&'static Self> {
        find(name).map(|(_, spec)| spec)
    }

    pub fn is_honoured_by(&self, kind: ArtworkKind) -> bool {
        (self.honoured)(kind.row())
    }

    /// The families that honour it.
    pub fn families(&self) -> impl Iterator<Item = ArtworkKind> {
        ArtworkKind::ALL.into_iter().filter(|kind| self.is_honoured_by(*kind))
    }

    /// The default as docs show it: `m; episode l` where families differ.
    pub fn default_text(&self) -> String {
        match self.default {
            DefaultValue::Always(text) => text.to_owned(),
            DefaultValue::Computed(text) => text(),
            DefaultValue::ByFamily(of) => by_family(of),
        }
    }
}

/// What most families have first, then the families that differ.
fn by_family(of: fn(&FamilyRow) -> String) -> String {
    let values = ArtworkKind::ALL.map(|kind| (kind.family(), of(kind.row())));
    let first = &values[0].1;
    let mut text = first.clone();
    for (place, (_, value)) in values.iter().enumerate().filter(|(_, (_, value))| value != first) {
        let is_first = values[..place].iter().all(|(_, other)| other != value);
        if is_first {
            let same = values.iter().filter(|(_, other)| other == value);
            let families: Vec<&str> = same.map(|(family, _)| *family).collect();
            text = format!("{text}; {} {value}", families.join(", "));
        }
    }
    text
}

const EVERY: fn(&FamilyRow) -> bool = |_| true;
const FRAMED: fn(&FamilyRow) -> bool = |family| family.shape != FrameShape::Lettering;
const UPRIGHT: fn(&FamilyRow) -> bool = |family| family.shape == FrameShape::Upright;

fn word<T: Words>(field: &mut Option<T>, value: &str) -> Result<(), NotUnderstood> {
    *field = Some(T::from_word(value).ok_or(NotUnderstood)?);
    Ok(())
}

fn boolean(field: &mut Option<bool>, value: &str) -> Result<(), NotUnderstood> {
    *field = Some(read_boolean(value).ok_or(NotUnderstood)?);
    Ok(())
}

fn read_boolean(value: &str) -> Option<bool> {
    Switch::from_word(value).map(|switch| switch == Switch::On)
}

fn number(field: &mut Option<u8>, value: &str, max: u8) -> Result<(), NotUnderstood> {
    *field = Some(value.parse().ok().filter(|n| *n <= max).ok_or(NotUnderstood)?);
    Ok(())
}

/// The rows by what they are about, in the order of the docs.
const GROUPS: [&[OptionSpec]; 7] = [
    look::OPTIONS,
    strip::OPTIONS,
    picture::OPTIONS,
    info::OPTIONS,
    score::OPTIONS,
    answer::OPTIONS,
    rpdb::OPTIONS,
];

/// Every parameter, in the order of the docs.
pub const OPTIONS: &[OptionSpec] = &joined::<{ length() }>();

const fn length() -> usize {
    let (mut length, mut group) = (0, 0);
    while group < GROUPS.len() {
        length += GROUPS[group].len();
        group += 1;
    }
    length
}

/// The groups one after the other; `N` is their length together.
const fn joined<const N: usize>() -> [OptionSpec; N] {
    let mut all = [GROUPS[0][0]; N];
    let (mut row, mut group) = (0, 0);
    while group < GROUPS.len() {
        let mut place = 0;
        while place < GROUPS[group].len() {
            all[row] = GROUPS[group][place];
            row += 1;
            place += 1;
        }
        group += 1;
    }
    all
}

/// Longest query that is looked at, in bytes.
const MAX_QUERY: usize = 4096;

/// Reads a raw query string into `patch`; returns the names of parameters whose
/// value was not understood, each once. Unknown parameters are passed over.
/// Where a parameter is repeated, the last one counts; a specific inset wins
/// over `edge_inset` wherever it stands.
pub fn apply_query(patch: &mut OptionsPatch, query: &str) -> Vec<&'static str> {
    apply_query_where(patch, query, |_| true)
}

/// The same for the parameters that `takes` says yes to; the others are among the ignored.
pub(super) fn apply_query_where(
    patch: &mut OptionsPatch,
    query: &str,
    takes: impl Fn(&str) -> bool,
) -> Vec<&'static str> {
    let mut ignored = Vec::new();
    let mut end = query.len().min(MAX_QUERY);
    while !query.is_char_boundary(end) {
        end -= 1;
    }
    let mut given: Vec<(usize, String)> = url::form_urlencoded::parse(&query.as_bytes()[..end])
        .filter_map(|(name, value)| Some((position_of(&name)?, value.trim().to_owned())))
        .collect();
    given.sort_by_key(|(row, _)| *row);
    for (row, value) in given {
        let spec = &OPTIONS[row];
        // An empty value is how forms say nothing.
        if value.is_empty() {
            continue;
        }
        let understood = takes(spec.name) && (spec.set)(patch, &value).is_ok();
        if !understood && !ignored.contains(&spec.name) {
            ignored.push(spec.name);
        }
    }
    ignored
}

fn position_of(name: &str) -> Option<usize> {
    find(name).map(|(row, _)| row)
}

/// The parameter of that name or alias, in any case, and its row.
pub(crate) fn find(name: &str) -> Option<(usize, &'static OptionSpec)> {
    OPTIONS.iter().enumerate().find(|(_, spec)| {
        spec.name.eq_ignore_ascii_case(name)
            || spec.aliases.iter().any(|alias| alias.eq_ignore_ascii_case(name))
    })
}

/// What a value has to be, as an error says it.
pub(crate) fn expectation(value: ValueKind) -> String {
    format!("expected {}", value.markdown().replace('`', ""))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::{Language, LanguagePreference, Position, RatingSource};

    fn parse(query: &str) -> (OptionsPatch, Vec<&'static str>) {
        let mut patch = OptionsPatch::default();
        let ignored = apply_query(&mut patch, query);
        (patch, ignored)
    }

    #[test]
    fn lists_arrive_with_commas_or_encoded_commas() {
        for query in ["ratings_order=imdb,rt", "order=imdb%2Crt", "ratings=IMDB%2ctomatoes-critics"]
        {
            let (patch, ignored) = parse(query);
            let expected = vec![RatingSource::Imdb, RatingSource::RottenTomatoes];
            assert_eq!(patch.ratings_order, Some(expected), "{query}");
            assert!(ignored.is_empty(), "{query}");
        }
    }

    #[test]
    fn unknown_members_are_dropped_singly_and_reported() {
        let (patch, ignored) = parse("ratings_order=imdb,nobody,mc");
        assert_eq!(patch.ratings_order, Some(vec![RatingSource::Imdb, RatingSource::Metacritic]));
        assert_eq!(ignored, ["ratings_order"]);
    }

    #[test]
    fn what_is_not_understood_is_named_and_changes_nothing() {
        let (patch, ignored) =
            parse("badge_size=huge&position=middle&edge_inset=51&colour=red&split=maybe");
        assert_eq!(patch, OptionsPatch::default());
        assert_eq!(ignored, ["badge_size", "position", "split", "edge_inset"]);
    }

    #[test]
    fn every_word_of_the_table_is_understood() {
        for spec in OPTIONS {
            for value in spec.value.samples() {
                let mut patch = OptionsPatch::default();
                assert_eq!((spec.set)(&mut patch, &value), Ok(()), "{}={value}", spec.name);
                let changed = patch != OptionsPatch::default();
                assert_eq!(changed, spec.name != "v", "{}={value}", spec.name);
            }
        }
    }

    #[test]
    fn rpdb_bar_positions_are_positions() {
        assert_eq!(parse("ratingBarPos=left-top").0.position, Some(Position::TopLeft));
        assert_eq!(parse("ratingBarPos=right-bottom").0.position, Some(Position::BottomRight));
        assert_eq!(parse("ratingBarPos=bottom").0.position, Some(Position::BottomCenter));
    }

    #[test]
    fn a_specific_inset_wins_over_the_general_one() {
        let (patch, _) = parse("edge_inset_x=3&edge_inset=10");
        assert_eq!((patch.edge_inset_x, patch.edge_inset_y), (Some(3), Some(10)));
    }

    #[test]
    fn a_language_may_have_a_region() {
        let brazil: Language = "pt-BR".parse().unwrap();
        assert_eq!(parse("lang=pt-br").0.language, Some(LanguagePreference::Code(brazil)));
    }

    proptest! {
        #[test]
        fn any_query_is_survived(query in ".{0,300}") {
            parse(&query);
        }
    }
}
