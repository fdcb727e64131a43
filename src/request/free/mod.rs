//! Free layouts: designs of a user's own, element by element, in shares of the frame, so that one
//! design fits every size.

mod condition;
mod fields;
mod kinds;
mod overlap;
mod template;

use std::hash::{Hash, Hasher};

use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};

use super::fields::{FieldReader, Place};
use crate::model::{
    Anchor, BadgeBackground, BadgeShape, BadgeStyle, FrameShape, HexColour, InfoKind, InfoStyle,
    LabelStyle, RatingSource, SashMark, ScoreStyle, Side, SourceSet,
};
pub use condition::{Condition, ConditionFacts};
use fields::Given;
pub use kinds::layout_markdown;
pub use template::{Piece, Template, TextFact};

/// Elements of one layout.
pub const MAX_ELEMENTS: usize = 48;
/// Of those that take a blurred copy of the picture.
const MAX_FROSTED: usize = 4;

/// A design of a user's own; equal where its document is.
#[derive(Clone, Debug)]
pub struct FreeLayout {
    pub elements: Vec<FreeElement>,
    document: Value,
    /// BLAKE3 of the document.
    digest: [u8; 32],
}

impl PartialEq for FreeLayout {
    fn eq(&self, other: &Self) -> bool {
        self.digest == other.digest
    }
}

impl Eq for FreeLayout {}

impl Hash for FreeLayout {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.digest.hash(state);
    }
}

impl Serialize for FreeLayout {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.document.serialize(serializer)
    }
}

/// One element, in drawing order.
#[derive(Clone, Debug, PartialEq)]
pub struct FreeElement {
    pub id: String,
    pub spot: Spot,
    pub when: Option<Condition>,
    pub item: FreeItem,
}

/// Where an element stands: the place of its anchor point, as shares of width and height.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Spot {
    pub x: f32,
    pub y: f32,
    pub anchor: Anchor,
}

/// What an element is. Lengths are shares of the frame's width.
#[derive(Clone, Debug, PartialEq)]
pub enum FreeItem {
    Strip(FreeStrip),
    Badge(RatingBadge),
    Score(ScoreMark),
    Sash(SashLabel),
    Statuette(Trophy),
    Info(FactBadges),
    Text(TextLine),
    Gradient(Gradient),
    Box(BoxShape),
}

/// How badges look; `None` leaves it to the options.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Dressing {
    pub shape: Option<BadgeShape>,
    pub background: Option<BadgeBackground>,
    pub label: Option<LabelStyle>,
    pub ground: Option<HexColour>,
    /// Of the ground, in per cent.
    pub opacity: Option<u8>,
    pub figures: Option<HexColour>,
}

/// Some of the ratings that the options choose.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FreeStrip {
    /// Digit height at most.
    pub size: f32,
    pub width: f32,
    pub fill: bool,
    pub is_column: bool,
    pub badge_style: Option<BadgeStyle>,
    /// From 1 on.
    pub first: u8,
    pub count: Option<u8>,
    pub dressing: Dressing,
}

/// One rating.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RatingBadge {
    pub source: RatingSource,
    pub size: f32,
    pub badge_style: Option<BadgeStyle>,
    pub dressing: Dressing,
}

/// The aggregate of the ratings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ScoreMark {
    pub style: ScoreStyle,
    pub size: f32,
    pub dressing: Dressing,
}

/// One mark out of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct SashLabel {
    pub marks: Vec<SashMark>,
    pub size: f32,
    pub dressing: Dressing,
}

/// An award's statuette.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trophy {
    pub height: f32,
}

/// Facts side by side.
#[derive(Clone, Debug, PartialEq)]
pub struct FactBadges {
    pub facts: Vec<InfoKind>,
    pub style: InfoStyle,
    pub size: f32,
    pub width: f32,
    pub dressing: Dressing,
}

/// A line of text.
#[derive(Clone, Debug, PartialEq)]
pub struct TextLine {
    pub template: Option<Template>,
    /// Height of a capital.
    pub size: f32,
    pub width: f32,
    pub colour: HexColour,
    pub uppercase: bool,
    pub shadow: bool,
}

/// A colour that fades out.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Gradient {
    pub width: f32,
    pub height: f32,
    /// Where it is densest.
    pub to: Side,
    pub colour: HexColour,
    pub opacity: f32,
}

/// A rectangle behind other elements.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct BoxShape {
    pub width: f32,
    pub height: f32,
    pub radius: f32,
    pub colour: HexColour,
    pub opacity: f32,
    pub frosted: bool,
}

/// What has to be known of a title for a layout.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub struct LayoutNeeds {
    /// Ratings beside those that a strip shows.
    pub sources: SourceSet,
    pub info: Vec<InfoKind>,
    pub sash: Vec<SashMark>,
    pub score: bool,
    pub strip: bool,
    pub award: bool,
}

impl FreeLayout {
    /// Reads a list of elements for frames of a shape.
    pub(super) fn read(
        reader: &mut FieldReader,
        place: Place<'_>,
        value: &Value,
        shape: FrameShape,
    ) -> Option<Self> {
        if shape == FrameShape::Lettering {
            reader.refuse(place, "a logo has no frame to lay out");
            return None;
        }
        let members = reader.list(place, value, MAX_ELEMENTS)?;
        if members.is_empty() {
            reader.refuse(place, "expected at least one element");
        }
        let mut elements: Vec<FreeElement> = Vec::new();
        for (index, member) in members.iter().enumerate() {
            let place = place.index(index);
            let Some(element) = read_element(reader, place, member, index) else { continue };
            if elements.iter().any(|other| other.id == element.id) {
                reader.refuse(place.name("id"), "another element has this name");
            }
            elements.push(element);
        }
        limit(reader, place, &elements);
        let digest = *blake3::hash(value.to_string().as_bytes()).as_bytes();
        Some(Self { elements, document: value.clone(), digest })
    }

    /// What is probably not meant, in sentences; `place` is the layout's own path.
    pub(super) fn warnings(&self, place: &str, shape: FrameShape) -> Vec<String> {
        overlap::warnings(&self.elements, place, shape)
    }

    /// What has to be known of a title.
    pub fn needs(&self) -> LayoutNeeds {
        let mut needs = LayoutNeeds::default();
        for element in &self.elements {
            needs.add(element);
        }
        needs
    }
}

impl LayoutNeeds {
    fn add(&mut self, element: &FreeElement) {
        for condition in element.when.iter().flat_map(Condition::all) {
            self.award |= condition.won.is_some();
            self.strip |= condition.min_ratings.is_some() || condition.max_ratings.is_some();
            match condition.rating.map(|bound| bound.source) {
                Some(Some(source)) => self.sources.insert(source),
                Some(None) => self.score = true,
                None => {}
            }
        }
        match &element.item {
            FreeItem::Strip(_) => self.strip = true,
            FreeItem::Badge(badge) => self.sources.insert(badge.source),
            FreeItem::Score(_) => self.score = true,
            FreeItem::Sash(sash) => self.sash.clone_from(&sash.marks),
            FreeItem::Statuette(_) => self.award = true,
            FreeItem::Info(info) => self.add_info(&info.facts),
            FreeItem::Text(line) => {
                for fact in line.template.iter().flat_map(Template::facts) {
                    match fact {
                        TextFact::Info(kind) => self.add_info(&[kind]),
                        TextFact::Rating(source) => self.sources.insert(source),
                        TextFact::Score => self.score = true,
                        TextFact::Title => {}
                    }
                }
            }
            FreeItem::Gradient(_) | FreeItem::Box(_) => {}
        }
    }

    fn add_info(&mut self, kinds: &[InfoKind]) {
        for kind in kinds {
            if !self.info.contains(kind) {
                self.info.push(*kind);
            }
        }
    }
}

fn read_element(
    reader: &mut FieldReader,
    place: Place<'_>,
    value: &Value,
    index: usize,
) -> Option<FreeElement> {
    let given = reader.map(place, value)?;
    let words: Vec<(&str, &kinds::KindRow)> =
        kinds::KINDS.iter().map(|row| (row.word, row)).collect();
    let Some(kind) = given.get("kind") else {
        reader.refuse(place.name("kind"), "missing");
        return None;
    };
    let row = reader.word(place.name("kind"), kind, &words)?;
    fields::check(reader, place, given, row.specs());
    let given = Given(given);
    let spot = Spot {
        x: given.number("x")?,
        y: given.number("y")?,
        anchor: given.word("anchor").unwrap_or(Anchor::TopLeft),
    };
    let own_id = || format!("{}.{}", row.word, index + 1);
    let id = given.text("id").map_or_else(own_id, str::to_owned);
    Some(FreeElement { id, spot, when: given.condition("when"), item: (row.read)(&given) })
}

/// What there may be a few of, at most.
fn limit(reader: &mut FieldReader, place: Place<'_>, elements: &[FreeElement]) {
    let mut most = |what: &str, most: usize, is: &dyn Fn(&FreeItem) -> bool| {
        let too_many =
            elements.iter().enumerate().filter(|(_, element)| is(&element.item)).nth(most);
        if let Some((index, _)) = too_many {
            reader.refuse(place.index(index), format!("at most {most} {what}"));
        }
    };
    most("sash", 1, &|item| matches!(item, FreeItem::Sash(_)));
    most("frosted boxes", MAX_FROSTED, &|item| matches!(item, FreeItem::Box(b) if b.frosted));
}

/// Schemas of a layout in the `OpenAPI` document, by name.
pub fn layout_schemas() -> Map<String, Value> {
    let schema = |row: &kinds::KindRow| {
        let mut properties = Map::from_iter([("kind".to_owned(), json!({"const": row.word}))]);
        let specs = row.specs();
        properties.extend(specs.clone().map(|spec| {
            let mut schema = spec.shape.schema();
            if schema.get("$ref").is_none() {
                schema["description"] = spec.help.into();
            }
            (spec.name.to_owned(), schema)
        }));
        let needed = specs.filter(|spec| spec.required).map(|spec| spec.name);
        let required: Vec<&str> = std::iter::once("kind").chain(needed).collect();
        json!({
            "type": "object", "description": row.help, "required": required,
            "properties": properties, "additionalProperties": false,
        })
    };
    let kinds: Vec<Value> = kinds::KINDS.iter().map(schema).collect();
    let layout = json!({
        "type": "array", "minItems": 1, "maxItems": MAX_ELEMENTS,
        "items": {"$ref": "#/components/schemas/LayoutElement"},
    });
    Map::from_iter([
        ("Layout".to_owned(), layout),
        ("LayoutElement".to_owned(), json!({"oneOf": kinds})),
        ("LayoutCondition".to_owned(), condition::schema()),
    ])
}

#[cfg(test)]
mod tests;
