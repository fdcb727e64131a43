//! From a request to a picture, each step once: gather, choose, spec, find, base, paint.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures::future::{Either, select};
use tokio::time::{Instant, timeout};

use super::attempts::{Attempt, Attempts, Origin};
use super::cached_picture::{CachedPicture, PictureRequest, Stamp};
use super::error::{ServeError, reason};
use super::picture_cache::PictureCache;
use super::picture_store::PictureStore;
use super::renderer::Renderer;
use super::source::SourceKey;
use super::spec::RenderSpec;
use crate::clock::Clock;
use crate::gather::{Chosen, Completeness, DataRequest, Gatherer, TitleData};
use crate::model::{ArtworkKind, ArtworkSource};
use crate::plan;
use crate::render::{Framing, PoolError};
use crate::request::ImageSize;
use crate::telemetry::metrics::RENDERS;
use crate::upstream::Priority;

/// How long a picture that is late already waits for its artwork before another that is stored will
/// do.
const HOSTS_TIMEOUT: Duration = Duration::from_millis(400);

/// How long, and in which steps, work in the background waits for a worker to be free.
const GIVE_WAY_TIMEOUT: Duration = Duration::from_secs(5);
const GIVE_WAY_PAUSE: Duration = Duration::from_millis(5);

/// The parts that a picture passes through, in order.
#[derive(Debug)]
pub(super) struct Pipeline {
    pub(super) gatherer: Gatherer,
    pub(super) cache: PictureCache,
    pub(super) store: PictureStore,
    pub(super) renderer: Renderer,
    /// libjpeg's quality, 1-100.
    pub(super) jpeg_quality: u8,
    pub(super) clock: Clock,
}

/// What came of making a picture.
#[derive(Clone, Debug)]
pub(super) struct Rendered {
    pub(super) picture: Arc<CachedPicture>,
    /// Painted just now, not found unchanged.
    pub(super) painted: bool,
    /// Ratings were to be shown, and there is none.
    pub(super) lacks_ratings: bool,
}

/// A picture that is explained instead of made.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) data: TitleData,
    pub(super) chosen: Chosen,
    pub(super) spec: Arc<RenderSpec>,
}

/// A file of an artwork to be fetched.
#[derive(Debug)]
pub(super) struct FileChoice {
    pub(super) file: SourceKey,
    /// A narrower file is not what was asked for; 0 where any will do.
    pub(super) min_width: u32,
}

impl Pipeline {
    pub(super) fn gatherer(&self) -> &Gatherer {
        &self.gatherer
    }

    /// The picture of a request, with as much of its data as `completeness` waits for. Where no host
    /// gives its artwork (in time), whatever is stored of the title's will do.
    pub(super) async fn run(
        &self,
        request: &Arc<PictureRequest>,
        completeness: Completeness,
    ) -> Result<Rendered, ServeError> {
        let data = self.gather(request, completeness).await?;
        if lacks_ratings(request, &data) && !request.options.fallback {
            return Err(ServeError::NoRatings);
        }
        let mut hosts = pin!(self.try_each(request, &data, Origin::Hosts));
        let stored = self.try_each(request, &data, Origin::Stored);
        let rendered = match completeness {
            Completeness::Full => match hosts.await {
                Err(error) if error.is_about_artwork() => stored.await.map_err(|_| error),
                rendered => rendered,
            },
            Completeness::Arrived => match timeout(HOSTS_TIMEOUT, hosts.as_mut()).await {
                Ok(Err(error)) if error.is_about_artwork() => stored.await.map_err(|_| error),
                Ok(rendered) => rendered,
                // Whichever comes first, unless it is a failure.
                Err(_) => match select(hosts, pin!(stored)).await {
                    Either::Left((Err(error), stored)) if error.is_about_artwork() => {
                        stored.await.map_err(|_| error)
                    }
                    Either::Right((Err(_), hosts)) => hosts.await,
                    Either::Left((rendered, _)) | Either::Right((rendered, _)) => rendered,
                },
            },
        }?;
        if completeness == Completeness::Full {
            self.cache.insert(request, Arc::clone(&rendered.picture));
        }
        Ok(rendered)
    }

    /// The first attempt that gives a picture; else why the first one did not.
    async fn try_each(
        &self,
        request: &Arc<PictureRequest>,
        data: &TitleData,
        origin: Origin,
    ) -> Result<Rendered, ServeError> {
        let mut attempts = Attempts::new(self, request, data, origin);
        while let Some(attempt) = attempts.next().await {
            let error = match self.attempt(request, data, (&attempt, origin)).await {
                Ok(None) => continue,
                Ok(Some(rendered)) => return Ok(rendered),
                Err(error) => error,
            };
            count(request.kind, error.render_outcome());
            if !error.is_about_artwork() {
                return Err(error);
            }
            tracing::warn!(artwork.kind = ?request.kind, cause = %reason(&error), "artwork cannot be used");
            self.renderer.forget(&attempt.spec.source);
            attempts.note_failure(&attempt, error).await;
        }
        Err(attempts.into_error())
    }

    /// The picture where it is on disk, or its base is; no artwork is fetched or fitted.
    pub(super) async fn find(
        &self,
        request: &Arc<PictureRequest>,
    ) -> Result<Option<Arc<CachedPicture>>, ServeError> {
        let Draft { data, spec, .. } = self.draft(request, Completeness::Full).await?;
        let stamp = Stamp::new(&data, spec.provisional, self.clock.unix_secs());
        let reservation = self.cache.reserve(&spec).await?;
        let image = match PictureStore::takes(&spec) {
            true => self.store.get(&spec).await,
            false => self.renderer.painted_on_base(&spec).await?,
        };
        let Some(image) = image else { return Ok(None) };
        let picture = Arc::new(CachedPicture::new(image, &spec, stamp, reservation));
        self.cache.insert(request, Arc::clone(&picture));
        Ok(Some(picture))
    }

    /// Everything of a request's picture but the picture.
    pub(super) async fn draft(
        &self,
        request: &Arc<PictureRequest>,
        completeness: Completeness,
    ) -> Result<Draft, ServeError> {
        let data = self.gather(request, completeness).await?;
        let mut attempts = Attempts::new(self, request, &data, Origin::Hosts);
        let Some(Attempt { chosen, spec, .. }) = attempts.next().await else {
            return Err(attempts.into_error());
        };
        Ok(Draft { data, chosen, spec })
    }

    async fn gather(
        &self,
        request: &PictureRequest,
        completeness: Completeness,
    ) -> Result<TitleData, ServeError> {
        let data = DataRequest::new(request.title, request.kind, &request.options);
        let likely = |chosen| self.fetch_ahead(request, chosen);
        Ok(self.gatherer.gather(&data, completeness, likely).await?)
    }

    /// Starts fetching artwork that will probably be chosen, while details and ratings are asked
    /// for.
    async fn fetch_ahead(&self, request: &PictureRequest, chosen: Chosen) {
        let size = request.options.image_size;
        let file = self.file_of(&chosen, request.kind, size).await.file;
        drop(self.renderer.files().fetch(self.gatherer.providers(), &file));
    }

    /// The picture of one spec: found in memory, on disk, or made. `None` where nothing of its artwork
    /// is stored and no host may be asked.
    async fn attempt(
        &self,
        request: &Arc<PictureRequest>,
        data: &TitleData,
        (attempt, origin): (&Attempt, Origin),
    ) -> Result<Option<Rendered>, ServeError> {
        let spec = &attempt.spec;
        let stamp = Stamp::new(data, spec.provisional, self.clock.unix_secs());
        let lacks_ratings = lacks_ratings(request, data);
        let rendered = |picture, painted| {
            Ok(Some(Rendered { picture: Arc::new(picture), painted, lacks_ratings }))
        };
        if let Some(same) = self.cache.same(request, &spec.picture_key()) {
            return rendered(same.stamped(stamp), false);
        }
        // What may be on the disk needs no worker.
        let on_disk = PictureStore::takes(spec);
        if !on_disk {
            self.expect_worker()?;
        }
        let reservation = self.cache.reserve(spec).await?;
        if let Some(image) = self.store.get(spec).await {
            return rendered(CachedPicture::new(image, spec, stamp, reservation), false);
        }
        if on_disk {
            self.expect_worker()?;
        }
        self.give_way().await;
        let providers = (origin == Origin::Hosts).then(|| self.gatherer.providers());
        let Some(image) = self.renderer.render(spec, providers).await? else {
            return Ok(None);
        };
        count(request.kind, "ok");
        self.store.put(spec, &image);
        rendered(CachedPicture::new(image, spec, stamp, reservation), true)
    }

    /// Whether one more picture would be painted while somebody still waits for it.
    fn expect_worker(&self) -> Result<(), ServeError> {
        match self.renderer.pool().is_hopeless(self.waiting()) {
            true => Err(PoolError::Busy.into()),
            false => Ok(()),
        }
    }

    /// Work in the background is not begun while pictures wait that somebody waits for.
    async fn give_way(&self) {
        if Priority::current() == Priority::Interactive {
            return;
        }
        let until = Instant::now() + GIVE_WAY_TIMEOUT;
        while self.renderer.pool().waiting() > 0 && Instant::now() < until {
            tokio::time::sleep(GIVE_WAY_PAUSE).await;
        }
    }

    /// Pictures that wait for memory or a worker.
    pub(super) fn waiting(&self) -> usize {
        let Self { renderer, cache, .. } = self;
        renderer.files().waiting() + renderer.pool().waiting() + cache.waiting()
    }

    /// Which file of an artwork is fetched for a family in a size: the smallest that suffices.
    pub(super) async fn file_of(
        &self,
        chosen: &Chosen,
        kind: ArtworkKind,
        size: ImageSize,
    ) -> FileChoice {
        let artwork = chosen.artwork.clone();
        if artwork.source == ArtworkSource::Fanart {
            return FileChoice { file: SourceKey { artwork, size: None }, min_width: 0 };
        }
        let tmdb = &self.gatherer.providers().tmdb;
        let choice = tmdb.choose_size(&artwork, chosen.list, plan::width_of(kind, size)).await;
        FileChoice {
            file: SourceKey { artwork, size: Some(choice.size) },
            min_width: u32::from(choice.min_width).min(chosen.width),
        }
    }

    /// The frame of a request's picture.
    pub(super) fn framing(&self, request: &PictureRequest) -> Framing {
        Framing {
            kind: request.kind,
            size: request.options.image_size,
            fit: request.options.fit,
            blur: request.options.blur,
            quality: self.jpeg_quality,
        }
    }
}

fn lacks_ratings(request: &PictureRequest, data: &TitleData) -> bool {
    request.options.shows_ratings() && data.showing.ratings.is_empty()
}

fn count(kind: ArtworkKind, outcome: &'static str) {
    metrics::counter!(RENDERS.name, "family" => kind.family(), "outcome" => outcome).increment(1);
}
