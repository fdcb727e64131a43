//! Words of other services, understood at the edge only.

use crate::model::RatingSource;

/// A rating source by our key or by RPDB's word, in any case.
pub(super) fn rating_source(word: &str) -> Option<RatingSource> {
    const WORDS: &[(&str, RatingSource)] = &[
        ("tomatoes", RatingSource::RottenTomatoes),
        ("tomatoes-critics", RatingSource::RottenTomatoes),
        ("rotten_tomatoes", RatingSource::RottenTomatoes),
        ("tomatoes-audience", RatingSource::RottenTomatoesAudience),
        ("rotten_tomatoes_audience", RatingSource::RottenTomatoesAudience),
        ("popcorn", RatingSource::RottenTomatoesAudience),
        ("metacritic", RatingSource::Metacritic),
        ("metacritic-critics", RatingSource::Metacritic),
        ("letterboxd", RatingSource::Letterboxd),
        ("rogerebert", RatingSource::RogerEbert),
        ("myanimelist", RatingSource::MyAnimeList),
    ];
    let ours = RatingSource::ALL.into_iter().find(|source| source.key().eq_ignore_ascii_case(word));
    let theirs = || WORDS.iter().find(|(known, _)| known.eq_ignore_ascii_case(word));
    ours.or_else(|| theirs().map(|(_, source)| *source))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rpdb_words_name_the_same_sources() {
        assert_eq!(rating_source("tomatoes-critics"), Some(RatingSource::RottenTomatoes));
        assert_eq!(rating_source("Metacritic-Critics"), Some(RatingSource::Metacritic));
        assert_eq!(rating_source("IMDB"), Some(RatingSource::Imdb));
        assert_eq!(rating_source("nobody"), None);
    }
}
