//! The aggregate of a title's ratings; pure.

use crate::model::{Aggregate, Rating, RatingSource, SourceWeight};
use crate::upstream::tmdb::FoundTitle;

/// The weighted mean of the ratings, each out of 100; `None` with fewer than two.
///
/// An empty list of weights counts every source once.
pub fn aggregate(ratings: &[Rating], weights: &[SourceWeight]) -> Option<Aggregate> {
    let weight = |source: RatingSource| match weights {
        [] => 1,
        listed => listed.iter().find(|row| row.source == source).map_or(0, |row| row.weight),
    };
    let counted: Vec<(f64, f64)> = ratings
        .iter()
        .map(|rating| (percent(rating), f64::from(weight(rating.source))))
        .filter(|(_, weight)| *weight > 0.0)
        .collect();
    if counted.len() < 2 {
        return None;
    }
    let total: f64 = counted.iter().map(|(_, weight)| weight).sum();
    let sum: f64 = counted.iter().map(|(score, weight)| score * weight).sum();
    let sources = u8::try_from(counted.len()).unwrap_or(u8::MAX);
    Some(Aggregate { score: (sum / total).round().clamp(0.0, 100.0) as u8, sources })
}

/// The mean of what TMDB says of a collection's films, each counted once, for its own rating is all that
/// comes with a collection; `None` with fewer than two rated films, or where TMDB is not to count.
pub fn of_films(films: &[FoundTitle], weights: &[SourceWeight]) -> Option<Aggregate> {
    let counts = weights.is_empty() || weights.iter().any(|row| row.source == RatingSource::Tmdb);
    let rated = films.iter().filter(|film| counts && film.votes > 0 && film.vote_average > 0.0);
    let scores: Vec<f64> = rated.map(|film| f64::from(film.vote_average) * 10.0).collect();
    if scores.len() < 2 {
        return None;
    }
    let mean = scores.iter().sum::<f64>() / scores.len() as f64;
    let sources = u8::try_from(scores.len()).unwrap_or(u8::MAX);
    Some(Aggregate { score: mean.round().clamp(0.0, 100.0) as u8, sources })
}

fn percent(rating: &Rating) -> f64 {
    rating.score.value() / rating.source.scale().top() * 100.0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::{Provider, Score};

    fn rating(source: RatingSource, value: f64) -> Rating {
        let score = Score::new(value, source.scale()).unwrap();
        Rating {
            source,
            score,
            votes: None,
            verdict: None,
            provider: Provider::MDBLIST,
            read_at: 0,
        }
    }

    fn weigh(source: RatingSource, weight: u8) -> SourceWeight {
        SourceWeight { source, weight }
    }

    #[test]
    fn ratings_of_all_scales_are_counted_out_of_100() {
        let ratings = [
            rating(RatingSource::Imdb, 8.0),
            rating(RatingSource::Metacritic, 60.0),
            rating(RatingSource::Letterboxd, 3.5),
        ];
        assert_eq!(aggregate(&ratings, &[]), Some(Aggregate { score: 70, sources: 3 }));
        let weights = [weigh(RatingSource::Imdb, 3), weigh(RatingSource::Metacritic, 1)];
        assert_eq!(aggregate(&ratings, &weights), Some(Aggregate { score: 75, sources: 2 }));
    }

    #[test]
    fn one_rating_is_no_aggregate() {
        let ratings = [rating(RatingSource::Imdb, 8.0), rating(RatingSource::Metacritic, 60.0)];
        assert_eq!(aggregate(&ratings[..1], &[]), None);
        assert_eq!(aggregate(&ratings, &[weigh(RatingSource::Imdb, 1)]), None);
        assert_eq!(aggregate(&[], &[]), None);
    }

    #[test]
    fn a_collection_has_the_mean_of_its_rated_films() {
        let film = |vote_average, votes| FoundTitle {
            media: crate::model::MediaType::Movie,
            id: crate::model::TmdbId::new(1).unwrap(),
            name: String::new(),
            original_name: None,
            original_language: None,
            released: None,
            vote_average,
            votes,
            poster: None,
            backdrop: None,
        };
        let films = [film(8.0, 90), film(7.0, 9000), film(9.9, 0), film(0.0, 5)];
        assert_eq!(of_films(&films, &[]), Some(Aggregate { score: 75, sources: 2 }));
        let weights = [weigh(RatingSource::Imdb, 1), weigh(RatingSource::Tmdb, 3)];
        assert_eq!(of_films(&films, &weights), Some(Aggregate { score: 75, sources: 2 }));
        assert_eq!(of_films(&films, &weights[..1]), None);
        assert_eq!(of_films(&films[1..], &[]), None);
    }

    proptest! {
        #[test]
        fn it_lies_between_its_ratings(one in 0.1_f64..10.0, two in 1.0_f64..100.0, weight in 1_u8..=100) {
            let ratings = [rating(RatingSource::Imdb, one), rating(RatingSource::Metacritic, two)];
            let weights = [weigh(RatingSource::Imdb, weight), weigh(RatingSource::Metacritic, 1)];
            let score = f64::from(aggregate(&ratings, &weights).unwrap().score);
            let (low, high) = ((one * 10.0).min(two), (one * 10.0).max(two));
            prop_assert!((low - 1.0..=high + 1.0).contains(&score));
        }
    }
}
