//! A provider of ratings that does not exist: one row, one client.

use std::sync::Arc;

use futures::FutureExt;
use futures::future::BoxFuture;
use laurel::model::{Provider, RatingSource, RawRating};
use laurel::upstream::{
    KeyPlace, KeyPool, Priority, ProviderAnswer, ProviderSettings, ProviderStatus, Rank, RatedId,
    RatingProvider, RatingProviderRow, Subject, Transport, Trouble, UpstreamError,
};

const ROW: RatingProviderRow = RatingProviderRow {
    provider: Provider::new("almanac"),
    rank: Rank::First,
    sources: &[RatingSource::Letterboxd],
    awards: &[],
    key_place: KeyPlace::Query("key"),
    free_calls: None,
    says_quota: false,
    gives_age: false,
    client: |transport, settings| Arc::new(Almanac::new(transport, settings)),
};

/// Rates everything at Letterboxd, without asking anybody.
#[derive(Debug)]
pub(crate) struct Almanac {
    client: laurel::upstream::Client,
}

impl Almanac {
    fn new(transport: &Transport, settings: ProviderSettings) -> Self {
        Self { client: laurel::upstream::Client::new(transport, settings) }
    }

    /// Made by its row, as the program's own are.
    pub(crate) fn from_row() -> Arc<dyn RatingProvider> {
        let url = "http://127.0.0.1:9/".parse().unwrap();
        let transport = Transport::new([&url]).unwrap();
        (ROW.client)(&transport, ProviderSettings::api(ROW.provider, url, KeyPool::none()))
    }
}

impl RatingProvider for Almanac {
    fn row(&self) -> &'static RatingProviderRow {
        &ROW
    }

    fn id(&self, subject: &Subject) -> Option<RatedId> {
        subject.title.map(|(media, id)| RatedId::Tmdb(media, id))
    }

    fn ask(
        &self,
        _subject: Subject,
        _priority: Priority,
    ) -> BoxFuture<'static, Result<ProviderAnswer, UpstreamError>> {
        let rating = RawRating::new(RatingSource::Letterboxd, 4.9, Some(9_000_000));
        async move { Ok(ProviderAnswer { ratings: vec![rating], ..ProviderAnswer::default() }) }
            .boxed()
    }

    fn keys(&self) -> &KeyPool {
        self.client.keys()
    }

    fn status(&self) -> ProviderStatus {
        self.client.status()
    }

    fn trouble(&self) -> &Trouble {
        self.client.trouble()
    }
}
