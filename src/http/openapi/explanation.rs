//! The explanation of a picture in the document, member by member.

use serde_json::{Map, Value, json};

use super::admin::{dataset, list_of, or_null, provider, reference, text, whole};
use super::object_of;
use crate::model::{ArtworkKind, AwardBody, ImageFormat, ImageSize, InfoKind, Quality, Words};

fn number() -> Value {
    json!({"type": "number"})
}

fn yes() -> Value {
    json!({"type": "boolean"})
}

/// As HTTP writes times.
fn time() -> Value {
    json!({"type": "string", "examples": ["Fri, 20 Nov 2026 07:33:04 GMT"]})
}

fn day() -> Value {
    json!({"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"})
}

fn share() -> Value {
    json!({"type": "number", "description": "A fraction of the frame"})
}

pub(super) fn schemas() -> Map<String, Value> {
    let part = |name: &str| reference(&format!("Explained{name}"));
    let explanation = object_of(&[
        ("requested", part("Request")),
        ("title", part("Title")),
        ("artwork", part("Artwork")),
        ("ratings", list_of(&part("Rating"))),
        ("ratings_late", yes()),
        ("providers", list_of(&part("Report"))),
        ("upstream", list_of(&provider())),
        ("datasets", list_of(&dataset())),
        ("awards", part("Awards")),
        ("facts", or_null(&part("Facts"))),
        ("beyond", part("Extras")),
        ("elements", or_null(&list_of(&part("Element")))),
        ("dropped", or_null(&list_of(&text()))),
        ("design", part("Design")),
        ("ignored_parameters", list_of(&text())),
        ("cache", part("Cache")),
        (
            "timing",
            object_of(&[("resolve_ms", whole()), ("gather_ms", whole()), ("total_ms", whole())]),
        ),
    ]);
    let mut explanation = explanation;
    // The share form of a key is not told how the server's accounts stand.
    if let Some(required) = explanation["required"].as_array_mut() {
        let hidden = ["providers", "upstream", "datasets"];
        required.retain(|name| !hidden.iter().any(|hidden| name == hidden));
    }
    let requested = object_of(&[
        ("family", json!({"enum": ArtworkKind::NAMES})),
        ("id", text()),
        ("format", json!({"enum": ImageFormat::NAMES})),
    ]);
    let mut schemas = Map::from_iter([
        ("Explanation".to_owned(), explanation),
        ("ExplainedRequest".to_owned(), requested),
        ("ExplainedTitle".to_owned(), title()),
        ("ExplainedRating".to_owned(), rating()),
        ("ExplainedReport".to_owned(), report()),
        ("ExplainedAwards".to_owned(), awards()),
        ("ExplainedFacts".to_owned(), facts()),
        ("ExplainedExtras".to_owned(), extras()),
        ("ExplainedDesign".to_owned(), design()),
    ]);
    schemas.extend(picture_schemas());
    schemas
}

fn title() -> Value {
    let episode = object_of(&[("season", whole()), ("episode", whole())]);
    let ambiguity = object_of(&[
        ("votes", whole()),
        ("other_media", json!({"enum": ["movie", "series"]})),
        ("other_name", text()),
        ("other_votes", whole()),
    ]);
    object_of(&[
        ("name", or_null(&text())),
        ("media", json!({"enum": ["movie", "series"]})),
        ("released", or_null(&day())),
        ("original_language", or_null(&text())),
        ("status", or_null(&text())),
        (
            "ids",
            object_of(&[
                ("tmdb", whole()),
                ("imdb", or_null(&json!({"type": "string", "pattern": "^tt[0-9]{7,}$"}))),
                ("tvdb", or_null(&whole())),
            ]),
        ),
        ("episode", or_null(&episode)),
        ("episode_name", or_null(&text())),
        ("season", or_null(&whole())),
        ("season_name", or_null(&text())),
        ("via", json!({"enum": ["given", "find_imdb", "find_tvdb", "both"]})),
        ("ambiguity", or_null(&ambiguity)),
    ])
}

fn rating() -> Value {
    let other = object_of(&[("provider", text()), ("text", text()), ("votes", or_null(&whole()))]);
    let verdicts = ["certified_fresh", "fresh", "rotten", "verified_hot", "upright", "spilled"];
    object_of(&[
        ("source", reference("RatingSource")),
        ("text", text()),
        ("value", number()),
        ("score", json!({"type": "number", "description": "Out of 100"})),
        ("votes", or_null(&whole())),
        ("verdict", or_null(&json!({"enum": verdicts}))),
        ("provider", text()),
        ("of", or_null(&basis())),
        ("read", time()),
        ("age_secs", whole()),
        ("next_refresh", or_null(&time())),
        ("shown_at", or_null(&json!({"type": "integer", "minimum": 1}))),
        ("others", list_of(&other)),
    ])
}

/// What of a title was rated, where it is not the title itself.
fn basis() -> Value {
    let episodes = object_of(&[("episodes", object_of(&[("episodes", whole())]))]);
    json!({"anyOf": [{"const": "season"}, episodes]})
}

fn report() -> Value {
    let reasons = json!({"type": "string", "description": "Why it failed, or was not asked"});
    let states = ["read", "absent", "failed", "late", "no_id", "not_asked"];
    json!({
        "type": "object",
        "required": ["provider", "state"],
        "properties": {
            "provider": text(),
            "state": {"enum": states},
            "read_at": whole(),
            "refresh_at": whole(),
            "stale": yes(),
            "reason": reasons,
            "basis": basis(),
        },
    })
}

fn awards() -> Value {
    let body = json!({"enum": AwardBody::NAMES});
    let known = object_of(&[
        ("body", body.clone()),
        ("result", json!({"enum": ["won", "nominated"]})),
        ("count", whole()),
        ("origin", json!({"enum": ["lists", "omdb"]})),
    ]);
    let disagreement = object_of(&[("body", body.clone()), ("lists", whole()), ("omdb", whole())]);
    object_of(&[
        ("known", list_of(&known)),
        ("shown", or_null(&body)),
        ("disagreements", list_of(&disagreement)),
    ])
}

fn facts() -> Value {
    let certificate = object_of(&[("country", text()), ("text", text())]);
    let genre = object_of(&[("id", whole()), ("name", text())]);
    let number = object_of(&[("season", whole()), ("episode", whole())]);
    let next = object_of(&[("airs", day()), ("number", number)]);
    let streaming = object_of(&[
        ("country", text()),
        ("services", list_of(&text())),
        ("source", json!({"const": "JustWatch"})),
    ]);
    object_of(&[
        ("source", text()),
        ("read", time()),
        ("certificate", or_null(&certificate)),
        ("genres", list_of(&genre)),
        ("runtime_minutes", or_null(&whole())),
        ("status", or_null(&text())),
        ("last_aired", or_null(&day())),
        ("next_episode", or_null(&next)),
        ("networks", list_of(&text())),
        ("original_language", or_null(&text())),
        ("origin", list_of(&text())),
        ("in_cinemas", or_null(&day())),
        ("at_home", or_null(&day())),
        ("streaming", streaming),
    ])
}

fn extras() -> Value {
    let info = json!({
        "type": "object",
        "required": ["info", "value"],
        "properties": {"info": text(), "value": {}},
    });
    let sash = json!({
        "type": "object",
        "required": ["sash"],
        "properties": {
            "sash": text(), "season": whole(), "date": day(), "ahead": yes(), "place": whole(),
            "award": {"enum": AwardBody::NAMES},
        },
    });
    object_of(&[
        ("info", list_of(&info)),
        ("score", or_null(&object_of(&[("score", whole()), ("sources", whole())]))),
        ("sash", or_null(&sash)),
    ])
}

/// The options in force; their words are those of the parameters.
fn design() -> Value {
    let sources = list_of(&reference("RatingSource"));
    let ratings = object_of(&[
        ("order", sources.clone()),
        ("only", yes()),
        ("exclude", sources),
        ("limit", whole()),
    ]);
    let named = object_of(&[("kind", text()), ("path", text())]);
    let mut design = object_of(&[
        ("image_size", json!({"enum": ImageSize::NAMES})),
        ("ratings", ratings),
        ("badge_style", text()),
        ("badge_size", text()),
        ("badge_shape", text()),
        ("badge_background", text()),
        ("label_style", text()),
        ("position", text()),
        ("direction", text()),
        ("split", yes()),
        ("edge_inset_x", whole()),
        ("edge_inset_y", whole()),
        ("image_source", json!({"enum": ["tmdb", "fanart"]})),
        ("artwork", or_null(&named)),
        ("language", text()),
        ("textless_first", yes()),
        ("textless", yes()),
        ("fit", text()),
        ("clean", yes()),
        ("blur", yes()),
        ("awards", list_of(&json!({"enum": AwardBody::NAMES}))),
        ("fallback", yes()),
        ("beyond", beyond()),
    ]);
    design["properties"]["layout"] = reference("Layout");
    design
}

fn beyond() -> Value {
    let weight = object_of(&[("source", reference("RatingSource")), ("weight", whole())]);
    let colour = json!({"type": "string", "pattern": "^[0-9a-f]{6}$"});
    object_of(&[
        ("info", list_of(&json!({"enum": InfoKind::NAMES}))),
        ("info_style", text()),
        ("info_position", text()),
        ("info_size", or_null(&text())),
        ("score", or_null(&text())),
        ("score_sources", list_of(&weight)),
        ("score_thresholds", list_of(&whole())),
        ("score_colors", list_of(&colour)),
        ("score_position", text()),
        ("sash", list_of(&text())),
        ("quality", list_of(&json!({"enum": Quality::NAMES}))),
        ("country", text()),
        ("label", or_null(&text())),
        ("bar_colour", or_null(&colour)),
        ("bar_opacity", or_null(&whole())),
        ("font_colour", or_null(&colour)),
        ("font_scale", whole()),
    ])
}

/// The artwork, what is drawn on it, and the state of the caches.
fn picture_schemas() -> Map<String, Value> {
    let source = json!({"enum": ["tmdb", "fanart"]});
    let by = ["address", "override", "rule", "season", "named", "series_backdrop", "series_poster"];
    let chosen = json!({
        "type": "object",
        "required": ["by"],
        "properties": {
            "by": {"enum": by},
            "number": whole(),
            "primary": yes(),
            "language_step": text(),
            "language": or_null(&text()),
            "near_ratio": or_null(&yes()),
            "vote_average": number(),
            "votes": whole(),
            "weighed": number(),
            "rivals": whole(),
            "considered": whole(),
        },
    });
    let candidate = object_of(&[
        ("source", source.clone()),
        ("path", text()),
        ("language", or_null(&text())),
        ("width", whole()),
        ("height", whole()),
        ("vote_average", number()),
        ("votes", whole()),
        ("chosen", yes()),
    ]);
    let artwork = object_of(&[
        ("source", source.clone()),
        ("path", text()),
        ("fetched_size", or_null(&text())),
        ("width", whole()),
        ("height", whole()),
        ("chosen", chosen),
        ("clearlogo", or_null(&object_of(&[("source", source.clone()), ("path", text())]))),
        ("override", or_null(&text())),
        ("candidates_known", whole()),
        ("candidates", list_of(&candidate)),
        ("details_read", or_null(&time())),
    ]);
    let element = object_of(&[
        ("id", text()),
        ("kind", text()),
        ("x", share()),
        ("y", share()),
        ("width", share()),
        ("height", share()),
    ]);
    let cache = object_of(&[
        ("state", json!({"enum": ["hit", "stale", "miss"]})),
        ("elements_hash", json!({"type": "string", "pattern": "^[0-9a-f]{16}$"})),
        ("render_version", whole()),
        ("provisional", yes()),
        ("max_age_secs", whole()),
        ("next_refresh", time()),
        ("size_bytes", or_null(&whole())),
    ]);
    Map::from_iter([
        ("ExplainedArtwork".to_owned(), artwork),
        ("ExplainedElement".to_owned(), element),
        ("ExplainedCache".to_owned(), cache),
    ])
}
