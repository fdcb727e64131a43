//! MDBList: ten sources in one answer.
//!
//! `GET /{imdb|tmdb}/{movie|show}/{id}`, and `POST /{imdb|tmdb}/{movie|show}` with
//! `{"ids": [...]}` for many. API reference: <https://api.mdblist.com/docs>.

mod batch;
mod wire;

use std::sync::Arc;

use futures::FutureExt;
use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};

use self::batch::{Id, Queue};
use super::loose::Part;
use super::refusal::Refusal;
use super::{
    Call, Client, Complaint, KeyPlace, KeyPool, Priority, ProviderAnswer, ProviderSettings,
    ProviderStatus, Rank, RatedId, RatingProvider, RatingProviderRow, RatingProviderSettings,
    Subject, Transport, Trouble, UpstreamError, Urgency,
};
use crate::env::setting::{secret, value};
use crate::model::{ImdbId, MediaType, Provider, RatingSource, RawRating, TitleIds, TmdbId};

/// What MDBList says about one title.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MdblistTitle {
    /// Film or series, where the answer says so.
    pub media: Option<MediaType>,
    /// The ids MDBList has for it.
    pub ids: TitleIds,
    /// At most one per source.
    pub ratings: Vec<RawRating>,
    /// The age that Common Sense Media advises, in years.
    pub common_sense_age: Option<u8>,
}

/// MDBList's row.
pub const ROW: RatingProviderRow = RatingProviderRow {
    provider: Provider::MDBLIST,
    rank: Rank::First,
    sources: &RatingSource::ALL,
    awards: &[],
    key_place: KeyPlace::Query("apikey"),
    free_calls: Some(1000),
    says_quota: true,
    gives_age: true,
    client: |transport, settings| Arc::new(Mdblist::new(transport, settings)),
};

/// What switches it on, and where and how often it is asked.
pub(crate) const SETTINGS: RatingProviderSettings = RatingProviderSettings {
    keys: secret(
        "MDBLIST_API_KEY",
        "",
        "MDBList keys, comma-separated; without one the source is off",
    ),
    url: value("LAUREL_MDBLIST_URL", "https://api.mdblist.com", "MDBList's API"),
    rate: value("LAUREL_MDBLIST_RATE", "10", "Calls per second to MDBList"),
    burst: value("LAUREL_MDBLIST_BURST", "20", "Calls to MDBList that may go out at once"),
};

/// Most titles that one batch look-up may ask for.
///
/// MDBList publishes no limit for it; public clients send 100.
pub const BATCH_MAX: usize = 100;

/// Error bodies are short; a longer one is an answer and not read twice.
const ERROR_MAX_BYTES: usize = 1024;

/// A client of MDBList. Cheap to clone.
///
/// Wants to know film or series beforehand: the kind is part of the path, the
/// wrong one is answered with 404, and no path for "either" is published. So a
/// title of unknown kind is looked up at TMDB first, which costs MDBList nothing.
#[derive(Clone, Debug)]
pub struct Mdblist {
    client: Client,
    queue: Arc<Queue>,
}

impl Mdblist {
    pub fn new(transport: &Transport, settings: ProviderSettings) -> Self {
        let settings = ProviderSettings { inspect: Some(complaint), ..settings };
        Self { client: Client::new(transport, settings), queue: Arc::default() }
    }

    /// The same client for calls of this urgency.
    #[must_use]
    pub fn with(&self, urgency: Urgency) -> Self {
        Self { client: self.client.with(urgency), queue: Arc::clone(&self.queue) }
    }

    /// One title by its IMDb id: one call, or part of one where others wait too. Not for
    /// episodes, which MDBList does not have.
    ///
    /// # Errors
    /// `NotFound` also when the title is of the other kind.
    pub async fn by_imdb(
        &self,
        media: MediaType,
        id: ImdbId,
    ) -> Result<MdblistTitle, UpstreamError> {
        self.look_up(media, Id::Imdb(id)).await
    }

    /// One title by its TMDB number: one call, or part of one where others wait too.
    ///
    /// # Errors
    /// `NotFound` also when the title is of the other kind.
    pub async fn by_tmdb(
        &self,
        media: MediaType,
        id: TmdbId,
    ) -> Result<MdblistTitle, UpstreamError> {
        self.look_up(media, Id::Tmdb(id)).await
    }

    async fn one(&self, path: [&str; 3], media: MediaType) -> Result<MdblistTitle, UpstreamError> {
        let call = Call::get(path).query("append_to_response", "keyword");
        let Part(body) = self.client.get_json::<Part<wire::MdblistAnswer>>(call).await?;
        let body = body.ok_or_else(|| self.client.unusable("no object"))?;
        wire::title(&body, media).map_err(|refusal| match refusal {
            Refusal::UnknownTitle => UpstreamError::NotFound { provider: self.client.label() },
            _ => self.client.unusable("an error in place of a title"),
        })
    }

    /// Many titles of one kind by their IMDb ids: one call for up to [`BATCH_MAX`];
    /// ids past that are not asked for. In no set order, told apart by `ids`;
    /// a title that MDBList does not know is not among them.
    pub async fn batch_by_imdb(
        &self,
        media: MediaType,
        ids: &[ImdbId],
    ) -> Result<Vec<MdblistTitle>, UpstreamError> {
        Ok(self.many("imdb", media, ids).await?.titles)
    }

    /// As [`batch_by_imdb`](Self::batch_by_imdb), by TMDB numbers.
    pub async fn batch_by_tmdb(
        &self,
        media: MediaType,
        ids: &[TmdbId],
    ) -> Result<Vec<MdblistTitle>, UpstreamError> {
        Ok(self.many("tmdb", media, ids).await?.titles)
    }

    async fn many<I: Serialize>(
        &self,
        id_type: &str,
        media: MediaType,
        ids: &[I],
    ) -> Result<wire::Batch, UpstreamError> {
        if ids.is_empty() {
            return Ok(wire::Batch { titles: Vec::new(), is_whole: true });
        }
        let ids = &ids[..ids.len().min(BATCH_MAX)];
        let body = serde_json::json!({ "ids": ids, "append_to_response": ["keyword"] });
        let call = Call::post([id_type, media.show_path()], &body)
            .map_err(|_| self.client.unusable("ids that are no JSON"))?;
        let bodies: Vec<Part<wire::MdblistAnswer>> = self.client.get_json(call).await?;
        Ok(wire::batch(&bodies, media))
    }
}

impl RatingProvider for Mdblist {
    fn row(&self) -> &'static RatingProviderRow {
        &ROW
    }

    fn rates(&self, subject: &Subject) -> bool {
        subject.episode.is_none()
    }

    /// One id for a title, whichever of its ids it is looked up by.
    fn id(&self, subject: &Subject) -> Option<RatedId> {
        subject.title.map(|(media, tmdb)| RatedId::Tmdb(media, tmdb))
    }

    fn ask(
        &self,
        subject: Subject,
        priority: Priority,
    ) -> BoxFuture<'static, Result<ProviderAnswer, UpstreamError>> {
        let client = self.with(priority.into());
        async move {
            let (media, tmdb) = subject
                .title
                .ok_or_else(|| UpstreamError::NotFound { provider: client.client.label() })?;
            let title = match subject.imdb {
                Some(imdb) => client.by_imdb(media, imdb).await?,
                None => client.by_tmdb(media, tmdb).await?,
            };
            let common_sense_age = title.common_sense_age;
            Ok(ProviderAnswer { ratings: title.ratings, awards: None, common_sense_age })
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

/// Any bytes as an answer of MDBList.
pub(super) fn read_any(body: &[u8]) {
    if let Some(wire) = super::loose::part::<wire::MdblistAnswer>(body) {
        let _ = wire::title(&wire, MediaType::Movie);
    }
    let _ = serde_json::from_slice(body)
        .map(|many: Vec<Part<wire::MdblistAnswer>>| wire::batch(&many, MediaType::Series));
    let _ = wire::refusal_in(body);
}
