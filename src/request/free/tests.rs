//! Reading of free layouts.

use proptest::prelude::*;

use super::*;
use crate::request::InvalidFields;

fn read(value: &Value) -> Result<FreeLayout, InvalidFields> {
    let mut reader = FieldReader::default();
    let place = Place::ROOT.name("layout");
    let layout = FreeLayout::read(&mut reader, place, value, FrameShape::Upright);
    reader.finish(layout)
}

fn paths(value: &Value) -> Vec<String> {
    read(value).unwrap_err().0.into_iter().map(|field| field.path).collect()
}

#[test]
fn a_layout_of_every_kind_is_read() {
    let layout = read(&json!([
        {"kind": "gradient", "x": 0, "y": 1, "anchor": "bl", "height": 0.7},
        {"kind": "box", "id": "plate", "x": 0.05, "y": 0.7, "width": 0.9, "height": 0.3,
            "radius": 0.02, "color": "#102030", "frosted": true},
        {"kind": "strip", "x": 0.5, "y": 0.98, "anchor": "bc", "fill": true, "count": 4},
        {"kind": "badge", "x": 0.02, "y": 0.02, "source": "imdb", "badge_background": "n",
            "when": {"rating": "imdb", "min": 8}},
        {"kind": "score", "x": 0.98, "y": 0.02, "anchor": "tr", "style": "ring"},
        {"kind": "sash", "x": 0, "y": 0.2, "marks": ["oscar", "top250"]},
        {"kind": "statuette", "x": 0.9, "y": 0.3, "anchor": "c", "when": {"won": true}},
        {"kind": "info", "x": 0.5, "y": 0.8, "anchor": "c", "facts": ["cert", "year", "cert"]},
        {"kind": "text", "x": 0.5, "y": 0.75, "anchor": "c", "text": "{title} · {runtime} {rt}"},
    ]))
    .unwrap();
    let kinds: Vec<&str> = kinds::KINDS.iter().map(|row| row.word).collect();
    assert_eq!(layout.elements.len(), kinds.len());
    assert_eq!(
        (layout.elements[0].id.as_str(), layout.elements[1].id.as_str()),
        ("gradient.1", "plate")
    );
    let needs = layout.needs();
    let sources = [RatingSource::Imdb, RatingSource::RottenTomatoes].into_iter().collect();
    assert_eq!((needs.sources, needs.strip, needs.score, needs.award), (sources, true, true, true));
    assert_eq!(needs.info, [InfoKind::Certificate, InfoKind::Year, InfoKind::Runtime]);
    assert_eq!(needs.sash, [SashMark::Oscar, SashMark::Top250]);
}

#[test]
fn every_mistake_is_named_by_its_path() {
    let wrong = json!([
        {"kind": "badge", "x": 0.1, "y": 2, "source": "nobody", "size": 1e300},
        {"kind": "text", "x": null, "y": 0, "text": "{cast}", "colour": "red"},
        {"kind": "picture", "x": 0, "y": 0},
        {"x": 0, "y": 0},
        [],
        {"kind": "box", "x": 0, "y": 0, "width": -1, "color": "red", "id": "A b"},
        {"kind": "info", "x": 0, "y": 0, "facts": ["cert", "cast"], "when": {"min": 3}},
    ]);
    let mut named = paths(&wrong);
    named.sort_unstable();
    assert_eq!(
        named,
        [
            "layout[0].size",
            "layout[0].source",
            "layout[0].y",
            "layout[1].colour",
            "layout[1].text",
            "layout[1].x",
            "layout[2].kind",
            "layout[3].kind",
            "layout[4]",
            "layout[5].color",
            "layout[5].height",
            "layout[5].id",
            "layout[5].width",
            "layout[6].facts[1]",
            "layout[6].when.min",
        ]
    );
}

#[test]
fn there_are_bounds() {
    let text = |index: usize| json!({"kind": "text", "x": 0, "y": 0, "text": "a", "id": format!("t{index}")});
    let many = |count| Value::Array((0..count).map(text).collect());
    assert!(read(&many(MAX_ELEMENTS)).is_ok());
    assert_eq!(paths(&many(MAX_ELEMENTS + 1)), ["layout"]);
    assert_eq!(paths(&json!([])), ["layout"]);
    assert_eq!(paths(&json!([text(1), text(1)])), ["layout[1].id"]);
    let long = json!([{"kind": "text", "x": 0, "y": 0, "text": "a".repeat(121)}]);
    assert_eq!(paths(&long), ["layout[0].text"]);
    let frosted =
        |_: usize| json!({"kind": "box", "x": 0, "y": 0, "width": 1, "height": 1, "frosted": true});
    let boxes = |count| Value::Array((0..count).map(frosted).collect());
    assert!(read(&boxes(MAX_FROSTED)).is_ok());
    assert_eq!(paths(&boxes(MAX_FROSTED + 1)), ["layout[4]"]);
    let sash = json!({"kind": "sash", "x": 0, "y": 0});
    assert_eq!(paths(&json!([sash, sash])), ["layout[1]"]);
    let mut reader = FieldReader::default();
    let logo = FreeLayout::read(&mut reader, Place::ROOT, &many(1), FrameShape::Lettering);
    assert!(reader.finish(logo).is_err());
}

#[test]
fn what_overlaps_is_said_and_grounds_are_not() {
    let layout = read(&json!([
        {"kind": "box", "x": 0, "y": 0, "width": 1, "height": 1.5},
        {"kind": "text", "id": "name", "x": 0.5, "y": 0.5, "anchor": "c", "text": "{title}"},
        {"kind": "badge", "id": "imdb", "x": 0.5, "y": 0.5, "anchor": "c", "source": "imdb"},
        {"kind": "badge", "x": 1.4, "y": 0.5, "source": "rt"},
    ]))
    .unwrap();
    let warnings = layout.warnings("families.poster.layout", FrameShape::Upright);
    let place = "families.poster.layout";
    assert_eq!(
        warnings,
        [
            format!("{place}[1] (name) and {place}[2] (imdb) may overlap"),
            format!("{place}[3] (badge.4) stands outside of the frame"),
        ]
    );
}

#[test]
fn equal_documents_are_equal_layouts() {
    let one = json!([{"kind": "text", "x": 0, "y": 0, "text": "a"}]);
    let other = json!([{"kind": "text", "x": 0, "y": 0.1, "text": "a"}]);
    assert_eq!(read(&one).unwrap(), read(&one.clone()).unwrap());
    assert_ne!(read(&one).unwrap(), read(&other).unwrap());
    assert_eq!(json!(read(&one).unwrap()), one);
}

/// Documents that are nearly layouts.
fn nearly() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(|n| json!(n)),
        "[a-z{}]{0,9}|<script>|\u{202e}x".prop_map(Value::from),
        prop::sample::select(vec!["imdb", "tl", "d", "row", "cert", "ring", "ff8800"])
            .prop_map(Value::from),
    ];
    let names = prop::sample::select(vec![
        "x", "y", "size", "width", "height", "text", "source", "facts", "when", "id", "style",
        "color", "any", "not",
    ]);
    let value = leaf.prop_recursive(3, 12, 3, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::Array),
            prop::collection::hash_map(names.clone(), inner, 0..4)
                .prop_map(|map| map.into_iter().map(|(k, v)| (k.to_owned(), v)).collect::<Value>()),
        ]
    });
    let kind = prop::sample::select(kinds::KINDS.iter().map(|row| row.word).collect::<Vec<_>>());
    let element =
        (kind, prop::collection::hash_map("[a-z_]{1,8}|x|y|text|source|size|when", value, 0..6))
            .prop_map(|(kind, fields)| {
                let mut element: Map<String, Value> = fields.into_iter().collect();
                element.insert("kind".to_owned(), kind.into());
                Value::Object(element)
            });
    prop::collection::vec(element, 0..5).prop_map(Value::Array)
}

proptest! {
    #[test]
    fn any_document_is_survived_and_what_is_read_is_finite(document in nearly()) {
        if let Ok(layout) = read(&document) {
            for element in &layout.elements {
                prop_assert!(element.spot.x.is_finite() && element.spot.y.is_finite());
            }
            layout.warnings("layout", FrameShape::Wide);
            layout.needs();
        }
    }
}
