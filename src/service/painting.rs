//! What a render worker does for a spec: decode, fit, code the base, plan, paint.

use std::sync::Arc;

use tokio::time::Instant;

use super::error::ServeError;
use super::spec::RenderSpec;
use crate::model::{ArtworkKind, EncodedImage};
use crate::plan::{self, Facts, RenderPlan};
use crate::render::{Base, FreshBase, LogoOrder, Painter, RenderError};
use crate::store::Digest;
use crate::telemetry::metrics::STEP_SECONDS;

/// What came of artwork: the picture of the spec that it was fitted for, and the base that others
/// can be painted on, where the format has one.
#[derive(Debug)]
pub(super) struct FittedArtwork {
    pub(super) base: Option<Arc<Base>>,
    pub(super) picture_key: Digest,
    pub(super) image: Result<EncodedImage, ServeError>,
}

/// What a picture is made of: the bytes of its artwork, and of the clearlogo that is laid on it.
#[derive(Clone, Copy, Debug)]
pub(super) struct PictureFiles<'a> {
    pub(super) artwork: &'a [u8],
    pub(super) clearlogo: Option<&'a [u8]>,
}

/// Fits artwork to the spec's frame and paints on it.
pub(super) fn from_artwork(
    painter: &Painter,
    spec: &RenderSpec,
    files: PictureFiles<'_>,
) -> Result<FittedArtwork, RenderError> {
    let picture_key = spec.picture_key();
    let painted = |base, image: Result<EncodedImage, RenderError>| {
        Ok(FittedArtwork { base, picture_key, image: image.map_err(ServeError::from) })
    };
    if spec.framing.kind.is_lettering() {
        let image = painted_logo(painter, spec, files.artwork)?;
        return painted(None, Ok(image));
    }
    if spec.is_spliced() {
        let base = timed(spec, "base", || match files.clearlogo {
            None => Base::make(files.artwork, &spec.framing),
            Some(_) => fresh_base(spec, files)?.keep(spec.framing.quality),
        })?;
        let image = on_base(painter, spec, &base);
        return painted(Some(Arc::new(base)), image);
    }
    let fresh = timed(spec, "decode", || fresh_base(spec, files))?;
    let plan = plan_of(painter, spec, &fresh.facts);
    let quality = spec.framing.quality;
    let image = timed(spec, "paint", || painter.whole(fresh.pixels, &plan, spec.format, quality))?;
    painted(None, Ok(image))
}

/// Artwork in its frame, with its clearlogo.
fn fresh_base(spec: &RenderSpec, files: PictureFiles<'_>) -> Result<FreshBase, RenderError> {
    let fresh = FreshBase::make(files.artwork, &spec.framing)?;
    match (files.clearlogo, &spec.clearlogo) {
        (Some(bytes), Some(clearlogo)) => {
            fresh.with_clearlogo(bytes, spec.framing.kind, clearlogo.room)
        }
        _ => Ok(fresh),
    }
}

/// A JPEG of which only the rows under badges are decoded and coded again.
pub(super) fn on_base(
    painter: &Painter,
    spec: &RenderSpec,
    base: &Base,
) -> Result<EncodedImage, RenderError> {
    let plan = plan_of(painter, spec, &base.facts);
    timed(spec, "paint", || painter.jpeg_from_base(base, &plan))
}

fn painted_logo(
    painter: &Painter,
    spec: &RenderSpec,
    artwork: &[u8],
) -> Result<EncodedImage, RenderError> {
    let order = LogoOrder {
        layout: &spec.layout,
        showing: &spec.showing,
        size: spec.framing.size,
        format: spec.format,
        quality: spec.framing.quality,
    };
    timed(spec, "paint", || painter.logo(artwork, &order))
}

/// Where everything stands that the spec's picture shows.
pub(super) fn plan_of(painter: &Painter, spec: &RenderSpec, facts: &Facts) -> RenderPlan {
    timed(spec, "plan", || plan::plan(&spec.layout, &spec.showing, facts, painter))
}

/// Runs one step in a span of its own and records how long it took.
fn timed<T>(spec: &RenderSpec, step: &'static str, work: impl FnOnce() -> T) -> T {
    let started = Instant::now();
    let done = tracing::debug_span!("step", step).in_scope(work);
    record_step(step, spec.framing.kind, started);
    done
}

pub(super) fn record_step(step: &'static str, kind: ArtworkKind, started: Instant) {
    metrics::histogram!(STEP_SECONDS.name, "step" => step, "family" => kind.family())
        .record(started.elapsed());
}
