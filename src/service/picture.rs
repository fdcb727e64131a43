//! From gathered inputs to a picture: base, plan, paint.

use std::sync::Arc;

use bytes::{BufMut, Bytes, BytesMut};
use moka::sync::Cache;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;
use tracing::Instrument;

use super::cached_picture::PictureRequest;
use super::inputs::{Inputs, step};
use super::source::Artwork;
use super::{Artworks, ServeError};
use crate::cache::Flights;
use crate::codec::{RestartJpeg, Rgb};
use crate::model::{ArtworkKind, EncodedImage, ImageFormat};
use crate::plan::{self, Facts, RenderPlan, Showing, Size};
use crate::render::{Base, Framing, FreshBase, LogoOrder, Painter, RenderError, weight};
use crate::store::{BlobStore, Digest, Labels, Tier};
use crate::telemetry::metrics::RENDERS;

/// After so many pictures that cannot be used, the title has none for now.
const MAX_TRIES: usize = 3;

/// Artwork fitted to frames, in memory over disk.
#[derive(Debug)]
pub(super) struct Bases {
    memory: Cache<Digest, Arc<Base>>,
    making: Flights<Digest, Result<Arc<Fitted>, ServeError>>,
    blobs: BlobStore,
}

/// A base just made. Its pixels are not in it: they are many, and whoever waits would hold them.
#[derive(Debug)]
struct Fitted {
    artwork: Arc<Artwork>,
    base: Arc<Base>,
}

/// What is kept of a base beside its JPEG.
#[derive(Serialize, Deserialize)]
struct BaseHeader {
    facts: Facts,
    source: Size,
}

impl Bases {
    pub(super) fn new(capacity: u64, blobs: BlobStore) -> Self {
        let weigh = |_: &Digest, base: &Arc<Base>| {
            // The facts take 4 bytes a tone, at most 24 x 96 of them.
            u32::try_from(base.jpeg.bytes().len() + 6000).unwrap_or(u32::MAX)
        };
        let memory = Cache::builder().max_capacity(capacity).weigher(weigh).build();
        Self { memory, making: Flights::default(), blobs }
    }

    pub(super) fn clear(&self) {
        self.memory.invalidate_all();
    }

    /// Bytes and entries in memory.
    pub(super) fn usage(&self) -> (u64, u64) {
        self.memory.run_pending_tasks();
        (self.memory.weighted_size(), self.memory.entry_count())
    }

    async fn get(&self, digest: &Digest) -> Option<Arc<Base>> {
        if let Some(base) = self.memory.get(digest) {
            super::looked_up("base", "hit");
            return Some(base);
        }
        super::looked_up("base", "miss");
        let base = Arc::new(unpack(self.blobs.get(Tier::Base, digest).await?)?);
        self.memory.insert(*digest, Arc::clone(&base));
        Some(base)
    }

    fn keep(&self, digest: Digest, base: &Arc<Base>, labels: Labels) {
        self.memory.insert(digest, Arc::clone(base));
        if let Some(packed) = pack(base) {
            self.blobs.put(Tier::Base, &digest, packed, labels);
        }
    }
}

/// A base as one blob: the header's length and the header as JSON, then the JPEG.
fn pack(base: &Base) -> Option<[Bytes; 2]> {
    let header = BaseHeader { facts: base.facts.clone(), source: base.source };
    let header = serde_json::to_vec(&header).ok()?;
    let mut start = BytesMut::with_capacity(4 + header.len());
    start.put_u32(u32::try_from(header.len()).ok()?);
    start.put_slice(&header);
    Some([start.freeze(), base.jpeg.bytes().clone()])
}

fn unpack(mut packed: Bytes) -> Option<Base> {
    let length = u32::from_be_bytes(*packed.first_chunk()?) as usize;
    let jpeg = packed.split_off(length.checked_add(4).filter(|end| *end <= packed.len())?);
    let header: BaseHeader = serde_json::from_slice(&packed[4..]).ok()?;
    let jpeg = RestartJpeg::from_bytes(jpeg).ok()?;
    Some(Base { jpeg, facts: header.facts, source: header.source })
}

impl Artworks {
    /// Makes the picture; where the artwork cannot be had or decoded, with the
    /// next best, at last with one that was there before.
    pub(super) async fn picture(
        &self,
        wanted: &Arc<PictureRequest>,
        inputs: Inputs,
    ) -> Result<(EncodedImage, Inputs), ServeError> {
        let first = inputs.clone();
        match self.picture_of_best(wanted, inputs).await {
            Err(error) if other_helps(&error) => self.kept(wanted, &first).await.ok_or(error),
            made => made,
        }
    }

    async fn picture_of_best(
        &self,
        wanted: &Arc<PictureRequest>,
        mut inputs: Inputs,
    ) -> Result<(EncodedImage, Inputs), ServeError> {
        loop {
            let error = match self.try_picture(wanted, &inputs).await {
                Ok(image) => {
                    count(wanted.kind, "ok");
                    return Ok((image, inputs));
                }
                Err(error) => error,
            };
            self.sources.forget(&inputs.source);
            if !other_helps(&error) || inputs.failed.len() + 1 >= MAX_TRIES {
                count(
                    wanted.kind,
                    if matches!(error, ServeError::Busy { .. }) { "busy" } else { "failed" },
                );
                return Err(error);
            }
            tracing::warn!(artwork.kind = ?wanted.kind, cause = %cause(&error), "artwork cannot be used");
            let host_fault = matches!(&error, ServeError::Upstream(e) if !e.is_not_found());
            inputs = match inputs.with_other_artwork(self, wanted, host_fault).await {
                Ok(inputs) => inputs,
                // No other: what is wrong with the first is the answer.
                Err(_) => return Err(error),
            };
        }
    }

    async fn try_picture(
        &self,
        wanted: &Arc<PictureRequest>,
        inputs: &Inputs,
    ) -> Result<EncodedImage, ServeError> {
        if wanted.kind.is_lettering() {
            return self.logo(wanted, inputs).await;
        }
        if wanted.format == ImageFormat::Jpeg
            && let Some(base) = self.base_of(wanted, inputs).await
        {
            return self.painted_on_base(wanted, inputs, base).await;
        }
        self.painted_on_artwork(wanted, inputs).await
    }

    /// The base of the chosen artwork, if it was made before.
    pub(super) async fn base_of(
        &self,
        wanted: &PictureRequest,
        inputs: &Inputs,
    ) -> Option<Arc<Base>> {
        self.bases.get(&self.base_digest(wanted, inputs)).await
    }

    fn base_digest(&self, wanted: &PictureRequest, inputs: &Inputs) -> Digest {
        let framing = self.framing(wanted);
        Digest::of(format!("base/1/{:?}/{framing:?}", inputs.source).as_bytes())
    }

    pub(super) fn framing(&self, wanted: &PictureRequest) -> Framing {
        Framing {
            kind: wanted.kind,
            size: wanted.options.image_size,
            fit: wanted.options.fit,
            blur: wanted.options.blur,
            quality: self.jpeg_quality,
        }
    }

    /// Fetches and fits the artwork, once for all who want it in this frame. Whoever comes first
    /// has its picture painted in the same go, from the pixels.
    async fn painted_on_artwork(
        &self,
        wanted: &Arc<PictureRequest>,
        inputs: &Inputs,
    ) -> Result<EncodedImage, ServeError> {
        let (framing, digest) = (self.framing(wanted), self.base_digest(wanted, inputs));
        let fetch = self.sources.fetch(self.gatherer().providers(), &inputs.source);
        let (pool, painting) = (self.pool.clone(), self.painting(wanted, inputs));
        let (told, own) = tokio::sync::oneshot::channel();
        let (format, started) = (wanted.format, Instant::now());
        let flight = self.bases.making.join(&digest, move || async move {
            let fetched = fetch.instrument(tracing::debug_span!("fetch")).await;
            let artwork = fetched.unwrap_or(Err(ServeError::Internal))?;
            step("fetch", framing.kind, started);
            let bytes = weight::of_artwork(&artwork.bytes, &framing, format)?;
            let fitted = pool.run(bytes, move || -> Result<_, RenderError> {
                let (base, pixels) = fit(&artwork.bytes, &framing)?;
                // Nobody listens where the caller has gone away: the base is kept all the same.
                let _ = told.send(painting.on_pixels(&base, pixels));
                Ok(Fitted { artwork, base })
            });
            Ok(Arc::new(fitted.await??))
        });
        let fitted = flight.await.unwrap_or(Err(ServeError::Internal))?;
        match own.await {
            Ok(image) => {
                // Once, by whoever came first. Artwork goes to disk only after it has been decoded.
                let labels = inputs.data.labels();
                self.bases.keep(digest, &fitted.base, labels.clone());
                self.sources.keep(&inputs.source, &fitted.artwork.bytes, labels);
                Ok(image?)
            }
            // Another request came first.
            Err(_) if wanted.format == ImageFormat::Jpeg => {
                self.painted_on_base(wanted, inputs, Arc::clone(&fitted.base)).await
            }
            Err(_) => self.fitted_again(wanted, inputs, fitted).await,
        }
    }

    /// A picture that cannot be made from a base alone.
    async fn fitted_again(
        &self,
        wanted: &Arc<PictureRequest>,
        inputs: &Inputs,
        fitted: Arc<Fitted>,
    ) -> Result<EncodedImage, ServeError> {
        let (painting, framing) = (self.painting(wanted, inputs), self.framing(wanted));
        let bytes = weight::of_artwork(&fitted.artwork.bytes, &framing, wanted.format)?;
        let image = self.pool.run(bytes, move || {
            let fresh = FreshBase::make(&fitted.artwork.bytes, &framing)?;
            painting.on_pixels(&fitted.base, fresh.pixels)
        });
        Ok(image.await??)
    }

    pub(super) async fn painted_on_base(
        &self,
        wanted: &Arc<PictureRequest>,
        inputs: &Inputs,
        base: Arc<Base>,
    ) -> Result<EncodedImage, ServeError> {
        let painting = self.painting(wanted, inputs);
        Ok(self.pool.run(weight::of_base(&base), move || painting.on_base(&base)).await??)
    }

    pub(super) fn painting(&self, wanted: &Arc<PictureRequest>, inputs: &Inputs) -> Painting {
        Painting {
            painter: Arc::clone(&self.painter),
            wanted: Arc::clone(wanted),
            showing: inputs.data.showing.clone(),
            quality: self.jpeg_quality,
        }
    }

    async fn logo(
        &self,
        wanted: &Arc<PictureRequest>,
        inputs: &Inputs,
    ) -> Result<EncodedImage, ServeError> {
        let fetch = self.sources.fetch(self.gatherer().providers(), &inputs.source);
        let artwork = fetch.await.unwrap_or(Err(ServeError::Internal))?;
        let image = self.painted_logo(wanted, inputs, Arc::clone(&artwork)).await?;
        let labels = inputs.data.labels();
        self.sources.keep(&inputs.source, &artwork.bytes, labels);
        Ok(image)
    }

    pub(super) async fn painted_logo(
        &self,
        wanted: &Arc<PictureRequest>,
        inputs: &Inputs,
        artwork: Arc<Artwork>,
    ) -> Result<EncodedImage, ServeError> {
        let (size, format, quality) = (wanted.options.image_size, wanted.format, self.jpeg_quality);
        let bytes = weight::of_logo(&artwork.bytes, size, format)?;
        let (painter, wanted) = (Arc::clone(&self.painter), Arc::clone(wanted));
        let showing = inputs.data.showing.clone();
        let image = self.pool.run(bytes, move || {
            let layout = plan::built_in(wanted.kind, &wanted.options);
            let order = LogoOrder { layout: &layout, showing: &showing, size, format, quality };
            painter.logo(&artwork.bytes, &order)
        });
        Ok(image.await??)
    }
}

/// All that a worker needs to paint on a base.
pub(super) struct Painting {
    painter: Arc<Painter>,
    wanted: Arc<PictureRequest>,
    showing: Showing,
    quality: u8,
}

impl Painting {
    fn plan(&self, facts: &Facts) -> RenderPlan {
        let (started, _span) = (Instant::now(), tracing::debug_span!("plan").entered());
        let layout = plan::built_in(self.wanted.kind, &self.wanted.options);
        let plan = plan::plan(&layout, &self.showing, facts, self.painter.as_ref());
        step("plan", self.wanted.kind, started);
        plan
    }

    /// With the pixels at hand that the base was coded from.
    pub(super) fn on_pixels(&self, base: &Base, pixels: Rgb) -> Result<EncodedImage, RenderError> {
        let plan = self.plan(&base.facts);
        let (started, _span) = (Instant::now(), tracing::debug_span!("paint").entered());
        let image = match self.wanted.format {
            ImageFormat::Jpeg => {
                pixels.recycle();
                self.painter.jpeg_from_base(base, &plan)
            }
            format => self.painter.whole(pixels, &plan, format, self.quality),
        };
        step("paint", self.wanted.kind, started);
        image
    }

    fn on_base(&self, base: &Base) -> Result<EncodedImage, RenderError> {
        let plan = self.plan(&base.facts);
        let (started, _span) = (Instant::now(), tracing::debug_span!("paint").entered());
        let image = self.painter.jpeg_from_base(base, &plan);
        step("paint", self.wanted.kind, started);
        image
    }
}

fn fit(artwork: &[u8], framing: &Framing) -> Result<(Arc<Base>, Rgb), RenderError> {
    let started = Instant::now();
    let fresh = tracing::debug_span!("decode").in_scope(|| FreshBase::make(artwork, framing))?;
    step("decode", framing.kind, started);
    let started = Instant::now();
    let base = tracing::debug_span!("encode").in_scope(|| fresh.keep(framing.quality))?;
    step("encode", framing.kind, started);
    Ok((Arc::new(base), fresh.pixels))
}

/// Whether another artwork may do where one has failed.
fn other_helps(error: &ServeError) -> bool {
    matches!(error, ServeError::Render(_) | ServeError::Upstream(_))
}

/// An error and its source, without anything a stranger could use.
fn cause(error: &ServeError) -> String {
    match std::error::Error::source(error) {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}

fn count(kind: ArtworkKind, outcome: &'static str) {
    metrics::counter!(RENDERS.name, "family" => kind.family(), "outcome" => outcome).increment(1);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_base_survives_being_packed() {
        let pixels = Rgb { width: 48, height: 64, data: vec![120; 48 * 64 * 3] };
        let frame = Size { width: 48, height: 64 };
        let jpeg = RestartJpeg::encode(&pixels, 85).unwrap();
        let base = Base { jpeg, facts: Facts::flat(frame, [9, 8, 7]), source: frame };
        let back = unpack(pack(&base).unwrap().concat().into()).unwrap();
        assert_eq!(back.jpeg.bytes(), base.jpeg.bytes());
        assert_eq!((back.facts, back.source), (base.facts, base.source));
    }

    proptest! {
        #[test]
        fn no_bytes_make_unpacking_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(unpack(Bytes::from(bytes)).is_none());
        }
    }
}
