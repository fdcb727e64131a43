//! The tables of parameters, families and sources as JSON: what a form needs to be made of nothing else.

use serde_json::{Map, Value, json};

use super::group::OptionGroup;
use super::id::IdType;
use super::named_looks::looks_document;
use super::options::OptionsPatch;
use super::table::{DefaultValue, OPTIONS, OptionSpec};
use super::value::ValueKind;
use crate::model::{
    ArtworkKind, AwardBody, AwardSet, FamilyRow, ImageSize, RatingSource, SashMark, Words,
};

/// Everything that forms are made of.
pub fn options_document() -> Value {
    json!({
        "groups": OptionGroup::ALL.map(|group| {
            let (title, help) = group.heading();
            json!({"name": group.name(), "title": title, "help": help})
        }),
        "options": OPTIONS.iter().map(option).collect::<Vec<_>>(),
        "families": ArtworkKind::ALL.map(|kind| family(kind.row())),
        "sources": RatingSource::ALL.map(|source| {
            let row = source.row();
            json!({"key": row.key, "name": row.name, "label": row.label})
        }),
        "looks": looks_document(),
        "id_types": IdType::names().collect::<Vec<_>>(),
    })
}

fn option(spec: &OptionSpec) -> Value {
    let families: Vec<&str> = spec.families().map(ArtworkKind::family).collect();
    json!({
        "name": spec.name,
        "aliases": spec.aliases,
        "group": spec.group.name(),
        "families": families,
        "value": shape(spec.value),
        "default": defaults(spec),
        "help": spec.help,
        "samples": spec.value.samples(),
    })
}

/// By family: the default as people read it, and as an address writes it where it can.
fn defaults(spec: &OptionSpec) -> Map<String, Value> {
    let of = |kind: ArtworkKind| {
        let text = match spec.default {
            DefaultValue::Always(text) => text.to_owned(),
            DefaultValue::Computed(text) => text(),
            DefaultValue::ByFamily(of) => of(kind.row()),
        };
        let is_value = (spec.set)(&mut OptionsPatch::default(), &text).is_ok();
        // A list in a form has members where an address may say `true`.
        let value = match spec.value {
            ValueKind::Awards => Some(award_words(AwardSet::OSCAR_AND_EMMY)),
            _ => is_value.then(|| text.clone()),
        };
        (kind.family().to_owned(), json!({"text": text, "value": value}))
    };
    spec.families().map(of).collect()
}

fn award_words(set: AwardSet) -> String {
    let bodies = Vec::<AwardBody>::from(set).into_iter();
    bodies.map(AwardBody::name).collect::<Vec<_>>().join(",")
}

/// What a control has to know of a value.
fn shape(value: ValueKind) -> Value {
    match value {
        ValueKind::Words(words) => json!({"kind": "word", "words": words}),
        ValueKind::List(words) => json!({"kind": "list", "words": words}),
        ValueKind::Boolean => json!({"kind": "boolean"}),
        ValueKind::Number { min, max } => {
            json!({"kind": "number", "min": min, "max": max, "step": 1})
        }
        ValueKind::Factor { min, max } => {
            let (min, max) = (f64::from(min) / 100.0, f64::from(max) / 100.0);
            json!({"kind": "number", "min": min, "max": max, "step": 0.05})
        }
        ValueKind::Sources => json!({"kind": "list", "words": RatingSource::NAMES}),
        ValueKind::Weights => json!({"kind": "weights", "words": RatingSource::NAMES}),
        ValueKind::Thresholds => json!({"kind": "numbers", "count": 3, "min": 0, "max": 100}),
        ValueKind::Colour => json!({"kind": "colours", "count": 1}),
        ValueKind::Colours => json!({"kind": "colours", "count": 4}),
        ValueKind::Sashes => json!({"kind": "list", "words": SashMark::NAMES}),
        ValueKind::Language => json!({"kind": "text", "max": 16}),
        ValueKind::Country => json!({"kind": "text", "max": 2}),
        // Nobody's award is an empty list, which a query cannot say.
        ValueKind::Awards => json!({"kind": "list", "words": AwardBody::NAMES, "none": "false"}),
        ValueKind::Path => json!({"kind": "path"}),
        ValueKind::Text { max } => json!({"kind": "text", "max": max}),
    }
}

fn family(row: &FamilyRow) -> Value {
    let sizes = ImageSize::ALL.iter().zip(row.frames).map(
        |(size, (width, height))| json!({"name": size.name(), "width": width, "height": height}),
    );
    json!({
        "name": row.words[0],
        "words": row.words,
        "ratio": row.shape.ratio(),
        "format": row.format.extension(),
        "sizes": sizes.collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_option_stands_in_one_group_of_the_form() {
        let form = options_document();
        let options = form["options"].as_array().unwrap();
        assert_eq!(options.len(), OPTIONS.len());
        let groups: Vec<&Value> =
            form["groups"].as_array().unwrap().iter().map(|group| &group["name"]).collect();
        for option in options {
            assert!(groups.contains(&&option["group"]), "{option}");
            assert!(option["value"]["kind"].is_string(), "{option}");
            let families = option["families"].as_array().unwrap().len();
            assert_eq!(option["default"].as_object().unwrap().len(), families, "{option}");
        }
        assert_eq!(
            form["families"][0]["sizes"][0],
            json!({"name": "small", "width": 342, "height": 513})
        );
        for group in OptionGroup::ALL {
            assert!(OPTIONS.iter().any(|spec| spec.group == group), "{group:?}");
        }
    }

    #[test]
    fn looks_set_options_that_there_are() {
        let form = options_document();
        let minimal = &form["looks"][0];
        assert_eq!(minimal["name"], "minimal");
        assert_eq!(minimal["families"]["poster"]["position"], "bl");
        for look in form["looks"].as_array().unwrap() {
            for options in look["families"].as_object().unwrap().values() {
                for name in options.as_object().unwrap().keys() {
                    assert!(OPTIONS.iter().any(|spec| spec.name == name), "{look}: {name}");
                }
            }
        }
    }

    #[test]
    fn defaults_are_values_where_an_address_can_say_them() {
        let form = options_document();
        let of = |name: &str| {
            let options = form["options"].as_array().unwrap();
            options.iter().find(|option| option["name"] == name).unwrap()["default"].clone()
        };
        assert_eq!(of("badge_size")["episode"], json!({"text": "l", "value": "l"}));
        assert_eq!(of("ratings_limit")["backdrop"]["value"], "5");
        assert_eq!(of("ratings_exclude")["poster"], json!({"text": "none", "value": null}));
        assert_eq!(of("split")["backdrop"], Value::Null);
    }
}
