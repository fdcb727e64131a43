//! OMDb: IMDb, Rotten Tomatoes and Metacritic, and awards as a sentence.
//!
//! `GET /?i=tt0903747&apikey=…`; errors come with status 200 or 401 and a JSON
//! body. API reference: <https://www.omdbapi.com/>.

mod wire;

use std::sync::Arc;

use futures::FutureExt;
use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};

use super::loose::Part;
use super::refusal::Refusal;
use super::{
    Call, Client, Complaint, KeyPlace, KeyPool, Priority, ProviderAnswer, ProviderSettings,
    ProviderStatus, Rank, RatedId, RatingProvider, RatingProviderRow, RatingProviderSettings,
    Subject, Transport, Trouble, UpstreamError, Urgency,
};
use crate::env::setting::{secret, value};
use crate::model::{AwardBody, ImdbId, Provider, RatingSource, RawRating};

/// OMDb's row.
pub const ROW: RatingProviderRow = RatingProviderRow {
    provider: Provider::OMDB,
    rank: Rank::Fallback,
    sources: &[
        RatingSource::Imdb,
        RatingSource::RottenTomatoes,
        RatingSource::Metacritic,
        RatingSource::RottenTomatoesAudience,
    ],
    awards: &[AwardBody::Oscar, AwardBody::Emmy, AwardBody::GoldenGlobe, AwardBody::Bafta],
    key_place: KeyPlace::Query("apikey"),
    free_calls: Some(1000),
    says_quota: false,
    gives_age: false,
    client: |transport, settings| Arc::new(Omdb::new(transport, settings)),
};

/// What switches it on, and where and how often it is asked.
pub(crate) const SETTINGS: RatingProviderSettings = RatingProviderSettings {
    keys: secret("OMDB_API_KEY", "", "OMDb keys, comma-separated; without one the source is off"),
    url: value("LAUREL_OMDB_URL", "https://www.omdbapi.com/", "OMDb's API"),
    rate: value("LAUREL_OMDB_RATE", "40", "Calls per second to OMDb"),
    burst: value("LAUREL_OMDB_BURST", "80", "Calls to OMDb that may go out at once"),
};

/// Error bodies are short; a longer one is an answer and not read twice.
const ERROR_MAX_BYTES: usize = 1024;

/// What OMDb takes a title for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum OmdbKind {
    Movie,
    Series,
    Episode,
}

/// What OMDb says about one title.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OmdbTitle {
    /// `None` for games and the like.
    pub kind: Option<OmdbKind>,
    pub imdb: Option<ImdbId>,
    /// The series of an episode.
    pub series: Option<ImdbId>,
    /// At most one per source.
    pub ratings: Vec<RawRating>,
    /// `Won 7 Oscars. 21 wins & 41 nominations total`; read by `gather::awards`.
    pub awards: Option<String>,
}

/// A client of OMDb. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Omdb {
    client: Client,
}

impl Omdb {
    pub fn new(transport: &Transport, settings: ProviderSettings) -> Self {
        let settings = ProviderSettings { inspect: Some(complaint), ..settings };
        Self { client: Client::new(transport, settings) }
    }

    /// The same client for calls of this urgency.
    #[must_use]
    pub fn with(&self, urgency: Urgency) -> Self {
        Self { client: self.client.with(urgency) }
    }

    /// A film, a series or a single episode by its own id: one call.
    ///
    /// # Errors
    /// `NotFound` when OMDb knows no such id.
    pub async fn by_imdb(&self, id: ImdbId) -> Result<OmdbTitle, UpstreamError> {
        let call = Call::get(Vec::<String>::new()).query("i", id.to_string());
        let Part(body) = self.client.get_json::<Part<wire::OmdbAnswer>>(call).await?;
        let body = body.ok_or_else(|| self.client.unusable("no object"))?;
        wire::title(&body).map_err(|refusal| match refusal {
            Refusal::UnknownTitle => UpstreamError::NotFound { provider: self.client.label() },
            _ => self.client.unusable("an error in place of a title"),
        })
    }
}

impl RatingProvider for Omdb {
    fn row(&self) -> &'static RatingProviderRow {
        &ROW
    }

    fn id(&self, subject: &Subject) -> Option<RatedId> {
        subject.rated_imdb().map(RatedId::Imdb)
    }

    fn ask(
        &self,
        subject: Subject,
        priority: Priority,
    ) -> BoxFuture<'static, Result<ProviderAnswer, UpstreamError>> {
        let client = self.with(priority.into());
        async move {
            let id = subject
                .rated_imdb()
                .ok_or_else(|| UpstreamError::NotFound { provider: client.client.label() })?;
            let title = client.by_imdb(id).await?;
            let (ratings, awards) = (title.ratings, title.awards);
            Ok(ProviderAnswer { ratings, awards, ..ProviderAnswer::default() })
        }
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

fn complaint(_status: u16, body: &[u8]) -> Option<Complaint> {
    let refusal = (body.len() <= ERROR_MAX_BYTES).then(|| wire::refusal_in(body))?;
    refusal?.complaint()
}

/// Any bytes as an answer of OMDb.
pub(super) fn read_any(body: &[u8]) {
    if let Some(wire) = super::loose::part::<wire::OmdbAnswer>(body) {
        let _ = wire::title(&wire);
    }
    let _ = wire::refusal_in(body);
}
