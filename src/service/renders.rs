//! Finished pictures on disk, where making them again would cost more than
//! reading them: a JPEG is spliced from its base in less time.

use bytes::Bytes;

use super::cached_picture::PictureRequest;
use crate::codec;
use crate::model::{EncodedImage, ImageFormat};
use crate::store::{BlobStore, Digest, Labels, Tier};

/// Pictures by the digest of everything they show.
#[derive(Debug)]
pub(super) struct Renders {
    blobs: BlobStore,
}

impl Renders {
    pub(super) fn new(blobs: BlobStore) -> Self {
        Self { blobs }
    }

    pub(super) async fn get(
        &self,
        wanted: &PictureRequest,
        digest: &Digest,
    ) -> Option<EncodedImage> {
        if !is_worth_keeping(wanted) {
            return None;
        }
        let bytes = self.blobs.get(Tier::Render, digest).await?;
        let (width, height) = size_of(wanted.format, &bytes)?;
        Some(EncodedImage { bytes, format: wanted.format, width, height })
    }

    pub(super) fn keep(
        &self,
        wanted: &PictureRequest,
        digest: &Digest,
        image: &EncodedImage,
        labels: Labels,
    ) {
        if is_worth_keeping(wanted) {
            let labels = Labels { family: Some(wanted.kind), ..labels };
            self.blobs.put(Tier::Render, digest, &image.bytes, labels);
        }
    }
}

pub(super) fn is_worth_keeping(wanted: &PictureRequest) -> bool {
    wanted.format != ImageFormat::Jpeg || wanted.kind.is_lettering()
}

/// Width and height of a picture of ours; AVIF is not among what we decode, and
/// nobody asks an AVIF for its size.
fn size_of(format: ImageFormat, bytes: &Bytes) -> Option<(u32, u32)> {
    match format {
        ImageFormat::Avif => Some((0, 0)),
        ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::Webp => {
            codec::probe(bytes).ok().map(|probe| (probe.width, probe.height))
        }
    }
}
