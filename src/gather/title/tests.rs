use serde_json::json;

use super::*;
use crate::env::Secret;
use crate::model::{AnimeDb, AnimeId, Provider, TvdbId};
use crate::upstream::testing::{Reply, Server};
use crate::upstream::tmdb::TmdbSettings;
use crate::upstream::{KeyPool, ProviderSettings, Transport};

/// TMDB as far as these tests know it: answers by the beginning of the path, 404 for others.
async fn tmdb_knowing(answers: &[(&'static str, serde_json::Value)]) -> (Server, Tmdb) {
    let answers: Vec<_> = answers.iter().map(|(path, json)| (*path, json.to_string())).collect();
    let server = Server::start(move |_, head| {
        let path = head.split([' ', '?']).nth(1).unwrap_or("").to_owned();
        let known = answers.iter().find(|(known, _)| *known == path);
        known.map_or(Reply::status(404), |(_, json)| match json.as_str() {
            "503" => Reply::status(503).with("retry-after: 60"),
            json => Reply::json(json),
        })
    })
    .await;
    let api =
        ProviderSettings::api(Provider::TMDB, server.url.clone(), KeyPool::new([Secret::new("k")]));
    let settings = TmdbSettings { api, image_base: Some(server.url.clone()) };
    let tmdb = Tmdb::new(&Transport::new([]).unwrap(), settings);
    (server, tmdb)
}

fn ask(external: ExternalId) -> Ask {
    let title = TitleId::new(external);
    Ask { title, kind: ArtworkKind::Poster, languages: None }
}

fn imdb(text: &str) -> Ask {
    ask(ExternalId::Imdb(text.parse().unwrap()))
}

fn tvdb(number: u32) -> Ask {
    ask(ExternalId::Tvdb(TvdbId::new(number).unwrap()))
}

fn tmdb(number: u32) -> Ask {
    ask(ExternalId::Tmdb(TmdbId::new(number).unwrap()))
}

/// As the fields have it.
#[expect(clippy::unnecessary_wraps)]
fn episode(season: u16, episode: u16) -> Option<EpisodeNumber> {
    Some(EpisodeNumber { season, episode })
}

fn calls(server: &Server) -> usize {
    server.targets().iter().filter(|target| !target.contains("configuration")).count()
}

/// One TVDB number that is a series, another one's episode and a third one's season.
fn three_things() -> serde_json::Value {
    json!({
        "tv_results": [{"id": 10, "name": "Series", "vote_count": 5, "poster_path": "/p.jpg", "backdrop_path": "/b.jpg"}],
        "tv_episode_results": [{"id": 1, "show_id": 20, "season_number": 3, "episode_number": 5, "still_path": "/s.jpg"}],
        "tv_season_results": [{"id": 2, "show_id": 30, "season_number": 4, "poster_path": "/t.jpg"}],
    })
}

#[tokio::test]
async fn an_imdb_id_is_a_film_a_series_or_an_episode() {
    let (server, client) = tmdb_knowing(&[
        ("/find/tt0133093", json!({"movie_results": [{"id": 603, "title": "x", "poster_path": "/p.jpg"}]})),
        ("/find/tt0903747", json!({"tv_results": [{"id": 1396, "name": "x", "backdrop_path": "/b.jpg"}]})),
        ("/find/tt5924366", json!({"tv_episode_results": [
            {"id": 9, "show_id": 1399, "season_number": 8, "episode_number": 1, "still_path": "/s.jpg"}]})),
    ])
    .await;
    let film = resolve(&client, &imdb("tt0133093")).await.unwrap();
    assert_eq!((film.media, film.tmdb.number(), film.via), (MediaType::Movie, 603, Via::FindImdb));
    assert_eq!(film.guess.poster.unwrap().path, "/p.jpg");

    let mut of_series = imdb("tt0903747");
    of_series.title.episode = episode(1, 2);
    let series = resolve(&client, &of_series).await.unwrap();
    assert_eq!((series.media, series.tmdb.number()), (MediaType::Series, 1396));
    assert_eq!(
        (series.episode, series.guess.backdrop.unwrap().path.as_str()),
        (episode(1, 2), "/b.jpg")
    );

    let own = resolve(&client, &imdb("tt5924366")).await.unwrap();
    assert_eq!(
        (own.media, own.tmdb.number(), own.episode),
        (MediaType::Series, 1399, episode(8, 1))
    );
    assert_eq!(own.guess.still.unwrap().path, "/s.jpg");
    assert_eq!(calls(&server), 3);
}

#[tokio::test]
async fn a_film_has_no_episodes() {
    let film = json!({"movie_results": [{"id": 603, "title": "x"}]});
    let (server, client) = tmdb_knowing(&[("/find/tt0133093", film)]).await;
    let mut first = imdb("tt0133093");
    first.title.episode = episode(1, 1);
    assert!(matches!(resolve(&client, &first).await, Err(ResolveError::NotFound)));
    let mut second = tmdb(603);
    (second.title.media, second.title.episode) = (Some(MediaType::Movie), episode(1, 1));
    assert!(matches!(resolve(&client, &second).await, Err(ResolveError::NotFound)));
    assert_eq!(calls(&server), 1);
}

#[tokio::test]
async fn a_typed_tmdb_id_needs_no_call() {
    let (server, client) = tmdb_knowing(&[]).await;
    for (media, number) in [
        (Some(MediaType::Movie), None),
        (Some(MediaType::Series), episode(1, 1)),
        (None, episode(2, 3)),
    ] {
        let mut ask = tmdb(603);
        (ask.title.media, ask.title.episode) = (media, number);
        let resolved = resolve(&client, &ask).await.unwrap();
        assert_eq!(resolved.media, media.unwrap_or(MediaType::Series));
        assert_eq!((resolved.episode, resolved.via), (number, Via::Given));
    }
    assert_eq!(server.asked().len(), 0);
}

#[tokio::test]
async fn of_a_bare_tmdb_number_the_better_known_title_wins_and_it_is_said() {
    let (server, client) = tmdb_knowing(&[
        (
            "/movie/603",
            json!({"id": 603, "title": "Film", "vote_count": 28011, "poster_path": "/p.jpg"}),
        ),
        ("/tv/603", json!({"id": 603, "name": "Series", "vote_count": 3})),
        ("/tv/1396", json!({"id": 1396, "name": "Series", "vote_count": 3})),
        ("/movie/7", json!({"id": 7, "title": "Film", "vote_count": 1})),
        ("/tv/7", json!({"id": 7, "name": "Series", "vote_count": 2})),
    ])
    .await;
    let film = resolve(&client, &tmdb(603)).await.unwrap();
    assert_eq!((film.media, film.via), (MediaType::Movie, Via::Both));
    assert_eq!(film.details.unwrap().title.name, "Film");
    assert_eq!(film.guess.poster.unwrap().path, "/p.jpg");
    let note = film.ambiguity.unwrap();
    assert_eq!((note.votes, note.other_media, note.other_votes), (28011, MediaType::Series, 3));
    assert_eq!(calls(&server), 2);

    let series = resolve(&client, &tmdb(1396)).await.unwrap();
    assert_eq!((series.media, series.ambiguity), (MediaType::Series, None));
    let series = resolve(&client, &tmdb(7)).await.unwrap();
    assert_eq!(
        (series.media, series.details.unwrap().title.media),
        (MediaType::Series, MediaType::Series)
    );
    assert!(matches!(resolve(&client, &tmdb(8)).await, Err(ResolveError::NotFound)));
}

#[tokio::test]
async fn a_bare_number_is_not_decided_while_one_half_is_unknown() {
    let (_server, client) = tmdb_knowing(&[
        ("/movie/603", json!({"id": 603, "title": "Film"})),
        ("/tv/603", json!(503)),
    ])
    .await;
    assert!(matches!(resolve(&client, &tmdb(603)).await, Err(ResolveError::Upstream(_))));
}

#[tokio::test]
async fn a_tvdb_number_is_the_series_unless_a_still_is_wanted() {
    let (_server, client) = tmdb_knowing(&[("/find/81189", three_things())]).await;
    let series = resolve(&client, &tvdb(81189)).await.unwrap();
    assert_eq!((series.tmdb.number(), series.episode, series.season), (10, None, None));

    let still = Ask { kind: ArtworkKind::Still, ..tvdb(81189) };
    let own = resolve(&client, &still).await.unwrap();
    assert_eq!((own.tmdb.number(), own.episode), (20, episode(3, 5)));

    let mut of_series = still;
    of_series.title.media = Some(MediaType::Series);
    assert_eq!(resolve(&client, &of_series).await.unwrap().tmdb.number(), 10);

    let mut numbered = still;
    numbered.title.episode = episode(3, 5);
    let numbered = resolve(&client, &numbered).await.unwrap();
    assert_eq!((numbered.tmdb.number(), numbered.episode), (10, episode(3, 5)));
}

#[tokio::test]
async fn a_tvdb_season_gives_its_series() {
    let season = json!({"tv_season_results": [{"id": 2, "show_id": 30, "season_number": 4, "poster_path": "/t.jpg"}]});
    let (_server, client) = tmdb_knowing(&[("/find/5", season)]).await;
    let season = resolve(&client, &tvdb(5)).await.unwrap();
    assert_eq!(
        (season.media, season.tmdb.number(), season.season),
        (MediaType::Series, 30, Some(4))
    );
    assert_eq!(season.guess.poster.unwrap().path, "/t.jpg");
}

#[tokio::test]
async fn a_film_by_tvdb_number_is_not_looked_for() {
    let (server, client) = tmdb_knowing(&[("/find/5", three_things())]).await;
    let mut film = tvdb(5);
    film.title.media = Some(MediaType::Movie);
    assert!(matches!(resolve(&client, &film).await, Err(ResolveError::NotFound)));
    assert_eq!(server.asked().len(), 0);
}

#[tokio::test]
async fn unknown_ids_and_unmapped_ones_are_told_apart() {
    let (_server, client) =
        tmdb_knowing(&[("/find/tt0000002", json!({"person_results": [{"id": 1}]}))]).await;
    for id in ["tt0000001", "tt0000002"] {
        assert!(matches!(resolve(&client, &imdb(id)).await, Err(ResolveError::NotFound)));
    }
    let anime = ask(ExternalId::Anime(AnimeId { db: AnimeDb::Kitsu, number: 7442 }));
    assert!(matches!(resolve(&client, &anime).await, Err(ResolveError::Unmapped)));
}
