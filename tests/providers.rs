//! The providers' clients on a real socket.

use laurel::budgets::FileReservation;
use laurel::env::Secret;
use laurel::gather::{awards, ratings};
use laurel::model::{
    ArtworkKind, AwardBody, EpisodeNumber, ImageList, ImdbId, MediaType, Provider, ProviderRatings,
    RawRating, TmdbId, TvdbId,
};
use laurel::upstream::fanart::{FanartId, FanartSettings};
use laurel::upstream::tmdb::{FindId, TmdbSettings};
use laurel::upstream::{
    Fanart, KeyPool, Mdblist, Omdb, OmdbKind, ProviderSettings, Tmdb, Trakt, TraktTitle, Transport,
    UpstreamError,
};
use url::Url;

use crate::support::{FakeUpstream, Fault, Reply, Service};

fn settings(
    fake: &FakeUpstream,
    provider: Provider,
    keys: &[&str],
) -> (Transport, ProviderSettings) {
    let url: Url = fake.url(provider).parse().unwrap();
    let transport = Transport::new([&url]).unwrap();
    let keys = KeyPool::new(keys.iter().map(|key| Secret::new(*key)));
    (transport, ProviderSettings::api(provider, url, keys))
}

fn mdblist(fake: &FakeUpstream, keys: &[&str]) -> Mdblist {
    let (transport, settings) = settings(fake, Provider::MDBLIST, keys);
    Mdblist::new(&transport, settings)
}

fn omdb(fake: &FakeUpstream, keys: &[&str]) -> Omdb {
    let (transport, settings) = settings(fake, Provider::OMDB, keys);
    Omdb::new(&transport, settings)
}

fn trakt(fake: &FakeUpstream) -> Trakt {
    let (transport, settings) = settings(fake, Provider::TRAKT, &["trakt-key"]);
    Trakt::new(&transport, settings)
}

fn imdb(number: u32) -> ImdbId {
    ImdbId::new(number).unwrap()
}

/// What is drawn of one provider's answer.
fn drawn(provider: Provider, raw: Vec<RawRating>) -> Vec<(&'static str, String)> {
    let readings = [ProviderRatings { provider, read_at: 0, ratings: raw }];
    let merged = ratings::merge(&readings, &ratings::MergeContext { media: MediaType::Movie });
    merged.ratings.iter().map(|rating| (rating.source.key(), rating.text())).collect()
}

#[tokio::test]
async fn mdblist_gives_ten_sources_in_one_call() {
    let fake = FakeUpstream::with_catalogue().start().await;
    let title = mdblist(&fake, &["k"]).by_imdb(MediaType::Movie, imdb(9_900_001)).await.unwrap();
    let expected = [
        ("mal", "8.63"),
        ("imdb", "8.7"),
        ("lb", "4.1"),
        ("rt", "92%"),
        ("mc", "74"),
        ("rta", "85%"),
        ("tmdb", "84%"),
        ("trakt", "86%"),
        ("mdblist", "83"),
        ("ebert", "3.5"),
    ];
    let found = drawn(Provider::MDBLIST, title.ratings);
    let found: Vec<_> = found.iter().map(|(key, text)| (*key, text.as_str())).collect();
    assert_eq!(found, expected);
    assert_eq!(fake.calls(Provider::MDBLIST), 1);
}

#[tokio::test]
async fn odd_values_are_read_or_left_out() {
    let fake = FakeUpstream::with_catalogue().start().await;
    let title = mdblist(&fake, &["k"]).by_imdb(MediaType::Movie, imdb(9_900_003)).await.unwrap();
    let found = drawn(Provider::MDBLIST, title.ratings);
    let found: Vec<_> = found.iter().map(|(key, text)| (*key, text.as_str())).collect();
    let expected =
        [("imdb", "7.5"), ("lb", "4.0"), ("rt", "59%"), ("tmdb", "76%"), ("ebert", "4.0")];
    assert_eq!(found, expected);
}

#[tokio::test]
async fn the_wrong_kind_and_the_unknown_are_not_found() {
    let fake = FakeUpstream::with_catalogue().start().await;
    let client = mdblist(&fake, &["k"]);
    let series = TmdbId::new(9002).unwrap();
    assert!(client.by_tmdb(MediaType::Series, series).await.is_ok());
    let error = client.by_imdb(MediaType::Series, imdb(9_900_001)).await.unwrap_err();
    assert!(error.is_not_found(), "{error}");
    let error = client.by_imdb(MediaType::Movie, imdb(9_999_999)).await.unwrap_err();
    assert!(error.is_not_found(), "{error}");
    assert_eq!(fake.calls(Provider::MDBLIST), 3);
}

#[tokio::test]
async fn a_batch_is_one_call() {
    let fake = FakeUpstream::with_catalogue().start().await;
    let client = mdblist(&fake, &["k"]);
    let ids = [imdb(9_900_001), imdb(9_999_999), imdb(9_900_003)];
    let titles = client.batch_by_imdb(MediaType::Movie, &ids).await.unwrap();
    let found: Vec<_> = titles.iter().filter_map(|title| title.ids.imdb).collect();
    assert_eq!(found, [ids[0], ids[2]]);
    let numbers = [TmdbId::new(9001).unwrap()];
    assert_eq!(client.batch_by_tmdb(MediaType::Movie, &numbers).await.unwrap().len(), 1);
    assert_eq!(client.batch_by_tmdb(MediaType::Movie, &[]).await.unwrap(), []);
    assert_eq!(fake.calls(Provider::MDBLIST), 2);
}

#[tokio::test]
async fn a_spent_key_rests_although_the_status_is_200() {
    let spent = Reply::json(200, &serde_json::json!({"error": "API Limit Reached!"}));
    let fake = FakeUpstream::with_catalogue().start().await;
    let fake = fake.reply("/mdblist/imdb/movie/tt9900001", spent);
    let client = mdblist(&fake, &["first", "second"]);
    let ask = || client.by_imdb(MediaType::Movie, imdb(9_900_001));
    assert!(matches!(ask().await, Err(UpstreamError::QuotaSpent { .. })));
    assert_eq!(fake.calls(Provider::MDBLIST), 2, "each key is tried once");
    assert!(matches!(ask().await, Err(UpstreamError::QuotaSpent { .. })));
    assert_eq!(fake.calls(Provider::MDBLIST), 2, "resting keys are not asked with");
}

#[tokio::test]
async fn a_refused_key_gives_way_to_the_next() {
    let fake = FakeUpstream::with_catalogue().start().await;
    assert!(omdb(&fake, &["bad-key", "good"]).by_imdb(imdb(9_900_001)).await.is_ok());
    let error = omdb(&fake, &["bad-key"]).by_imdb(imdb(9_900_001)).await.unwrap_err();
    assert!(matches!(error, UpstreamError::Unauthorized { .. }), "{error}");
    assert!(
        mdblist(&fake, &["bad-key", "good"])
            .by_imdb(MediaType::Movie, imdb(9_900_001))
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn omdb_gives_ratings_and_awards_of_a_film() {
    let fake = FakeUpstream::with_catalogue().start().await;
    let title = omdb(&fake, &["k"]).by_imdb(imdb(9_900_001)).await.unwrap();
    assert_eq!(title.kind, Some(OmdbKind::Movie));
    let won = awards::parse(title.awards.as_deref().unwrap(), Provider::OMDB);
    assert!(awards::has_won(&won, AwardBody::Oscar));
    assert_eq!(drawn(Provider::OMDB, title.ratings).len(), 3);
    assert_eq!(fake.calls(Provider::OMDB), 1);
}

#[tokio::test]
async fn omdb_knows_episodes_and_says_what_it_does_not_know() {
    let fake = FakeUpstream::with_catalogue().start().await;
    let client = omdb(&fake, &["k"]);
    let episode = client.by_imdb(imdb(9_900_012)).await.unwrap();
    assert_eq!((episode.kind, episode.series), (Some(OmdbKind::Episode), Some(imdb(9_900_002))));
    let error = client.by_imdb(imdb(9_999_999)).await.unwrap_err();
    assert!(error.is_not_found(), "{error}");
}

#[tokio::test]
async fn trakt_gives_titles_and_episodes() {
    let fake = FakeUpstream::with_catalogue().start().await;
    let client = trakt(&fake);
    let film = client.ratings(TraktTitle::Movie(imdb(9_900_001))).await.unwrap();
    assert_eq!(drawn(Provider::TRAKT, film).len(), 6);
    let number = EpisodeNumber { season: 1, episode: 1 };
    let episode = client.ratings(TraktTitle::Episode(imdb(9_900_002), number)).await.unwrap();
    assert_eq!(drawn(Provider::TRAKT, episode), [("trakt", "82%".to_owned())]);
    let series = client.ratings(TraktTitle::Series(imdb(9_900_002))).await.unwrap();
    assert_eq!(drawn(Provider::TRAKT, series), [("trakt", "93%".to_owned())]);
    let error = client.ratings(TraktTitle::Series(imdb(9_900_001))).await.unwrap_err();
    assert!(error.is_not_found(), "{error}");
}

#[tokio::test]
async fn pages_and_half_answers_are_errors_without_a_secret() {
    let fake = FakeUpstream::with_catalogue().start().await;
    for fault in [Fault::Html, Fault::Truncate, Fault::Garbage, Fault::RedirectElsewhere] {
        let client = omdb(&fake, &["s3cr3t"]);
        fake.inject(Service::Omdb, fault);
        let error = client.by_imdb(imdb(9_900_001)).await.unwrap_err();
        assert!(error.is_transient(), "{fault:?}: {error}");
        assert!(!format!("{error:?} {error}").contains("s3cr3t"), "{fault:?}");
        fake.heal();
    }
}

fn tmdb(fake: &FakeUpstream) -> Tmdb {
    let (_, api) = settings(fake, Provider::TMDB, &["0123456789abcdef0123456789abcdef"]);
    let image_base: Url = fake.url(Service::TmdbImages).parse().unwrap();
    let transport = Transport::new([&api.base_url, &image_base]).unwrap();
    Tmdb::new(&transport, TmdbSettings { api, image_base: Some(image_base) })
}

#[tokio::test]
async fn tmdb_finds_a_film_and_serves_its_pictures() {
    let fake = FakeUpstream::with_catalogue().start().await;
    let client = tmdb(&fake);
    let found = client.find(FindId::Imdb(imdb(9_900_001)), None).await.unwrap();
    let film = found.movie.unwrap();
    let details = client.details(film.media, film.id, None).await.unwrap();
    assert_eq!(details.title.ids.imdb, Some(imdb(9_900_001)));
    assert_eq!(details.posters.len(), 4);
    let size = client.choose_size(&details.posters[0].artwork, ImageList::Posters, 580).await.size;
    let bytes = client
        .image(&details.posters[0].artwork, size, &FileReservation::unlimited())
        .await
        .unwrap();
    assert!(bytes.starts_with(&[0xff, 0xd8]));
    assert_eq!(fake.calls(Service::TmdbImages), 1);
}

#[tokio::test]
async fn fanart_names_pictures_that_it_serves() {
    let fake = FakeUpstream::with_catalogue().start().await;
    let (_, api) = settings(&fake, Provider::FANART, &["fanart-key"]);
    let image_base: Url = fake.url(Service::FanartImages).parse().unwrap();
    let transport = Transport::new([&api.base_url, &image_base]).unwrap();
    let client = Fanart::new(&transport, FanartSettings { api, image_base: Some(image_base) });
    let id = FanartId::Movie(TmdbId::new(9001).unwrap());
    let pictures = client.pictures(id).await.unwrap();
    let logo = &pictures.candidates(ArtworkKind::Logo)[0];
    assert!(
        client
            .image(&logo.artwork, &FileReservation::unlimited())
            .await
            .unwrap()
            .starts_with(b"\x89PNG")
    );
    let unknown = FanartId::Series(TvdbId::new(1).unwrap());
    assert!(client.pictures(unknown).await.unwrap_err().is_not_found());
}
