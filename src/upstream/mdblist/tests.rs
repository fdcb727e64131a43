use proptest::prelude::*;
use serde_json::json;

use super::*;

/// What comes of a body when a film was asked for.
fn asked(body: &str) -> Result<MdblistTitle, Refusal> {
    let Part(body) = serde_json::from_str(body).map_err(|_| Refusal::Unreadable)?;
    title(&body.ok_or(Refusal::Unreadable)?, MediaType::Movie)
}

fn parsed(body: &Value) -> MdblistTitle {
    asked(&body.to_string()).unwrap()
}

/// What comes of one row, in hundredths.
fn hundredths(source: &str, value: &Value, score: &Value) -> i64 {
    let row = json!([{"source": source, "value": value, "score": score, "votes": 9}]);
    (rows(&row)[0].1 * 100.0).round() as i64
}

/// The ratings of a body with just these rows, as (key, value, votes).
fn rows(rows: &Value) -> Vec<(&'static str, f64, Option<u32>)> {
    let ratings = parsed(&json!({"type": "movie", "ratings": rows})).ratings;
    ratings.iter().map(|r| (r.source.key(), (r.value * 1000.0).round() / 1000.0, r.votes)).collect()
}

#[test]
fn all_ten_sources_are_read_by_their_words() {
    let body = json!({
        "title": "The Salt Road", "type": "movie", "score": 83, "score_average": 81,
        "ids": {"imdb": "tt9900001", "tmdb": 9001, "tvdb": null, "mal": null},
        "ratings": [
            {"source": "imdb", "value": 8.7, "score": 87, "votes": 12_000, "url": 99},
            {"source": "metacritic", "value": 74, "score": 74, "votes": 21, "url": "/salt"},
            {"source": "metacriticuser", "value": 8.4, "score": 84.0, "votes": 20},
            {"source": "trakt", "value": 86, "score": 86, "votes": 300},
            {"source": "tomatoes", "value": 92, "score": 92, "votes": 102},
            {"source": "popcorn", "value": 85, "score": 85, "votes": null},
            {"source": "tmdb", "value": 84, "score": 84, "votes": 900},
            {"source": "letterboxd", "value": 4.1, "score": 82, "votes": 77},
            {"source": "rogerebert", "value": 3.5, "score": null, "votes": null},
            {"source": "myanimelist", "value": 8.63, "score": 86, "votes": 5},
        ],
    });
    let title = parsed(&body);
    assert_eq!(title.media, Some(MediaType::Movie));
    assert_eq!(title.ids.imdb.map(ImdbId::number), Some(9_900_001));
    assert_eq!(title.ids.tmdb.map(TmdbId::number), Some(9001));
    assert_eq!(title.ids.tvdb, None);
    let found: Vec<_> = title.ratings.iter().map(|r| (r.source.key(), r.value)).collect();
    let expected = [
        ("imdb", 8.7),
        ("mc", 74.0),
        ("trakt", 86.0),
        ("rt", 92.0),
        ("rta", 85.0),
        ("tmdb", 84.0),
        ("lb", 4.1),
        ("ebert", 3.5),
        ("mal", 8.63),
        ("mdblist", 83.0),
    ];
    for ((key, value), (expected_key, expected_value)) in found.iter().zip(expected) {
        assert_eq!(*key, expected_key);
        assert!((value - expected_value).abs() < 1e-9, "{key}: {value}");
    }
    assert_eq!(found.len(), expected.len());
}

#[test]
fn letterboxd_is_read_out_of_five_or_ten_as_the_score_tells() {
    let value = |value: Value, score: Value| hundredths("letterboxd", &value, &score);
    assert_eq!(value(json!(8), json!(80)), 400);
    assert_eq!(value(json!(4), json!(80)), 400);
    assert_eq!(value(json!(4.05), json!(81)), 405);
    assert_eq!(value(json!(4), json!(40)), 200);
    assert_eq!(value(json!(4.2), json!(null)), 420);
    assert_eq!(value(json!(8.4), json!(null)), 420);
}

#[test]
fn tmdb_and_trakt_are_read_out_of_ten_or_a_hundred() {
    for source in ["tmdb", "trakt"] {
        let value = |value: Value, score: Value| hundredths(source, &value, &score);
        assert_eq!(value(json!(76), json!(76)), 7600);
        assert_eq!(value(json!(7.6), json!(76)), 7600);
        assert_eq!(value(json!(7.6), json!(null)), 7600);
        assert_eq!(value(json!(76), json!(null)), 7600);
    }
}

#[test]
fn rotten_tomatoes_has_single_digit_scores() {
    assert_eq!(
        rows(&json!([{"source": "tomatoes", "value": 8, "score": null}])),
        [("rt", 8.0, None)]
    );
    assert_eq!(rows(&json!([{"source": "tomatoes", "value": 8, "score": 8}])), [("rt", 8.0, None)]);
}

#[test]
fn ebert_has_stars_and_no_score() {
    let four = json!([{"source": "rogerebert", "value": 4, "score": null, "votes": null}]);
    assert_eq!(rows(&four), [("ebert", 4.0, None)]);
    let scored = json!([{"source": "rogerebert", "value": 3.5, "score": 88}]);
    assert_eq!(rows(&scored), [("ebert", 3.5, None)]);
}

#[test]
fn a_missing_value_is_derived_from_the_score() {
    let body = json!([
        {"source": "imdb", "value": null, "score": 81, "votes": 5},
        {"source": "letterboxd", "score": 80},
        {"source": "tomatoes", "value": 0, "score": 97},
    ]);
    assert_eq!(rows(&body), [("imdb", 8.1, Some(5)), ("lb", 4.0, None), ("rt", 97.0, None)]);
}

#[test]
fn nothing_in_a_row_is_no_rating() {
    let body = json!([
        {"source": "letterboxd", "value": null, "score": null, "votes": null},
        {"source": "imdb", "value": 0, "score": 0, "votes": 0},
        {"source": "trakt"},
        {"value": 8.0},
        {"source": "criticker", "value": 8.0},
        null, 7, "imdb",
    ]);
    assert_eq!(rows(&body), []);
}

#[test]
fn numbers_arrive_as_text_too() {
    let body = json!([{"source": "imdb", "value": "7.5", "score": "75", "votes": "1,234"}]);
    assert_eq!(rows(&body), [("imdb", 7.5, Some(1234))]);
}

#[test]
fn both_words_for_the_audience_are_one_source() {
    let body = json!([
        {"source": "tomatoesaudience", "value": null, "score": null},
        {"source": "popcorn", "value": 85, "score": 85, "votes": null},
        {"source": "tomatoesaudience", "value": 70, "score": 70},
    ]);
    assert_eq!(rows(&body), [("rta", 85.0, None)]);
}

#[test]
fn certification_comes_with_the_keywords() {
    let certified = |keywords: Value| -> Vec<bool> {
        let body = json!({"keywords": keywords, "ratings": [
            {"source": "tomatoes", "value": 92}, {"source": "popcorn", "value": 95},
        ]});
        parsed(&body).ratings.iter().map(|rating| rating.certified).collect()
    };
    assert_eq!(certified(json!([{"id": 1, "name": "certified-fresh"}])), [true, false]);
    assert_eq!(
        certified(json!([{"name": "mdblist.certified-hot"}, {"name": "certified-fresh"}])),
        [true, true]
    );
    assert_eq!(certified(json!([{"name": "fresh"}, 7, null])), [false, false]);
    assert_eq!(certified(json!(null)), [false, false]);
}

#[test]
fn errors_with_status_200_are_errors() {
    let refused = |body: Value| {
        let refusal = asked(&body.to_string()).unwrap_err();
        assert_eq!(refusal_in(body.to_string().as_bytes()), Some(refusal));
        refusal
    };
    assert_eq!(refused(json!({"error": "API Limit Reached!"})), Refusal::QuotaSpent);
    assert_eq!(refused(json!({"error": "API Rate Limit Reached!"})), Refusal::TooFast);
    assert_eq!(refused(json!({"error": "Item not found"})), Refusal::UnknownTitle);
    assert_eq!(refused(json!({"response": false, "error": "Invalid API key!"})), Refusal::BadKey);
    assert_eq!(refused(json!({"response": "False"})), Refusal::Unreadable);
    assert!(asked("{\"error\": null, \"ratings\": []}").is_ok());
}

#[test]
fn a_body_that_is_no_title_is_unreadable() {
    for body in ["", "<html>busy</html>", "null", "[]", "\"x\"", "{\"ratings\":"] {
        assert_eq!(asked(body), Err(Refusal::Unreadable), "{body}");
    }
}

#[test]
fn a_series_does_not_answer_for_a_film() {
    let body = json!({"type": "show", "ratings": []}).to_string();
    assert_eq!(asked(&body), Err(Refusal::UnknownTitle));
    let body = serde_json::from_str(&body).unwrap();
    assert!(title(&body, MediaType::Series).is_ok());
}

#[test]
fn a_batch_keeps_what_is_known_and_of_the_kind_asked() {
    let body = json!([
        {"type": "movie", "ids": {"tmdb": "9001"}, "score": 83},
        {"error": "Item not found"},
        {"type": "show", "ids": {"tmdb": 9001}, "score": 12},
        "odd",
    ]);
    let bodies: Vec<Part<MdblistAnswer>> = serde_json::from_value(body).unwrap();
    let Batch { titles, is_whole } = batch(&bodies, MediaType::Movie);
    assert!(!is_whole);
    assert_eq!(titles.len(), 1);
    assert_eq!(titles[0].ids.tmdb.map(TmdbId::number), Some(9001));
    let refusal = refusal_in(b"{\"error\":\"API Limit Reached!\"}");
    assert_eq!(refusal, Some(Refusal::QuotaSpent));
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        (-20_i64..200).prop_map(Value::from),
        "[a-z0-9.,%/]{0,8}".prop_map(Value::from),
        prop::sample::select(vec!["imdb", "letterboxd", "popcorn", "tmdb", "rogerebert"])
            .prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 6, |inner| {
        let key = prop::sample::select(vec![
            "source", "value", "score", "votes", "ratings", "ids", "imdb", "tmdb", "type", "error",
            "response", "keywords", "name",
        ]);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::hash_map(key.prop_map(str::to_owned), inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn any_json_is_read_without_panic(body in any_json()) {
        if let Ok(bodies) = serde_json::from_value::<Vec<Part<MdblistAnswer>>>(body.clone()) {
            batch(&bodies, MediaType::Series);
        }
        if let Ok(title) = asked(&body.to_string()) {
            prop_assert!(title.ratings.len() <= RatingSource::ALL.len());
            prop_assert!(title.ratings.iter().all(|rating| rating.value > 0.0));
        }
    }

    #[test]
    fn a_value_and_its_score_agree_whatever_the_scale(hundredths in 50_u32..=500, scale in 0_usize..3) {
        // Half a star is the least that Letterboxd takes.
        let stars = f64::from(hundredths) / 100.0;
        let value = stars * [1.0, 2.0, 20.0][scale];
        let score = (stars * 20.0).round();
        prop_assume!(score > 0.0);
        let read = own_scale(RatingSource::Letterboxd, Some(value), Some(score)).unwrap();
        prop_assert!((read - stars).abs() < 1e-9, "{value} {score} -> {read}, not {stars}");
    }
}
