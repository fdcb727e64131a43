//! Which title a look-up of Plex means: ids first, then names by the one matcher. Pure; who asks is the catalogue.

use super::rating_key::RatingKey;
use super::request::{MatchRequest, Wanted};
use crate::identify::{NamedIds, NamedPart, ParsedName, SearchHit, rank};
use crate::model::{ExternalId, Language, MediaType, TmdbId};
use crate::upstream::tmdb::FoundTitle;

/// Searches for one look-up at most.
const MAX_QUERIES: usize = 5;
/// What a name is worth that Plex did not read itself, but we out of its title or the file's name.
const READ_BY_US: f64 = 0.97;

/// An id that a look-up brings along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum GivenId {
    Own(RatingKey),
    External(ExternalId),
}

/// A name that the title may have, and what a likeness to it is worth.
pub(super) struct WeighedName {
    name: ParsedName,
    weight: f64,
}

/// A search for titles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SearchQuery {
    pub(super) name: String,
    pub(super) year: Option<u16>,
    pub(super) language: Language,
}

/// A title that searches have found, with its names in all languages they were made in.
#[derive(Clone, Debug)]
pub(super) struct SearchedTitle {
    pub(super) found: FoundTitle,
    names: Vec<String>,
}

/// The ids of a look-up, the most telling first.
pub(super) fn given_ids(request: &MatchRequest) -> Vec<GivenId> {
    let mut ids: Vec<GivenId> = request.guid.as_deref().and_then(read_guid).into_iter().collect();
    // A number of TMDB's beside an episode may be the episode's own, by which nothing can be looked up.
    if request.wanted != Wanted::Title {
        ids.retain(|id| !matches!(id, GivenId::External(ExternalId::Tmdb(_))));
    }
    let in_name = request.filename.as_deref().map(|name| ParsedName::parse(name).ids);
    ids.extend(in_name.map(external_ids).unwrap_or_default());
    ids
}

/// `imdb://tt0133093`, `com.plexapp.agents.thetvdb://81189/1/2?lang=en`, a guid of ours.
fn read_guid(guid: &str) -> Option<GivenId> {
    let (scheme, rest) = guid.split_once("://")?;
    if scheme.starts_with("tv.plex.agents.custom.laurel.") {
        let key = rest.rsplit('/').next()?;
        return key.parse().ok().map(GivenId::Own);
    }
    let id = rest.split(['/', '?', '#']).next()?;
    let service = scheme.rsplit('.').next()?.to_ascii_lowercase();
    let external = match service.as_str() {
        "imdb" => ExternalId::Imdb(id.parse().ok()?),
        "tmdb" | "themoviedb" => ExternalId::Tmdb(id.parse().ok()?),
        "tvdb" | "thetvdb" => ExternalId::Tvdb(id.parse().ok()?),
        _ => return None,
    };
    Some(GivenId::External(external))
}

fn external_ids(ids: NamedIds) -> Vec<GivenId> {
    let external = [
        ids.imdb.map(ExternalId::Imdb),
        ids.tmdb.map(ExternalId::Tmdb),
        ids.tvdb.map(ExternalId::Tvdb),
    ];
    external.into_iter().flatten().map(GivenId::External).collect()
}

/// What the title may be called: as Plex says, as its title reads when taken for a file's name, and as the file's name reads.
pub(super) fn names(request: &MatchRequest, media: MediaType) -> Vec<WeighedName> {
    let mut names: Vec<WeighedName> = Vec::new();
    if let Some(title) = &request.title {
        let part = match request.wanted {
            Wanted::Title => NamedPart::Whole,
            Wanted::Season { index } => NamedPart::Season(index),
            Wanted::Episode { season, .. } => NamedPart::Season(season),
            Wanted::Aired(_) => NamedPart::Season(1),
        };
        let given =
            ParsedName { title: title.clone(), year: request.year, part, ..ParsedName::default() };
        names.push(WeighedName { name: given, weight: 1.0 });
        names.extend(read_by_us(title, request.year, media));
    }
    if let Some(filename) = &request.filename {
        names.extend(read_by_us(filename, request.year, media));
    }
    names
}

fn read_by_us(text: &str, year: Option<i16>, media: MediaType) -> Option<WeighedName> {
    let parsed = ParsedName::parse(text);
    let part = match media {
        // "Apollo 13" is no thirteenth episode in a library of films.
        MediaType::Movie => NamedPart::Whole,
        MediaType::Series => parsed.part.clone(),
    };
    let name = ParsedName { year: parsed.year.or(year), part, ..parsed };
    (!name.title.is_empty()).then_some(WeighedName { name, weight: READ_BY_US })
}

/// The searches that may find it, the likeliest first: years differ by one between countries, so one
/// without the year follows, and names in English last.
pub(super) fn queries(names: &[WeighedName], language: Language) -> Vec<SearchQuery> {
    let mut queries: Vec<SearchQuery> = Vec::new();
    let mut add = |name: &str, year: Option<i16>, language: Language| {
        let year = year.and_then(|year| u16::try_from(year).ok());
        let query = SearchQuery { name: name.trim().to_owned(), year, language };
        if !query.name.is_empty() && !queries.contains(&query) {
            queries.push(query);
        }
    };
    for WeighedName { name, .. } in names {
        if name.year.is_some() {
            add(&name.title, name.year, language);
        }
        add(&name.title, None, language);
    }
    for WeighedName { name, .. } in names {
        for other in &name.alternatives {
            add(other, None, language);
        }
    }
    if let Some(WeighedName { name, .. }) = names.first() {
        add(&name.title, name.year, Language::ENGLISH);
    }
    queries.truncate(MAX_QUERIES);
    queries
}

/// Takes in what a search has found.
pub(super) fn add_found(known: &mut Vec<SearchedTitle>, found: Vec<FoundTitle>) {
    for title in found {
        let names = std::iter::once(title.name.clone()).chain(title.original_name.clone());
        let names = names.filter(|name| !name.is_empty());
        match known.iter_mut().find(|known| known.found.id == title.id) {
            Some(known) => known.names.extend(names),
            None => known.push(SearchedTitle { names: names.collect(), found: title }),
        }
    }
}

/// The titles that the names may mean, the likeliest first, each with how sure it is from 0 to 100.
pub(super) fn ranked(names: &[WeighedName], known: &[SearchedTitle]) -> Vec<(TmdbId, u8)> {
    let candidates: Vec<SearchHit> = known.iter().map(SearchedTitle::candidate).collect();
    let mut confidences = vec![0_u8; candidates.len()];
    for WeighedName { name, weight } in names {
        for ranked in rank(name, &candidates) {
            let confidence = (f64::from(ranked.confidence) * weight).round() as u8;
            let best = &mut confidences[ranked.index];
            *best = (*best).max(confidence);
        }
    }
    let mut order: Vec<usize> = (0..candidates.len()).filter(|i| confidences[*i] > 0).collect();
    order.sort_by_key(|i| std::cmp::Reverse((confidences[*i], candidates[*i].votes)));
    order.into_iter().map(|i| (candidates[i].tmdb, confidences[i])).collect()
}

impl SearchedTitle {
    fn candidate(&self) -> SearchHit {
        SearchHit {
            media: self.found.media,
            tmdb: self.found.id,
            imdb: None,
            tvdb: None,
            titles: self.names.clone(),
            year: self.found.released.map(|date| date.year),
            votes: self.found.votes,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(title: &str, year: Option<i16>, filename: Option<&str>) -> MatchRequest {
        MatchRequest {
            wanted: Wanted::Title,
            title: Some(title.to_owned()),
            year,
            guid: None,
            filename: filename.map(str::to_owned),
            manual: false,
            include_children: false,
        }
    }

    fn film(id: u32, name: &str, original: &str, released: &str, votes: u32) -> FoundTitle {
        FoundTitle {
            media: MediaType::Movie,
            id: TmdbId::new(id).unwrap(),
            name: name.to_owned(),
            original_name: Some(original).filter(|text| *text != name).map(str::to_owned),
            original_language: None,
            released: released.parse().ok(),
            vote_average: 0.0,
            votes,
            poster: None,
            backdrop: None,
        }
    }

    fn best(request: &MatchRequest, found: &[FoundTitle]) -> Option<(u32, u8)> {
        let names = names(request, MediaType::Movie);
        let mut known = Vec::new();
        add_found(&mut known, found.to_vec());
        ranked(&names, &known).first().map(|(id, confidence)| (id.number(), *confidence))
    }

    #[test]
    fn guids_of_all_spellings_are_read() {
        let of = |guid: &str| read_guid(guid).map(|id| format!("{id:?}"));
        for (guid, expected) in [
            ("imdb://tt0133093", "External(Imdb(ImdbId(133093)))"),
            ("tmdb://603", "External(Tmdb(TmdbId(603)))"),
            ("com.plexapp.agents.themoviedb://603?lang=en", "External(Tmdb(TmdbId(603)))"),
            ("com.plexapp.agents.thetvdb://81189/1/2?lang=en", "External(Tvdb(TvdbId(81189)))"),
            ("tv.plex.agents.custom.laurel.movie://movie/movie-603", "Own(Movie(TmdbId(603)))"),
        ] {
            assert_eq!(of(guid).as_deref(), Some(expected), "{guid}");
        }
        for other in ["plex://movie/5d77", "", "imdb://", "local://1", "tmdb://abc", "://"] {
            assert_eq!(of(other), None, "{other}");
        }
    }

    #[test]
    fn an_episodes_number_at_tmdb_is_not_taken_for_its_series() {
        let mut asked = request("x", None, None);
        asked.guid = Some("tmdb://62085".to_owned());
        assert_eq!(given_ids(&asked).len(), 1);
        asked.wanted = Wanted::Episode { season: 1, index: 1 };
        assert_eq!(given_ids(&asked), []);
    }

    #[test]
    fn the_first_search_is_what_plex_says_and_there_are_few() {
        let file = "Movies/The.Matrix.1999.1080p.BluRay.x264-GRP/the.matrix.mkv";
        let asked = request("The Matrix", Some(1999), Some(file));
        let names = names(&asked, MediaType::Movie);
        let queries = queries(&names, "de".parse().unwrap());
        let first = SearchQuery {
            name: "The Matrix".to_owned(),
            year: Some(1999),
            language: "de".parse().unwrap(),
        };
        assert_eq!(queries[0], first);
        assert_eq!(queries[1], SearchQuery { year: None, ..first });
        assert!(queries.len() <= MAX_QUERIES);
    }

    #[test]
    fn namesakes_are_told_apart_by_year_and_dual_titles_are_understood() {
        let found = [
            film(1, "Crash", "Crash", "1996-07-17", 1500),
            film(2, "L.A. Crash", "Crash", "2005-05-06", 3500),
        ];
        assert_eq!(best(&request("Crash", Some(2004), None), &found).map(|(id, _)| id), Some(2));
        assert_eq!(best(&request("Crash", Some(1996), None), &found), Some((1, 99)));
        let unlike = best(&request("The Godfather", Some(1972), None), &found);
        assert!(unlike.is_none_or(|(_, confidence)| confidence < crate::identify::SURE));
    }
}
