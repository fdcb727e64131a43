//! Fanart.tv: pictures made by its community, as a second source beside TMDB.
//!
//! API v3. Answers of 2019 hold lists only; those of 2026 have counts beside them and
//! flatter picture URLs. `likes` are texts; `lang` is `""` or `"00"` where there is no lettering.

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use url::Url;

use super::loose::{Loose, Many};
use super::{
    Call, Client, Complaint, KeyPool, ProviderSettings, ProviderStatus, Transport, UpstreamError,
    Urgency,
};
use crate::budgets::FileReservation;
use crate::model::{
    ArtworkKind, ArtworkRef, ArtworkSource, Candidate, ImageList, ImdbId, Language, Provider,
    TmdbId, TvdbId,
};

/// Where Fanart.tv's own pictures are.
const IMAGE_HOST: &str = "assets.fanart.tv";
/// Pictures of one kind that are kept.
const KEPT: usize = 400;

/// How Fanart.tv is to be asked.
#[derive(Debug)]
pub struct FanartSettings {
    pub api: ProviderSettings,
    /// `LAUREL_FANART_IMAGE_URL`: replaces scheme and host of the pictures' URLs. Without
    /// it only pictures at Fanart.tv's own host are taken.
    pub image_base: Option<Url>,
}

/// A client of Fanart.tv. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Fanart {
    api: Client,
    images: Client,
    any_host: bool,
}

/// The ids that Fanart.tv knows titles by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum FanartId {
    Movie(TmdbId),
    MovieImdb(ImdbId),
    Series(TvdbId),
}

/// The pictures of one title. Their sizes are not known before they are fetched.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FanartPictures {
    pub posters: Vec<Candidate>,
    pub backdrops: Vec<Candidate>,
    pub logos: Vec<Candidate>,
    /// Posters of seasons, with the season's number.
    #[serde(default)]
    pub seasons: Vec<(u16, Candidate)>,
}

impl FanartPictures {
    pub fn candidates(&self, kind: ArtworkKind) -> &[Candidate] {
        match kind.row().images {
            ImageList::Posters => &self.posters,
            ImageList::Backdrops => &self.backdrops,
            ImageList::Logos => &self.logos,
            ImageList::Stills | ImageList::SeasonPosters => &[],
        }
    }

    /// The posters of one season.
    pub fn season(&self, number: u16) -> Vec<Candidate> {
        let of_season = self.seasons.iter().filter(|(season, _)| *season == number);
        of_season.map(|(_, poster)| poster.clone()).collect()
    }
}

impl Fanart {
    /// # Panics
    /// Never: the built-in address is a constant.
    pub fn new(transport: &Transport, settings: FanartSettings) -> Self {
        let api = ProviderSettings { inspect: Some(complaint), ..settings.api };
        let any_host = settings.image_base.is_some();
        #[expect(clippy::unwrap_used)]
        let own = || format!("https://{IMAGE_HOST}/").parse().unwrap();
        let images = ProviderSettings::images(
            Provider::FANART,
            "fanart_images",
            settings.image_base.unwrap_or_else(own),
        );
        Self { api: Client::new(transport, api), images: Client::new(transport, images), any_host }
    }

    /// The same client for calls of this urgency.
    #[must_use]
    pub fn with(&self, urgency: Urgency) -> Self {
        Self {
            api: self.api.with(urgency),
            images: self.images.with(urgency),
            any_host: self.any_host,
        }
    }

    /// All pictures of a title: one call.
    ///
    /// # Errors
    /// `NotFound` for a title of which Fanart.tv has no picture.
    pub async fn pictures(&self, id: FanartId) -> Result<FanartPictures, UpstreamError> {
        let (kind, id) = match id {
            FanartId::Movie(id) => ("movies", id.to_string()),
            FanartId::MovieImdb(id) => ("movies", id.to_string()),
            FanartId::Series(id) => ("tv", id.to_string()),
        };
        let wire: Wire = self.api.get_json(Call::get([kind, id.as_str()])).await?;
        Ok(wire.pictures(self.any_host))
    }

    /// A picture's bytes, for which there is memory, from the configured host only.
    pub async fn image(
        &self,
        artwork: &ArtworkRef,
        reservation: &FileReservation,
    ) -> Result<Bytes, UpstreamError> {
        // Paths are checked where they are read; this one may come from a cache.
        let path = artwork.path.strip_prefix('/').filter(|path| is_plain_path(path));
        match path {
            Some(path) if artwork.source == ArtworkSource::Fanart => {
                self.images.get_bytes(Call::get(path.split('/')).within(reservation)).await
            }
            _ => Err(UpstreamError::NotFound { provider: self.images.label() }),
        }
    }

    pub fn keys(&self) -> &KeyPool {
        self.api.keys()
    }

    /// The API and the image host.
    pub fn status(&self) -> Vec<ProviderStatus> {
        vec![self.api.status(), self.images.status()]
    }
}

/// `moviethumb` and `tvthumb` are wide too, but carry lettering: they are no backdrops.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wire {
    movieposter: Many<FanartPicture>,
    tvposter: Many<FanartPicture>,
    moviebackground: Many<FanartPicture>,
    #[serde(rename = "moviebackground-4k")]
    moviebackground_4k: Many<FanartPicture>,
    showbackground: Many<FanartPicture>,
    #[serde(rename = "showbackground-4k")]
    showbackground_4k: Many<FanartPicture>,
    hdmovielogo: Many<FanartPicture>,
    movielogo: Many<FanartPicture>,
    hdtvlogo: Many<FanartPicture>,
    clearlogo: Many<FanartPicture>,
    seasonposter: Many<FanartPicture>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct FanartPicture {
    url: Loose,
    lang: Loose,
    likes: Loose,
    width: Loose,
    height: Loose,
    /// A number as text; `all` for a poster of the whole series.
    season: Loose,
}

impl Wire {
    fn pictures(&self, any_host: bool) -> FanartPictures {
        let read = |lists: &[&Many<FanartPicture>]| -> Vec<Candidate> {
            let all = lists.iter().flat_map(|list| &list.0);
            all.filter_map(|picture| picture.candidate(any_host)).take(KEPT).collect()
        };
        let mut logos = read(&[&self.hdmovielogo, &self.hdtvlogo]);
        // The older logos are half as wide: only for languages that have no newer one.
        let mut older = read(&[&self.movielogo, &self.clearlogo]);
        older.retain(|old| logos.iter().all(|logo| logo.language != old.language));
        logos.append(&mut older);
        FanartPictures {
            posters: read(&[&self.movieposter, &self.tvposter]),
            backdrops: read(&[
                &self.moviebackground_4k,
                &self.showbackground_4k,
                &self.moviebackground,
                &self.showbackground,
            ]),
            logos,
            seasons: self.seasons(any_host),
        }
    }

    /// Posters of `all` seasons show the series and are none of a season.
    fn seasons(&self, any_host: bool) -> Vec<(u16, Candidate)> {
        let of_season = |picture: &FanartPicture| {
            let number = picture.season.small()?;
            Some((number, picture.candidate(any_host)?))
        };
        self.seasonposter.0.iter().filter_map(of_season).take(KEPT).collect()
    }
}

impl FanartPicture {
    /// `None` for a picture at a strange host, and for a language we cannot name: taken for
    /// textless it would be worse than missing.
    fn candidate(&self, any_host: bool) -> Option<Candidate> {
        let language: Option<Language> = match self.lang.text() {
            None | Some("00" | "xx") => None,
            Some(code) => Some(code.parse().ok()?),
        };
        Some(Candidate {
            artwork: artwork(self.url.text()?, any_host)?,
            language,
            width: self.width.whole().unwrap_or(0),
            height: self.height.whole().unwrap_or(0),
            vote_average: 0.0,
            votes: self.likes.whole().unwrap_or(0),
        })
    }
}

fn artwork(url: &str, any_host: bool) -> Option<ArtworkRef> {
    let url: Url = url.parse().ok()?;
    let web = matches!(url.scheme(), "http" | "https");
    let path = url.path().strip_prefix('/').filter(|path| is_plain_path(path))?;
    let host = any_host || (url.host_str() == Some(IMAGE_HOST) && url.port().is_none());
    (web && host).then(|| ArtworkRef { source: ArtworkSource::Fanart, path: format!("/{path}") })
}

/// A few plain names with slashes between: nothing that could lead elsewhere.
fn is_plain_path(path: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-' | b'~');
    let name = |name: &str| !name.is_empty() && !name.starts_with('.') && name.bytes().all(plain);
    path.len() <= 256 && path.split('/').all(name)
}

/// Errors have a body of their own, in some years with status 200.
fn complaint(status: u16, body: &[u8]) -> Option<Complaint> {
    #[derive(Deserialize)]
    struct FanartFailure {
        status: String,
        #[serde(rename = "error message", default)]
        message: String,
    }

    // Real answers are longer, and other statuses speak for themselves.
    if !(200..300).contains(&status) || body.len() > 512 {
        return None;
    }
    let failure: FanartFailure = serde_json::from_slice(body).ok()?;
    let message = failure.message.to_ascii_lowercase();
    match failure.status.as_str() {
        "error" if message.contains("key") => Some(Complaint::InvalidKey),
        "error" => Some(Complaint::NotFound),
        _ => None,
    }
}

/// Any bytes as an answer of Fanart.tv.
pub(super) fn read_any(body: &[u8]) {
    let _ = serde_json::from_slice::<Wire>(body).map(|wire| wire.pictures(true));
    let _ = complaint(404, body);
}

#[cfg(test)]
mod tests;
