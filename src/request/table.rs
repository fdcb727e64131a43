//! The one table of parameters: the parser, the docs, explain and the `OpenAPI`
//! document all read it.

use super::beyond;
use super::options::{OptionsPatch, default_of};
use super::value::ValueKind;
use crate::model::{
    ArtworkKind, ArtworkSource, AwardBody, AwardSet, BadgeBackground, BadgeShape, BadgeSize,
    BadgeStyle, Direction, FamilyRow, Fit, FrameShape, ImageSize, InfoKind, InfoPosition,
    InfoStyle, LabelStyle, LanguagePreference, MediaType, NamedLook, PictureOf, Position,
    PosterType, Quality, RatingSource, ScoreStyle, Switch, Theme, Words,
};

/// What a parameter is where nobody gives it, as docs show it.
#[derive(Clone, Copy, Debug)]
pub enum DefaultValue {
    /// In every family.
    Always(&'static str),
    /// By family.
    ByFamily(fn(&FamilyRow) -> String),
    /// Written when it is asked for.
    Computed(fn() -> String),
}

/// A value that cannot be understood, in whole or in part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotUnderstood;

type Set = fn(&mut OptionsPatch, &str) -> Result<(), NotUnderstood>;

/// One parameter, and everything the rest of the program asks about it.
#[derive(Clone, Copy, Debug)]
pub struct OptionSpec {
    pub name: &'static str,
    pub aliases: &'static [&'static str],
    /// Whether a family honours it.
    pub honoured: fn(&FamilyRow) -> bool,
    pub value: ValueKind,
    pub default: DefaultValue,
    /// One sentence.
    pub help: &'static str,
    pub set: Set,
}

impl OptionSpec {
    pub fn is_honoured_by(&self, kind: ArtworkKind) -> bool {
        (self.honoured)(kind.row())
    }

    /// The families that honour it.
    pub fn families(&self) -> impl Iterator<Item = ArtworkKind> {
        ArtworkKind::ALL.into_iter().filter(|kind| self.is_honoured_by(*kind))
    }

    /// The default as docs show it: `m; episode l` where families differ.
    pub fn default_text(&self) -> String {
        match self.default {
            DefaultValue::Always(text) => text.to_owned(),
            DefaultValue::Computed(text) => text(),
            DefaultValue::ByFamily(of) => by_family(of),
        }
    }
}

/// What most families have first, then the families that differ.
fn by_family(of: fn(&FamilyRow) -> String) -> String {
    let values = ArtworkKind::ALL.map(|kind| (kind.family(), of(kind.row())));
    let first = &values[0].1;
    let mut text = first.clone();
    for (place, (_, value)) in values.iter().enumerate().filter(|(_, (_, value))| value != first) {
        let is_first = values[..place].iter().all(|(_, other)| other != value);
        if is_first {
            let same = values.iter().filter(|(_, other)| other == value);
            let families: Vec<&str> = same.map(|(family, _)| *family).collect();
            text = format!("{text}; {} {value}", families.join(", "));
        }
    }
    text
}

const EVERY: fn(&FamilyRow) -> bool = |_| true;
const FRAMED: fn(&FamilyRow) -> bool = |family| family.shape != FrameShape::Lettering;
const UPRIGHT: fn(&FamilyRow) -> bool = |family| family.shape == FrameShape::Upright;
const SASHED: fn(&FamilyRow) -> bool = |family| family.has_sash;
const AWARDED: fn(&FamilyRow) -> bool = |family| family.has_statuette;
/// Stills have no lettering, and logos are nothing else.
const LETTERED: fn(&FamilyRow) -> bool =
    |family| family.of == PictureOf::Title && family.shape != FrameShape::Lettering;

fn word<T: Words>(field: &mut Option<T>, value: &str) -> Result<(), NotUnderstood> {
    *field = Some(T::from_word(value).ok_or(NotUnderstood)?);
    Ok(())
}

fn boolean(field: &mut Option<bool>, value: &str) -> Result<(), NotUnderstood> {
    *field = Some(read_boolean(value).ok_or(NotUnderstood)?);
    Ok(())
}

fn read_boolean(value: &str) -> Option<bool> {
    Switch::from_word(value).map(|switch| switch == Switch::On)
}

fn number(field: &mut Option<u8>, value: &str, max: u8) -> Result<(), NotUnderstood> {
    *field = Some(value.parse().ok().filter(|n| *n <= max).ok_or(NotUnderstood)?);
    Ok(())
}

/// The sources of a list without repetitions, and whether every member was one.
fn sources(value: &str) -> (Vec<RatingSource>, bool) {
    let mut known = Vec::new();
    let mut all_known = true;
    for member in value.split(',').map(str::trim).filter(|member| !member.is_empty()) {
        match RatingSource::from_word(member) {
            Some(source) if !known.contains(&source) => known.push(source),
            Some(_) => {}
            None => all_known = false,
        }
    }
    (known, all_known)
}

fn set_order(patch: &mut OptionsPatch, value: &str) -> Result<(), NotUnderstood> {
    let (known, all_known) = sources(value);
    if !known.is_empty() {
        patch.ratings_order = Some(known);
    }
    all_known.then_some(()).ok_or(NotUnderstood)
}

fn set_exclude(patch: &mut OptionsPatch, value: &str) -> Result<(), NotUnderstood> {
    let (known, all_known) = sources(value);
    patch.ratings_exclude = Some(known.into_iter().collect());
    all_known.then_some(()).ok_or(NotUnderstood)
}

fn set_language(patch: &mut OptionsPatch, value: &str) -> Result<(), NotUnderstood> {
    patch.language = Some(if value.eq_ignore_ascii_case("original") {
        LanguagePreference::Original
    } else {
        LanguagePreference::Code(value.parse().map_err(|_| NotUnderstood)?)
    });
    Ok(())
}

fn set_awards(patch: &mut OptionsPatch, value: &str) -> Result<(), NotUnderstood> {
    if let Some(shown) = read_boolean(value) {
        patch.awards = Some(if shown { AwardSet::OSCAR_AND_EMMY } else { AwardSet::NONE });
        return Ok(());
    }
    let mut set = AwardSet::NONE;
    let mut all_known = true;
    for member in value.split(',').map(str::trim).filter(|member| !member.is_empty()) {
        match AwardBody::from_word(member) {
            Some(body) => set.insert(body),
            None => all_known = false,
        }
    }
    if set != AwardSet::NONE {
        patch.awards = Some(set);
    }
    all_known.then_some(()).ok_or(NotUnderstood)
}

fn set_theme(patch: &mut OptionsPatch, value: &str) -> Result<(), NotUnderstood> {
    let theme = Theme::from_word(value).ok_or(NotUnderstood)?;
    patch.badge_shape = Some(theme.shape());
    Ok(())
}

fn set_poster_type(patch: &mut OptionsPatch, value: &str) -> Result<(), NotUnderstood> {
    let poster_type = PosterType::from_word(value).ok_or(NotUnderstood)?;
    patch.textless = Some(poster_type == PosterType::Textless);
    Ok(())
}

/// RPDB has three sizes for badges.
fn set_rpdb_badge_size(patch: &mut OptionsPatch, value: &str) -> Result<(), NotUnderstood> {
    const SIZES: [(&str, BadgeSize); 3] =
        [("small", BadgeSize::Small), ("medium", BadgeSize::Medium), ("large", BadgeSize::Large)];
    let size = SIZES.into_iter().find(|(word, _)| word.eq_ignore_ascii_case(value));
    patch.beyond.info_size = Some(size.ok_or(NotUnderstood)?.1);
    Ok(())
}

/// Positions of facts: those of the strip, and within it.
const INFO_POSITIONS: &[&str] = &["bc", "tc", "l", "r", "tl", "tr", "bl", "br", InfoPosition::JOIN];
const RPDB_POSITIONS: &[&str] = &[
    "left",
    "center",
    "right",
    "bottom",
    "top",
    "left-top",
    "left-center",
    "left-bottom",
    "right-top",
    "right-center",
    "right-bottom",
];

/// Every parameter, in the order of the docs.
pub const OPTIONS: &[OptionSpec] = &[
    OptionSpec {
        name: "look",
        aliases: &[],
        honoured: EVERY,
        value: ValueKind::Words(NamedLook::NAMES),
        default: DefaultValue::Always("none"),
        help: "A designed choice of the parameters below, which win over it.",
        set: |patch, value| word::<NamedLook>(&mut patch.look, value),
    },
    OptionSpec {
        name: "imageSize",
        aliases: &["image_size"],
        honoured: EVERY,
        value: ValueKind::Words(ImageSize::NAMES),
        default: DefaultValue::Computed(|| default_of(|options| options.image_size.name())),
        help: "Size of the picture; the README has the pixels per family.",
        set: |patch, value| word::<ImageSize>(&mut patch.image_size, value),
    },
    OptionSpec {
        name: "ratings_order",
        aliases: &["order", "ratings"],
        honoured: EVERY,
        value: ValueKind::Sources,
        default: DefaultValue::Computed(|| RatingSource::NAMES.join(",")),
        help: "These sources first, in this order, then the others up to the limit.",
        set: set_order,
    },
    OptionSpec {
        name: "ratings_limit",
        aliases: &["limit"],
        honoured: EVERY,
        value: ValueKind::Number { min: 0, max: 10 },
        default: DefaultValue::ByFamily(|family| family.ratings_limit.to_string()),
        help: "How many badges at most.",
        set: |patch, value| number(&mut patch.ratings_limit, value, 10),
    },
    OptionSpec {
        name: "ratings_exclude",
        aliases: &["exclude"],
        honoured: EVERY,
        value: ValueKind::Sources,
        default: DefaultValue::Always("none"),
        help: "Sources that are left out before ordering and limiting.",
        set: set_exclude,
    },
    OptionSpec {
        name: "badge_style",
        aliases: &[],
        honoured: EVERY,
        value: ValueKind::Words(BadgeStyle::NAMES),
        default: DefaultValue::Computed(|| default_of(|options| options.badge_style.name())),
        help: "Icon beside the value (h), above it (v), or as suits the family (d).",
        set: |patch, value| word::<BadgeStyle>(&mut patch.badge_style, value),
    },
    OptionSpec {
        name: "badge_size",
        aliases: &[],
        honoured: EVERY,
        value: ValueKind::Words(BadgeSize::NAMES),
        default: DefaultValue::ByFamily(|family| family.badge_size.name().to_owned()),
        help: "Scale of the badges: 0.5, 0.75, 1, 1.25, 1.5.",
        set: |patch, value| word::<BadgeSize>(&mut patch.badge_size, value),
    },
    OptionSpec {
        name: "badge_shape",
        aliases: &[],
        honoured: EVERY,
        value: ValueKind::Words(BadgeShape::NAMES),
        default: DefaultValue::Computed(|| default_of(|options| options.badge_shape.name())),
        help: "Rounded corners (r) or a pill (p).",
        set: |patch, value| word::<BadgeShape>(&mut patch.badge_shape, value),
    },
    OptionSpec {
        name: "badge_background",
        aliases: &[],
        honoured: EVERY,
        value: ValueKind::Words(BadgeBackground::NAMES),
        default: DefaultValue::Computed(|| default_of(|options| options.badge_background.name())),
        help: "Source colour and dark (d), dark (k), translucent (t), none with a drop shadow (n).",
        set: |patch, value| word::<BadgeBackground>(&mut patch.badge_background, value),
    },
    OptionSpec {
        name: "label_style",
        aliases: &[],
        honoured: EVERY,
        value: ValueKind::Words(LabelStyle::NAMES),
        default: DefaultValue::Computed(|| default_of(|options| options.label_style.name())),
        help: "Name the source by text (t), one-colour icon (i) or official logo (o).",
        set: |patch, value| word::<LabelStyle>(&mut patch.label_style, value),
    },
    OptionSpec {
        name: "position",
        aliases: &["ratingBarPos"],
        honoured: EVERY,
        value: ValueKind::Words(Position::NAMES),
        default: DefaultValue::ByFamily(|family| family.position.name().to_owned()),
        help: "Where the strip stands: bottom or top centre, a side, a corner.",
        set: |patch, value| word::<Position>(&mut patch.position, value),
    },
    OptionSpec {
        name: "direction",
        aliases: &["badge_direction"],
        honoured: EVERY,
        value: ValueKind::Words(Direction::NAMES),
        default: DefaultValue::Computed(|| default_of(|options| options.direction.name())),
        help: "Badges in rows (h), in a column (v); d: rows for bc and tc, a column elsewhere.",
        set: |patch, value| word::<Direction>(&mut patch.direction, value),
    },
    OptionSpec {
        name: "split",
        aliases: &[],
        honoured: UPRIGHT,
        value: ValueKind::Boolean,
        default: DefaultValue::Always("false"),
        help: "Half the badges on the opposite side.",
        set: |patch, value| boolean(&mut patch.split, value),
    },
    OptionSpec {
        name: "edge_inset",
        aliases: &[],
        honoured: EVERY,
        value: ValueKind::Number { min: 0, max: 50 },
        default: DefaultValue::Always("0"),
        help: "Further distance from the anchored edge, in per cent of the frame.",
        set: |patch, value| {
            number(&mut patch.edge_inset_x, value, 50)?;
            number(&mut patch.edge_inset_y, value, 50)
        },
    },
    OptionSpec {
        name: "edge_inset_x",
        aliases: &[],
        honoured: EVERY,
        value: ValueKind::Number { min: 0, max: 50 },
        default: DefaultValue::Always("0"),
        help: "The same, sideways only, in per cent of the width.",
        set: |patch, value| number(&mut patch.edge_inset_x, value, 50),
    },
    OptionSpec {
        name: "edge_inset_y",
        aliases: &[],
        honoured: EVERY,
        value: ValueKind::Number { min: 0, max: 50 },
        default: DefaultValue::Always("0"),
        help: "The same, upwards or downwards only, in per cent of the height.",
        set: |patch, value| number(&mut patch.edge_inset_y, value, 50),
    },
    OptionSpec {
        name: "image_source",
        aliases: &["poster_source"],
        honoured: EVERY,
        value: ValueKind::Words(ArtworkSource::NAMES),
        default: DefaultValue::Computed(|| default_of(|options| options.image_source.name())),
        help: "Artwork from TMDB (t) or Fanart.tv (f); the other is the fallback.",
        set: |patch, value| word::<ArtworkSource>(&mut patch.image_source, value),
    },
    OptionSpec {
        name: "lang",
        aliases: &["language"],
        honoured: EVERY,
        value: ValueKind::Language,
        default: DefaultValue::Always("the server's; backdrop and episode: without language first"),
        help: "Language of the artwork: `de`, `pt-BR`, or `original`.",
        set: set_language,
    },
    OptionSpec {
        name: "textless",
        aliases: &["fanart_textless"],
        honoured: LETTERED,
        value: ValueKind::Boolean,
        default: DefaultValue::Always("false"),
        help: "Artwork without lettering.",
        set: |patch, value| boolean(&mut patch.textless, value),
    },
    OptionSpec {
        name: "fit",
        aliases: &[],
        honoured: FRAMED,
        value: ValueKind::Words(Fit::NAMES),
        default: DefaultValue::Computed(|| default_of(|options| options.fit.name())),
        help: "The source's own ratio, cropped to fill, whole with bars, whole over a blurred copy.",
        set: |patch, value| word::<Fit>(&mut patch.fit, value),
    },
    OptionSpec {
        name: "blur",
        aliases: &[],
        honoured: FRAMED,
        value: ValueKind::Boolean,
        default: DefaultValue::Always("false"),
        help: "Hides the picture from people who fear spoilers; badges stay sharp.",
        set: |patch, value| boolean(&mut patch.blur, value),
    },
    OptionSpec {
        name: "awards",
        aliases: &[],
        honoured: AWARDED,
        value: ValueKind::Awards,
        default: DefaultValue::Always("true"),
        help: "The statuette of a winner: true is `oscar,emmy`; also `golden_globe`, `bafta`, `cannes`, `venice`, `berlin`.",
        set: set_awards,
    },
    OptionSpec {
        name: "info",
        aliases: &[],
        honoured: FRAMED,
        value: ValueKind::List(InfoKind::NAMES),
        default: DefaultValue::Always("none"),
        help: "Facts beside the ratings, in this order.",
        set: beyond::set_info,
    },
    OptionSpec {
        name: "info_style",
        aliases: &[],
        honoured: FRAMED,
        value: ValueKind::Words(InfoStyle::NAMES),
        default: DefaultValue::Always("badge"),
        help: "Facts as badges or as one line of text.",
        set: |patch, value| word::<InfoStyle>(&mut patch.beyond.info_style, value),
    },
    OptionSpec {
        name: "info_position",
        aliases: &[],
        honoured: FRAMED,
        value: ValueKind::Words(INFO_POSITIONS),
        default: DefaultValue::Always("tl"),
        help: "Where the facts stand; `join` makes them a part of the rating strip.",
        set: beyond::set_info_position,
    },
    OptionSpec {
        name: "score",
        aliases: &[],
        honoured: FRAMED,
        value: ValueKind::Words(ScoreStyle::NAMES),
        default: DefaultValue::Always("none"),
        help: "The mean of the ratings out of 100; with fewer than two sources there is none.",
        set: |patch, value| word::<ScoreStyle>(&mut patch.beyond.score, value),
    },
    OptionSpec {
        name: "score_sources",
        aliases: &[],
        honoured: FRAMED,
        value: ValueKind::Weights,
        default: DefaultValue::Always("all, 1 each"),
        help: "Whose ratings are in the score, and how much each counts.",
        set: beyond::set_score_sources,
    },
    OptionSpec {
        name: "score_thresholds",
        aliases: &[],
        honoured: FRAMED,
        value: ValueKind::Thresholds,
        default: DefaultValue::Always("40,60,75"),
        help: "Scores from which the second, third and fourth colour is taken.",
        set: beyond::set_score_thresholds,
    },
    OptionSpec {
        name: "score_colors",
        aliases: &["score_colours"],
        honoured: FRAMED,
        value: ValueKind::Colours,
        default: DefaultValue::Always("d55e00,e69f00,009e73,56b4e9"),
        help: "Colours of the score, lowest first; the default is told apart by people of any colour vision.",
        set: beyond::set_score_colors,
    },
    OptionSpec {
        name: "score_position",
        aliases: &[],
        honoured: FRAMED,
        value: ValueKind::Words(Position::NAMES),
        default: DefaultValue::Always("tl"),
        help: "Where the score stands.",
        set: |patch, value| word::<Position>(&mut patch.beyond.score_position, value),
    },
    OptionSpec {
        name: "sash",
        aliases: &[],
        honoured: SASHED,
        value: ValueKind::Sashes,
        default: DefaultValue::Always("none"),
        help: "One mark in the corner: the first of the list that holds.",
        set: beyond::set_sash,
    },
    OptionSpec {
        name: "quality",
        aliases: &[],
        honoured: FRAMED,
        value: ValueKind::List(Quality::NAMES),
        default: DefaultValue::Always("none"),
        help: "What the caller knows of the file, at most four; drawn with `info=quality`.",
        set: beyond::set_quality,
    },
    OptionSpec {
        name: "country",
        aliases: &[],
        honoured: FRAMED,
        value: ValueKind::Country,
        default: DefaultValue::Always(
            "the region of `lang`, else `LAUREL_COUNTRY`, else the language's main country",
        ),
        help: "Whose certificates and cinemas count; a country without one: the country of origin, then the US.",
        set: beyond::set_country,
    },
    OptionSpec {
        name: "v",
        aliases: &[],
        honoured: EVERY,
        value: ValueKind::Text { max: 64 },
        default: DefaultValue::Always("none"),
        help: "For caches of clients and proxies: changes nothing here.",
        set: |_, _| Ok(()),
    },
    OptionSpec {
        name: "fallback",
        aliases: &[],
        honoured: EVERY,
        value: ValueKind::Boolean,
        default: DefaultValue::Always("true"),
        help: "false: no plain picture where ratings are missing (404) or late (503).",
        set: |patch, value| boolean(&mut patch.fallback, value),
    },
    OptionSpec {
        name: "type",
        aliases: &[],
        honoured: EVERY,
        value: ValueKind::Words(MediaType::NAMES),
        default: DefaultValue::Always("both are asked"),
        help: "What a bare TMDB number is.",
        set: |patch, value| word::<MediaType>(&mut patch.media, value),
    },
    OptionSpec {
        name: "theme",
        aliases: &[],
        honoured: EVERY,
        value: ValueKind::Words(Theme::NAMES),
        default: DefaultValue::Always("blocks"),
        help: "RPDB's word for the badge shape.",
        set: set_theme,
    },
    OptionSpec {
        name: "posterType",
        aliases: &[],
        honoured: UPRIGHT,
        value: ValueKind::Words(PosterType::NAMES),
        default: DefaultValue::Always("poster"),
        help: "RPDB's word for textless.",
        set: set_poster_type,
    },
    OptionSpec {
        name: "badges",
        aliases: &[],
        honoured: FRAMED,
        value: ValueKind::List(Quality::NAMES),
        default: DefaultValue::Always("none"),
        help: "RPDB's word for `info=quality` with `quality`; `commonsense` adds the age.",
        set: beyond::set_rpdb_badges,
    },
    OptionSpec {
        name: "badgeSize",
        aliases: &[],
        honoured: FRAMED,
        value: ValueKind::Words(&["small", "medium", "large"]),
        default: DefaultValue::Always("medium"),
        help: "RPDB's word for the size of the facts' badges.",
        set: set_rpdb_badge_size,
    },
    OptionSpec {
        name: "badgePos",
        aliases: &["certsPos"],
        honoured: FRAMED,
        value: ValueKind::Words(RPDB_POSITIONS),
        default: DefaultValue::Always("tl"),
        help: "RPDB's word for `info_position`.",
        set: beyond::set_rpdb_position,
    },
    OptionSpec {
        name: "label",
        aliases: &[],
        honoured: FRAMED,
        value: ValueKind::Text { max: beyond::MAX_LABEL },
        default: DefaultValue::Always("none"),
        help: "RPDB's word for a badge of the caller's own.",
        set: beyond::set_label,
    },
    OptionSpec {
        name: "ratingBarColor",
        aliases: &[],
        honoured: EVERY,
        value: ValueKind::Colour,
        default: DefaultValue::Always("the picture's"),
        help: "RPDB's word for the colour behind the ratings.",
        set: |patch, value| beyond::set_colour(&mut patch.beyond.bar_colour, value),
    },
    OptionSpec {
        name: "ratingBarOpacity",
        aliases: &[],
        honoured: EVERY,
        value: ValueKind::Number { min: 0, max: 100 },
        default: DefaultValue::Always("by style"),
        help: "RPDB's word for how dense the ground behind the ratings is, in per cent.",
        set: |patch, value| number(&mut patch.beyond.bar_opacity, value, 100),
    },
    OptionSpec {
        name: "fontColor",
        aliases: &[],
        honoured: EVERY,
        value: ValueKind::Colour,
        default: DefaultValue::Always("white"),
        help: "RPDB's word for the colour of the values.",
        set: |patch, value| beyond::set_colour(&mut patch.beyond.font_colour, value),
    },
    OptionSpec {
        name: "fontScale",
        aliases: &[],
        honoured: EVERY,
        value: ValueKind::Factor {
            min: *beyond::FONT_SCALE.start(),
            max: *beyond::FONT_SCALE.end(),
        },
        default: DefaultValue::Always("1"),
        help: "RPDB's word for the size of the values.",
        set: beyond::set_font_scale,
    },
];

/// Longest query that is looked at, in bytes.
const MAX_QUERY: usize = 4096;

/// Reads a raw query string into `patch`; returns the names of parameters whose
/// value was not understood, each once. Unknown parameters are passed over.
/// Where a parameter is repeated, the last one counts; a specific inset wins
/// over `edge_inset` wherever it stands.
pub fn apply_query(patch: &mut OptionsPatch, query: &str) -> Vec<&'static str> {
    apply_query_where(patch, query, |_| true)
}

/// The same for the parameters that `takes` says yes to; the others are among the ignored.
pub(super) fn apply_query_where(
    patch: &mut OptionsPatch,
    query: &str,
    takes: impl Fn(&str) -> bool,
) -> Vec<&'static str> {
    let mut ignored = Vec::new();
    let mut end = query.len().min(MAX_QUERY);
    while !query.is_char_boundary(end) {
        end -= 1;
    }
    let mut given: Vec<(usize, String)> = url::form_urlencoded::parse(&query.as_bytes()[..end])
        .filter_map(|(name, value)| Some((position_of(&name)?, value.trim().to_owned())))
        .collect();
    given.sort_by_key(|(row, _)| *row);
    for (row, value) in given {
        let spec = &OPTIONS[row];
        // An empty value is how forms say nothing.
        if value.is_empty() {
            continue;
        }
        let understood = takes(spec.name) && (spec.set)(patch, &value).is_ok();
        if !understood && !ignored.contains(&spec.name) {
            ignored.push(spec.name);
        }
    }
    ignored
}

fn position_of(name: &str) -> Option<usize> {
    find(name).map(|(row, _)| row)
}

/// The parameter of that name or alias, in any case, and its row.
pub(crate) fn find(name: &str) -> Option<(usize, &'static OptionSpec)> {
    OPTIONS.iter().enumerate().find(|(_, spec)| {
        spec.name.eq_ignore_ascii_case(name)
            || spec.aliases.iter().any(|alias| alias.eq_ignore_ascii_case(name))
    })
}

/// What a value has to be, as an error says it.
pub(crate) fn expectation(value: ValueKind) -> String {
    format!("expected {}", value.markdown().replace('`', ""))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::Language;

    fn parse(query: &str) -> (OptionsPatch, Vec<&'static str>) {
        let mut patch = OptionsPatch::default();
        let ignored = apply_query(&mut patch, query);
        (patch, ignored)
    }

    #[test]
    fn lists_arrive_with_commas_or_encoded_commas() {
        for query in ["ratings_order=imdb,rt", "order=imdb%2Crt", "ratings=IMDB%2ctomatoes-critics"]
        {
            let (patch, ignored) = parse(query);
            let expected = vec![RatingSource::Imdb, RatingSource::RottenTomatoes];
            assert_eq!(patch.ratings_order, Some(expected), "{query}");
            assert!(ignored.is_empty(), "{query}");
        }
    }

    #[test]
    fn unknown_members_are_dropped_singly_and_reported() {
        let (patch, ignored) = parse("ratings_order=imdb,nobody,mc");
        assert_eq!(patch.ratings_order, Some(vec![RatingSource::Imdb, RatingSource::Metacritic]));
        assert_eq!(ignored, ["ratings_order"]);
    }

    #[test]
    fn what_is_not_understood_is_named_and_changes_nothing() {
        let (patch, ignored) =
            parse("badge_size=huge&position=middle&edge_inset=51&colour=red&split=maybe");
        assert_eq!(patch, OptionsPatch::default());
        assert_eq!(ignored, ["badge_size", "position", "split", "edge_inset"]);
    }

    #[test]
    fn every_word_of_the_table_is_understood() {
        for spec in OPTIONS {
            for value in spec.value.samples() {
                let mut patch = OptionsPatch::default();
                assert_eq!((spec.set)(&mut patch, &value), Ok(()), "{}={value}", spec.name);
                let changed = patch != OptionsPatch::default();
                assert_eq!(changed, spec.name != "v", "{}={value}", spec.name);
            }
        }
    }

    #[test]
    fn rpdb_bar_positions_are_positions() {
        assert_eq!(parse("ratingBarPos=left-top").0.position, Some(Position::TopLeft));
        assert_eq!(parse("ratingBarPos=right-bottom").0.position, Some(Position::BottomRight));
        assert_eq!(parse("ratingBarPos=bottom").0.position, Some(Position::BottomCenter));
    }

    #[test]
    fn a_specific_inset_wins_over_the_general_one() {
        let (patch, _) = parse("edge_inset_x=3&edge_inset=10");
        assert_eq!((patch.edge_inset_x, patch.edge_inset_y), (Some(3), Some(10)));
    }

    #[test]
    fn a_language_may_have_a_region() {
        let brazil: Language = "pt-BR".parse().unwrap();
        assert_eq!(parse("lang=pt-br").0.language, Some(LanguagePreference::Code(brazil)));
    }

    proptest! {
        #[test]
        fn any_query_is_survived(query in ".{0,300}") {
            parse(&query);
        }
    }
}
