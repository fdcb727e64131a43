use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

fn asked(body: &Value) -> Result<OmdbTitle, Refusal> {
    let Part(body) = serde_json::from_value(body.clone()).map_err(|_| Refusal::Unreadable)?;
    title(&body.ok_or(Refusal::Unreadable)?)
}

/// As (key, value, votes, certified).
fn ratings_of(body: &Value) -> Vec<(&'static str, f64, Option<u32>, bool)> {
    let ratings = asked(body).unwrap().ratings;
    ratings.iter().map(|r| (r.source.key(), r.value, r.votes, r.certified)).collect()
}

#[test]
fn a_film_of_today_has_a_list_of_ratings() {
    let body = json!({
        "Title": "The Salt Road", "Type": "movie", "imdbID": "tt9900001", "Response": "True",
        "imdbRating": "8.7", "imdbVotes": "1,234,567", "Metascore": "74",
        "Awards": "Won 7 Oscars. 21 wins & 41 nominations total",
        "Ratings": [
            {"Source": "Internet Movie Database", "Value": "8.7/10"},
            {"Source": "Rotten Tomatoes", "Value": "97%"},
            {"Source": "Metacritic", "Value": "74/100"},
        ],
        "tomatoMeter": "N/A", "tomatoImage": "N/A", "tomatoReviews": "N/A", "tomatoUserMeter": "N/A",
    });
    let expected = [
        ("imdb", 8.7, Some(1_234_567), false),
        ("rt", 97.0, None, false),
        ("mc", 74.0, None, false),
    ];
    assert_eq!(ratings_of(&body), expected);
    let title = asked(&body).unwrap();
    assert_eq!(title.kind, Some(OmdbKind::Movie));
    assert_eq!(title.imdb.map(ImdbId::number), Some(9_900_001));
    assert_eq!(title.awards.as_deref(), Some("Won 7 Oscars. 21 wins & 41 nominations total"));
}

#[test]
fn an_older_answer_has_fields_of_its_own() {
    let body = json!({
        "Type": "movie", "imdbRating": "8.8", "imdbVotes": "1,434,451", "Metascore": "74",
        "tomatoMeter": "86", "tomatoImage": "certified", "tomatoReviews": "326",
        "tomatoUserMeter": "91", "tomatoUserReviews": "564261", "Response": "True",
    });
    let expected = [
        ("imdb", 8.8, Some(1_434_451), false),
        ("rt", 86.0, Some(326), true),
        ("mc", 74.0, None, false),
        ("rta", 91.0, Some(564_261), false),
    ];
    assert_eq!(ratings_of(&body), expected);
}

#[test]
fn not_available_is_nothing() {
    let body = json!({
        "Type": "series", "imdbRating": "N/A", "imdbVotes": "N/A", "Metascore": "N/A",
        "Awards": "N/A", "Response": "True", "seriesID": "N/A",
    });
    assert_eq!(ratings_of(&body), []);
    let title = asked(&body).unwrap();
    assert_eq!((title.awards, title.series), (None, None));
}

#[test]
fn the_list_stands_in_for_a_missing_imdb_rating() {
    let row = json!({"Source": "Internet Movie Database", "Value": "8.5/10"});
    let body = json!({"Ratings": [row], "imdbVotes": "471,272", "Response": "True"});
    assert_eq!(ratings_of(&body), [("imdb", 8.5, Some(471_272), false)]);
}

#[test]
fn an_episode_names_its_series() {
    let body = json!({
        "Type": "episode", "Season": "1", "Episode": "1", "imdbID": "tt9900012",
        "seriesID": "tt9900002", "imdbRating": "9.0", "imdbVotes": "10914", "Response": "True",
    });
    let title = asked(&body).unwrap();
    assert_eq!(title.kind, Some(OmdbKind::Episode));
    assert_eq!(title.series.map(ImdbId::number), Some(9_900_002));
    assert_eq!(ratings_of(&body), [("imdb", 9.0, Some(10_914), false)]);
}

#[test]
fn a_list_of_a_seasons_episodes_holds_no_rating() {
    let body = json!({"Title": "T", "Season": "1", "Response": "True",
        "Episodes": [{"Title": "One", "imdbRating": "9.0", "imdbID": "tt9900012"}]});
    assert_eq!(ratings_of(&body), []);
}

#[test]
fn errors_with_status_200_are_errors() {
    let refused = |error: &str| {
        let body = json!({"Response": "False", "Error": error});
        let refusal = asked(&body).unwrap_err();
        assert_eq!(refusal_in(body.to_string().as_bytes()), Some(refusal));
        refusal
    };
    assert_eq!(refused("Incorrect IMDb ID."), Refusal::UnknownTitle);
    assert_eq!(refused("Movie not found!"), Refusal::UnknownTitle);
    assert_eq!(refused("Request limit reached!"), Refusal::QuotaSpent);
    assert_eq!(refused("Invalid API key!"), Refusal::BadKey);
    assert_eq!(refused("Error getting data."), Refusal::Unreadable);
    assert_eq!(asked(&json!({"Response": "False"})), Err(Refusal::Unreadable));
    assert_eq!(asked(&json!([])), Err(Refusal::Unreadable));
}

proptest! {
    #[test]
    fn any_text_in_any_field_is_read_without_panic(
        texts in prop::collection::vec("[0-9.,%/NA -]{0,10}|.{0,12}", 8),
    ) {
        let body = json!({
            "imdbRating": texts[0], "imdbVotes": texts[1], "Metascore": texts[2],
            "tomatoMeter": texts[3], "imdbID": texts[4], "seriesID": texts[5], "Type": texts[6],
            "Ratings": [{"Source": "Rotten Tomatoes", "Value": texts[7]}],
        });
        let ratings = asked(&body).unwrap().ratings;
        prop_assert!(ratings.iter().all(|rating| rating.value > 0.0));
    }
}
