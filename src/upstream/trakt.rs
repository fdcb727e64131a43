//! Trakt: its own rating and, in the same call, those of others; episodes too.
//!
//! `GET /movies/{id}/ratings?extended=all` and the like. Wants the headers
//! `trakt-api-key` and `trakt-api-version: 2` and a User-Agent.
//! API reference: <https://trakt.docs.apiary.io>.

mod wire;

use std::sync::Arc;

use futures::FutureExt;
use futures::future::BoxFuture;

use super::loose::Part;
use super::{
    Call, Client, KeyPlace, KeyPool, Priority, ProviderAnswer, ProviderSettings, ProviderStatus,
    Rank, RatedId, RatingProvider, RatingProviderRow, RatingProviderSettings, Subject, Transport,
    Trouble, UpstreamError, Urgency,
};
use crate::env::setting::{secret, value};
use crate::model::{EpisodeNumber, ImdbId, MediaType, Provider, RatingSource, RawRating};

/// Trakt's row.
pub const ROW: RatingProviderRow = RatingProviderRow {
    provider: Provider::TRAKT,
    rank: Rank::Fallback,
    sources: &[
        RatingSource::MyAnimeList,
        RatingSource::Imdb,
        RatingSource::Letterboxd,
        RatingSource::RottenTomatoes,
        RatingSource::Metacritic,
        RatingSource::RottenTomatoesAudience,
        RatingSource::Tmdb,
        RatingSource::Trakt,
    ],
    awards: &[],
    key_place: KeyPlace::Header("trakt-api-key"),
    free_calls: None,
    says_quota: false,
    gives_age: false,
    client: |transport, settings| Arc::new(Trakt::new(transport, settings)),
};

/// What switches it on, and where and how often it is asked.
pub(crate) const SETTINGS: RatingProviderSettings = RatingProviderSettings {
    keys: secret(
        "TRAKT_CLIENT_ID",
        "",
        "Trakt client ids, comma-separated; without one the source is off",
    ),
    url: value("LAUREL_TRAKT_URL", "https://api.trakt.tv", "Trakt's API"),
    rate: value("LAUREL_TRAKT_RATE", "3", "Calls per second to Trakt"),
    burst: value("LAUREL_TRAKT_BURST", "10", "Calls to Trakt that may go out at once"),
};

/// What is rated: Trakt takes IMDb ids in place of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TraktTitle {
    Movie(ImdbId),
    Series(ImdbId),
    /// An episode, by its series.
    Episode(ImdbId, EpisodeNumber),
}

/// A client of Trakt. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Trakt {
    client: Client,
}

impl Trakt {
    pub fn new(transport: &Transport, settings: ProviderSettings) -> Self {
        Self { client: Client::new(transport, settings) }
    }

    /// The same client for calls of this urgency.
    #[must_use]
    pub fn with(&self, urgency: Urgency) -> Self {
        Self { client: self.client.with(urgency) }
    }

    /// Every rating that Trakt has of a title, at most one per source: one call.
    ///
    /// # Errors
    /// `NotFound` when Trakt knows no such title or episode.
    pub async fn ratings(&self, title: TraktTitle) -> Result<Vec<RawRating>, UpstreamError> {
        let call = Call::get(path(title))
            .query("extended", "all")
            .header("trakt-api-version", "2")
            .header("content-type", "application/json");
        let Part(body) = self.client.get_json::<Part<wire::TraktRatings>>(call).await?;
        let body = body.ok_or_else(|| self.client.unusable("no object"))?;
        Ok(wire::ratings(&body))
    }
}

impl RatingProvider for Trakt {
    fn row(&self) -> &'static RatingProviderRow {
        &ROW
    }

    fn id(&self, subject: &Subject) -> Option<RatedId> {
        let (media, _) = subject.title?;
        Some(RatedId::Part(media, subject.imdb?, subject.episode))
    }

    fn ask(
        &self,
        subject: Subject,
        priority: Priority,
    ) -> BoxFuture<'static, Result<ProviderAnswer, UpstreamError>> {
        let client = self.with(priority.into());
        async move {
            let title = match (subject.title, subject.imdb, subject.episode) {
                (Some((MediaType::Movie, _)), Some(imdb), _) => TraktTitle::Movie(imdb),
                (Some((MediaType::Series, _)), Some(imdb), None) => TraktTitle::Series(imdb),
                (Some((MediaType::Series, _)), Some(imdb), Some(number)) => {
                    TraktTitle::Episode(imdb, number)
                }
                _ => return Err(UpstreamError::NotFound { provider: client.client.label() }),
            };
            let ratings = client.ratings(title).await?;
            Ok(ProviderAnswer { ratings, ..ProviderAnswer::default() })
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

fn path(title: TraktTitle) -> Vec<String> {
    let path = match title {
        TraktTitle::Movie(id) => format!("movies/{id}/ratings"),
        TraktTitle::Series(id) => format!("shows/{id}/ratings"),
        TraktTitle::Episode(series, EpisodeNumber { season, episode }) => {
            format!("shows/{series}/seasons/{season}/episodes/{episode}/ratings")
        }
    };
    path.split('/').map(str::to_owned).collect()
}

/// Any bytes as an answer of Trakt.
pub(super) fn read_any(body: &[u8]) {
    if let Some(wire) = super::loose::part::<wire::TraktRatings>(body) {
        let _ = wire::ratings(&wire);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_those_of_the_api() {
        let id = ImdbId::new(9_900_002).unwrap();
        let number = EpisodeNumber { season: 1, episode: 2 };
        let table = [
            (TraktTitle::Movie(id), "movies/tt9900002/ratings"),
            (TraktTitle::Series(id), "shows/tt9900002/ratings"),
            (TraktTitle::Episode(id, number), "shows/tt9900002/seasons/1/episodes/2/ratings"),
        ];
        for (title, expected) in table {
            assert_eq!(path(title).join("/"), expected);
        }
    }
}
