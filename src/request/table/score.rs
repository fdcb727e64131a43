//! The score: one figure made of the ratings.

use super::super::beyond;
use super::super::group::OptionGroup;
use super::super::value::ValueKind;
use super::{DefaultValue, FRAMED, OptionSpec, word};
use crate::model::{Position, ScoreStyle, Words};

pub(super) const OPTIONS: &[OptionSpec] = &[
    OptionSpec {
        name: "score",
        group: OptionGroup::Score,
        aliases: &[],
        honoured: FRAMED,
        value: ValueKind::Words(ScoreStyle::NAMES),
        default: DefaultValue::Always("none"),
        help: "The mean of the ratings out of 100; with fewer than two sources there is none.",
        set: |patch, value| word::<ScoreStyle>(&mut patch.beyond.score, value),
    },
    OptionSpec {
        name: "score_sources",
        group: OptionGroup::Score,
        aliases: &[],
        honoured: FRAMED,
        value: ValueKind::Weights,
        default: DefaultValue::Always("all, 1 each"),
        help: "Whose ratings are in the score, and how much each counts.",
        set: beyond::set_score_sources,
    },
    OptionSpec {
        name: "score_thresholds",
        group: OptionGroup::Score,
        aliases: &[],
        honoured: FRAMED,
        value: ValueKind::Thresholds,
        default: DefaultValue::Always("40,60,75"),
        help: "Scores from which the second, third and fourth colour is taken.",
        set: beyond::set_score_thresholds,
    },
    OptionSpec {
        name: "score_colors",
        group: OptionGroup::Score,
        aliases: &["score_colours"],
        honoured: FRAMED,
        value: ValueKind::Colours,
        default: DefaultValue::Always("d55e00,e69f00,009e73,56b4e9"),
        help: "Colours of the score, lowest first; the default is told apart by people of any colour vision.",
        set: beyond::set_score_colors,
    },
    OptionSpec {
        name: "score_position",
        group: OptionGroup::Score,
        aliases: &[],
        honoured: FRAMED,
        value: ValueKind::Words(Position::NAMES),
        default: DefaultValue::Always("tl"),
        help: "Where the score stands.",
        set: |patch, value| word::<Position>(&mut patch.beyond.score_position, value),
    },
];
