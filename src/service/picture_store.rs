//! Pictures on disk, where making them again would cost more than reading them: a JPEG is spliced
//! from its base in less time.

use bytes::Bytes;

use super::spec::RenderSpec;
use crate::codec;
use crate::model::{EncodedImage, ImageFormat};
use crate::store::{BlobStore, Tier};

/// Pictures by their picture key.
#[derive(Debug)]
pub(super) struct PictureStore {
    blobs: BlobStore,
}

impl PictureStore {
    pub(super) fn new(blobs: BlobStore) -> Self {
        Self { blobs }
    }

    /// Whether pictures like this one are stored.
    pub(super) fn takes(spec: &RenderSpec) -> bool {
        !spec.is_spliced() && !spec.provisional
    }

    pub(super) async fn get(&self, spec: &RenderSpec) -> Option<EncodedImage> {
        if !Self::takes(spec) {
            return None;
        }
        let bytes = self.blobs.get(Tier::Render, &spec.picture_key()).await?;
        let (width, height) = size_of(spec.format, &bytes)?;
        Some(EncodedImage { bytes, format: spec.format, width, height })
    }

    pub(super) fn put(&self, spec: &RenderSpec, image: &EncodedImage) {
        if Self::takes(spec) {
            let key = spec.picture_key();
            self.blobs.put(Tier::Render, &key, &image.bytes, spec.labels.clone());
        }
    }
}

/// Width and height of a picture of ours; AVIF is not among what we decode, and nobody asks an
/// AVIF for its size.
fn size_of(format: ImageFormat, bytes: &Bytes) -> Option<(u32, u32)> {
    match format {
        ImageFormat::Avif => Some((0, 0)),
        ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::Webp => {
            codec::probe(bytes).ok().map(|probe| (probe.width, probe.height))
        }
    }
}
