//! Pictures that nobody waits for at a screen: a library's, many at once, behind everybody else.
//!
//! They share caches, flights and limits with all others. Their calls to providers leave the reserve
//! of each quota alone, and they are not painted while others wait for a worker.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::source::{Artwork, SourceKey};
use super::{Artworks, Flown, PictureRequest, Rendered, ServeError, ServedPicture, landed};
use crate::cache::Flights;
use crate::codec::DecodeError;
use crate::gather::Completeness;
use crate::model::{ArtworkKind, ArtworkRef, ArtworkSource, MediaType, TitleId, TmdbId};
use crate::render::RenderError;
use crate::request::LanguagePreference;
use crate::upstream::Priority;
use crate::upstream::tmdb::{Details, TmdbSize};

/// Most of the time is spent waiting for providers, whose limits hold whatever stands here.
const MAX_AT_ONCE: usize = 12;
/// For one picture, waiting for its turn included.
const TIMEOUT: Duration = Duration::from_secs(55);

/// The work in the background that is under way.
#[derive(Debug)]
pub(super) struct Behind {
    flights: Flights<Arc<PictureRequest>, Flown>,
    places: Semaphore,
}

impl Default for Behind {
    fn default() -> Self {
        Self { flights: Flights::default(), places: Semaphore::new(MAX_AT_ONCE) }
    }
}

/// A file keeps its part of the memory budget until the last of its bytes are sent.
struct FileBytes(Arc<Artwork>);

impl AsRef<[u8]> for FileBytes {
    fn as_ref(&self) -> &[u8] {
        &self.0.bytes
    }
}

impl Artworks {
    /// The whole picture of a request, however long its providers take, within [`TIMEOUT`].
    pub async fn serve_behind(
        &self,
        request: &Arc<PictureRequest>,
    ) -> Result<ServedPicture, ServeError> {
        if let Some(served) = self.cached(request) {
            return Ok(served);
        }
        self.behind(async {
            let flight = self.behind.flights.join(request, || {
                let (pipeline, request) = (Arc::clone(&self.pipeline), Arc::clone(request));
                Priority::Background
                    .scope(async move { pipeline.run(&request, Completeness::Full).await })
            });
            landed(flight.await).map(Rendered::whole)
        })
        .await
    }

    /// The artwork that a request's picture is made of, as its host has it.
    pub async fn plain_behind(&self, request: &Arc<PictureRequest>) -> Result<Bytes, ServeError> {
        self.behind(async {
            let draft = Box::pin(self.pipeline.draft(request, Completeness::Full)).await?;
            self.original(draft.chosen.artwork).await
        })
        .await
    }

    /// An artwork's file in its largest size.
    pub async fn original_behind(&self, artwork: ArtworkRef) -> Result<Bytes, ServeError> {
        self.behind(self.original(artwork)).await
    }

    /// Which film or series an id means.
    pub async fn resolve_behind(&self, title: &TitleId) -> Result<(MediaType, TmdbId), ServeError> {
        let asked = self.gatherer().resolve(title, ArtworkKind::Poster);
        let resolved = Priority::Background.scope(asked).await?;
        Ok((resolved.media, resolved.tmdb))
    }

    /// What is known of the film or series that an id means.
    pub async fn details_behind(
        &self,
        title: &TitleId,
        language: LanguagePreference,
    ) -> Result<Details, ServeError> {
        let asked = async {
            let resolved = self.gatherer().resolve(title, ArtworkKind::Poster).await?;
            self.gatherer().details(&resolved, language).await
        };
        let known = Priority::Background.scope(asked).await?;
        crate::gather::value(&known).cloned().ok_or(ServeError::UnknownTitle)
    }

    async fn original(&self, artwork: ArtworkRef) -> Result<Bytes, ServeError> {
        let size = (artwork.source == ArtworkSource::Tmdb).then_some(TmdbSize::Original);
        let key = SourceKey { artwork, size };
        let providers = self.gatherer().providers();
        let fetched = self.pipeline.renderer.files().fetch(providers, &key).await;
        let file = fetched.unwrap_or(Err(ServeError::Internal))?;
        if !is_whole(&file.bytes) {
            self.pipeline.renderer.files().forget(&key);
            return Err(RenderError::Decode(DecodeError::Truncated).into());
        }
        Ok(Bytes::from_owner(FileBytes(file)))
    }

    /// Does work of ours behind everybody else's, when one of the places is free.
    async fn behind<T>(
        &self,
        work: impl Future<Output = Result<T, ServeError>>,
    ) -> Result<T, ServeError> {
        let in_turn = async {
            // Nobody closes the semaphore.
            let _place = self.behind.places.acquire().await.map_err(|_| ServeError::Internal)?;
            Priority::Background.scope(work).await
        };
        timeout(TIMEOUT, in_turn).await.unwrap_or(Err(ServeError::Late))
    }
}

/// Whether a file that nobody decodes here ends where its format says that it does.
fn is_whole(bytes: &[u8]) -> bool {
    /// Some programs write a few bytes behind the end.
    const BEHIND: usize = 4096;
    let end = &bytes[bytes.len().saturating_sub(BEHIND)..];
    let ends_in = |mark: &[u8]| end.windows(mark.len()).any(|window| window == mark);
    match bytes {
        [0xff, 0xd8, ..] => ends_in(&[0xff, 0xd9]),
        [0x89, b'P', b'N', b'G', ..] => ends_in(b"IEND"),
        [b'R', b'I', b'F', b'F', a, b, c, d, ..] => {
            bytes.len() >= u32::from_le_bytes([*a, *b, *c, *d]) as usize + 8
        }
        [b'<', ..] => end.trim_ascii_end().ends_with(b">"),
        _ => !bytes.is_empty(),
    }
}

#[cfg(test)]
mod tests {
    use super::is_whole;

    #[test]
    fn a_file_that_breaks_off_is_not_whole() {
        for whole in [
            &b"\xff\xd8\xff\xe0 pixels \xff\xd9"[..],
            b"\x89PNG\r\n\x1a\n pixels \0\0\0\0IEND\xae\x42\x60\x82",
            b"RIFF\x10\0\0\0WEBPVP8 \x04\0\0\0\0\0\0\0",
            b"<svg></svg>\n",
        ] {
            assert!(is_whole(whole), "{whole:?}");
            assert!(!is_whole(&whole[..whole.len() - 9]), "{whole:?}");
        }
        assert!(!is_whole(b""));
    }
}
