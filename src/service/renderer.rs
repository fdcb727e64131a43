//! From a spec to its picture: find the base or the artwork, then paint on a worker.

use std::future::ready;
use std::sync::Arc;

use futures::FutureExt;
use futures::future::BoxFuture;
use tokio::time::Instant;
use tracing::Instrument;

use super::base_store::BaseStore;
use super::error::ServeError;
use super::painting::{self, FittedArtwork, PictureFiles, record_step};
use super::source::{Artwork, Fetched, SourceKey, Sources};
use super::spec::{PixelSource, RenderSpec};
use crate::cache::{Flight, Flights};
use crate::codec;
use crate::gather::Providers;
use crate::model::{ArtworkKind, EncodedImage};
use crate::plan::RenderPlan;
use crate::render::{Base, Painter, Pool, RenderError, weight};
use crate::store::Digest;
use crate::upstream::{Tmdb, UpstreamError};

/// Makes pictures. Cheap to clone: clones share what they hold.
#[derive(Clone, Debug)]
pub(super) struct Renderer {
    painter: Arc<Painter>,
    pool: Pool,
    files: Sources,
    bases: BaseStore,
    /// By base key where pictures share a base, else by picture key.
    fitting: Flights<Digest, Result<Arc<FittedArtwork>, ServeError>>,
}

/// What a picture is fitted from.
#[derive(Clone, Debug)]
enum Material {
    File(Arc<Artwork>),
    /// Of another frame; a JPEG like any other.
    Base(Arc<Base>),
}

impl Material {
    fn bytes(&self) -> &[u8] {
        match self {
            Self::File(artwork) => &artwork.bytes,
            Self::Base(base) => base.jpeg.bytes(),
        }
    }
}

impl Renderer {
    pub(super) fn new(pool: Pool, files: Sources, bases: BaseStore) -> Self {
        Self { painter: Arc::default(), pool, files, bases, fitting: Flights::default() }
    }

    pub(super) fn pool(&self) -> &Pool {
        &self.pool
    }

    pub(super) fn files(&self) -> &Sources {
        &self.files
    }

    pub(super) fn bases(&self) -> &BaseStore {
        &self.bases
    }

    /// The picture of `spec`. Without `providers` no host is asked: `None` where nothing is stored that
    /// it can be made from.
    pub(super) async fn render(
        &self,
        spec: &Arc<RenderSpec>,
        providers: Option<&Providers>,
    ) -> Result<Option<EncodedImage>, ServeError> {
        if let Some(image) = self.painted_on_base(spec).await? {
            return Ok(Some(image));
        }
        let Some(material) = self.material(spec, providers).await else {
            return Ok(None);
        };
        let clearlogo = self.clearlogo(spec, providers);
        let fitted = self.fit(spec, material, clearlogo).await?;
        match &fitted.base {
            // Another picture of the same base came first.
            Some(base) if fitted.picture_key != spec.picture_key() => {
                self.paint(spec, Arc::clone(base)).await.map(Some)
            }
            _ => fitted.image.clone().map(Some),
        }
    }

    /// The picture of `spec` where it is a JPEG whose base is stored: that is how JPEGs are kept.
    pub(super) async fn painted_on_base(
        &self,
        spec: &Arc<RenderSpec>,
    ) -> Result<Option<EncodedImage>, ServeError> {
        if !spec.is_spliced() {
            return Ok(None);
        }
        match self.bases.get(&spec.base_key()).await {
            Some(base) => self.paint(spec, base).await.map(Some),
            None => Ok(None),
        }
    }

    /// What the spec's picture draws, and where, if its base is at hand; nothing is made.
    pub(super) async fn known_plan(&self, spec: &RenderSpec) -> Option<RenderPlan> {
        if spec.framing.kind.is_lettering() {
            return None;
        }
        let base = self.bases.get(&spec.base_key()).await?;
        Some(painting::plan_of(&self.painter, spec, &base.facts))
    }

    /// What the spec's picture is fitted from, at hand or on its way.
    async fn material(
        &self,
        spec: &RenderSpec,
        providers: Option<&Providers>,
    ) -> Option<BoxFuture<'static, Result<Material, ServeError>>> {
        let found = match (&spec.source, providers) {
            (PixelSource::File(key), Some(providers)) => {
                let fetch = fetched(self.files.fetch(providers, key), spec.framing.kind);
                let wide =
                    wide_enough(fetch, providers.tmdb.clone(), (key.clone(), spec.min_width));
                return Some(wide.boxed());
            }
            (PixelSource::File(key), None) => self.files.find(key).await.map(Material::File),
            (PixelSource::Base(key), _) => self.bases.get(key).await.map(Material::Base),
        };
        found.map(|found| ready(Ok(found)).boxed())
    }

    /// The clearlogo that is laid on the artwork, on its way.
    fn clearlogo(
        &self,
        spec: &RenderSpec,
        providers: Option<&Providers>,
    ) -> BoxFuture<'static, Result<Option<Material>, ServeError>> {
        let (Some(clearlogo), Some(providers)) = (&spec.clearlogo, providers) else {
            return ready(Ok(None)).boxed();
        };
        let fetch = fetched(self.files.fetch(providers, &clearlogo.file), spec.framing.kind);
        async move { fetch.await.map(Some) }.boxed()
    }

    /// Measures badges; shared by every worker.
    pub(super) fn painter(&self) -> &Painter {
        &self.painter
    }

    /// Forgets a file that was found bad.
    pub(super) fn forget(&self, source: &PixelSource) {
        if let PixelSource::File(key) = source {
            self.files.forget(key);
        }
    }

    /// Fits artwork once for all who want it in this frame. Whoever comes first has its picture
    /// painted in the same go.
    async fn fit(
        &self,
        spec: &Arc<RenderSpec>,
        material: BoxFuture<'static, Result<Material, ServeError>>,
        clearlogo: BoxFuture<'static, Result<Option<Material>, ServeError>>,
    ) -> Result<Arc<FittedArtwork>, ServeError> {
        let key = if spec.is_spliced() { spec.base_key() } else { spec.picture_key() };
        let flight = self.fitting.join(&key, || {
            let (renderer, spec) = (self.clone(), Arc::clone(spec));
            async move {
                let (material, clearlogo) = futures::try_join!(material, clearlogo)?;
                let files = (material, clearlogo);
                let fitted = renderer.fit_now(&spec, files.clone()).await?;
                renderer.keep(&spec, &files, &fitted);
                Ok(Arc::new(fitted))
            }
        });
        flight.await.unwrap_or(Err(ServeError::Internal))
    }

    async fn fit_now(
        &self,
        spec: &Arc<RenderSpec>,
        (material, clearlogo): (Material, Option<Material>),
    ) -> Result<FittedArtwork, ServeError> {
        let mut bytes = weight_of(spec, material.bytes())?;
        if let Some(logo) = &clearlogo {
            bytes += weight::of_clearlogo(logo.bytes(), &spec.framing)?;
        }
        let (painter, spec) = (Arc::clone(&self.painter), Arc::clone(spec));
        let work = move || {
            let clearlogo = clearlogo.as_ref().map(Material::bytes);
            let files = PictureFiles { artwork: material.bytes(), clearlogo };
            painting::from_artwork(&painter, &spec, files)
        };
        Ok(self.pool.run(bytes, work).await??)
    }

    /// Stores what was fitted: artwork goes to disk only after it has been decoded.
    fn keep(
        &self,
        spec: &RenderSpec,
        (material, clearlogo): &(Material, Option<Material>),
        fitted: &FittedArtwork,
    ) {
        // What stands in for a file that cannot be had is not worth the space.
        let (PixelSource::File(key), Material::File(artwork)) = (&spec.source, material) else {
            return;
        };
        if let Some(base) = &fitted.base {
            self.bases.put(spec.base_key(), base, spec.labels.clone());
        }
        self.files.keep(key, &artwork.bytes, spec.labels.clone());
        if let (Some(clearlogo), Some(Material::File(logo))) = (&spec.clearlogo, clearlogo) {
            self.files.keep(&clearlogo.file, &logo.bytes, spec.labels.clone());
        }
    }

    async fn paint(
        &self,
        spec: &Arc<RenderSpec>,
        base: Arc<Base>,
    ) -> Result<EncodedImage, ServeError> {
        let bytes = weight::of_base(&base, &spec.layout);
        let (painter, spec) = (Arc::clone(&self.painter), Arc::clone(spec));
        Ok(self.pool.run(bytes, move || painting::on_base(&painter, &spec, &base)).await??)
    }
}

/// A file on its way from its host, as what a picture is fitted from.
async fn fetched(fetch: Flight<Fetched>, kind: ArtworkKind) -> Result<Material, ServeError> {
    let started = Instant::now();
    let fetched = fetch.instrument(tracing::debug_span!("fetch")).await;
    let artwork = fetched.unwrap_or(Err(ServeError::Internal))?;
    record_step("fetch", kind, started);
    Ok(Material::File(artwork))
}

/// The file, unless it is narrower than the width it was asked in: then that width is refused in effect.
async fn wide_enough(
    fetch: impl Future<Output = Result<Material, ServeError>>,
    tmdb: Tmdb,
    (key, min_width): (SourceKey, u32),
) -> Result<Material, ServeError> {
    let material = fetch.await?;
    let (true, Some(size)) = (min_width > 0, key.size) else {
        return Ok(material);
    };
    // A file that cannot be read is told from a narrow one where it is decoded.
    match codec::probe(material.bytes()) {
        Ok(probe) if probe.width < min_width => {
            tmdb.refuse(&key.artwork, size);
            let error = UpstreamError::NotFound { provider: "tmdb" };
            Err(ServeError::Upstream(Arc::new(error)))
        }
        _ => Ok(material),
    }
}

/// Bytes of memory that fitting and painting take, at most.
fn weight_of(spec: &RenderSpec, artwork: &[u8]) -> Result<usize, RenderError> {
    match spec.framing.kind.is_lettering() {
        true => weight::of_logo(artwork, spec.framing.size, spec.format),
        false => weight::of_artwork(artwork, &spec.framing, spec.format),
    }
}
