//! RPDB's words for what has a parameter of its own here, and what only RPDB has.

use super::super::beyond;
use super::super::group::OptionGroup;
use super::super::options::OptionsPatch;
use super::super::value::ValueKind;
use super::{DefaultValue, EVERY, FRAMED, NotUnderstood, OptionSpec, UPRIGHT, number};
use crate::model::{BadgeSize, PosterType, Quality, Theme, Words};

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

pub(super) const OPTIONS: &[OptionSpec] = &[
    OptionSpec {
        name: "theme",
        group: OptionGroup::OtherWords,
        aliases: &[],
        honoured: EVERY,
        value: ValueKind::Words(Theme::NAMES),
        default: DefaultValue::Always("blocks"),
        help: "RPDB's word for the badge shape.",
        set: set_theme,
    },
    OptionSpec {
        name: "posterType",
        group: OptionGroup::OtherWords,
        aliases: &[],
        honoured: UPRIGHT,
        value: ValueKind::Words(PosterType::NAMES),
        default: DefaultValue::Always("poster"),
        help: "RPDB's word for textless.",
        set: set_poster_type,
    },
    OptionSpec {
        name: "badges",
        group: OptionGroup::OtherWords,
        aliases: &[],
        honoured: FRAMED,
        value: ValueKind::List(Quality::NAMES),
        default: DefaultValue::Always("none"),
        help: "RPDB's word for `info=quality` with `quality`; `commonsense` adds the age.",
        set: beyond::set_rpdb_badges,
    },
    OptionSpec {
        name: "badgeSize",
        group: OptionGroup::Facts,
        aliases: &[],
        honoured: FRAMED,
        value: ValueKind::Words(&["small", "medium", "large"]),
        default: DefaultValue::Always("medium"),
        help: "RPDB's word for the size of the facts' badges.",
        set: set_rpdb_badge_size,
    },
    OptionSpec {
        name: "badgePos",
        group: OptionGroup::OtherWords,
        aliases: &["certsPos"],
        honoured: FRAMED,
        value: ValueKind::Words(RPDB_POSITIONS),
        default: DefaultValue::Always("tl"),
        help: "RPDB's word for `info_position`.",
        set: beyond::set_rpdb_position,
    },
    OptionSpec {
        name: "label",
        group: OptionGroup::Facts,
        aliases: &[],
        honoured: FRAMED,
        value: ValueKind::Text { max: beyond::MAX_LABEL },
        default: DefaultValue::Always("none"),
        help: "RPDB's word for a badge of the caller's own.",
        set: beyond::set_label,
    },
    OptionSpec {
        name: "ratingBarColor",
        group: OptionGroup::Badges,
        aliases: &[],
        honoured: EVERY,
        value: ValueKind::Colour,
        default: DefaultValue::Always("the picture's"),
        help: "RPDB's word for the colour behind the ratings.",
        set: |patch, value| beyond::set_colour(&mut patch.beyond.bar_colour, value),
    },
    OptionSpec {
        name: "ratingBarOpacity",
        group: OptionGroup::Badges,
        aliases: &[],
        honoured: EVERY,
        value: ValueKind::Number { min: 0, max: 100 },
        default: DefaultValue::Always("by style"),
        help: "RPDB's word for how dense the ground behind the ratings is, in per cent.",
        set: |patch, value| number(&mut patch.beyond.bar_opacity, value, 100),
    },
    OptionSpec {
        name: "fontColor",
        group: OptionGroup::Badges,
        aliases: &[],
        honoured: EVERY,
        value: ValueKind::Colour,
        default: DefaultValue::Always("white"),
        help: "RPDB's word for the colour of the values.",
        set: |patch, value| beyond::set_colour(&mut patch.beyond.font_colour, value),
    },
    OptionSpec {
        name: "fontScale",
        group: OptionGroup::Badges,
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
