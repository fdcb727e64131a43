//! The picture itself: its size, which artwork, how it is framed.

use super::super::group::OptionGroup;
use super::super::options::{OptionsPatch, default_of};
use super::super::value::ValueKind;
use super::{DefaultValue, EVERY, FRAMED, NotUnderstood, OptionSpec, boolean, word};
use crate::model::{
    ArtworkKind, ArtworkSource, CandidatePath, FamilyRow, Fit, FrameShape, ImageSize,
    LanguagePreference, PictureOf, TileShape, Words,
};

/// Stills have no lettering, and logos are nothing else.
const LETTERED: fn(&FamilyRow) -> bool =
    |family| family.of == PictureOf::Title && family.shape != FrameShape::Lettering;

/// Posters of titles have tiles of other shapes.
const SHAPED: fn(&FamilyRow) -> bool =
    |family| family.of == PictureOf::Title && family.shape == FrameShape::Upright;

pub(super) const OPTIONS: &[OptionSpec] = &[
    OptionSpec {
        name: "imageSize",
        group: OptionGroup::Artwork,
        aliases: &["image_size"],
        honoured: EVERY,
        value: ValueKind::Words(ImageSize::NAMES),
        default: DefaultValue::Computed(|| default_of(|options| options.image_size.name())),
        help: "Size of the picture; the README has the pixels per family.",
        set: |patch, value| word::<ImageSize>(&mut patch.image_size, value),
    },
    OptionSpec {
        name: "image_source",
        group: OptionGroup::Artwork,
        aliases: &["poster_source"],
        honoured: EVERY,
        value: ValueKind::Words(ArtworkSource::NAMES),
        default: DefaultValue::Computed(|| default_of(|options| options.image_source.name())),
        help: "Artwork from TMDB (t) or Fanart.tv (f); the other is the fallback.",
        set: |patch, value| word::<ArtworkSource>(&mut patch.image_source, value),
    },
    OptionSpec {
        name: "poster",
        group: OptionGroup::Artwork,
        aliases: &[],
        honoured: |family| family.words == ArtworkKind::Poster.row().words,
        value: ValueKind::Path,
        default: DefaultValue::Always("chosen by the rule"),
        help: "This one of the title's posters, by its path; its explanation lists them.",
        set: |patch, value| path(&mut patch.poster, value),
    },
    OptionSpec {
        name: "backdrop",
        group: OptionGroup::Artwork,
        aliases: &[],
        honoured: |family| family.words == ArtworkKind::Backdrop.row().words,
        value: ValueKind::Path,
        default: DefaultValue::Always("chosen by the rule"),
        help: "This one of the title's backdrops, by its path; its explanation lists them.",
        set: |patch, value| path(&mut patch.backdrop, value),
    },
    OptionSpec {
        name: "logo",
        group: OptionGroup::Artwork,
        aliases: &[],
        honoured: |family| family.words == ArtworkKind::Logo.row().words,
        value: ValueKind::Path,
        default: DefaultValue::Always("chosen by the rule"),
        help: "This one of the title's clearlogos, by its path; its explanation lists them.",
        set: |patch, value| path(&mut patch.logo, value),
    },
    OptionSpec {
        name: "lang",
        group: OptionGroup::Artwork,
        aliases: &["language"],
        honoured: EVERY,
        value: ValueKind::Language,
        default: DefaultValue::Always("the server's; backdrop and episode: without language first"),
        help: "Language of the artwork: `de`, `pt-BR`, or `original`.",
        set: set_language,
    },
    OptionSpec {
        name: "textless",
        group: OptionGroup::Artwork,
        aliases: &["fanart_textless"],
        honoured: LETTERED,
        value: ValueKind::Boolean,
        default: DefaultValue::Always("false"),
        help: "Artwork without lettering.",
        set: |patch, value| boolean(&mut patch.textless, value),
    },
    OptionSpec {
        name: "fit",
        group: OptionGroup::Artwork,
        aliases: &[],
        honoured: FRAMED,
        value: ValueKind::Words(Fit::NAMES),
        default: DefaultValue::Computed(|| default_of(|options| options.fit.name())),
        help: "The source's own ratio, cropped to fill, whole with bars, whole over a blurred copy.",
        set: |patch, value| word::<Fit>(&mut patch.fit, value),
    },
    OptionSpec {
        name: "shape",
        group: OptionGroup::Artwork,
        aliases: &[],
        honoured: SHAPED,
        value: ValueKind::Words(TileShape::NAMES),
        default: DefaultValue::Always("poster"),
        help: "The tile that a poster's address gives: a poster, the backdrop with its frame, or a square cut from artwork without lettering.",
        set: |patch, value| word::<TileShape>(&mut patch.shape, value),
    },
    OptionSpec {
        name: "clean",
        group: OptionGroup::Artwork,
        aliases: &[],
        honoured: LETTERED,
        value: ValueKind::Boolean,
        default: DefaultValue::Always("false"),
        help: "Artwork without lettering, the title's own clearlogo in its lower third; as ever where one of the two is missing.",
        set: |patch, value| boolean(&mut patch.clean, value),
    },
    OptionSpec {
        name: "blur",
        group: OptionGroup::Artwork,
        aliases: &[],
        honoured: FRAMED,
        value: ValueKind::Boolean,
        default: DefaultValue::Always("false"),
        help: "Hides the picture from people who fear spoilers; badges stay sharp.",
        set: |patch, value| boolean(&mut patch.blur, value),
    },
];

fn path(field: &mut Option<CandidatePath>, value: &str) -> Result<(), NotUnderstood> {
    *field = Some(value.parse().map_err(|_| NotUnderstood)?);
    Ok(())
}

fn set_language(patch: &mut OptionsPatch, value: &str) -> Result<(), NotUnderstood> {
    patch.language = Some(if value.eq_ignore_ascii_case("original") {
        LanguagePreference::Original
    } else {
        LanguagePreference::Code(value.parse().map_err(|_| NotUnderstood)?)
    });
    Ok(())
}
