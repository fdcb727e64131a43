//! One picture, fully decided: which artwork, in which frame, under which badges, in which format.
//!
//! A spec is made once per attempt and then only read. Both of its names are computed here, over
//! JSON of a struct with a version: the names of two specs are equal exactly when their pictures
//! are the same to the byte, in every process of the same build.

use serde::{Serialize, Serializer};

use super::cached_picture::PictureRequest;
use super::source::SourceKey;
use crate::codec;
use crate::model::{AwardBody, Extras, ImageFormat, RatingSource, Score, Verdict};
use crate::plan::{self, ClearlogoRoom, Layout, SeasonName, Showing};
use crate::render::Framing;
use crate::store::{Digest, Labels, Tier};

/// Raise when the same request should give other pixels: a moved badge, a new font.
pub(super) const RENDER_VERSION: u16 = 4;

/// Raise when the same artwork should give another base: another fit, another encoder.
const BASE_VERSION: u16 = 3;

/// What the pixels of a picture are read from.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum PixelSource {
    /// A file at a host.
    File(SourceKey),
    /// A stored base of another frame, where its file cannot be had.
    Base(#[serde(serialize_with = "as_hex")] Digest),
}

/// A title's own lettering on artwork without any.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub(super) struct Clearlogo {
    pub(super) file: SourceKey,
    pub(super) room: ClearlogoRoom,
}

/// A picture as it is to be made.
#[derive(Clone, Debug)]
pub(super) struct RenderSpec {
    pub(super) source: PixelSource,
    pub(super) clearlogo: Option<Clearlogo>,
    pub(super) framing: Framing,
    pub(super) layout: Layout,
    pub(super) showing: Showing,
    pub(super) format: ImageFormat,
    /// Something is missing that may be there in a moment: it never shares a name with the whole
    /// picture.
    pub(super) provisional: bool,
    /// Spellings by which what is stored of it can be purged; no part of its names.
    pub(super) labels: Labels,
    /// Pixels that the file has to be wide; no part of its names.
    pub(super) min_width: u32,
    picture_key: Digest,
    base_key: Digest,
}

/// What a title's data contribute to a spec.
#[derive(Clone, Debug)]
pub(super) struct Content {
    pub(super) showing: Showing,
    pub(super) labels: Labels,
    pub(super) provisional: bool,
    /// Pixels that a fetched file has to be wide.
    pub(super) min_width: u32,
    /// The season that the artwork does not name, because it is the series'.
    pub(super) season: Option<SeasonName>,
    pub(super) clearlogo: Option<Clearlogo>,
}

impl RenderSpec {
    pub(super) fn new(
        request: &PictureRequest,
        source: PixelSource,
        framing: Framing,
        content: Content,
    ) -> Self {
        let Content { showing, labels, provisional, min_width, season, clearlogo } = content;
        let layout = plan::layout_of(request.kind, &request.options, &showing);
        let layout = match season {
            Some(name) => layout.naming(name),
            None => layout,
        };
        let format = request.format;
        // A free layout holds what it draws.
        let none = Showing::default();
        let named = if request.options.layout.is_some() { &none } else { &showing };
        let name = PictureName {
            render_version: RENDER_VERSION,
            base: BaseName { clearlogo: clearlogo.as_ref(), ..BaseName::new(&source, &framing) },
            layout: &layout,
            ratings: named.ratings.iter().map(|r| (r.source, r.score, r.verdict)).collect(),
            award: named.award,
            extras: &named.extras,
            format,
            provisional,
        };
        let (picture_key, base_key) = (Digest::of_json(&name), Digest::of_json(&name.base));
        let labels = Labels { family: Some(request.kind), ..labels };
        Self {
            source,
            clearlogo,
            framing,
            layout,
            showing,
            format,
            provisional,
            labels,
            min_width,
            picture_key,
            base_key,
        }
    }

    /// Names the picture's bytes: the elements' hash, and its blob among stored pictures.
    pub(super) fn picture_key(&self) -> Digest {
        self.picture_key
    }

    /// Names the fitted artwork.
    pub(super) fn base_key(&self) -> Digest {
        self.base_key
    }

    /// JPEGs are spliced from a base; all else is painted on the fitted artwork.
    pub(super) fn is_spliced(&self) -> bool {
        self.format == ImageFormat::Jpeg && !self.framing.kind.is_lettering()
    }

    /// The blob that the picture can be had from again.
    pub(super) fn blob(&self) -> (Tier, Digest) {
        match self.is_spliced() {
            true => (Tier::Base, self.base_key),
            false => (Tier::Render, self.picture_key),
        }
    }
}

/// Names the base of a source in a frame.
pub(super) fn base_key(source: &PixelSource, framing: &Framing) -> Digest {
    Digest::of_json(&BaseName::new(source, framing))
}

/// Everything that decides about the bytes of a base.
#[derive(Serialize)]
struct BaseName<'a> {
    base_version: u16,
    codec: &'static str,
    source: &'a PixelSource,
    framing: &'a Framing,
    #[serde(skip_serializing_if = "Option::is_none")]
    clearlogo: Option<&'a Clearlogo>,
}

impl<'a> BaseName<'a> {
    fn new(source: &'a PixelSource, framing: &'a Framing) -> Self {
        Self { base_version: BASE_VERSION, codec: codec::id(), source, framing, clearlogo: None }
    }
}

/// Everything that decides about the bytes of a picture.
#[derive(Serialize)]
struct PictureName<'a> {
    render_version: u16,
    base: BaseName<'a>,
    layout: &'a Layout,
    ratings: Vec<(RatingSource, Score, Option<Verdict>)>,
    award: Option<AwardBody>,
    #[serde(skip_serializing_if = "Extras::is_empty")]
    extras: &'a Extras,
    format: ImageFormat,
    provisional: bool,
}

fn as_hex<S: Serializer>(digest: &Digest, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(digest)
}
