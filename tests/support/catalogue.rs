//! The titles that most tests are about. All invented.

use laurel::model::ArtworkKind;
use serde_json::json;

use super::pictures::FakePicture;
use super::titles::{FakeEpisode, FakeTitle};

/// A film with all ten ratings and an Oscar.
pub(crate) const SALT_ROAD: [u8; 3] = [176, 64, 40];
/// A series with an Emmy, and with rated episodes.
pub(crate) const NIGHT_FERRY: [u8; 3] = [32, 72, 160];
/// A film whose every value is odd.
pub(crate) const ODD_VALUES: [u8; 3] = [120, 40, 140];
/// An anime series.
pub(crate) const PAPER_LANTERNS: [u8; 3] = [208, 140, 36];
/// A film without a rating.
pub(crate) const BLANK_SLATE: [u8; 3] = [112, 116, 120];
/// A film with the number of the series.
pub(crate) const SAME_NUMBER: [u8; 3] = [40, 140, 80];

pub(crate) fn titles() -> Vec<FakeTitle> {
    vec![salt_road(), night_ferry(), odd_values(), paper_lanterns(), blank_slate(), same_number()]
}

fn salt_road() -> FakeTitle {
    let fanart =
        |kind, name: &str| FakePicture::new(kind, format!("/{name}"), SALT_ROAD).in_language("en");
    let poster = |language: &'static str| {
        let path = format!("/movie-the-salt-road-9001-poster-{language}.jpg");
        FakePicture::new(ArtworkKind::Poster, path, SALT_ROAD).in_language(language).voted(5.2, 6)
    };
    FakeTitle::film("The Salt Road", 9001, SALT_ROAD)
        .imdb(9_900_001)
        .released("1999-03-31")
        .voted(8.438, 28_011)
        .picture(poster("de"))
        .picture(poster("pt"))
        .fanart(fanart(ArtworkKind::Poster, "salt-road-fanart-poster.jpg"))
        .fanart(fanart(ArtworkKind::Backdrop, "salt-road-fanart-backdrop.jpg"))
        .fanart(fanart(ArtworkKind::Logo, "salt-road-fanart-logo.png"))
        .awarded(7)
        .in_data_set(8.7, 1_234_999)
        .mdblist(json!({
            "score": 83, "score_average": 81,
            "keywords": [{"id": 1, "name": "certified-fresh"}, {"id": 2, "name": "desert"}],
            "ratings": [
                {"source": "imdb", "value": 8.7, "score": 87, "votes": 1_230_000, "url": 99},
                {"source": "metacritic", "value": 74, "score": 74, "votes": 21, "url": "/salt"},
                {"source": "metacriticuser", "value": 8.4, "score": 84, "votes": 204},
                {"source": "trakt", "value": 86, "score": 86, "votes": 14_033},
                {"source": "tomatoes", "value": 92, "score": 92, "votes": 102, "url": "/m/salt"},
                {"source": "popcorn", "value": 85, "score": 85, "votes": null},
                {"source": "tmdb", "value": 84, "score": 84, "votes": 28_000},
                {"source": "letterboxd", "value": 4.1, "score": 82, "votes": 876_082},
                {"source": "rogerebert", "value": 3.5, "score": null, "votes": null},
                {"source": "myanimelist", "value": 8.63, "score": 86, "votes": 5000},
            ],
        }))
        .omdb(json!({
            "imdbRating": "8.7", "imdbVotes": "1,234,567", "Metascore": "74",
            "Awards": "Won 7 Oscars. 21 wins & 41 nominations total",
            "Ratings": [
                {"Source": "Internet Movie Database", "Value": "8.7/10"},
                {"Source": "Rotten Tomatoes", "Value": "92%"},
                {"Source": "Metacritic", "Value": "74/100"},
            ],
        }))
        .trakt(json!({
            "trakt": {"rating": 8.61, "votes": 14_100, "distribution": {"1": 12, "10": 9000}},
            "tmdb": {"rating": 8.44, "votes": 27_900, "link": null},
            "imdb": {"rating": 8.7, "votes": 1_229_000, "link": null},
            "metascore": {"rating": 74, "link": null},
            "rotten_tomatoes": {"rating": 92, "user_rating": 85, "state": null, "user_state": null},
        }))
}

fn night_ferry() -> FakeTitle {
    let first = FakeEpisode::new(1, 1, "Cast Off", NIGHT_FERRY)
        .imdb(9_900_012)
        .tvdb(990_012)
        .voted(8.2, 120)
        .omdb(json!({"imdbRating": "9.0", "imdbVotes": "10914", "Awards": "N/A"}))
        .trakt(json!({"trakt": {"rating": 8.21941, "votes": 7994}}))
        .in_data_set(9.0, 10_950);
    let second = FakeEpisode::new(1, 2, "Open Water", NIGHT_FERRY).imdb(9_900_013).tvdb(990_013);
    FakeTitle::series("Night Ferry", 9002, NIGHT_FERRY)
        .imdb(9_900_002)
        .tvdb(990_002)
        .voted(8.46, 27_023)
        .season_tvdb(1, 990_101)
        .awarded(16)
        .in_data_set(9.5, 2_400_000)
        .mdblist(json!({
            "score": 91,
            "ratings": [
                {"source": "imdb", "value": 9.5, "score": 95, "votes": 2_390_000},
                {"source": "tomatoes", "value": 96, "score": 96, "votes": 248},
                {"source": "tomatoesaudience", "value": 97, "score": 97, "votes": 20_000},
                {"source": "trakt", "value": 93, "score": 93, "votes": 64_214},
            ],
        }))
        .omdb(json!({
            "imdbRating": "9.5", "imdbVotes": "2,395,000", "Metascore": "N/A",
            "Awards": "Won 16 Primetime Emmys. 169 wins & 269 nominations total",
            "Ratings": [{"Source": "Internet Movie Database", "Value": "9.5/10"}],
        }))
        .trakt(json!({"rating": 9.27, "votes": 80_000}))
        .episode(first)
        .episode(second)
}

fn odd_values() -> FakeTitle {
    FakeTitle::film("Odd Values", 9003, ODD_VALUES)
        .imdb(9_900_003)
        .voted("7.6", null())
        .mdblist(json!({
            "score": "0",
            "ratings": [
                {"source": "imdb", "value": "7.5", "score": "75", "votes": "1,234"},
                {"source": "letterboxd", "value": 8, "score": 80, "votes": null},
                {"source": "tomatoes", "value": null, "score": 59, "votes": 40},
                {"source": "tomatoesaudience", "value": 0, "score": 0, "votes": 0},
                {"source": "tmdb", "value": 7.6, "score": 76, "votes": 12},
                {"source": "trakt", "value": 80, "score": 80, "votes": 0},
                {"source": "rogerebert", "value": 4, "score": null, "votes": null},
                {"source": "metacritic"}, null, "odd",
            ],
        }))
        .omdb(json!({
            "imdbRating": "N/A", "imdbVotes": "N/A", "Metascore": "N/A", "Ratings": null,
            "Awards": "Nominated for 2 Oscars. 13 wins & 22 nominations total",
        }))
}

fn paper_lanterns() -> FakeTitle {
    FakeTitle::series("Paper Lanterns", 9004, PAPER_LANTERNS)
        .imdb(9_900_004)
        .tvdb(990_004)
        .anime([99_104, 99_204, 99_304, 99_404])
        .original_language("ja")
        .voted(8.6, 900)
        .mdblist(json!({
            "score": 88,
            "ratings": [
                {"source": "imdb", "value": 8.9, "score": 89, "votes": 9000},
                {"source": "myanimelist", "value": 8.63, "score": 86, "votes": 100_000},
            ],
        }))
}

fn blank_slate() -> FakeTitle {
    FakeTitle::film("Blank Slate", 9005, BLANK_SLATE).imdb(9_900_005).released("2027-05-01")
}

fn same_number() -> FakeTitle {
    FakeTitle::film("Same Number", 9002, SAME_NUMBER).imdb(9_900_006).voted(6.1, 40)
}

fn null() -> serde_json::Value {
    serde_json::Value::Null
}
