use std::collections::BTreeSet;

use super::*;
use crate::budgets::FileReservation;
use crate::codec::{DecodeOptions, SourceFormat, decode, probe};
use crate::gather::awards;
use crate::gather::ratings::{MergeContext, Merged, merge};
use crate::model::{
    ArtworkRef, AwardBody, EpisodeNumber, ImdbId, MediaType, Provider, ProviderRatings,
    RatingSource, RawRating, TmdbId, TvdbId, Verdict,
};
use crate::upstream::mdblist::Mdblist;
use crate::upstream::omdb::{Omdb, OmdbKind};
use crate::upstream::tmdb::{Details, FindId, TmdbSettings, TmdbSize};
use crate::upstream::{KeyPool, ProviderSettings, Tmdb, Transport};

/// The demo, and the server's own clients pointed at it. Keyless, as the server is then.
struct Clients {
    demo: Demo,
    tmdb: Tmdb,
    mdblist: Mdblist,
    omdb: Omdb,
}

async fn clients() -> Clients {
    let demo = Demo::start().await.unwrap();
    let transport = Transport::new([]).unwrap();
    let settings = |provider, url| ProviderSettings::api(provider, url, KeyPool::none());
    let tmdb = TmdbSettings {
        api: settings(Provider::TMDB, demo.tmdb_api_url()),
        image_base: Some(demo.tmdb_image_url()),
    };
    Clients {
        tmdb: Tmdb::new(&transport, tmdb),
        mdblist: Mdblist::new(
            &transport,
            settings(Provider::MDBLIST, demo.rating_provider_url(Provider::MDBLIST).unwrap()),
        ),
        omdb: Omdb::new(
            &transport,
            settings(Provider::OMDB, demo.rating_provider_url(Provider::OMDB).unwrap()),
        ),
        demo,
    }
}

fn title(slug: &str) -> &'static DemoTitle {
    titles().iter().find(|title| title.slug == slug).unwrap()
}

impl Clients {
    async fn details(&self, title: &DemoTitle) -> Details {
        self.tmdb.details(title.media, title.tmdb, None).await.unwrap()
    }

    /// What all three providers say of a title, merged.
    async fn ratings(&self, title: &DemoTitle) -> Merged {
        let details = self.details(title).await;
        let votes = Some(details.vote_count);
        let average = f64::from(details.vote_average);
        let own = RawRating::out_of_ten(RatingSource::Tmdb, average, votes);
        let mdblist = self.mdblist.by_imdb(title.media, title.imdb).await.unwrap();
        let omdb = self.omdb.by_imdb(title.imdb).await.unwrap();
        let says =
            |provider, ratings| ProviderRatings { provider, read_at: 1_800_000_000, ratings };
        let readings = [
            says(Provider::TMDB, vec![own]),
            says(Provider::MDBLIST, mdblist.ratings),
            says(Provider::OMDB, omdb.ratings),
        ];
        merge(&readings, &MergeContext { media: title.media })
    }

    async fn verdict(&self, slug: &str, source: RatingSource) -> Option<Verdict> {
        let ratings = self.ratings(title(slug)).await.ratings;
        ratings.iter().find(|rating| rating.source == source).unwrap().verdict
    }

    async fn won(&self, slug: &str) -> Vec<AwardBody> {
        let text = self.omdb.by_imdb(title(slug).imdb).await.unwrap().awards;
        let told = awards::parse(text.as_deref().unwrap_or_default(), Provider::OMDB);
        AwardBody::ALL.into_iter().filter(|body| awards::has_won(&told, *body)).collect()
    }
}

#[test]
fn ids_and_slugs_are_told_apart() {
    let imdb: BTreeSet<_> = titles()
        .iter()
        .flat_map(|title| title.episodes.iter().map(|episode| episode.imdb).chain([title.imdb]))
        .collect();
    let episodes: usize = titles().iter().map(|title| title.episodes.len()).sum();
    assert_eq!(imdb.len(), titles().len() + episodes);
    let slugs: BTreeSet<_> = titles().iter().map(|title| &title.slug).collect();
    assert_eq!(slugs.len(), titles().len());
    for title in titles() {
        assert_eq!(title.tvdb.is_some(), title.media == MediaType::Series, "{}", title.slug);
    }
}

#[test]
fn every_drawing_is_in_the_catalogue_and_decodes_at_its_own_size() {
    let mut listed = BTreeSet::new();
    for title in titles() {
        let art = &title.art;
        let own = [&art.poster, &art.poster_textless, &art.backdrop, &art.logo];
        let stills = title.episodes.iter().map(|episode| &episode.still);
        for drawing in own.into_iter().chain(stills) {
            let path = title.path_of(drawing);
            let name = path.trim_start_matches('/');
            let bytes = drawings::drawing(name).unwrap_or_else(|| panic!("{name}"));
            let told = probe(bytes).unwrap();
            assert_eq!(told.format, SourceFormat::Svg, "{name}");
            assert_eq!((told.width, told.height), (drawing.width, drawing.height), "{name}");
            // Painted small, for speed: a refusal for the work at a large size does not show here.
            let need = DecodeOptions { need: Some((100, 0)), ..DecodeOptions::default() };
            assert_eq!(decode(bytes, &need).unwrap().size().0, 100, "{name}");
            listed.insert(name.to_owned());
        }
    }
    assert_eq!(listed, drawings::names().map(str::to_owned).collect());
}

#[tokio::test]
async fn every_title_is_found_by_each_of_its_ids() {
    let clients = clients().await;
    for title in titles() {
        let found = clients.tmdb.find(FindId::Imdb(title.imdb), None).await.unwrap();
        let row = match title.media {
            MediaType::Movie => found.movie,
            MediaType::Series => found.series,
        };
        assert_eq!(row.unwrap().id, title.tmdb, "{}", title.slug);
        if let Some(tvdb) = title.tvdb {
            let found = clients.tmdb.find(FindId::Tvdb(tvdb), None).await.unwrap();
            assert_eq!(found.series.unwrap().id, title.tmdb, "{}", title.slug);
        }
        let details = clients.details(title).await;
        let ids = details.title.ids;
        assert_eq!((ids.imdb, ids.tvdb), (Some(title.imdb), title.tvdb), "{}", title.slug);
        assert_eq!(details.title.name, title.name);
        let by_tmdb = clients.mdblist.by_tmdb(title.media, title.tmdb).await.unwrap();
        assert_eq!(by_tmdb.ids, ids, "{}", title.slug);
    }
}

#[tokio::test]
async fn a_title_has_a_poster_with_lettering_and_one_without() {
    let clients = clients().await;
    for title in titles() {
        let details = clients.details(title).await;
        let languages: Vec<_> =
            details.posters.iter().map(|c| c.language.map(|l| l.to_string())).collect();
        assert_eq!(languages, [Some("en".to_owned()), None], "{}", title.slug);
        assert_eq!(details.poster.as_ref(), Some(&details.posters[0].artwork));
        assert_eq!(details.backdrops[0].language, None);
        assert_eq!(details.logos[0].language.unwrap().code(), "en");
        assert_eq!(details.logos.len(), 1);
    }
}

#[tokio::test]
async fn pictures_come_whatever_size_is_asked_for() {
    let clients = clients().await;
    let Some(poster) = clients.details(&titles()[0]).await.poster else { panic!("no poster") };
    for size in [TmdbSize::Width(342), TmdbSize::Original] {
        let bytes = clients.tmdb.image(&poster, size, &FileReservation::unlimited()).await.unwrap();
        assert_eq!(bytes, drawings::drawing(&poster.path[1..]).unwrap());
    }
    let unknown = ArtworkRef { path: "/nothing.svg".to_owned(), ..poster.clone() };
    let error = clients
        .tmdb
        .image(&unknown, TmdbSize::Original, &FileReservation::unlimited())
        .await
        .unwrap_err();
    assert!(error.is_not_found());
    // The client asks for vectors in their original size only.
    let url = format!("{}/w342{}", clients.demo.tmdb_image_url(), poster.path);
    let answer = reqwest::get(url).await.unwrap();
    assert_eq!(answer.headers()["content-type"], "image/svg+xml");
    assert!(answer.headers().contains_key("cache-control"));
}

#[tokio::test]
async fn an_episode_is_found_by_its_own_id_and_by_its_number() {
    let clients = clients().await;
    for series in titles() {
        for episode in &series.episodes {
            let found = clients.tmdb.find(FindId::Imdb(episode.imdb), None).await.unwrap();
            let row = found.episode.unwrap();
            assert_eq!((row.series, row.number), (series.tmdb, episode.number));
            let details = clients.tmdb.episode(series.tmdb, episode.number).await.unwrap();
            assert_eq!(details.imdb, Some(episode.imdb));
            assert_eq!(details.vote_count, episode.votes);
            assert_eq!(details.still.as_ref(), Some(&details.stills[0].artwork));
            assert_eq!(row.still, details.still);
            let omdb = clients.omdb.by_imdb(episode.imdb).await.unwrap();
            assert_eq!((omdb.kind, omdb.series), (Some(OmdbKind::Episode), Some(series.imdb)));
            assert_eq!(omdb.ratings[0].votes, Some(episode.votes));
            let season = clients.tmdb.season(series.tmdb, episode.number.season).await.unwrap();
            assert_eq!(season.posters, []);
        }
    }
    let windows = clients.details(title("sixty-one-windows")).await;
    assert_eq!(
        windows.seasons.iter().map(|s| (s.number, s.episodes)).collect::<Vec<_>>(),
        [(1, 2)]
    );
}

#[tokio::test]
async fn one_title_has_all_ten_ratings_and_one_has_none() {
    let clients = clients().await;
    let all = clients.ratings(title("long-aphelion")).await;
    let texts: Vec<_> = all.ratings.iter().map(|r| (r.source.key(), r.text())).collect();
    let text = |key: &str| texts.iter().find(|(k, _)| *k == key).map(|(_, text)| text.as_str());
    assert_eq!(texts.len(), 10, "{texts:?}");
    let expected = [
        ("imdb", "7.6"),
        ("tmdb", "74%"),
        ("rt", "78%"),
        ("rta", "81%"),
        ("mc", "69"),
        ("trakt", "75%"),
        ("lb", "3.7"),
        ("mal", "7.41"),
        ("mdblist", "76"),
        ("ebert", "3.5"),
    ];
    for (key, value) in expected {
        assert_eq!(text(key), Some(value), "{key}");
    }
    assert_eq!(clients.ratings(title("patience-of-moss")).await, Merged::default());
}

#[tokio::test]
async fn every_rating_arrives_as_the_catalogue_has_it() {
    let clients = clients().await;
    for title in titles() {
        let merged = clients.ratings(title).await;
        assert_eq!(merged.ratings.len(), title.ratings.len(), "{}", title.slug);
        let mut drawn: Vec<_> = merged.ratings.iter().map(|r| r.score.hundredths()).collect();
        let hundredths = |rated: &catalogue::Rated| (rated.value * 100.0).round() as u16;
        let mut own: Vec<_> = title.ratings.values().map(hundredths).collect();
        drawn.sort_unstable();
        own.sort_unstable();
        assert_eq!(drawn, own, "{}", title.slug);
    }
}

#[tokio::test]
async fn all_six_tomatoes_are_to_be_seen() {
    let clients = clients().await;
    let (critics, audience) = (RatingSource::RottenTomatoes, RatingSource::RottenTomatoesAudience);
    let table = [
        ("salt-cartographer", critics, Verdict::CertifiedFresh),
        ("salt-cartographer", audience, Verdict::VerifiedHot),
        ("ninth-tide", critics, Verdict::Fresh),
        ("long-aphelion", audience, Verdict::Upright),
        ("funicular-season", critics, Verdict::Rotten),
        ("funicular-season", audience, Verdict::Spilled),
    ];
    for (slug, source, verdict) in table {
        assert_eq!(clients.verdict(slug, source).await, Some(verdict), "{slug}");
    }
}

#[tokio::test]
async fn an_oscar_and_an_emmy_were_won_and_nominations_were_not() {
    let clients = clients().await;
    assert_eq!(clients.won("salt-cartographer").await, [AwardBody::Oscar]);
    assert_eq!(clients.won("sixty-one-windows").await, [AwardBody::Emmy]);
    for slug in ["long-aphelion", "alibi-at-midnight", "papaya-frequency", "patience-of-moss"] {
        assert_eq!(clients.won(slug).await, [], "{slug}");
    }
}

#[tokio::test]
async fn what_is_unknown_is_said_to_be_so_by_each_service() {
    let clients = clients().await;
    let (imdb, tmdb) = (ImdbId::new(133_093).unwrap(), TmdbId::new(603).unwrap());
    let number = EpisodeNumber { season: 1, episode: 99 };
    let series = title("sixty-one-windows");
    let film = title("salt-cartographer");
    let errors = [
        clients.tmdb.find(FindId::Imdb(imdb), None).await.unwrap_err(),
        clients.tmdb.find(FindId::Tvdb(TvdbId::new(1).unwrap()), None).await.unwrap_err(),
        clients.tmdb.details(MediaType::Movie, tmdb, None).await.unwrap_err(),
        clients.tmdb.details(MediaType::Series, film.tmdb, None).await.unwrap_err(),
        clients.tmdb.season(series.tmdb, 2).await.unwrap_err(),
        clients.tmdb.episode(series.tmdb, number).await.unwrap_err(),
        clients.mdblist.by_imdb(MediaType::Movie, imdb).await.unwrap_err(),
        clients.mdblist.by_imdb(MediaType::Series, film.imdb).await.unwrap_err(),
        clients.omdb.by_imdb(imdb).await.unwrap_err(),
    ];
    for (place, error) in errors.iter().enumerate() {
        assert!(error.is_not_found(), "{place}: {error}");
    }
}

#[tokio::test]
async fn many_titles_may_be_asked_for_at_once() {
    let clients = clients().await;
    let films = titles().iter().filter(|title| title.media == MediaType::Movie);
    let ids: Vec<_> = films.map(|title| title.imdb).chain(ImdbId::new(133_093)).collect();
    let found = clients.mdblist.batch_by_imdb(MediaType::Movie, &ids).await.unwrap();
    assert_eq!(found.len(), ids.len() - 1);
    let numbers = [title("ninth-tide").tmdb];
    let found = clients.mdblist.batch_by_tmdb(MediaType::Series, &numbers).await.unwrap();
    assert_eq!(found.len(), 1);
}

#[tokio::test]
async fn a_dropped_demo_stops_serving() {
    let demo = Demo::start().await.unwrap();
    let url = demo.tmdb_api_url().join("/3/configuration").unwrap();
    assert!(reqwest::get(url.clone()).await.unwrap().status().is_success());
    drop(demo);
    let refused = async {
        while reqwest::get(url.clone()).await.is_ok() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(1), refused).await.unwrap();
}
