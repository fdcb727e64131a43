use proptest::prelude::*;

use super::*;
use crate::model::{Provider, SourceSet};

use RatingSource::{
    Imdb, Letterboxd, MdbList, Metacritic, MyAnimeList, RogerEbert, RottenTomatoes as Rt,
    RottenTomatoesAudience as Rta,
};

const IMDB_DATASETS: Provider = Provider::IMDB_DATASETS;
const MDBLIST: Provider = Provider::MDBLIST;
const OMDB: Provider = Provider::OMDB;
const TMDB: Provider = Provider::TMDB;
const TRAKT: Provider = Provider::TRAKT;

const FILM: MergeContext = MergeContext { media: MediaType::Movie };
const SERIES: MergeContext = MergeContext { media: MediaType::Series };
const NOW: u64 = 1_800_000_000;
const DAY: u64 = 24 * 3600;

fn preference(limit: u8) -> RatingsPreference {
    RatingsPreference { order: Vec::new(), only: false, exclude: SourceSet::default(), limit }
}

fn says(provider: Provider, ratings: &[RawRating]) -> ProviderRatings {
    ProviderRatings { provider, read_at: NOW, ratings: ratings.to_vec() }
}

fn raw(source: RatingSource, value: f64, votes: impl Into<Option<u32>>) -> RawRating {
    RawRating::new(source, value, votes.into())
}

/// What is drawn of one reading.
fn drawn(source: RatingSource, value: f64, votes: impl Into<Option<u32>>) -> Option<String> {
    let merged = merge(&[says(MDBLIST, &[raw(source, value, votes)])], &FILM);
    merged.ratings.first().map(Rating::text)
}

/// Whose reading wins, and what it is.
fn winner(readings: &[ProviderRatings]) -> (Provider, String) {
    let merged = merge(readings, &FILM);
    assert_eq!(merged.ratings.len(), 1);
    (merged.ratings[0].provider, merged.ratings[0].text())
}

#[test]
fn every_source_is_drawn_in_its_own_scale() {
    let table = [
        (Imdb, 8.7, "8.7"),
        (RatingSource::Tmdb, 84.0, "84%"),
        (Rt, 92.0, "92%"),
        (Metacritic, 74.0, "74"),
        (RatingSource::Trakt, 86.0, "86%"),
        (Letterboxd, 4.1, "4.1"),
        (MyAnimeList, 8.63, "8.63"),
        (MdbList, 83.0, "83"),
        (RogerEbert, 3.5, "3.5"),
        (Rta, 85.0, "85%"),
        (RogerEbert, 4.0, "4.0"),
        (Imdb, 10.0, "10.0"),
        (Rt, 100.0, "100%"),
    ];
    for (source, value, text) in table {
        assert_eq!(drawn(source, value, 9).as_deref(), Some(text), "{source:?} {value}");
    }
}

#[test]
fn halves_are_rounded_up_and_nothing_else_is() {
    let table = [
        (Letterboxd, 4.05, "4.1"),
        (Letterboxd, 4.049, "4.0"),
        (Letterboxd, 4.0499, "4.0"),
        (Imdb, 8.65, "8.7"),
        (Imdb, 8.35, "8.4"),
        (Imdb, 8.649, "8.6"),
        (RatingSource::Trakt, 84.5, "85%"),
        (RatingSource::Trakt, 84.4999, "84%"),
        (RatingSource::Trakt, 82.1941, "82%"),
        (MyAnimeList, 8.635, "8.64"),
        (Rt, 59.5, "60%"),
        (RogerEbert, 3.25, "3.3"),
    ];
    for (source, value, text) in table {
        assert_eq!(drawn(source, value, None).as_deref(), Some(text), "{source:?} {value}");
    }
}

#[test]
fn zero_nonsense_and_voteless_are_none() {
    for value in [0.0, -1.0, 0.04, 10.04, 87.0, f64::NAN, f64::INFINITY] {
        assert_eq!(drawn(Imdb, value, 100), None, "{value}");
    }
    assert_eq!(drawn(Imdb, 8.7, 0), None);
    assert_eq!(drawn(Rta, 85.0, 0), None);
    assert_eq!(drawn(Rta, 85.0, None).as_deref(), Some("85%"));
}

#[test]
fn one_critic_and_a_computed_score_need_no_votes() {
    assert_eq!(drawn(RogerEbert, 4.0, 0).as_deref(), Some("4.0"));
    assert_eq!(drawn(MdbList, 83.0, 0).as_deref(), Some("83"));
}

#[test]
fn the_source_itself_beats_those_who_quote_it() {
    let quoted = |source| says(MDBLIST, &[raw(source, 50.0, 9_999)]);
    let own = |provider, source| says(provider, &[raw(source, 84.0, 10)]);
    for (provider, source) in [(TMDB, RatingSource::Tmdb), (TRAKT, RatingSource::Trakt)] {
        let readings = [quoted(source), own(provider, source)];
        assert_eq!(winner(&readings), (provider, "84%".to_owned()));
    }
    let readings =
        [says(OMDB, &[raw(Imdb, 8.8, 1000)]), says(IMDB_DATASETS, &[raw(Imdb, 8.7, 990)])];
    assert_eq!(winner(&readings), (IMDB_DATASETS, "8.7".to_owned()));
}

#[test]
fn among_those_who_quote_the_most_votes_win() {
    let omdb = |votes| says(OMDB, &[raw(Imdb, 8.7, votes)]);
    let mdblist = |votes| says(MDBLIST, &[raw(Imdb, 8.6, votes)]);
    assert_eq!(winner(&[omdb(Some(1000)), mdblist(Some(1200))]).0, MDBLIST);
    assert_eq!(winner(&[omdb(Some(1200)), mdblist(Some(1000))]).0, OMDB);
    assert_eq!(winner(&[mdblist(None), omdb(None)]).0, OMDB);
    assert_eq!(winner(&[mdblist(Some(0)), omdb(None)]).0, OMDB);
}

#[test]
fn critics_come_from_mdblist_then_omdb_then_trakt() {
    for source in [Rt, Rta, Metacritic] {
        let reading = |provider, value| says(provider, &[raw(source, value, None)]);
        let all = [reading(TRAKT, 70.0), reading(OMDB, 80.0), reading(MDBLIST, 90.0)];
        assert_eq!(winner(&all).0, MDBLIST, "{source:?}");
        assert_eq!(winner(&all[..2]).0, OMDB, "{source:?}");
        assert_eq!(winner(&all[..1]).0, TRAKT, "{source:?}");
    }
}

#[test]
fn a_provider_without_a_usable_value_gives_way() {
    let readings = [says(IMDB_DATASETS, &[raw(Imdb, 0.0, 10)]), says(OMDB, &[raw(Imdb, 8.7, 10)])];
    assert_eq!(winner(&readings).0, OMDB);
}

#[test]
fn a_month_old_reading_gives_way() {
    let own =
        ProviderRatings { read_at: NOW - 31 * DAY, ..says(IMDB_DATASETS, &[raw(Imdb, 8.7, 9)]) };
    let quoted = says(OMDB, &[raw(Imdb, 8.5, 9)]);
    assert_eq!(winner(&[own.clone(), quoted.clone()]).0, OMDB);
    let own = ProviderRatings { read_at: NOW - 29 * DAY, ..own };
    assert_eq!(winner(&[own, quoted]).0, IMDB_DATASETS);
}

#[test]
fn disagreement_is_kept_best_first() {
    let readings = [
        says(TRAKT, &[raw(Imdb, 8.4, None)]),
        says(IMDB_DATASETS, &[raw(Imdb, 8.7, 10)]),
        says(OMDB, &[raw(Imdb, 8.6, 9)]),
    ];
    let merged = merge(&readings, &FILM);
    let lost: Vec<_> = merged.alternatives.iter().map(|r| (r.provider, r.text())).collect();
    assert_eq!(lost, [(OMDB, "8.6".to_owned()), (TRAKT, "8.4".to_owned())]);
}

#[test]
fn ratings_come_in_the_default_order_with_their_provenance() {
    let readings = [says(
        MDBLIST,
        &[
            raw(RogerEbert, 4.0, None),
            raw(Rt, 92.0, 100),
            raw(Imdb, 8.7, 5),
            raw(MyAnimeList, 8.63, 5),
        ],
    )];
    let merged = merge(&readings, &FILM);
    let sources: Vec<_> = merged.ratings.iter().map(|rating| rating.source).collect();
    assert_eq!(sources, [MyAnimeList, Imdb, Rt, RogerEbert]);
    assert!(merged.ratings.iter().all(|r| r.provider == MDBLIST && r.read_at == NOW));
}

fn verdict_of(context: MergeContext, rating: RawRating) -> Option<Verdict> {
    merge(&[says(MDBLIST, &[rating])], &context).ratings[0].verdict
}

#[test]
fn critics_are_certified_with_enough_reviews_only() {
    let table = [
        (FILM, 75.0, Some(80), Verdict::CertifiedFresh),
        (FILM, 75.0, Some(79), Verdict::Fresh),
        (FILM, 74.0, Some(300), Verdict::Fresh),
        (FILM, 97.0, None, Verdict::Fresh),
        (FILM, 60.0, Some(300), Verdict::Fresh),
        (FILM, 59.0, Some(300), Verdict::Rotten),
        (SERIES, 75.0, Some(40), Verdict::CertifiedFresh),
        (SERIES, 75.0, Some(39), Verdict::Fresh),
    ];
    for (context, value, votes, expected) in table {
        let found = verdict_of(context, raw(Rt, value, votes));
        assert_eq!(found, Some(expected), "{context:?} {value} {votes:?}");
    }
}

#[test]
fn audiences_are_verified_with_enough_votes_only() {
    let table = [
        (90.0, Some(500), Verdict::VerifiedHot),
        (90.0, Some(499), Verdict::Upright),
        (98.0, None, Verdict::Upright),
        (89.0, Some(9_000), Verdict::Upright),
        (60.0, None, Verdict::Upright),
        (59.0, Some(9_000), Verdict::Spilled),
    ];
    for (value, votes, expected) in table {
        assert_eq!(verdict_of(FILM, raw(Rta, value, votes)), Some(expected), "{value} {votes:?}");
    }
}

#[test]
fn a_certification_that_a_provider_reports_stands_for_the_number() {
    let certified = |source, value| RawRating { certified: true, ..raw(source, value, None) };
    assert_eq!(verdict_of(FILM, certified(Rt, 76.0)), Some(Verdict::CertifiedFresh));
    assert_eq!(verdict_of(FILM, certified(Rt, 74.0)), Some(Verdict::Fresh));
    assert_eq!(verdict_of(FILM, certified(Rta, 95.0)), Some(Verdict::VerifiedHot));
    assert_eq!(verdict_of(FILM, certified(Imdb, 9.5)), None);
}

#[test]
fn the_number_of_reviews_may_come_from_another_provider() {
    let readings = [
        says(OMDB, &[raw(Rt, 90.0, None)]),
        ProviderRatings { read_at: NOW - 40 * DAY, ..says(MDBLIST, &[raw(Rt, 91.0, 200)]) },
    ];
    let merged = merge(&readings, &FILM);
    assert_eq!(merged.ratings[0].provider, OMDB);
    assert_eq!(merged.ratings[0].verdict, Some(Verdict::CertifiedFresh));
}

fn keys(ratings: &[Rating]) -> Vec<&'static str> {
    ratings.iter().map(|rating| rating.source.key()).collect()
}

#[test]
fn the_named_sources_come_first_then_the_others_up_to_the_limit() {
    let all: Vec<_> = RatingSource::ALL.iter().map(|source| raw(*source, 3.0, 9)).collect();
    let ratings = merge(&[says(MDBLIST, &all)], &FILM).ratings;
    assert_eq!(ratings.len(), 10);
    let spec = RatingsPreference { order: vec![Rt, Imdb, Rt], ..preference(4) };
    assert_eq!(keys(&order(&ratings, &spec)), ["rt", "imdb", "mal", "lb"]);
    assert_eq!(
        keys(&order(&ratings, &RatingsPreference { exclude: vec![Imdb].into(), ..spec.clone() })),
        ["rt", "mal", "lb", "mc"]
    );
    assert_eq!(
        keys(&order(&ratings, &RatingsPreference { only: true, ..spec.clone() })),
        ["rt", "imdb"]
    );
    assert_eq!(keys(&order(&ratings, &RatingsPreference { limit: 0, ..spec.clone() })), [""; 0]);
    assert_eq!(order(&ratings, &RatingsPreference { limit: 99, ..spec }).len(), 10);
}

#[test]
fn a_source_without_a_rating_is_passed_over() {
    let ratings =
        merge(&[says(MDBLIST, &[raw(Rt, 92.0, 9), raw(Metacritic, 74.0, 9)])], &FILM).ratings;
    let spec = RatingsPreference { order: vec![Imdb, Metacritic], ..preference(3) };
    assert_eq!(keys(&order(&ratings, &spec)), ["mc", "rt"]);
}

fn any_reading() -> impl Strategy<Value = ProviderRatings> {
    let rating =
        (0..10_usize, prop_oneof![any::<f64>(), 0.0..110.0], any::<Option<u32>>(), any::<bool>())
            .prop_map(|(source, value, votes, certified)| RawRating {
                source: RatingSource::ALL[source],
                value,
                votes,
                certified,
            });
    (0..6_usize, 0..100 * DAY, prop::collection::vec(rating, 0..12)).prop_map(
        |(provider, read_at, ratings)| ProviderRatings {
            provider: [IMDB_DATASETS, MDBLIST, OMDB, TMDB, TRAKT, Provider::FANART][provider],
            read_at,
            ratings,
        },
    )
}

proptest! {
    #[test]
    fn at_most_one_rating_per_source_and_every_one_can_be_drawn(
        readings in prop::collection::vec(any_reading(), 0..6),
    ) {
        let merged = merge(&readings, &FILM);
        prop_assert!(merged.ratings.windows(2).all(|pair| pair[0].source < pair[1].source));
        for rating in merged.ratings.iter().chain(&merged.alternatives) {
            let shown: f64 = rating.text().trim_end_matches('%').parse().unwrap();
            prop_assert!((shown - rating.score.value()).abs() < 1e-9, "{} {:?}", shown, rating);
            prop_assert!(shown > 0.0);
        }
    }

    /// Where providers are told apart, the order in which they answered is of no account.
    #[test]
    fn the_order_of_readings_does_not_matter(
        mut readings in prop::collection::vec(any_reading(), 0..6), turn in 0_usize..6,
    ) {
        let mut seen = std::collections::HashSet::new();
        readings.retain(|reading| seen.insert(reading.provider));
        let merged = merge(&readings, &SERIES);
        if !readings.is_empty() {
            let places = turn % readings.len();
            readings.rotate_left(places);
        }
        prop_assert_eq!(merge(&readings, &SERIES), merged);
    }

    #[test]
    fn the_limit_holds_and_nothing_excluded_is_drawn(
        limit in 0_u8..12, named in prop::collection::vec(0_usize..10, 0..12),
        excluded in prop::collection::vec(0_usize..10, 0..12), only in any::<bool>(),
    ) {
        let pick = |places: &[usize]| places.iter().map(|p| RatingSource::ALL[*p]).collect::<Vec<_>>();
        let (named, excluded) = (pick(&named), pick(&excluded));
        let all: Vec<_> = RatingSource::ALL.iter().map(|source| raw(*source, 3.0, 9)).collect();
        let ratings = merge(&[says(MDBLIST, &all)], &FILM).ratings;
        let preference = RatingsPreference {
            order: named.clone(),
            only,
            exclude: excluded.clone().into(),
            limit,
        };
        let found = order(&ratings, &preference);
        prop_assert!(found.len() <= usize::from(limit));
        prop_assert!(found.iter().all(|rating| !excluded.contains(&rating.source)));
        prop_assert!(!only || found.iter().all(|rating| named.contains(&rating.source)));
    }
}
