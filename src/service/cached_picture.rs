//! What is asked for, and what is handed out.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use super::spec::RenderSpec;
use crate::budgets::Reservation;
use crate::cache::Watch;
use crate::codec::AVIF_ENABLED;
use crate::gather::TitleData;
use crate::model::{AppliedOverride, ArtworkKind, EncodedImage, ImageFormat, TitleId};
use crate::request::{ArtworkRequest, Options};
use crate::store::{Digest, Tier};

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
/// without an extension: the content type says so, and a media centre shows it.
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
    /// What the admin had chosen for its title and family.
    pub(super) applied: AppliedOverride,
    /// The blob that it can be had from again.
    pub(super) blob: (Tier, Digest),
    /// When that blob was last marked as used, in seconds since 1970.
    touched_at: Arc<AtomicU64>,
    /// Of its bytes, as long as a cache or a connection has them.
    _reservation: Arc<Reservation>,
}

/// Shortest time between two looks at the data of one picture, in seconds.
const MIN_RECHECK_SECS: u64 = 30;
/// How long others may keep a picture that lacks something.
const PROVISIONAL_MAX_AGE: Duration = Duration::from_mins(1);

/// What the data say about how long a picture is good.
#[derive(Clone, Debug)]
pub(super) struct Stamp {
    pub(super) max_age: Duration,
    pub(super) provisional: bool,
    pub(super) stale: bool,
    pub(super) recheck_at: u64,
    pub(super) watch: Watch,
    pub(super) applied: AppliedOverride,
}

impl Stamp {
    /// Of a picture made of these data, `now` in seconds since 1970.
    pub(super) fn new(data: &TitleData, provisional: bool, now: u64) -> Self {
        let title = data.freshness();
        let soonest = now + MIN_RECHECK_SECS;
        let latest = now + title.data.as_secs();
        let refresh_at = data.refresh_at().unwrap_or(latest);
        let recheck_at = refresh_at.clamp(soonest, latest.max(soonest));
        Self {
            max_age: if provisional { PROVISIONAL_MAX_AGE } else { title.max_age },
            provisional,
            stale: data.is_stale(),
            recheck_at: if provisional { soonest } else { recheck_at },
            watch: data.watch,
            applied: data.record.applied.clone(),
        }
    }
}

impl CachedPicture {
    pub(super) fn new(
        image: EncodedImage,
        spec: &RenderSpec,
        stamp: Stamp,
        mut reservation: Reservation,
    ) -> Self {
        reservation.shrink_to(image.bytes.len());
        let tag = blake3::hash(&image.bytes).to_hex();
        Self {
            tag: Arc::from(&tag[..32]),
            image,
            digest: spec.picture_key(),
            blob: spec.blob(),
            touched_at: Arc::default(),
            made_at: SystemTime::now(),
            max_age: stamp.max_age,
            provisional: stamp.provisional,
            stale: stamp.stale,
            recheck_at: stamp.recheck_at,
            watch: stamp.watch,
            applied: stamp.applied,
            _reservation: Arc::new(reservation),
        }
    }

    /// Whether its blob is to be marked as used: to one caller every `interval` seconds.
    pub(super) fn is_touch_due(&self, now: u64, interval: u64) -> bool {
        let last = self.touched_at.load(Ordering::Relaxed);
        let due = now.saturating_sub(last) >= interval;
        due && self
            .touched_at
            .compare_exchange(last, now, Ordering::Relaxed, Ordering::Relaxed)
            .is_ok()
    }

    /// The same bytes, found right again.
    pub(super) fn stamped(&self, stamp: Stamp) -> Self {
        Self {
            max_age: stamp.max_age,
            provisional: stamp.provisional,
            stale: stamp.stale,
            recheck_at: stamp.recheck_at,
            watch: stamp.watch,
            applied: stamp.applied,
            ..self.clone()
        }
    }

    /// Bytes it takes in memory, about.
    pub(super) fn weight(&self) -> u32 {
        u32::try_from(self.image.bytes.len() + 800).unwrap_or(u32::MAX)
    }
}

/// Whether a picture was cached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CacheStatus {
    Hit,
    /// Served as it was; being refreshed behind.
    Stale,
    /// Made now.
    Miss,
    /// Artwork without ratings, which are late; the rated picture is being made.
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

/// A picture and its cache status.
#[derive(Clone, Debug)]
pub struct ServedPicture {
    pub picture: Arc<CachedPicture>,
    pub status: CacheStatus,
}
