//! Which of the titles that a search has found a name means, and how sure that is.

use super::compare::Normal;
use super::name::ParsedName;
use crate::model::{ImdbId, MediaType, TmdbId, TvdbId};

/// From this confidence on a match is taken without asking a person.
pub const SURE: u8 = 75;

/// Below this likeness two titles have nothing to do with each other.
const MIN_LIKENESS: f64 = 0.5;
/// One of two equally good candidates is taken when it has so many times the votes of the other.
const CLEARLY_MORE_VOTES: u32 = 10;
/// What a second candidate that is as good costs the first.
const AMBIGUITY: f64 = 0.7;
/// What a likeness to a second title of the name is worth.
const OTHER_TITLE: f64 = 0.97;
/// What a likeness to a candidate's subtitle alone is worth: enough with the right year only.
const SUBTITLE: f64 = 0.8;

/// A title that a search has found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchHit {
    pub media: MediaType,
    pub tmdb: TmdbId,
    pub imdb: Option<ImdbId>,
    pub tvdb: Option<TvdbId>,
    /// As the search was localised, as it was released, and others that are known.
    pub titles: Vec<String>,
    /// Of the first release.
    pub year: Option<i16>,
    /// TMDB's: tells a well-known title from a namesake.
    pub votes: u32,
}

/// A candidate with what it is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ranked {
    /// Which of the candidates.
    pub index: usize,
    /// 0 to 100; from [`SURE`] on it may be taken without asking.
    pub confidence: u8,
}

/// The candidates that a name may mean, the best first; those that it cannot mean are left out.
pub fn rank(name: &ParsedName, candidates: &[SearchHit]) -> Vec<Ranked> {
    let titles = titles_of(name);
    let mut scored: Vec<(usize, f64)> = candidates
        .iter()
        .enumerate()
        .map(|(index, candidate)| (index, score(name, &titles, candidate)))
        .filter(|(_, score)| *score > 0.0)
        .collect();
    // Votes only decide between equals: the sort is stable and the second key comes first.
    scored.sort_by_key(|(index, _)| std::cmp::Reverse(candidates[*index].votes));
    scored.sort_by(|(_, one), (_, two)| two.total_cmp(one));
    if let [(first, best), (second, next), ..] = &mut scored[..]
        && *best < 1.0
        && *best - *next < 0.02
    {
        let (votes, others) = (candidates[*first].votes, candidates[*second].votes);
        if votes < others.saturating_mul(CLEARLY_MORE_VOTES) {
            *best *= AMBIGUITY;
            *next *= AMBIGUITY;
        }
    }
    let ranked =
        |(index, score): (usize, f64)| Ranked { index, confidence: (score * 100.0).round() as u8 };
    scored.into_iter().map(ranked).collect()
}

/// The name's titles with what a likeness to each is worth.
fn titles_of(name: &ParsedName) -> Vec<(Normal, f64)> {
    let whole = name.whole_titles().into_iter().map(|title| (Normal::of(&title), 1.0));
    let others = name.alternatives.iter().map(|title| (Normal::of(title), OTHER_TITLE));
    whole.chain(others).collect()
}

/// A candidate's title whole and, for names that leave out the series of films, its subtitle alone.
fn spellings(title: &str) -> Vec<(Normal, f64)> {
    let mut spellings = vec![(Normal::of(title), 1.0)];
    if let Some((_, subtitle)) = title.split_once(": ") {
        spellings.push((Normal::of(subtitle), SUBTITLE));
    }
    spellings
}

/// How well a candidate fits, from 0 to 1; 1 for an id that is the same.
fn score(name: &ParsedName, titles: &[(Normal, f64)], candidate: &SearchHit) -> f64 {
    match same_id(name, candidate) {
        Some(true) => return 1.0,
        Some(false) => return 0.0,
        None => {}
    }
    let likeness = candidate
        .titles
        .iter()
        .flat_map(|title| spellings(title))
        .flat_map(|(theirs, share)| {
            titles.iter().map(move |(ours, weight)| ours.likeness(&theirs) * weight * share)
        })
        .fold(0.0, f64::max);
    if likeness < MIN_LIKENESS {
        return 0.0;
    }
    // An id is certain, a title never quite.
    0.99 * likeness * year_factor(name, candidate) * media_factor(name, candidate)
}

/// Whether the ids say that it is, or is not, this title; `None` where they say nothing.
fn same_id(name: &ParsedName, candidate: &SearchHit) -> Option<bool> {
    let ids = name.ids;
    // TMDB's numbers count films and series apart, and a name seldom says which.
    let tmdb = ids.tmdb.map(|id| id == candidate.tmdb);
    let imdb = ids.imdb.zip(candidate.imdb).map(|(one, two)| one == two);
    let tvdb = ids.tvdb.zip(candidate.tvdb).map(|(one, two)| one == two);
    imdb.or(tmdb).or(tvdb)
}

/// Release years differ by one between countries and data bases; a series' name may hold a season's year.
fn year_factor(name: &ParsedName, candidate: &SearchHit) -> f64 {
    let (Some(named), Some(released)) = (name.year, candidate.year) else {
        return if name.year.is_none() { 0.92 } else { 0.8 };
    };
    let later = named > released;
    match named.abs_diff(released) {
        0 => 1.0,
        1 => 0.94,
        _ if later && candidate.media == MediaType::Series && name.media().is_some() => 0.85,
        2 => 0.75,
        3..=5 => 0.5,
        _ => 0.3,
    }
}

fn media_factor(name: &ParsedName, candidate: &SearchHit) -> f64 {
    match name.media() {
        Some(media) if media != candidate.media => 0.3,
        _ => 1.0,
    }
}
