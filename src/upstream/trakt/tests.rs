use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

/// As (key, value in hundredths, votes, certified).
fn read(body: &Value) -> Vec<(&'static str, i64, Option<u32>, bool)> {
    let body = serde_json::from_value(body.clone()).unwrap();
    let hundredths = |value: f64| (value * 100.0).round() as i64;
    let ratings = ratings(&body);
    ratings.iter().map(|r| (r.source.key(), hundredths(r.value), r.votes, r.certified)).collect()
}

#[test]
fn the_plain_shape_is_trakts_own_rating_in_per_cent() {
    let body = json!({"rating": 8.21941, "votes": 7994, "distribution": {"1": 114, "10": 2685}});
    assert_eq!(read(&body), [("trakt", 8219, Some(7994), false)]);
}

#[test]
fn the_extended_shape_holds_many_sources() {
    let body = json!({
        "trakt": {"rating": 8.6, "votes": 7241, "distribution": {"1": 40}},
        "tmdb": {"rating": 8.2, "votes": 1181, "link": "x"},
        "imdb": {"rating": 8.1, "votes": 144_574, "link": "x"},
        "metascore": {"rating": 71, "link": "x"},
        "rotten_tomatoes": {"rating": 92, "user_rating": 64, "link": null, "state": "certified",
            "user_state": "upright"},
        "letterboxd": {"rating": 4.1, "votes": 12},
        "mal": {"rating": 8.63, "votes": 9},
    });
    let expected = [
        ("trakt", 8600, Some(7241), false),
        ("tmdb", 8200, Some(1181), false),
        ("imdb", 810, Some(144_574), false),
        ("mc", 7100, None, false),
        ("rt", 9200, None, true),
        ("rta", 6400, None, false),
        ("lb", 410, Some(12), false),
        ("mal", 863, Some(9), false),
    ];
    assert_eq!(read(&body), expected);
}

#[test]
fn null_and_zero_are_nothing() {
    let body = json!({
        "trakt": {"rating": 0, "votes": 0},
        "metascore": {"rating": null, "link": "x"},
        "rotten_tomatoes": {"rating": 0, "user_rating": 0, "link": "x"},
        "imdb": null, "tmdb": 7, "mal": {"rating": "N/A"},
    });
    assert_eq!(read(&body), []);
}

#[test]
fn numbers_arrive_as_text_too() {
    let body = json!({"trakt": {"rating": "8.6", "votes": "1,200"}});
    assert_eq!(read(&body), [("trakt", 8600, Some(1200), false)]);
}

proptest! {
    #[test]
    fn any_numbers_are_read_without_panic(a in any::<f64>(), b in any::<i64>(), text in ".{0,8}") {
        let body = json!({
            "rating": a, "votes": b, "trakt": text, "letterboxd": {"rating": a, "votes": a},
            "rotten_tomatoes": {"rating": b, "user_rating": text},
        });
        let body = serde_json::from_value(body).unwrap();
        prop_assert!(ratings(&body).iter().all(|rating| rating.value > 0.0));
    }
}
