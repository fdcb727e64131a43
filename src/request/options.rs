//! Options of a request: sparse patches per layer, merged into dense values.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::free::FreeLayout;

use crate::model::{
    ArtworkKind, ArtworkSource, AwardSet, BadgeBackground, BadgeShape, BadgeSize, BadgeStyle,
    CandidatePath, Country, Direction, Fit, FrameShape, HexColour, ImageSize, InfoKind,
    InfoPosition, InfoStyle, LabelStyle, Language, LanguagePreference, MediaType, NamedArtwork,
    NamedLook, PictureOf, Position, Quality, RatingSource, SashMark, ScoreStyle, SourceSet,
    SourceWeight, TileShape,
};

/// Which ratings are shown, and in which order.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct RatingsPreference {
    /// The named ones first; without repetitions.
    pub order: Vec<RatingSource>,
    /// Nothing but the named ones.
    pub only: bool,
    pub exclude: SourceSet,
    /// 0-10.
    pub limit: u8,
}

/// Everything that can be asked of one picture, defaults applied.
#[expect(clippy::struct_excessive_bools, reason = "parameters that are true or false")]
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Options {
    pub image_size: ImageSize,
    pub ratings: RatingsPreference,
    pub badge_style: BadgeStyle,
    pub badge_size: BadgeSize,
    pub badge_shape: BadgeShape,
    pub badge_background: BadgeBackground,
    pub label_style: LabelStyle,
    pub position: Position,
    pub direction: Direction,
    pub split: bool,
    /// Per cent of the frame's width and height, 0-50.
    pub edge_inset_x: u8,
    pub edge_inset_y: u8,
    pub image_source: ArtworkSource,
    /// One of the title's pictures, in the place of what the rule would choose.
    pub artwork: Option<NamedArtwork>,
    pub language: LanguagePreference,
    /// Artwork without language comes first, because no language was asked for.
    pub textless_first: bool,
    pub textless: bool,
    pub fit: Fit,
    /// Artwork without lettering under the title's own clearlogo.
    pub clean: bool,
    pub blur: bool,
    pub awards: AwardSet,
    pub fallback: bool,
    pub beyond: BeyondOptions,
    /// A design of somebody's own, in the place of the built-in layout.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub layout: Option<Arc<FreeLayout>>,
}

/// What a picture says beside ratings, defaults applied.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct BeyondOptions {
    pub info: Vec<InfoKind>,
    pub info_style: InfoStyle,
    pub info_position: InfoPosition,
    /// `None`: as large as the ratings' badges.
    pub info_size: Option<BadgeSize>,
    pub score: Option<ScoreStyle>,
    /// Empty: every source counts once.
    pub score_sources: Vec<SourceWeight>,
    /// Rising, 0-100: from each on the next colour is taken.
    pub score_thresholds: [u8; 3],
    /// For scores below the first threshold, from it, from the second, from the third.
    pub score_colors: [HexColour; 4],
    pub score_position: Position,
    /// The first that holds is drawn.
    pub sash: Vec<SashMark>,
    pub quality: Vec<Quality>,
    /// Whose certificates and cinemas count.
    pub country: Country,
    /// The caller's own badge.
    pub label: Option<String>,
    /// The rating strip's ground, where the caller chose one; opacity in per cent.
    pub bar_colour: Option<HexColour>,
    pub bar_opacity: Option<u8>,
    pub font_colour: Option<HexColour>,
    /// Of the values' size, in hundredths, 50-200.
    pub font_scale: u8,
}

/// What one layer (server, key, profile, query) says; `None` says nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OptionsPatch {
    /// Beneath everything else of its layer.
    pub look: Option<NamedLook>,
    pub image_size: Option<ImageSize>,
    pub ratings_order: Option<Vec<RatingSource>>,
    pub ratings_only: Option<bool>,
    pub ratings_limit: Option<u8>,
    pub ratings_exclude: Option<SourceSet>,
    pub badge_style: Option<BadgeStyle>,
    pub badge_size: Option<BadgeSize>,
    pub badge_shape: Option<BadgeShape>,
    pub badge_background: Option<BadgeBackground>,
    pub label_style: Option<LabelStyle>,
    pub position: Option<Position>,
    pub direction: Option<Direction>,
    pub split: Option<bool>,
    pub edge_inset_x: Option<u8>,
    pub edge_inset_y: Option<u8>,
    pub image_source: Option<ArtworkSource>,
    /// Pictures of the title by their paths; each is for its own family.
    pub poster: Option<CandidatePath>,
    pub backdrop: Option<CandidatePath>,
    pub logo: Option<CandidatePath>,
    pub language: Option<LanguagePreference>,
    pub textless: Option<bool>,
    pub fit: Option<Fit>,
    /// Ends in the family, not in the options.
    pub shape: Option<TileShape>,
    pub clean: Option<bool>,
    pub blur: Option<bool>,
    pub awards: Option<AwardSet>,
    pub fallback: Option<bool>,
    /// What a bare number is; ends in the title's id, not in the options.
    pub media: Option<MediaType>,
    pub beyond: BeyondPatch,
    /// Of a profile; no parameter says it.
    #[serde(skip)]
    pub layout: Option<Arc<FreeLayout>>,
}

/// What one layer says of what a picture says beside ratings.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BeyondPatch {
    pub info: Option<Vec<InfoKind>>,
    pub info_style: Option<InfoStyle>,
    pub info_position: Option<InfoPosition>,
    pub info_size: Option<BadgeSize>,
    pub score: Option<ScoreStyle>,
    pub score_sources: Option<Vec<SourceWeight>>,
    pub score_thresholds: Option<[u8; 3]>,
    pub score_colors: Option<[HexColour; 4]>,
    pub score_position: Option<Position>,
    pub sash: Option<Vec<SashMark>>,
    pub quality: Option<Vec<Quality>>,
    pub country: Option<Country>,
    /// The server's, which a region in `lang` comes before.
    pub server_country: Option<Country>,
    pub label: Option<String>,
    pub bar_colour: Option<HexColour>,
    pub bar_opacity: Option<u8>,
    pub font_colour: Option<HexColour>,
    pub font_scale: Option<u8>,
}

/// Okabe and Ito's vermilion, orange, bluish green and sky blue, told apart by people of any colour vision.
/// Source: <https://jfly.uni-koeln.de/color/>.
const SCORE_COLOURS: [HexColour; 4] = [
    HexColour([0xD5, 0x5E, 0x00]),
    HexColour([0xE6, 0x9F, 0x00]),
    HexColour([0x00, 0x9E, 0x73]),
    HexColour([0x56, 0xB4, 0xE9]),
];
const SCORE_THRESHOLDS: [u8; 3] = [40, 60, 75];

macro_rules! later_wins {
    ($name:ident, $below:ident, $above:ident; $($field:ident),+; $($whole:ident: $value:expr)?) => {
        $name { $($field: $above.$field.or($below.$field)),+ $(, $whole: $value)? }
    };
}

impl Options {
    /// Whether ratings are drawn that may be missing.
    pub fn shows_ratings(&self) -> bool {
        let has_strip = || self.layout.as_ref().is_none_or(|layout| layout.needs().strip);
        self.ratings.limit > 0 && has_strip()
    }
}

impl OptionsPatch {
    /// What a server sets below everything else.
    pub fn of_server(country: Option<Country>) -> Self {
        let beyond = BeyondPatch { server_country: country, ..BeyondPatch::default() };
        Self { beyond, ..Self::default() }
    }

    /// This layer under `above`, which wins where both speak.
    #[must_use]
    pub fn under(self, above: Self) -> Self {
        let below = self;
        later_wins!(OptionsPatch, below, above;
            look, image_size, ratings_order, ratings_only, ratings_limit, ratings_exclude, badge_style,
            badge_size, badge_shape, badge_background, label_style, position, direction, split,
            edge_inset_x, edge_inset_y, image_source, poster, backdrop, logo, language, textless, fit, shape, clean, blur, awards,
            fallback, media, layout;
            beyond: below.beyond.under(above.beyond)
        )
    }

    /// Fills in what no layer said, for `kind`, on a server whose language is `language`.
    pub fn into_options(self, kind: ArtworkKind, language: Language) -> Options {
        let patch = self.expanded(kind);
        let family = kind.row();
        let spoken = match patch.language {
            Some(LanguagePreference::Code(code)) => code,
            Some(LanguagePreference::Original) | None => language,
        };
        let beyond = patch.beyond.into_options(spoken);
        let named = [
            (ArtworkKind::Poster, patch.poster),
            (ArtworkKind::Backdrop, patch.backdrop),
            (ArtworkKind::Logo, patch.logo),
        ];
        let named = named.into_iter().find(|(of, _)| *of == kind).and_then(|(_, path)| path);
        Options {
            image_size: patch.image_size.unwrap_or(ImageSize::Medium),
            ratings: RatingsPreference {
                order: patch.ratings_order.unwrap_or_default(),
                only: patch.ratings_only.unwrap_or(false),
                exclude: patch.ratings_exclude.unwrap_or_default(),
                limit: patch.ratings_limit.unwrap_or(family.ratings_limit),
            },
            badge_style: patch.badge_style.unwrap_or(BadgeStyle::Auto),
            badge_size: patch.badge_size.unwrap_or(family.badge_size),
            badge_shape: patch.badge_shape.unwrap_or(BadgeShape::Rounded),
            badge_background: patch.badge_background.unwrap_or(BadgeBackground::SourceColour),
            label_style: patch.label_style.unwrap_or(LabelStyle::Official),
            position: patch.position.unwrap_or(family.position),
            direction: patch.direction.unwrap_or(Direction::Auto),
            split: patch.split.unwrap_or(false) && family.shape == FrameShape::Upright,
            edge_inset_x: patch.edge_inset_x.unwrap_or(0),
            edge_inset_y: patch.edge_inset_y.unwrap_or(0),
            image_source: patch.image_source.unwrap_or(ArtworkSource::Tmdb),
            artwork: named.map(|path| NamedArtwork { kind, path }),
            textless_first: family.textless_first && patch.language.is_none(),
            language: patch.language.unwrap_or(LanguagePreference::Code(language)),
            // A square would cut through the lettering.
            textless: patch.textless.unwrap_or(false) || family.shape == FrameShape::Square,
            fit: patch.fit.unwrap_or(Fit::Native),
            clean: patch.clean.unwrap_or(false)
                && family.of == PictureOf::Title
                && family.shape != FrameShape::Lettering,
            blur: patch.blur.unwrap_or(false) && family.shape != FrameShape::Lettering,
            awards: match family.has_statuette {
                true => patch.awards.unwrap_or(AwardSet::OSCAR_AND_EMMY),
                false => AwardSet::NONE,
            },
            fallback: patch.fallback.unwrap_or(true),
            beyond,
            layout: patch.layout,
        }
    }
}

/// A default that is the same in every family.
pub(super) fn default_of<T>(read: impl Fn(&Options) -> T) -> String
where
    T: Into<String>,
{
    read(&OptionsPatch::default().into_options(ArtworkKind::ALL[0], Language::ENGLISH)).into()
}

impl BeyondPatch {
    /// This layer under `above`, which wins where both speak.
    #[must_use]
    pub fn under(self, above: Self) -> Self {
        let below = self;
        later_wins!(BeyondPatch, below, above;
            info, info_style, info_position, info_size, score, score_sources, score_thresholds,
            score_colors, score_position, sash, quality, country, server_country, label, bar_colour,
            bar_opacity, font_colour, font_scale;
        )
    }

    /// Fills in what no layer said, for a picture in `language`.
    fn into_options(self, language: Language) -> BeyondOptions {
        let region = language.region().map(|_| Country::of_language(language));
        let country = self.country.or(region).or(self.server_country);
        BeyondOptions {
            info: self.info.unwrap_or_default(),
            info_style: self.info_style.unwrap_or(InfoStyle::Badge),
            info_position: self.info_position.unwrap_or(InfoPosition::At(Position::TopLeft)),
            info_size: self.info_size,
            score: self.score,
            score_sources: self.score_sources.unwrap_or_default(),
            score_thresholds: self.score_thresholds.unwrap_or(SCORE_THRESHOLDS),
            score_colors: self.score_colors.unwrap_or(SCORE_COLOURS),
            score_position: self.score_position.unwrap_or(Position::TopLeft),
            sash: self.sash.unwrap_or_default(),
            quality: self.quality.unwrap_or_default(),
            country: country.unwrap_or_else(|| Country::of_language(language)),
            label: self.label,
            bar_colour: self.bar_colour,
            bar_opacity: self.bar_opacity,
            font_colour: self.font_colour,
            font_scale: self.font_scale.unwrap_or(100),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_upper_layer_wins_where_both_speak() {
        let server =
            OptionsPatch { split: Some(true), blur: Some(true), ..OptionsPatch::default() };
        let query = OptionsPatch { blur: Some(false), ..OptionsPatch::default() };
        let merged = server.under(query);
        assert_eq!((merged.split, merged.blur), (Some(true), Some(false)));
    }

    #[test]
    fn families_have_defaults_of_their_own() {
        let of = |kind| OptionsPatch::default().into_options(kind, Language::ENGLISH);
        assert_eq!(of(ArtworkKind::Poster).ratings.limit, 3);
        assert_eq!(of(ArtworkKind::Backdrop).position, Position::TopRight);
        assert_eq!(of(ArtworkKind::Still).badge_size, BadgeSize::Large);
        assert!(of(ArtworkKind::Backdrop).textless_first);
        assert_eq!(of(ArtworkKind::Still).awards, AwardSet::NONE);
    }
}
