//! The admin API in the document.

mod paths;

use serde_json::{Map, Value, json};

use super::{Operation, json_answer, object_of, operation};
use crate::model::{ArtworkKind, FamilyRow, ImageSize, Words};
use crate::request::OPTIONS;

pub(super) use paths::paths;

pub(super) const TAG: &str = "admin";

/// An operation behind the admin token.
fn call(id: &str, summary: &str, schema: &str, errors: &[u16]) -> Value {
    let mut all = vec![400, 401, 413, 429, 503];
    all.extend(errors);
    all.sort_unstable();
    all.dedup();
    let ok = json_answer("Done", schema);
    let mut operation = operation(Operation { id, tag: TAG, summary, ok, errors: &all });
    operation["security"] = json!([{"adminToken": []}]);
    operation
}

fn get(id: &str, summary: &str, schema: &str, errors: &[u16]) -> Value {
    call(id, summary, schema, errors)
}

fn with_body(mut operation: Value, schema: &str) -> Value {
    let schema = json!({"$ref": format!("#/components/schemas/{schema}")});
    operation["requestBody"] =
        json!({"required": true, "content": {"application/json": {"schema": schema}}});
    operation
}

/// Answers 201 in the place of 200.
fn created(mut operation: Value) -> Value {
    if let Some(responses) = operation["responses"].as_object_mut()
        && let Some(ok) = responses.remove("200")
    {
        responses.insert("201".to_owned(), ok);
    }
    operation
}

/// Answers 204 without a body.
fn emptied(mut operation: Value) -> Value {
    if let Some(responses) = operation["responses"].as_object_mut() {
        responses.remove("200");
        responses.insert("204".to_owned(), json!({"description": "Done"}));
    }
    operation
}

fn forced(mut operation: Value) -> Value {
    operation["parameters"] =
        json!([query("force", &json!({"type": "boolean", "default": false}))]);
    operation
}

fn searched(mut operation: Value) -> Value {
    let mut name = query("q", &json!({"type": "string", "minLength": 1}));
    name["required"] = true.into();
    let year = query("year", &json!({"type": "integer", "minimum": 1850, "maximum": 2200}));
    let media = query("type", &json!({"type": "string", "enum": ["movie", "series"]}));
    let priority = query("priority", &json!({"const": "background"}));
    operation["parameters"] = json!([name, year, media, priority]);
    operation
}

/// An operation on a title by its id.
fn of_title(operation: &Value) -> Value {
    let parameters = [path_parameter("idType", &text()), path_parameter("id", &text())];
    json!({"parameters": parameters, "get": operation})
}

/// An operation on a picture by the path of its public address; the query is the same, too.
fn of_picture(operation: Value) -> Value {
    let parameters = ["idType", "style", "id"].map(|name| path_parameter(name, &text()));
    json!({"parameters": parameters, "get": pictures(operation)})
}

fn pictures(mut operation: Value) -> Value {
    let mimes = ["image/jpeg", "image/png", "image/webp", "image/avif", "application/octet-stream"];
    let content: Map<String, Value> =
        mimes.into_iter().map(|mime| (mime.to_owned(), json!({}))).collect();
    operation["responses"]["200"]["content"] = Value::Object(content);
    operation
}

fn listed(mut operation: Value) -> Value {
    let day = json!({"type": "string", "format": "date"});
    let mut days = [query("from", &day), query("to", &day)];
    for day in &mut days {
        day["required"] = true.into();
    }
    let [from, to] = days;
    operation["parameters"] = json!([
        query("type", &json!({"type": "string", "enum": ["movie", "series"]})),
        from,
        to,
        query("min_votes", &whole()),
        query("page", &json!({"type": "integer", "minimum": 1, "maximum": 500})),
        query("order", &json!({"type": "string", "enum": ["asc", "desc"]})),
    ]);
    operation
}

fn query(name: &str, schema: &Value) -> Value {
    json!({"name": name, "in": "query", "required": false, "schema": schema})
}

fn path_parameter(name: &str, schema: &Value) -> Value {
    json!({"name": name, "in": "path", "required": true, "schema": schema})
}

fn preview() -> Value {
    let summary = "A picture of a design that is not saved; on the demo catalogue without a token";
    let errors = [404, 422, 500, 502, 504];
    let mut operation = call("preview", summary, "Explanation", &errors);
    for mime in ["image/jpeg", "image/png", "image/webp", "image/avif"] {
        operation["responses"]["200"]["content"][mime] = json!({});
    }
    with_body(operation, "Preview")
}

pub(super) fn text() -> Value {
    json!({"type": "string"})
}

pub(super) fn or_null(schema: &Value) -> Value {
    json!({"anyOf": [schema, {"type": "null"}]})
}

pub(super) fn whole() -> Value {
    json!({"type": "integer", "minimum": 0})
}

pub(super) fn list_of(items: &Value) -> Value {
    json!({"type": "array", "items": items})
}

pub(super) fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

/// Schemas of bodies and answers.
pub(super) fn schemas() -> Map<String, Value> {
    let mut schemas = key_schemas();
    schemas.extend(profile_schemas());
    schemas.extend(override_schemas());
    schemas.extend(server_schemas());
    schemas.extend(client_schemas());
    schemas.extend(list_schemas());
    schemas
}

fn override_schemas() -> Map<String, Value> {
    let path = json!({"type": "string", "pattern": "^/[A-Za-z0-9_./-]+$", "maxLength": 256});
    let members = |schema: &Value| {
        json!({
            "type": "object", "minProperties": 1, "additionalProperties": false,
            "properties": {"poster": schema, "backdrop": schema, "logo": schema},
        })
    };
    let chosen = object_of(&[("id", text()), ("artwork", members(&path))]);
    Map::from_iter([
        ("OverrideArtwork".to_owned(), members(&or_null(&path))),
        ("Override".to_owned(), chosen),
        ("Overrides".to_owned(), object_of(&[("overrides", list_of(&reference("Override")))])),
    ])
}

fn key_fields() -> Map<String, Value> {
    let families = json!({"type": "array", "items": {"enum": FamilyRow::names()}, "minItems": 1});
    let sizes = json!({"type": "array", "items": {"enum": ImageSize::NAMES}, "minItems": 1});
    let positive = json!({"type": "integer", "minimum": 1});
    let time = json!({"type": "string", "format": "date-time"});
    Map::from_iter([
        ("scopes".to_owned(), list_of(&json!({"enum": ["plex", "stremio"]}))),
        ("families".to_owned(), or_null(&families)),
        ("sizes".to_owned(), or_null(&sizes)),
        ("lock_look".to_owned(), json!({"type": "boolean"})),
        ("quota".to_owned(), or_null(&positive)),
        ("rate_per_minute".to_owned(), or_null(&positive)),
        ("expires".to_owned(), or_null(&time)),
        ("options".to_owned(), reference("Options")),
        ("profile".to_owned(), or_null(&text())),
    ])
}

fn key_schemas() -> Map<String, Value> {
    let mut settings = key_fields();
    settings.insert("name".to_owned(), json!({"type": "string", "minLength": 1, "maxLength": 40}));
    let time = json!({"type": "string", "format": "date-time"});
    let month = object_of(&[
        ("month", json!({"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}$"})),
        ("requests", whole()),
        ("made", whole()),
    ]);
    let mut key = key_fields();
    for (name, schema) in [
        ("id", whole()),
        ("name", text()),
        ("prefix", text()),
        ("state", json!({"enum": ["in_use", "expired", "revoked", "unreadable"]})),
        ("created", time.clone()),
        ("last_used", or_null(&time)),
        ("revoked", or_null(&time)),
        ("grace_ends", or_null(&time)),
        ("requests", whole()),
        ("made_this_month", whole()),
        ("usage", list_of(&month)),
    ] {
        key.insert(name.to_owned(), schema);
    }
    let required: Vec<&String> = key.keys().collect();
    let key_schema = json!({"type": "object", "required": required, "properties": key});
    let secrets = object_of(&[("key", text()), ("share", text())]);
    Map::from_iter([
        (
            "KeySettings".to_owned(),
            json!({
                "type": "object", "properties": settings, "additionalProperties": false,
            }),
        ),
        ("Key".to_owned(), key_schema),
        ("MintedKey".to_owned(), json!({"allOf": [reference("Key"), secrets]})),
        ("Keys".to_owned(), object_of(&[("keys", list_of(&reference("Key")))])),
        (
            "Grace".to_owned(),
            json!({"type": "object", "additionalProperties": false, "properties": {
                "grace": {"type": "string", "examples": ["24h", "7days"], "maxLength": 40},
            }}),
        ),
        ("AdminToken".to_owned(), object_of(&[("admin_token", text())])),
    ])
}

fn client_schemas() -> Map<String, Value> {
    let flag = json!({"type": "boolean", "default": false});
    let shown = object_of(&[
        ("id", text()),
        ("created", json!({"type": "string", "format": "date-time"})),
        ("name", text()),
        ("options", reference("Options")),
        ("profile", or_null(&text())),
        ("blur", flag.clone()),
    ]);
    let draft = json!({
        "type": "object", "required": ["url"], "additionalProperties": false,
        "properties": {
            "name": {"type": "string", "maxLength": 60},
            "url": {"type": "string", "description": "The add-on's manifest; stremio:// is https://"},
            "options": reference("Options"), "profile": or_null(&text()), "blur": flag,
        },
    });
    let change = object_of(&[("field", text()), ("from", json!({})), ("to", text())]);
    let set_up = json!({
        "type": "object", "required": ["url", "uuid", "password", "key"], "additionalProperties": false,
        "properties": {
            "url": {"type": "string", "format": "uri"}, "uuid": {"type": "string", "format": "uuid"},
            "password": text(), "addon_password": text(), "key": text(), "apply": flag,
        },
    });
    Map::from_iter([
        ("Wrapper".to_owned(), shown),
        ("Wrappers".to_owned(), object_of(&[("wrappers", list_of(&reference("Wrapper")))])),
        ("WrapperDraft".to_owned(), draft),
        ("MadeWrapper".to_owned(), object_of(&[("id", text()), ("manifest_url", text())])),
        ("SetupDraft".to_owned(), set_up),
        (
            "SetupChanges".to_owned(),
            object_of(&[("applied", json!({"type": "boolean"})), ("changes", list_of(&change))]),
        ),
    ])
}

fn profile_schemas() -> Map<String, Value> {
    let value = json!({"anyOf": [
        text(), {"type": "boolean"}, whole(), list_of(&text()),
    ]});
    let options: Map<String, Value> =
        OPTIONS.iter().map(|spec| (spec.name.to_owned(), value.clone())).collect();
    let design = json!({"type": "object", "additionalProperties": false, "properties": {
        "options": reference("Options"), "layout": reference("Layout"),
    }});
    let families: Map<String, Value> =
        FamilyRow::names().iter().map(|name| ((*name).to_owned(), design.clone())).collect();
    let families = json!({
        "type": "object", "minProperties": 1, "properties": families, "additionalProperties": false,
    });
    let summary = object_of(&[
        ("name", text()),
        ("revision", whole()),
        ("updated", json!({"type": "string", "format": "date-time"})),
        ("families", list_of(&text())),
    ]);
    let saved =
        object_of(&[("name", text()), ("revision", whole()), ("warnings", list_of(&text()))]);
    Map::from_iter([
        ("Options".to_owned(), json!({"type": "object", "properties": options})),
        (
            "Profile".to_owned(),
            object_of(&[
                ("version", json!({"type": "integer", "const": 1})),
                ("families", families),
            ]),
        ),
        ("Profiles".to_owned(), object_of(&[("profiles", list_of(&summary))])),
        ("SavedProfile".to_owned(), saved),
        (
            "Preview".to_owned(),
            json!({"type": "object", "required": ["path"], "properties": {
                "path": {"type": "string", "examples": ["imdb/poster-default/tt0903747"]},
                "query": text(),
                "profile": or_null(&reference("Profile")),
            }}),
        ),
    ])
}

fn server_schemas() -> Map<String, Value> {
    let title = object_of(&[
        ("type", json!({"enum": ["movie", "series"]})),
        ("id", text()),
        ("name", text()),
        ("original_name", or_null(&text())),
        ("year", or_null(&json!({"type": "integer"}))),
        ("votes", whole()),
    ]);
    let tier = object_of(&[("tier", text()), ("bytes", whole()), ("entries", whole())]);
    let render = object_of(&[
        ("at", whole()),
        ("address", text()),
        ("family", text()),
        ("outcome", text()),
        ("status", whole()),
        ("duration_ms", whole()),
        ("elements", or_null(&text())),
    ]);
    let setting = object_of(&[
        ("name", text()),
        ("value", or_null(&text())),
        ("is_set", json!({"type": "boolean"})),
        ("has_effect", json!({"type": "boolean"})),
        ("help", text()),
    ]);
    Map::from_iter([
        ("Titles".to_owned(), object_of(&[("titles", list_of(&title))])),
        (
            "Address".to_owned(),
            object_of(&[("address", json!({"type": "string", "format": "uri"}))]),
        ),
        (
            "Imported".to_owned(),
            object_of(&[
                ("service", json!({"enum": ["rpdb", "aio-ratings", "openposterdb", "xrdb"]})),
                ("family", json!({"enum": FamilyRow::names()})),
                ("options", reference("Options")),
                ("address", text()),
                ("without_counterpart", list_of(&text())),
                ("profile", reference("Profile")),
            ]),
        ),
        (
            "PurgeScope".to_owned(),
            json!({
                "type": "object", "minProperties": 1, "maxProperties": 1, "additionalProperties": false,
                "properties": {
                    "title": text(), "family": {"enum": FamilyRow::names()}, "tier": text(),
                    "all": {"const": true},
                },
            }),
        ),
        ("Purged".to_owned(), object_of(&[("removed", whole())])),
        (
            "Caches".to_owned(),
            object_of(&[
                ("memory", list_of(&tier)),
                ("memory_limit_bytes", whole()),
                ("disk", list_of(&tier)),
                ("disk_bytes", whole()),
                ("disk_limit_bytes", whole()),
            ]),
        ),
        ("Providers".to_owned(), object_of(&[("providers", list_of(&provider()))])),
        ("Datasets".to_owned(), object_of(&[("datasets", list_of(&dataset()))])),
        (
            "Renders".to_owned(),
            object_of(&[("renders", list_of(&render)), ("errors", list_of(&render))]),
        ),
        ("Settings".to_owned(), object_of(&[("settings", list_of(&setting))])),
    ])
}

/// What commands that go through a library are answered.
fn list_schemas() -> Map<String, Value> {
    let maybe_text = or_null(&text());
    let maybe = or_null(&whole());
    let number = json!({"type": "number", "minimum": 0});
    let media = json!({"enum": ["movie", "series"]});
    let season = object_of(&[("number", whole()), ("episodes", whole())]);
    let image = object_of(&[
        ("kind", json!({"enum": ArtworkKind::NAMES})),
        ("language", maybe_text.clone()),
        ("width", whole()),
        ("height", whole()),
        ("file", text()),
    ]);
    let listed = object_of(&[
        ("media_type", media.clone()),
        ("tmdb_id", whole()),
        ("imdb_id", maybe_text.clone()),
        ("title", text()),
        ("original_title", maybe_text.clone()),
        ("release_date", maybe_text.clone()),
        ("runtime", maybe.clone()),
        ("budget", maybe.clone()),
        ("revenue", maybe.clone()),
        ("genres", list_of(&text())),
        ("production_companies", list_of(&text())),
        ("overview", maybe_text.clone()),
        ("vote_average", number.clone()),
        ("vote_count", whole()),
        ("popularity", number),
    ]);
    let page = object_of(&[
        ("page", whole()),
        ("total_pages", whole()),
        ("total_results", whole()),
        ("titles", list_of(&reference("ListedTitle"))),
    ]);
    let found = object_of(&[
        ("type", media),
        ("id", text()),
        ("imdb_id", maybe_text),
        ("tvdb_id", maybe.clone()),
        ("name", text()),
        ("year", maybe),
        ("votes", whole()),
        ("seasons", list_of(&season)),
    ]);
    Map::from_iter([
        ("TitleFound".to_owned(), found),
        ("Images".to_owned(), object_of(&[("images", list_of(&image))])),
        ("ListedTitle".to_owned(), listed),
        ("DiscoverPage".to_owned(), page),
    ])
}

pub(super) fn provider() -> Value {
    let maybe = or_null(&whole());
    object_of(&[
        ("provider", text()),
        ("keys", whole()),
        ("keys_resting", whole()),
        ("calls_today", whole()),
        ("daily_calls", maybe.clone()),
        ("calls_left", maybe.clone()),
        ("quota_resets_at", maybe.clone()),
        ("breaker", json!({"enum": ["closed", "open", "half_open"]})),
        ("paused_secs", whole()),
        ("in_flight", whole()),
        ("last_success", maybe.clone()),
        ("last_failure", maybe),
    ])
}

pub(super) fn dataset() -> Value {
    let maybe = or_null(&whole());
    object_of(&[
        ("set", text()),
        ("on", json!({"type": "boolean"})),
        ("source_host", or_null(&text())),
        ("rows", whole()),
        ("skipped_rows", whole()),
        ("size_bytes", whole()),
        ("built_at", maybe.clone()),
        ("checked_at", maybe.clone()),
        ("age_secs", maybe.clone()),
        ("last_error", or_null(&text())),
        ("last_error_at", maybe),
    ])
}
