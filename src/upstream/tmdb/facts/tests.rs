use serde_json::json;

use super::*;

fn read(body: &serde_json::Value) -> TitleFacts {
    serde_json::from_value::<DetailsAnswer>(body.clone()).unwrap().facts()
}

fn of(code: &str) -> Country {
    code.parse().unwrap()
}

#[test]
fn a_films_certificate_is_the_first_that_is_not_empty() {
    let facts = read(&json!({
        "status": "Released",
        "genres": [{"id": 28, "name": "Action"}, {"id": "x"}],
        "runtime": 136,
        "origin_country": ["US"],
        "release_dates": {"results": [
            {"iso_3166_1": "DE", "release_dates": [
                {"certification": "", "type": 3, "release_date": "1999-06-17T00:00:00.000Z"},
                {"certification": "12", "type": 5, "release_date": "2001-01-02T00:00:00.000Z"},
                {"certification": "16", "type": 4, "release_date": "2010-01-02T00:00:00.000Z"}]},
            {"iso_3166_1": "AE", "release_dates": [{"certification": "", "type": 4, "release_date": "2016-01-07"}]},
            {"iso_3166_1": "US", "release_dates": [{"certification": "R", "type": 3, "release_date": "1999-03-31"}]},
            "nonsense"
        ]},
        "watch/providers": {"results": {"DE": {"link": "x", "flatrate": [
            {"provider_name": "Second", "display_priority": 9}, {"provider_name": "First", "display_priority": 1}]}}}
    }));
    assert_eq!(facts.certificate(of("DE")), Some((of("DE"), "16")));
    assert_eq!(facts.certificate(of("AE")), Some((Country::US, "R")));
    assert_eq!(facts.in_cinemas(of("DE")), "1999-06-17".parse().ok());
    assert_eq!(facts.at_home, "2001-01-02".parse().ok());
    assert_eq!((facts.runtime_minutes, facts.genres.len()), (Some(136), 1));
    assert_eq!(facts.streaming.of(of("DE")).collect::<Vec<_>>(), ["First", "Second"]);
    assert_eq!(facts.status, Some(ProductionStatus::Released));
}

#[test]
fn a_series_has_ratings_networks_and_a_next_episode() {
    let facts = read(&json!({
        "episode_run_time": [],
        "last_episode_to_air": {"runtime": 47, "air_date": "2026-01-01"},
        "next_episode_to_air": {"air_date": "2026-12-01", "season_number": 3, "episode_number": 1},
        "networks": [{"id": 49, "name": "HBO"}],
        "content_ratings": {"results": [
            {"iso_3166_1": "US", "rating": "TV-MA"}, {"iso_3166_1": "GB", "rating": ""}, {"iso_3166_1": "BR", "rating": 16}]}
    }));
    assert_eq!(facts.certificate(of("GB")), Some((Country::US, "TV-MA")));
    assert_eq!(facts.certificate(of("BR")), Some((of("BR"), "16")));
    assert_eq!(facts.runtime_minutes, Some(47));
    assert_eq!(facts.networks, ["HBO"]);
    let number = EpisodeNumber { season: 3, episode: 1 };
    let airs = "2026-12-01".parse().unwrap();
    assert_eq!(facts.next_episode, Some(NextEpisode { airs, number }));
}

#[test]
fn nulls_and_other_types_are_no_facts() {
    let facts = read(&json!({
        "genres": null, "runtime": "soon", "networks": {}, "release_dates": [], "content_ratings": {"results": null},
        "watch/providers": {"results": {"DE": 5}}, "next_episode_to_air": {"air_date": null}
    }));
    assert_eq!(facts, TitleFacts::default());
}
