//! Facts beside the ratings, and the sash.

use super::super::beyond;
use super::super::group::OptionGroup;
use super::super::value::ValueKind;
use super::{DefaultValue, FRAMED, OptionSpec, word};
use crate::model::{FamilyRow, InfoKind, InfoPosition, InfoStyle, Quality, Words};

/// Positions of facts: those of the strip, and within it.
const INFO_POSITIONS: &[&str] = &["bc", "tc", "l", "r", "tl", "tr", "bl", "br", InfoPosition::JOIN];
const SASHED: fn(&FamilyRow) -> bool = |family| family.has_sash;

pub(super) const OPTIONS: &[OptionSpec] = &[
    OptionSpec {
        name: "info",
        group: OptionGroup::Facts,
        aliases: &[],
        honoured: FRAMED,
        value: ValueKind::List(InfoKind::NAMES),
        default: DefaultValue::Always("none"),
        help: "Facts beside the ratings, in this order.",
        set: beyond::set_info,
    },
    OptionSpec {
        name: "info_style",
        group: OptionGroup::Facts,
        aliases: &[],
        honoured: FRAMED,
        value: ValueKind::Words(InfoStyle::NAMES),
        default: DefaultValue::Always("badge"),
        help: "Facts as badges or as one line of text.",
        set: |patch, value| word::<InfoStyle>(&mut patch.beyond.info_style, value),
    },
    OptionSpec {
        name: "info_position",
        group: OptionGroup::Facts,
        aliases: &[],
        honoured: FRAMED,
        value: ValueKind::Words(INFO_POSITIONS),
        default: DefaultValue::Always("tl"),
        help: "Where the facts stand; `join` makes them a part of the rating strip.",
        set: beyond::set_info_position,
    },
    OptionSpec {
        name: "quality",
        group: OptionGroup::Facts,
        aliases: &[],
        honoured: FRAMED,
        value: ValueKind::List(Quality::NAMES),
        default: DefaultValue::Always("none"),
        help: "What the caller knows of the file, at most four; drawn with `info=quality`.",
        set: beyond::set_quality,
    },
    OptionSpec {
        name: "country",
        group: OptionGroup::Facts,
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
        name: "sash",
        group: OptionGroup::Marks,
        aliases: &[],
        honoured: SASHED,
        value: ValueKind::Sashes,
        default: DefaultValue::Always("none"),
        help: "One mark in the corner: the first of the list that holds.",
        set: beyond::set_sash,
    },
];
