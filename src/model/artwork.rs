//! Pictures of titles.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::Language;
use super::words::words;

words!(
    /// How a picture is coded; the words are those that end an address.
    #[serde(rename_all = "lowercase")]
    ImageFormat {
        Jpeg = "jpg" | "jpeg",
        Png = "png",
        Webp = "webp",
        Avif = "avif",
    }
);

impl ImageFormat {
    pub fn mime(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
            Self::Avif => "image/avif",
        }
    }

    pub fn extension(self) -> &'static str {
        self.name()
    }
}

/// A finished picture.
#[derive(Clone, Debug)]
pub struct EncodedImage {
    pub bytes: Bytes,
    pub format: ImageFormat,
    pub width: u32,
    pub height: u32,
}

words!(
    /// Who hosts a picture.
    #[serde(rename_all = "lowercase")]
    ArtworkSource {
        Tmdb = "t" | "tmdb",
        Fanart = "f" | "fanart",
    }
);

/// One picture at its host; small and hashable, so that it can be part of a cache key.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ArtworkRef {
    pub source: ArtworkSource,
    /// TMDB: the `file_path`, beginning with `/`. Fanart.tv: path of the picture's URL.
    pub path: String,
}

impl ArtworkRef {
    pub fn is_svg(&self) -> bool {
        self.path.len() > 4
            && self.path[self.path.len().saturating_sub(4)..].eq_ignore_ascii_case(".svg")
    }
}

/// A picture that could be chosen, with what the choice depends on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "PackedCandidate", into = "PackedCandidate")]
pub struct Candidate {
    pub artwork: ArtworkRef,
    /// `None`: without lettering ("textless").
    pub language: Option<Language>,
    /// Pixels at the host; 0 where the host does not say.
    pub width: u32,
    pub height: u32,
    /// TMDB's `vote_average` (0-10) and `vote_count`; Fanart.tv's likes are votes.
    pub vote_average: f32,
    pub votes: u32,
}

/// A candidate as it is written down: well-known titles have hundreds, and without names they take a
/// third of the space.
#[derive(Serialize, Deserialize)]
struct PackedCandidate(ArtworkSource, String, Option<Language>, u32, u32, f32, u32);

impl From<PackedCandidate> for Candidate {
    fn from(packed: PackedCandidate) -> Self {
        let PackedCandidate(source, path, language, width, height, vote_average, votes) = packed;
        let artwork = ArtworkRef { source, path };
        Self { artwork, language, width, height, vote_average, votes }
    }
}

impl From<Candidate> for PackedCandidate {
    fn from(candidate: Candidate) -> Self {
        let Candidate { artwork, language, width, height, vote_average, votes } = candidate;
        Self(artwork.source, artwork.path, language, width, height, vote_average, votes)
    }
}
