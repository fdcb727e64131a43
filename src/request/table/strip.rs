//! The strip of ratings, its place, and the statuette beside it.

use super::super::group::OptionGroup;
use super::super::options::{OptionsPatch, default_of};
use super::super::value::ValueKind;
use super::{
    DefaultValue, EVERY, NotUnderstood, OptionSpec, UPRIGHT, boolean, number, read_boolean, word,
};
use crate::model::{
    AwardBody, AwardSet, BadgeBackground, BadgeShape, BadgeSize, BadgeStyle, Direction, FamilyRow,
    LabelStyle, Position, RatingSource, Words,
};

const AWARDED: fn(&FamilyRow) -> bool = |family| family.has_statuette;

pub(super) const OPTIONS: &[OptionSpec] = &[
    OptionSpec {
        name: "ratings_order",
        group: OptionGroup::Ratings,
        aliases: &["order", "ratings"],
        honoured: EVERY,
        value: ValueKind::Sources,
        default: DefaultValue::Computed(|| RatingSource::NAMES.join(",")),
        help: "These sources first, in this order, then the others up to the limit.",
        set: set_order,
    },
    OptionSpec {
        name: "ratings_limit",
        group: OptionGroup::Ratings,
        aliases: &["limit"],
        honoured: EVERY,
        value: ValueKind::Number { min: 0, max: 10 },
        default: DefaultValue::ByFamily(|family| family.ratings_limit.to_string()),
        help: "How many badges at most.",
        set: |patch, value| number(&mut patch.ratings_limit, value, 10),
    },
    OptionSpec {
        name: "ratings_exclude",
        group: OptionGroup::Ratings,
        aliases: &["exclude"],
        honoured: EVERY,
        value: ValueKind::Sources,
        default: DefaultValue::Always("none"),
        help: "Sources that are left out before ordering and limiting.",
        set: set_exclude,
    },
    OptionSpec {
        name: "badge_style",
        group: OptionGroup::Badges,
        aliases: &[],
        honoured: EVERY,
        value: ValueKind::Words(BadgeStyle::NAMES),
        default: DefaultValue::Computed(|| default_of(|options| options.badge_style.name())),
        help: "Icon beside the value (h), above it (v), or as suits the family (d).",
        set: |patch, value| word::<BadgeStyle>(&mut patch.badge_style, value),
    },
    OptionSpec {
        name: "badge_size",
        group: OptionGroup::Badges,
        aliases: &[],
        honoured: EVERY,
        value: ValueKind::Words(BadgeSize::NAMES),
        default: DefaultValue::ByFamily(|family| family.badge_size.name().to_owned()),
        help: "Scale of the badges: 0.5, 0.75, 1, 1.25, 1.5.",
        set: |patch, value| word::<BadgeSize>(&mut patch.badge_size, value),
    },
    OptionSpec {
        name: "badge_shape",
        group: OptionGroup::Badges,
        aliases: &[],
        honoured: EVERY,
        value: ValueKind::Words(BadgeShape::NAMES),
        default: DefaultValue::Computed(|| default_of(|options| options.badge_shape.name())),
        help: "Rounded corners (r) or a pill (p).",
        set: |patch, value| word::<BadgeShape>(&mut patch.badge_shape, value),
    },
    OptionSpec {
        name: "badge_background",
        group: OptionGroup::Badges,
        aliases: &[],
        honoured: EVERY,
        value: ValueKind::Words(BadgeBackground::NAMES),
        default: DefaultValue::Computed(|| default_of(|options| options.badge_background.name())),
        help: "Source colour and dark (d), dark (k), translucent (t), none with a drop shadow (n).",
        set: |patch, value| word::<BadgeBackground>(&mut patch.badge_background, value),
    },
    OptionSpec {
        name: "label_style",
        group: OptionGroup::Badges,
        aliases: &[],
        honoured: EVERY,
        value: ValueKind::Words(LabelStyle::NAMES),
        default: DefaultValue::Computed(|| default_of(|options| options.label_style.name())),
        help: "Name the source by text (t), one-colour icon (i) or official logo (o).",
        set: |patch, value| word::<LabelStyle>(&mut patch.label_style, value),
    },
    OptionSpec {
        name: "position",
        group: OptionGroup::Placement,
        aliases: &["ratingBarPos"],
        honoured: EVERY,
        value: ValueKind::Words(Position::NAMES),
        default: DefaultValue::ByFamily(|family| family.position.name().to_owned()),
        help: "Where the strip stands: bottom or top centre, a side, a corner.",
        set: |patch, value| word::<Position>(&mut patch.position, value),
    },
    OptionSpec {
        name: "direction",
        group: OptionGroup::Placement,
        aliases: &["badge_direction"],
        honoured: EVERY,
        value: ValueKind::Words(Direction::NAMES),
        default: DefaultValue::Computed(|| default_of(|options| options.direction.name())),
        help: "Badges in rows (h), in a column (v); d: rows for bc and tc, a column elsewhere.",
        set: |patch, value| word::<Direction>(&mut patch.direction, value),
    },
    OptionSpec {
        name: "split",
        group: OptionGroup::Placement,
        aliases: &[],
        honoured: UPRIGHT,
        value: ValueKind::Boolean,
        default: DefaultValue::Always("false"),
        help: "Half the badges on the opposite side.",
        set: |patch, value| boolean(&mut patch.split, value),
    },
    OptionSpec {
        name: "edge_inset",
        group: OptionGroup::Placement,
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
        group: OptionGroup::Placement,
        aliases: &[],
        honoured: EVERY,
        value: ValueKind::Number { min: 0, max: 50 },
        default: DefaultValue::Always("0"),
        help: "The same, sideways only, in per cent of the width.",
        set: |patch, value| number(&mut patch.edge_inset_x, value, 50),
    },
    OptionSpec {
        name: "edge_inset_y",
        group: OptionGroup::Placement,
        aliases: &[],
        honoured: EVERY,
        value: ValueKind::Number { min: 0, max: 50 },
        default: DefaultValue::Always("0"),
        help: "The same, upwards or downwards only, in per cent of the height.",
        set: |patch, value| number(&mut patch.edge_inset_y, value, 50),
    },
    OptionSpec {
        name: "awards",
        group: OptionGroup::Marks,
        aliases: &[],
        honoured: AWARDED,
        value: ValueKind::Awards,
        default: DefaultValue::Always("true"),
        help: "The statuette of a winner: true is `oscar,emmy`; also `golden_globe`, `bafta`, `cannes`, `venice`, `berlin`.",
        set: set_awards,
    },
];

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
