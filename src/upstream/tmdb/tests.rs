use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::budgets::FileReservation;
use crate::clock::ManualClock;
use crate::env::Secret;
use crate::model::{ArtworkSource, Provider};
use crate::upstream::KeyPool;
use crate::upstream::testing::{Reply, Server};

fn tmdb_at(server: &Server, image_base: Option<&str>) -> Tmdb {
    tmdb_with(server, image_base, &ManualClock::default())
}

fn tmdb_with(server: &Server, image_base: Option<&str>, clock: &ManualClock) -> Tmdb {
    let keys = KeyPool::new([Secret::new("0123456789abcdef0123456789abcdef")]);
    let api = ProviderSettings::api(Provider::TMDB, server.url.join("3").unwrap(), keys);
    let transport = Transport::new([]).unwrap().with_clock(clock.clock());
    let image_base = image_base.map(|path| server.url.join(path).unwrap());
    Tmdb::new(&transport, TmdbSettings { api, image_base })
}

fn id(number: u32) -> TmdbId {
    TmdbId::new(number).unwrap()
}

fn paths(list: &[Candidate]) -> Vec<&str> {
    list.iter().map(|candidate| candidate.artwork.path.as_str()).collect()
}

fn details(media: MediaType, json: &Value) -> Option<Details> {
    Details::from_wire(media, id(603), &serde_json::from_value(json.clone()).unwrap())
}

#[test]
fn a_film_is_read_with_its_ids_and_pictures() {
    let film = details(
        MediaType::Movie,
        &json!({
            "id": 603, "title": "The Loop", "original_language": "en", "status": "Released",
            "release_date": "1999-03-31", "vote_average": 8.247, "vote_count": 28011,
            "imdb_id": "tt0133093", "poster_path": "/p.jpg", "backdrop_path": "/b.jpg",
            "external_ids": {"imdb_id": "tt0133093", "tvdb_id": null},
            "images": {
                "posters": [
                    {"file_path": "/p.jpg", "iso_639_1": "en", "iso_3166_1": "US", "width": 2000,
                     "height": 3000, "aspect_ratio": 0.667, "vote_average": 6.2, "vote_count": 35},
                    {"file_path": "/q.jpg", "iso_639_1": "pt", "iso_3166_1": null, "width": 1000,
                     "height": 1500, "vote_average": 0, "vote_count": 0},
                    {"file_path": "/r.jpg", "iso_639_1": null},
                    {"file_path": "/s.jpg", "iso_639_1": "xx"},
                    {"file_path": "/t.jpg", "iso_639_1": "not a language"}],
                "backdrops": [], "logos": [{"file_path": "/l.svg", "iso_639_1": "en"}]}
        }),
    )
    .unwrap();
    assert_eq!(film.title.ids.imdb, "tt0133093".parse().ok());
    assert_eq!(film.title.ids.tmdb, Some(id(603)));
    assert_eq!(film.title.released, "1999-03-31".parse().ok());
    assert_eq!((film.vote_average, film.vote_count), (8.247, 28011));
    assert_eq!(paths(&film.posters), ["/p.jpg", "/q.jpg", "/r.jpg", "/s.jpg"]);
    let languages: Vec<_> =
        film.posters.iter().map(|c| c.language.map(|l| l.to_string())).collect();
    assert_eq!(languages, [Some("en-US".into()), Some("pt".into()), None, None]);
    // No list, but one named by the title itself.
    assert_eq!(paths(&film.backdrops), ["/b.jpg"]);
    assert!(film.logos[0].artwork.is_svg());
}

#[test]
fn a_series_is_read_with_its_seasons() {
    let series = details(
        MediaType::Series,
        &json!({
            "id": 1399, "name": "Thrones", "original_language": "en", "first_air_date": "2011-04-17",
            "last_air_date": "2019-05-19", "status": "Ended", "vote_count": "25000",
            "external_ids": {"imdb_id": "tt0944947", "tvdb_id": 121_361},
            "seasons": [
                {"season_number": 0, "poster_path": "/s0.jpg", "air_date": "2010-12-05", "episode_count": 299},
                {"season_number": 1, "poster_path": null, "air_date": null},
                {"season_number": null}, 7]
        }),
    )
    .unwrap();
    assert_eq!(series.title.ids.tvdb, TvdbId::new(121_361));
    assert_eq!(series.title.name, "Thrones");
    assert_eq!(series.vote_count, 25000);
    assert_eq!(series.seasons.iter().map(|s| s.number).collect::<Vec<_>>(), [0, 1]);
    assert_eq!(series.seasons[0].episodes, 299);
}

#[test]
fn an_answer_without_a_title_is_none() {
    for json in [json!({}), json!({"id": null}), json!({"id": 0}), json!({"status_code": 1})] {
        assert_eq!(details(MediaType::Movie, &json), None, "{json}");
    }
}

#[test]
fn paths_that_could_lead_elsewhere_are_dropped() {
    for path in [
        "",
        "/",
        "x.jpg",
        "//evil.example/x.jpg",
        "/../x.jpg",
        "/..",
        "/.x",
        "/a/b.jpg",
        "/a?b",
        "/a#b",
        "/a%2fb",
        "/a b",
        "/ä.jpg",
        "http://evil.example/x.jpg",
        "/a\r\nb",
    ] {
        assert!(!wire::is_file_path(path), "{path}");
    }
    assert!(wire::is_file_path("/aOIuZAjPaRIE6CMzbazvcHuHXDc.jpg"));
    assert!(!wire::is_file_path(&format!("/{}", "a".repeat(500))));
}

#[test]
fn long_lists_are_cut_without_losing_a_language() {
    let mut posters: Vec<Value> =
        (0..900).map(|n| json!({"file_path": format!("/e{n}.jpg"), "iso_639_1": "en"})).collect();
    posters.extend((0..50).map(|n| json!({"file_path": format!("/i{n}.jpg"), "iso_639_1": "is"})));
    let film =
        details(MediaType::Movie, &json!({"id": 1, "images": {"posters": posters}})).unwrap();
    assert_eq!(film.posters.len(), 405);
    assert_eq!(film.posters[404].artwork.path, "/i4.jpg");
}

#[test]
fn a_tvdb_number_may_be_several_things() {
    let wire: wire::Find = serde_json::from_value(json!({
        "movie_results": [], "person_results": [],
        "tv_results": [{"id": "abc"}, {"id": 10, "name": "Series", "vote_count": 5, "poster_path": "/p.jpg"}],
        "tv_episode_results": [{"id": 5, "show_id": 20, "season_number": 8, "episode_number": 1,
            "still_path": "/s.jpg", "vote_average": 7.58, "vote_count": 92, "air_date": "2019-04-14"}],
        "tv_season_results": [{"id": 6, "show_id": 30, "season_number": 3, "poster_path": "/t.jpg"}]
    }))
    .unwrap();
    let found = Found::from(&wire);
    assert_eq!(found.movie, None);
    assert_eq!(found.series.unwrap().id, id(10));
    let episode = found.episode.unwrap();
    assert_eq!((episode.series, episode.number), (id(20), EpisodeNumber { season: 8, episode: 1 }));
    let season = found.season.unwrap();
    assert_eq!((season.series, season.number), (id(30), 3));
}

#[tokio::test]
async fn a_title_costs_one_find_and_one_details_call() {
    let server = Server::start(|_, head| match head {
        head if head.contains("/find/") => {
            Reply::json(r#"{"movie_results":[{"id":603,"title":"x"}]}"#)
        }
        head if head.contains("/configuration") => Reply::json("{}"),
        _ => Reply::json(r#"{"id":603,"title":"The Loop"}"#),
    })
    .await;
    let tmdb = tmdb_at(&server, None);
    let imdb = FindId::Imdb("tt0133093".parse().unwrap());
    let found = tmdb.find(imdb, "pt-BR".parse().ok()).await.unwrap();
    let film = tmdb.details(MediaType::Movie, found.movie.unwrap().id, None).await.unwrap();
    assert_eq!(film.title.name, "The Loop");
    let key = "api_key=0123456789abcdef0123456789abcdef";
    let mut targets = server.targets();
    targets.retain(|target| !target.contains("configuration"));
    assert_eq!(
        targets,
        [
            format!("/3/find/tt0133093?external_source=imdb_id&language=pt-BR&{key}"),
            format!(
                "/3/movie/603?append_to_response=images%2Cexternal_ids%2Crelease_dates%2Cwatch%2Fproviders&{key}"
            ),
        ]
    );
}

#[tokio::test]
async fn an_episode_costs_one_call() {
    let server = Server::start(|_, _| {
        Reply::json(
            r#"{"id":63056,"name":"Winter","still_path":"/own.jpg","vote_average":8.097,"vote_count":385,
                "air_date":"2011-04-17","external_ids":{"imdb_id":"tt1480055","tvdb_id":3254641},
                "images":{"stills":[{"file_path":"/a.jpg","iso_639_1":null,"width":1920,"height":1080}]}}"#,
        )
    })
    .await;
    let number = EpisodeNumber { season: 1, episode: 2 };
    let episode = tmdb_at(&server, Some("t/p")).episode(id(1399), number).await.unwrap();
    assert_eq!(paths(&episode.stills), ["/a.jpg"]);
    assert_eq!(episode.still.unwrap().path, "/own.jpg");
    assert_eq!(episode.imdb, "tt1480055".parse().ok());
    let asked = server.targets();
    assert!(asked.iter().any(|t| {
        t.starts_with("/3/tv/1399/season/1/episode/2?append_to_response=images%2Cexternal_ids")
    }));
}

#[tokio::test]
async fn nothing_found_is_not_found() {
    for body in [
        r#"{"movie_results":[],"person_results":[{"id":1}]}"#,
        r#"{"success":false,"status_code":34,"status_message":"x"}"#,
    ] {
        let server = Server::start(move |_, _| Reply::json(body)).await;
        let tvdb = FindId::Tvdb(TvdbId::new(5).unwrap());
        let error = tmdb_at(&server, None).find(tvdb, None).await.unwrap_err();
        assert!(error.is_not_found(), "{error}");
    }
    let server = Server::start(|_, _| Reply::json("{}")).await;
    let error = tmdb_at(&server, None).details(MediaType::Movie, id(1), None).await.unwrap_err();
    assert_eq!(error.outcome(), "bad_body");
}

fn poster(path: &str) -> ArtworkRef {
    ArtworkRef { source: ArtworkSource::Tmdb, path: path.to_owned() }
}

#[tokio::test]
async fn pictures_come_from_where_the_configuration_says() {
    let server = Server::start(|_, head| {
        if head.contains("configuration") {
            let host = head.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
            return Reply::json(format!(
                r#"{{"images":{{"base_url":"http://{host}/own/p/","poster_sizes":["w77"]}}}}"#
            ));
        }
        Reply::Answer(200, "image/jpeg", String::new(), b"pixels".to_vec())
    })
    .await;
    let tmdb = tmdb_at(&server, None);
    let choice = tmdb.choose_size(&poster("/a.jpg"), ImageList::Posters, 70).await;
    assert_eq!(choice, SizeChoice { size: TmdbSize::Width(77), min_width: 0 });
    assert_eq!(
        tmdb.image(&poster("/a.jpg"), TmdbSize::Width(77), &FileReservation::unlimited())
            .await
            .unwrap(),
        "pixels"
    );
    assert_eq!(
        tmdb.image(&poster("/a.svg"), TmdbSize::Width(77), &FileReservation::unlimited())
            .await
            .unwrap(),
        "pixels"
    );
    assert!(
        tmdb.image(&poster("/../a.jpg"), TmdbSize::Original, &FileReservation::unlimited())
            .await
            .unwrap_err()
            .is_not_found()
    );
    assert_eq!(server.targets()[1..], ["/own/p/w77/a.jpg", "/own/p/original/a.svg"]);

    let tmdb = tmdb_at(&server, Some("set/by/hand"));
    tmdb.image(&poster("/b.jpg"), TmdbSize::Width(77), &FileReservation::unlimited())
        .await
        .unwrap();
    assert_eq!(server.targets().last().unwrap(), "/set/by/hand/w77/b.jpg");
    assert!(
        !server.asked().last().unwrap().contains("0123456789abcdef"),
        "the key is the API's alone"
    );
}

#[tokio::test]
async fn a_hanging_configuration_delays_a_picture_only_briefly() {
    let server = Server::start(|_, head| match head {
        head if head.contains("configuration") => Reply::Silent,
        _ => Reply::Answer(200, "image/jpeg", String::new(), b"pixels".to_vec()),
    })
    .await;
    let tmdb = tmdb_at(&server, Some("t/p"));
    let start = std::time::Instant::now();
    tmdb.image(&poster("/a.jpg"), TmdbSize::Width(780), &FileReservation::unlimited())
        .await
        .unwrap();
    assert!(start.elapsed() < std::time::Duration::from_millis(450), "{:?}", start.elapsed());
}

#[tokio::test]
async fn a_failed_configuration_is_not_asked_for_again_at_once() {
    let server = Server::start(|_, _| Reply::status(404)).await;
    let tmdb = tmdb_at(&server, Some("t/p"));
    for _ in 0..3 {
        let choice = tmdb.choose_size(&poster("/a.jpg"), ImageList::Posters, 400).await;
        assert_eq!(choice.size, TmdbSize::Width(500));
    }
    assert_eq!(server.asked().len(), 1);
}

/// A host that documents nothing between w500 and the original, and refuses these widths.
async fn refusing(widths: &'static [&'static str]) -> Server {
    Server::start(move |_, head| {
        if head.contains("configuration") {
            return Reply::status(404);
        }
        match widths.iter().any(|width| head.contains(&format!("/{width}/"))) {
            true => Reply::status(400),
            false => Reply::Answer(200, "image/jpeg", String::new(), b"pixels".to_vec()),
        }
    })
    .await
}

async fn fetch(tmdb: &Tmdb, file: &ArtworkRef, needed: u32) -> (TmdbSize, bool) {
    let choice = tmdb.choose_size(file, ImageList::Posters, needed).await;
    (choice.size, tmdb.image(file, choice.size, &FileReservation::unlimited()).await.is_ok())
}

#[tokio::test]
async fn a_refused_width_is_struck_off_once_a_documented_one_comes_and_for_a_day() {
    let server = refusing(&["w1280"]).await;
    let manual = ManualClock::default();
    let tmdb = tmdb_with(&server, Some("t/p"), &manual);
    let (one, other) = (poster("/a.jpg"), poster("/b.jpg"));
    assert_eq!(fetch(&tmdb, &one, 1000).await, (TmdbSize::Width(1280), false));
    // Nobody knows yet whether it is the width or the file.
    let choice = tmdb.choose_size(&other, ImageList::Posters, 1000).await;
    assert_eq!(choice, SizeChoice { size: TmdbSize::Width(1280), min_width: 1280 });
    assert_eq!(fetch(&tmdb, &one, 1000).await, (TmdbSize::Original, true));
    assert_eq!(fetch(&tmdb, &other, 1000).await, (TmdbSize::Original, true));
    // Where it is documented it is not struck off.
    let choice = tmdb.choose_size(&other, ImageList::Backdrops, 1000).await;
    assert_eq!(choice.size, TmdbSize::Width(1280));
    manual.advance(std::time::Duration::from_hours(25));
    let choice = tmdb.choose_size(&other, ImageList::Posters, 1000).await;
    assert_eq!(choice.size, TmdbSize::Width(1280));
}

#[tokio::test]
async fn a_file_that_is_gone_strikes_no_width_off() {
    let server = refusing(&["w1280", "original"]).await;
    let tmdb = tmdb_at(&server, Some("t/p"));
    let (gone, other) = (poster("/a.jpg"), poster("/b.jpg"));
    assert_eq!(fetch(&tmdb, &gone, 1000).await, (TmdbSize::Width(1280), false));
    assert_eq!(fetch(&tmdb, &gone, 1000).await, (TmdbSize::Original, false));
    let choice = tmdb.choose_size(&other, ImageList::Posters, 1000).await;
    assert_eq!(choice.size, TmdbSize::Width(1280));
}

#[tokio::test]
async fn a_file_that_comes_too_narrow_is_refused_in_effect() {
    let server = refusing(&[]).await;
    let tmdb = tmdb_at(&server, Some("t/p"));
    let still = poster("/a.jpg");
    let choice = tmdb.choose_size(&still, ImageList::Stills, 600).await;
    assert_eq!(choice, SizeChoice { size: TmdbSize::Width(780), min_width: 780 });
    tmdb.refuse(&still, choice.size);
    let choice = tmdb.choose_size(&still, ImageList::Stills, 600).await;
    assert_eq!(choice, SizeChoice { size: TmdbSize::Original, min_width: 0 });
}

fn any_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        prop_oneof![
            Just("/a.jpg".to_owned()),
            Just("en".to_owned()),
            Just("2008-01-20".to_owned()),
            ".{0,12}"
        ]
        .prop_map(Value::from),
        Just(json!([])),
        Just(json!({})),
        Just(
            json!([{"file_path": "/x.jpg", "season_number": 1, "id": 3, "show_id": 4, "episode_number": 2}])
        ),
    ]
}

const FIELDS: [&str; 14] = [
    "id",
    "title",
    "name",
    "original_language",
    "release_date",
    "vote_average",
    "vote_count",
    "imdb_id",
    "poster_path",
    "seasons",
    "external_ids",
    "images",
    "movie_results",
    "tv_episode_results",
];

proptest! {
    /// One field of any type never costs the answer, and what comes out is within bounds.
    #[test]
    fn odd_fields_cost_only_themselves(values in prop::collection::vec(any_value(), FIELDS.len())) {
        let object: Value = FIELDS.iter().map(|f| (*f).to_owned()).zip(values).collect::<serde_json::Map<_, _>>().into();
        let wire: wire::DetailsAnswer = serde_json::from_value(object.clone()).unwrap();
        if let Some(details) = Details::from_wire(MediaType::Movie, id(1), &wire) {
            prop_assert!((0.0..=10.0).contains(&details.vote_average));
            prop_assert!(details.posters.iter().all(|c| wire::is_file_path(&c.artwork.path)));
        }
        let find: wire::Find = serde_json::from_value(object).unwrap();
        let _ = Found::from(&find);
    }

    #[test]
    fn no_bytes_make_the_parsers_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = serde_json::from_slice::<wire::DetailsAnswer>(&bytes);
        let _ = serde_json::from_slice::<wire::Find>(&bytes);
        let _ = complaint(200, &bytes);
    }
}
