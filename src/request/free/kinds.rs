//! The table of elements that a free layout may have. Lengths are shares of the frame's width, but for
//! `y`, a share of its height.

use std::fmt::Write;

use super::fields::{FieldShape, FieldSpec, Given};
use super::{
    BoxShape, Dressing, FactBadges, FreeItem, FreeStrip, Gradient, RatingBadge, SashLabel,
    ScoreMark, TextLine, Trophy,
};
use crate::model::{
    Anchor, BadgeBackground, BadgeShape, BadgeStyle, HexColour, InfoKind, InfoStyle, LabelStyle,
    RatingSource, SashMark, ScoreStyle, Side, Words,
};

/// One kind of element.
#[derive(Debug)]
pub(crate) struct KindRow {
    /// In `kind`.
    pub(crate) word: &'static str,
    /// One sentence.
    pub(crate) help: &'static str,
    /// Beside [`PLACED`].
    pub(crate) fields: &'static [&'static [FieldSpec]],
    pub(super) read: fn(&Given<'_>) -> FreeItem,
}

impl KindRow {
    /// All fields but `kind`.
    pub(crate) fn specs(&self) -> impl Iterator<Item = &'static FieldSpec> + Clone {
        std::iter::once(PLACED).chain(self.fields.iter().copied()).flatten()
    }
}

/// A badge's digits, and letters, at least and at most.
const MIN_SIZE: f64 = 0.008;
const MAX_SIZE: f64 = 0.25;
/// Elements may stand partly outside of the frame.
const MIN_PLACE: f64 = -0.5;
const MAX_PLACE: f64 = 1.5;
/// A frame is at most twice as high as wide.
const MAX_SIDE: f64 = 3.0;

const fn optional(
    name: &'static str,
    shape: FieldShape,
    default: &'static str,
    help: &'static str,
) -> FieldSpec {
    FieldSpec { name, shape, required: false, default, help }
}

const fn required(name: &'static str, shape: FieldShape, help: &'static str) -> FieldSpec {
    FieldSpec { name, shape, required: true, default: "", help }
}

const fn share(min: f64, max: f64) -> FieldShape {
    FieldShape::Number { min, max }
}

const SIZE: FieldShape = share(MIN_SIZE, MAX_SIZE);
const SIDE: FieldShape = share(0.001, MAX_SIDE);
const OPACITY: FieldShape = share(0.0, 1.0);

/// What every element has.
pub(crate) const PLACED: &[FieldSpec] = &[
    optional(
        "id",
        FieldShape::Id,
        "its kind and number",
        "Its name in explanations; no other element has it.",
    ),
    required(
        "x",
        share(MIN_PLACE, MAX_PLACE),
        "Of the anchor point, a share of the frame's width.",
    ),
    required(
        "y",
        share(MIN_PLACE, MAX_PLACE),
        "Of the anchor point, a share of the frame's height.",
    ),
    optional(
        "anchor",
        FieldShape::Words(Anchor::NAMES),
        "tl",
        "Which point of the element stands at `x`, `y`.",
    ),
    optional("when", FieldShape::Condition, "always", "What has to hold for it to be drawn."),
];

/// How badges look; the options in force where it says nothing.
const DRESS: &[FieldSpec] = &[
    optional(
        "badge_shape",
        FieldShape::Words(BadgeShape::NAMES),
        "the option",
        "Corners of the ground.",
    ),
    optional(
        "badge_background",
        FieldShape::Words(BadgeBackground::NAMES),
        "the option",
        "What stands behind it.",
    ),
    optional(
        "label_style",
        FieldShape::Words(LabelStyle::NAMES),
        "the option",
        "How sources are named, and whether facts have their shapes.",
    ),
    optional("color", FieldShape::Colour, "by the background", "Of the ground."),
    optional("opacity", OPACITY, "by the background", "Of the ground."),
    optional("text_color", FieldShape::Colour, "what reads", "Of figures and names."),
];

const FLOWS: &[&str] = &["row", "column"];

/// Every kind, in the order of the docs.
pub(crate) const KINDS: &[KindRow] = &[
    KindRow {
        word: "strip",
        help: "Badges of the ratings that the options choose, or some of them.",
        fields: &[
            &[
                optional("size", SIZE, "0.05", "Height of the digits, at most."),
                optional("width", share(0.05, 1.5), "0.96", "What the badges may take."),
                optional("fill", FieldShape::Boolean, "false", "Rows reach over all of the width."),
                optional(
                    "flow",
                    FieldShape::Words(FLOWS),
                    "row",
                    "Side by side, or one below the other.",
                ),
                optional(
                    "badge_style",
                    FieldShape::Words(BadgeStyle::NAMES),
                    "the option",
                    "The mark beside the value or above it.",
                ),
                optional(
                    "first",
                    FieldShape::Whole { min: 1, max: 10 },
                    "1",
                    "The place of the first rating that is shown.",
                ),
                optional(
                    "count",
                    FieldShape::Whole { min: 1, max: 10 },
                    "all",
                    "How many are shown.",
                ),
            ],
            DRESS,
        ],
        read: |given| {
            FreeItem::Strip(FreeStrip {
                size: given.number("size").unwrap_or(0.05),
                width: given.number("width").unwrap_or(0.96),
                fill: given.flag("fill").unwrap_or(false),
                is_column: given.text("flow") == Some(FLOWS[1]),
                badge_style: given.word("badge_style"),
                first: given.whole("first").unwrap_or(1),
                count: given.whole("count"),
                dressing: dressing(given),
            })
        },
    },
    KindRow {
        word: "badge",
        help: "The badge of one rating, whatever `ratings_limit` says; where there is none, nothing.",
        fields: &[
            &[
                required("source", FieldShape::Words(RatingSource::NAMES), "Whose rating."),
                optional("size", SIZE, "0.05", "Height of the digits."),
                optional(
                    "badge_style",
                    FieldShape::Words(BadgeStyle::NAMES),
                    "the option",
                    "The mark beside the value or above it.",
                ),
            ],
            DRESS,
        ],
        read: |given| {
            FreeItem::Badge(RatingBadge {
                source: given.word("source").unwrap_or(RatingSource::Imdb),
                size: given.number("size").unwrap_or(0.05),
                badge_style: given.word("badge_style"),
                dressing: dressing(given),
            })
        },
    },
    KindRow {
        word: "score",
        help: "The mean of the ratings, as `score_sources` weighs them; with fewer than two, nothing.",
        fields: &[
            &[
                optional(
                    "style",
                    FieldShape::Words(ScoreStyle::NAMES),
                    "number",
                    "A number, a bar or a ring.",
                ),
                optional("size", SIZE, "0.05", "Height of the digits."),
            ],
            DRESS,
        ],
        read: |given| {
            FreeItem::Score(ScoreMark {
                style: given.word("style").unwrap_or(ScoreStyle::Number),
                size: given.number("size").unwrap_or(0.05),
                dressing: dressing(given),
            })
        },
    },
    KindRow {
        word: "sash",
        help: "One mark: the first of the list that holds. At most one of a layout.",
        fields: &[
            &[
                optional(
                    "marks",
                    FieldShape::List(SashMark::NAMES),
                    "all",
                    "What it may say, in this order.",
                ),
                optional("size", SIZE, "0.034", "Height of a capital."),
            ],
            DRESS,
        ],
        read: |given| {
            let marks = given.list("marks");
            FreeItem::Sash(SashLabel {
                marks: if marks.is_empty() { SashMark::ALL.to_vec() } else { marks },
                size: given.number("size").unwrap_or(0.034),
                dressing: dressing(given),
            })
        },
    },
    KindRow {
        word: "statuette",
        help: "The statuette of the award that `awards` allows and the title won.",
        fields: &[&[optional("height", share(0.02, 1.0), "0.22", "Its height.")]],
        read: |given| {
            FreeItem::Statuette(Trophy { height: given.number("height").unwrap_or(0.22) })
        },
    },
    KindRow {
        word: "info",
        help: "Facts side by side; what is not known leaves no gap.",
        fields: &[
            &[
                required("facts", FieldShape::List(InfoKind::NAMES), "Which, in this order."),
                optional(
                    "style",
                    FieldShape::Words(InfoStyle::NAMES),
                    "badge",
                    "Badges, or one line of text.",
                ),
                optional("size", SIZE, "0.032", "Height of a capital."),
                optional(
                    "width",
                    share(0.05, 1.5),
                    "0.96",
                    "What they may take; then they go on in another row.",
                ),
            ],
            DRESS,
        ],
        read: |given| {
            FreeItem::Info(FactBadges {
                facts: given.list("facts"),
                style: given.word("style").unwrap_or(InfoStyle::Badge),
                size: given.number("size").unwrap_or(0.032),
                width: given.number("width").unwrap_or(0.96),
                dressing: dressing(given),
            })
        },
    },
    KindRow {
        word: "text",
        help: "A line of text with facts in braces; where one of them is not known, nothing.",
        fields: &[&[
            required(
                "text",
                FieldShape::Template,
                "`{title}`, `{year}`, `{imdb}` … are filled in.",
            ),
            optional("size", SIZE, "0.05", "Height of a capital."),
            optional("width", share(0.02, 1.5), "0.96", "A longer line is set smaller, then cut."),
            optional("color", FieldShape::Colour, "ffffff", "Of the letters."),
            optional("uppercase", FieldShape::Boolean, "false", "In capitals."),
            optional(
                "shadow",
                FieldShape::Boolean,
                "true",
                "A soft shadow, so that it reads on anything.",
            ),
        ]],
        read: |given| {
            // Checked before: only a text that can be read comes here.
            let template = given.text("text").and_then(|text| text.parse().ok());
            FreeItem::Text(TextLine {
                template,
                size: given.number("size").unwrap_or(0.05),
                width: given.number("width").unwrap_or(0.96),
                colour: given.colour("color").unwrap_or(WHITE),
                uppercase: given.flag("uppercase").unwrap_or(false),
                shadow: given.flag("shadow").unwrap_or(true),
            })
        },
    },
    KindRow {
        word: "gradient",
        help: "A colour that fades out over its rectangle.",
        fields: &[&[
            optional("width", SIDE, "1", "Of the rectangle."),
            required("height", SIDE, "Of the rectangle, a share of the frame's width, too."),
            optional(
                "to",
                FieldShape::Words(Side::NAMES),
                "bottom",
                "The side where it is densest.",
            ),
            optional("color", FieldShape::Colour, "000000", "Of the dense side."),
            optional("opacity", OPACITY, "0.8", "At the dense side."),
        ]],
        read: |given| {
            FreeItem::Gradient(Gradient {
                width: given.number("width").unwrap_or(1.0),
                height: given.number("height").unwrap_or(1.0),
                to: given.word("to").unwrap_or(Side::Bottom),
                colour: given.colour("color").unwrap_or(BLACK),
                opacity: given.number("opacity").unwrap_or(0.8),
            })
        },
    },
    KindRow {
        word: "box",
        help: "A plain or frosted rectangle behind other elements.",
        fields: &[&[
            required("width", SIDE, "Of the rectangle."),
            required("height", SIDE, "Of the rectangle, a share of the frame's width, too."),
            optional("radius", share(0.0, 1.0), "0", "Of its corners."),
            optional("color", FieldShape::Colour, "000000", "Its own."),
            optional("opacity", OPACITY, "0.6", "Its own."),
            optional(
                "frosted",
                FieldShape::Boolean,
                "false",
                "Over the blurred picture; at most four of a layout.",
            ),
        ]],
        read: |given| {
            FreeItem::Box(BoxShape {
                width: given.number("width").unwrap_or(1.0),
                height: given.number("height").unwrap_or(1.0),
                radius: given.number("radius").unwrap_or(0.0),
                colour: given.colour("color").unwrap_or(BLACK),
                opacity: given.number("opacity").unwrap_or(0.6),
                frosted: given.flag("frosted").unwrap_or(false),
            })
        },
    },
];

const WHITE: HexColour = HexColour([255, 255, 255]);
const BLACK: HexColour = HexColour([0, 0, 0]);

fn dressing(given: &Given<'_>) -> Dressing {
    Dressing {
        shape: given.word("badge_shape"),
        background: given.word("badge_background"),
        label: given.word("label_style"),
        ground: given.colour("color"),
        opacity: given.number("opacity").map(|share| (share * 100.0).round() as u8),
        figures: given.colour("text_color"),
    }
}

/// Kind, fields and defaults for the documentation, a table each.
pub fn layout_markdown() -> String {
    let mut text = String::from("### Every element\n\n");
    text.push_str(&table(PLACED));
    for row in KINDS {
        // Writing to a String does not fail.
        let _ = write!(text, "\n### `{}`\n\n{}\n\n", row.word, row.help);
        let own: Vec<FieldSpec> = row.specs().skip(PLACED.len()).copied().collect();
        text.push_str(&table(&own));
    }
    text
}

fn table(fields: &[FieldSpec]) -> String {
    let mut text = String::from("| field | values | default | |\n|---|---|---|---|\n");
    for field in fields {
        let default = if field.required { "**needed**" } else { field.default };
        let FieldSpec { name, shape, help, .. } = field;
        let _ = writeln!(text, "| `{name}` | {} | {default} | {help} |", shape.markdown());
    }
    text
}
