//! What is asked for, and what is handed out.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::budgets::Reservation;
use crate::cache::Watch;
use crate::codec::AVIF_ENABLED;
use crate::model::{ArtworkKind, EncodedImage, ImageFormat, TitleId};
use crate::request::{ArtworkRequest, Options};
use crate::store::Digest;

/// Everything of a request that decides about its picture.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PictureRequest {
    pub kind: ArtworkKind,
    pub title: TitleId,
    pub format: ImageFormat,
    pub options: Options,
}

impl From<&ArtworkRequest> for PictureRequest {
    fn from(request: &ArtworkRequest) -> Self {
        Self {
            kind: request.kind,
            title: request.title,
            format: format_of(request),
            options: request.options.clone(),
        }
    }
}

/// The format that was asked for. A build that cannot write AVIF answers with what the family has
/// without an extension: its type is told, and a media centre shows it.
fn format_of(request: &ArtworkRequest) -> ImageFormat {
    match (request.format(), request.kind) {
        (ImageFormat::Avif, kind) if kind.is_lettering() && !AVIF_ENABLED => ImageFormat::Png,
        (ImageFormat::Avif, _) if !AVIF_ENABLED => ImageFormat::Jpeg,
        (format, _) => format,
    }
}

/// A picture ready to go out.
#[derive(Clone, Debug)]
pub struct CachedPicture {
    pub image: EncodedImage,
    /// Names the design and the data that made these pixels.
    pub digest: Digest,
    /// BLAKE3 of the bytes, the first 32 hexadecimal digits.
    pub tag: Arc<str>,
    pub made_at: SystemTime,
    /// How long others may keep it without asking.
    pub max_age: Duration,
    /// Something was missing that may be there in a moment.
    pub provisional: bool,
    /// Some data are old and being refreshed.
    pub stale: bool,
    /// When the data are to be looked at again, in seconds since 1970.
    pub(super) recheck_at: u64,
    /// Tells when the data have changed since they were gathered.
    pub(super) watch: Watch,
    /// Of its bytes, as long as a cache or a connection has them.
    _held: Arc<Reservation>,
}

/// What the data say about how long a picture is good.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stamp {
    pub(super) max_age: Duration,
    pub(super) provisional: bool,
    pub(super) stale: bool,
    pub(super) recheck_at: u64,
    pub(super) watch: Watch,
}

impl CachedPicture {
    pub(super) fn new(
        image: EncodedImage,
        digest: Digest,
        stamp: Stamp,
        mut held: Reservation,
    ) -> Self {
        held.shrink_to(image.bytes.len());
        let tag = blake3::hash(&image.bytes).to_hex();
        Self {
            tag: Arc::from(&tag[..32]),
            image,
            digest,
            made_at: SystemTime::now(),
            max_age: stamp.max_age,
            provisional: stamp.provisional,
            stale: stamp.stale,
            recheck_at: stamp.recheck_at,
            watch: stamp.watch,
            _held: Arc::new(held),
        }
    }

    /// The same bytes, found right again.
    pub(super) fn stamped(&self, stamp: Stamp) -> Self {
        Self {
            max_age: stamp.max_age,
            provisional: stamp.provisional,
            stale: stamp.stale,
            recheck_at: stamp.recheck_at,
            watch: stamp.watch,
            ..self.clone()
        }
    }

    /// Bytes it takes in memory, about.
    pub(super) fn weight(&self) -> u32 {
        u32::try_from(self.image.bytes.len() + 800).unwrap_or(u32::MAX)
    }
}

/// How a picture was come by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CacheStatus {
    Hit,
    /// Served as it was; being refreshed behind.
    Stale,
    /// Made now.
    Miss,
    /// The plain picture; the rated one is being made.
    MissFallback,
}

impl CacheStatus {
    /// The value of `X-Cache-Status`.
    pub fn header(self) -> &'static str {
        match self {
            Self::Hit => "HIT",
            Self::Stale => "STALE",
            Self::Miss => "MISS",
            Self::MissFallback => "MISS-FALLBACK",
        }
    }

    /// The word in logs and metrics.
    pub fn word(self) -> &'static str {
        match self {
            Self::Hit => "hit",
            Self::Stale => "stale",
            Self::Miss => "miss",
            Self::MissFallback => "fallback",
        }
    }
}

/// A picture and how it was come by.
#[derive(Clone, Debug)]
pub struct ServedPicture {
    pub finished: Arc<CachedPicture>,
    pub status: CacheStatus,
}

impl ServedPicture {
    pub(super) fn new(finished: Arc<CachedPicture>, status: CacheStatus) -> Self {
        Self { finished, status }
    }
}
