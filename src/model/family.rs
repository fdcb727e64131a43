//! The one table of artwork families: addresses, docs, frames, looks, providers and the disk read it.

use serde::{Deserialize, Serialize};

use super::{BadgeSize, ImageFormat, ImageSize, Position, TileShape, Words};

/// Everything the program knows of a family.
#[derive(Debug)]
pub struct FamilyRow {
    /// In URLs and commands; the first is ours.
    pub words: &'static [&'static str],
    /// A word for the family's artwork without lettering.
    pub textless_word: Option<&'static str>,
    pub shape: FrameShape,
    /// Width and height in pixels by [`ImageSize`].
    pub frames: [(u32, u32); ImageSize::ALL.len()],
    /// Where the address names none.
    pub format: ImageFormat,
    /// Defaults of `ratings_limit`, `position` and `badge_size`.
    pub ratings_limit: u8,
    pub position: Position,
    pub badge_size: BadgeSize,
    /// How much larger than its shape's the badges are, of a family that is shown smaller.
    pub badge_scale: f32,
    /// Whether a winner's statuette may stand on it.
    pub has_statuette: bool,
    /// Whether a sash may stand in its corner.
    pub has_sash: bool,
    /// Artwork without lettering comes first where no language was asked for.
    pub textless_first: bool,
    /// The providers' list its artwork is in.
    pub images: ImageList,
    /// What the artwork is a picture of.
    pub of: PictureOf,
    /// The family whose artwork stands in where a title has none of this one.
    pub fallback: Option<ArtworkKind>,
    /// Families whose stored artwork stands in while no host gives any of this one.
    pub stand_ins: &'static [ArtworkKind],
    /// On disk; never changed, never used again.
    pub number: u8,
}

/// The shape of a family's frame, on which its looks depend.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FrameShape {
    /// 2:3; a native source may be taller or wider.
    Upright,
    /// 16:9.
    Wide,
    /// 1:1, cut from an upright picture.
    Square,
    /// Lettering on a transparent ground, inside of the frame; any ratio.
    Lettering,
}

/// A list of images at TMDB, and its counterpart at Fanart.tv.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ImageList {
    Posters,
    Backdrops,
    Logos,
    Stills,
    /// Of one season of a series.
    SeasonPosters,
}

/// What a picture shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PictureOf {
    /// A film or a series.
    Title,
    Episode,
    /// A season of a series.
    Season,
}

macro_rules! families {
    ($($(#[$meta:meta])* $variant:ident = $first:literal $(| $other:literal)* {
        $($field:ident: $value:expr),+ $(,)?
    })+) => {
        /// The families of artwork.
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
        )]
        #[serde(rename_all = "lowercase")]
        pub enum ArtworkKind { $($(#[$meta])* $variant),+ }

        impl ArtworkKind {
            pub const ALL: [Self; [$($first),+].len()] = [$(Self::$variant),+];

            pub const fn row(self) -> &'static FamilyRow {
                match self {
                    $(Self::$variant => {
                        const ROW: FamilyRow =
                            FamilyRow { words: &[$first $(, $other)*], $($field: $value),+ };
                        &ROW
                    }),+
                }
            }
        }

        impl Words for ArtworkKind {
            const NAMES: &'static [&'static str] = &[$($first),+];
            const WORDS: &'static [(&'static str, Self)] =
                &[$(($first, Self::$variant), $(($other, Self::$variant),)*)+];
        }
    };
}

families! {
    /// Upright, 2:3.
    Poster = "poster" | "textless" | "rating" {
        textless_word: Some("textless"),
        shape: FrameShape::Upright,
        frames: [(342, 513), (580, 870), (1280, 1920), (2000, 3000)],
        format: ImageFormat::Jpeg,
        ratings_limit: 3,
        position: Position::BottomCenter,
        badge_size: BadgeSize::Medium,
        badge_scale: 1.0,
        has_statuette: true,
        has_sash: true,
        textless_first: false,
        images: ImageList::Posters,
        of: PictureOf::Title,
        fallback: None,
        stand_ins: &[ArtworkKind::Backdrop],
        number: 1,
    }
    /// Wide, 16:9.
    Backdrop = "backdrop" | "background" | "landscape" | "fanart" {
        textless_word: None,
        shape: FrameShape::Wide,
        frames: [(1280, 720), (1920, 1080), (3840, 2160), (3840, 2160)],
        format: ImageFormat::Jpeg,
        ratings_limit: 5,
        position: Position::TopRight,
        badge_size: BadgeSize::Medium,
        badge_scale: 1.0,
        has_statuette: true,
        has_sash: true,
        textless_first: true,
        images: ImageList::Backdrops,
        of: PictureOf::Title,
        fallback: None,
        stand_ins: &[ArtworkKind::Poster],
        number: 2,
    }
    /// The title's lettering on a transparent ground; any ratio.
    Logo = "logo" | "clearlogo" {
        textless_word: None,
        shape: FrameShape::Lettering,
        frames: [(390, 122), (780, 244), (1722, 539), (2689, 841)],
        format: ImageFormat::Png,
        ratings_limit: 0,
        position: Position::BottomCenter,
        badge_size: BadgeSize::Medium,
        badge_scale: 1.0,
        has_statuette: false,
        has_sash: false,
        textless_first: false,
        images: ImageList::Logos,
        of: PictureOf::Title,
        fallback: None,
        stand_ins: &[],
        number: 3,
    }
    /// A frame of one episode, 16:9.
    Still = "episode" | "thumbnail" | "still" {
        textless_word: None,
        shape: FrameShape::Wide,
        // 780 x 438.75 is written 780 x 439 in the contract.
        frames: [(480, 270), (780, 439), (1280, 720), (1920, 1080)],
        format: ImageFormat::Jpeg,
        ratings_limit: 1,
        position: Position::TopRight,
        badge_size: BadgeSize::Large,
        badge_scale: 1.08,
        has_statuette: false,
        has_sash: false,
        textless_first: true,
        images: ImageList::Stills,
        of: PictureOf::Episode,
        fallback: Some(ArtworkKind::Backdrop),
        stand_ins: &[ArtworkKind::Backdrop, ArtworkKind::Poster],
        number: 4,
    }
    /// The poster of one season, 2:3.
    Season = "season" {
        textless_word: None,
        shape: FrameShape::Upright,
        frames: [(342, 513), (580, 870), (1280, 1920), (2000, 3000)],
        format: ImageFormat::Jpeg,
        ratings_limit: 3,
        position: Position::BottomCenter,
        badge_size: BadgeSize::Medium,
        badge_scale: 1.0,
        has_statuette: false,
        has_sash: true,
        textless_first: false,
        images: ImageList::SeasonPosters,
        of: PictureOf::Season,
        fallback: Some(ArtworkKind::Poster),
        stand_ins: &[ArtworkKind::Poster, ArtworkKind::Backdrop],
        number: 5,
    }
    /// A poster's tile, 1:1, cut from artwork without lettering: `shape=square`.
    Square = "square" {
        textless_word: None,
        shape: FrameShape::Square,
        frames: [(342, 342), (580, 580), (1280, 1280), (2000, 2000)],
        format: ImageFormat::Jpeg,
        ratings_limit: 3,
        position: Position::BottomCenter,
        badge_size: BadgeSize::Medium,
        badge_scale: 1.0,
        has_statuette: true,
        has_sash: true,
        textless_first: true,
        images: ImageList::Posters,
        of: PictureOf::Title,
        fallback: None,
        stand_ins: &[ArtworkKind::Poster, ArtworkKind::Backdrop],
        number: 6,
    }
}

impl FamilyRow {
    /// All rows, in the order of the docs.
    pub fn all() -> impl ExactSizeIterator<Item = &'static Self> {
        ArtworkKind::ALL.into_iter().map(ArtworkKind::row)
    }

    /// The families' words in URLs: the first of each.
    pub const fn names() -> &'static [&'static str] {
        ArtworkKind::NAMES
    }
}

impl Default for ArtworkKind {
    /// The family of an address that names none.
    fn default() -> Self {
        Self::ALL[0]
    }
}

/// By the number that stands on the disk.
impl TryFrom<u8> for ArtworkKind {
    type Error = ();

    fn try_from(number: u8) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|kind| kind.row().number == number).ok_or(())
    }
}

impl ArtworkKind {
    /// The family's word in URLs.
    pub const fn family(self) -> &'static str {
        self.row().words[0]
    }

    /// Whether it is lettering on a transparent ground rather than a picture that fills a frame.
    pub fn is_lettering(self) -> bool {
        self.row().shape == FrameShape::Lettering
    }

    /// The family that a tile of this shape is drawn in, where this one was named.
    #[must_use]
    pub fn tiled(self, shape: TileShape) -> Self {
        match (self, shape) {
            (Self::Poster, TileShape::Landscape) => Self::Backdrop,
            (Self::Poster, TileShape::Square) => Self::Square,
            (kind, _) => kind,
        }
    }

    /// Whether it shows a season.
    pub fn is_of_season(self) -> bool {
        self.row().of == PictureOf::Season
    }

    /// Whether it shows an episode.
    pub fn is_of_episode(self) -> bool {
        self.row().of == PictureOf::Episode
    }
}

impl FrameShape {
    /// Width over height; `None` for any.
    pub fn ratio(self) -> Option<f64> {
        match self {
            Self::Upright => Some(2.0 / 3.0),
            Self::Wide => Some(16.0 / 9.0),
            Self::Square => Some(1.0),
            Self::Lettering => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_numbers_belong_to_one_family_each() {
        for (place, (word, _)) in ArtworkKind::WORDS.iter().enumerate() {
            let again = ArtworkKind::WORDS[..place].iter().any(|(other, _)| other == word);
            assert!(!again, "{word}");
        }
        for kind in ArtworkKind::ALL {
            assert_eq!(ArtworkKind::try_from(kind.row().number), Ok(kind));
            assert!(kind.row().number > 0, "0 is none");
        }
    }

    #[test]
    fn frames_have_the_ratio_of_their_shape() {
        for kind in ArtworkKind::ALL {
            let Some(ratio) = kind.row().shape.ratio() else { continue };
            for (width, height) in kind.row().frames {
                let exact = f64::from(width) / ratio;
                assert!((f64::from(height) - exact).abs() < 1.0, "{width} x {height}");
            }
        }
    }
}
