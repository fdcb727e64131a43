//! `/api/openapi.json`: every endpoint and parameter as `OpenAPI` 3.1, from the tables the server
//! itself reads.

mod admin;
mod explanation;
pub(super) mod page;
mod protocols;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use axum::body::Bytes;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::error::ErrorCode;
use crate::model::{ArtworkKind, ImageFormat, RatingSource, Words};
use crate::request::{IdType, OPTIONS, OptionSpec, ValueKind, layout_schemas};

pub(super) async fn serve() -> Response {
    static BYTES: LazyLock<Bytes> = LazyLock::new(|| Bytes::from(document().to_string()));
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        // The editors of API documents run in browsers.
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    ];
    (headers, BYTES.clone()).into_response()
}

/// The document.
pub fn document() -> Value {
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Laurel",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "Posters, backdrops, clearlogos and stills with rating badges",
            "description": "Unknown parameters are ignored. A value that cannot be understood is \
                ignored too, and its parameter named in X-Ignored-Parameters.",
            "license": {"name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": [
            {"name": "artwork", "description": "Pictures and what is known of them"},
            {"name": "key", "description": "What a key is worth"},
            {"name": protocols::TAG, "description": "What media centres ask in their own protocols"},
            {"name": "server", "description": "For whoever runs the server; without a key"},
            {"name": admin::TAG, "description": "For the owner: with the admin token, never a cookie"},
        ],
        "paths": paths(),
        "components": {
            "parameters": parameters(),
            "responses": error_responses(),
            "headers": headers(),
            "schemas": schemas(),
            "securitySchemes": {"adminToken": {"type": "http", "scheme": "bearer"}},
        },
    })
}

fn paths() -> Value {
    let mut paths = public_paths();
    if let Value::Object(paths) = &mut paths {
        paths.extend(protocols::paths());
        paths.extend(admin::paths());
    }
    paths
}

fn public_paths() -> Value {
    json!({
        "/{key}/{idType}/{style}/{id}.{ext}": below_key(&["idType", "style", "id", "ext"], json!({
            "get": picture("getArtwork", "The artwork", true),
            "head": picture(
                "headArtwork",
                "Whether there is such a title; never waits for a picture",
                false,
            ),
        })),
        "/{key}/{idType}/{style}/{id}.json": below_key(&["idType", "style", "id"], json!({
            "get": explain(),
        })),
        "/{key}/isValid": below_key(&[], json!({"get": is_valid()})),
        "/{key}/requests": below_key(&[], json!({"get": operation(Operation {
            id: "getRequests",
            tag: "key",
            summary: "Picture requests made with this key",
            ok: json_answer("Clients divide by the limit: it is never 0", "Requests"),
            errors: &[401, 403],
        })})),
        "/{key}/imdb/rating/{tt}": below_key(&["tt"], json!({"get": operation(Operation {
            id: "getImdbRating",
            tag: "artwork",
            summary: "IMDb's rating of a title",
            ok: text_answer("Out of 10, with one digit", "text/plain", "8.7"),
            errors: &[401, 403, 404, 503],
        })})),
        "/": server("getPage", "A page for people", text_answer("The page", "text/html", "")),
        "/api/docs": server(
            "getDocs",
            "This document as a page",
            text_answer("The page", "text/html", ""),
        ),
        "/api/openapi.json": server("getOpenApi", "This document", json!({
            "description": "OpenAPI 3.1",
            "content": {"application/json": {"schema": {"type": "object"}}},
        })),
        "/api/options": server(
            "getOptions",
            "The tables of parameters and families, for forms",
            json_answer("By group, with the shapes of their values", "OptionTable"),
        ),
        "/healthz": server(
            "getLiveness",
            "Whether the process answers",
            text_answer("It does", "text/plain", "ok\n"),
        ),
        "/readyz": readiness(),
        "/metrics": server(
            "getMetrics",
            "Numbers for Prometheus",
            text_answer("Text format 0.0.4", "text/plain", ""),
        ),
    })
}

/// A path below a key, which is served below `/api`, too.
fn below_key(names: &[&str], operations: Value) -> Value {
    let refs: Vec<Value> =
        std::iter::once("key").chain(names.iter().copied()).map(parameter).collect();
    let mut path = json!({
        "servers": [
            {"url": "/"},
            {"url": "/api", "description": "As older clients write it"},
        ],
        "parameters": refs,
    });
    if let (Value::Object(path), Value::Object(operations)) = (&mut path, operations) {
        path.extend(operations);
    }
    path
}

fn parameter(name: &str) -> Value {
    json!({"$ref": format!("#/components/parameters/{name}")})
}

/// One that answers 200, or with these statuses.
struct Operation<'a> {
    id: &'a str,
    tag: &'a str,
    summary: &'a str,
    ok: Value,
    errors: &'a [u16],
}

fn operation(of: Operation) -> Value {
    let mut responses = Map::from_iter([("200".to_owned(), of.ok)]);
    for status in of.errors {
        let shared = json!({"$ref": format!("#/components/responses/Error{status}")});
        responses.insert(status.to_string(), shared);
    }
    json!({
        "operationId": of.id,
        "tags": [of.tag],
        "summary": of.summary,
        "responses": responses,
    })
}

fn server(id: &str, summary: &str, ok: Value) -> Value {
    json!({"get": operation(Operation { id, tag: "server", summary, ok, errors: &[] })})
}

fn text_answer(description: &str, mime: &str, example: &str) -> Value {
    let mut content = json!({"schema": {"type": "string"}});
    if !example.is_empty() {
        content["example"] = example.into();
    }
    json!({"description": description, "content": {mime: content}})
}

fn json_answer(description: &str, schema: &str) -> Value {
    let schema = json!({"$ref": format!("#/components/schemas/{schema}")});
    json!({"description": description, "content": {"application/json": {"schema": schema}}})
}

/// Everything that can be said of a picture in the query.
fn query() -> Vec<Value> {
    OPTIONS.iter().map(|spec| parameter(spec.name)).collect()
}

/// What a request for a picture can be refused with.
const PICTURE_ERRORS: &[u16] = &[400, 401, 404, 414, 422, 429, 500, 502, 503, 504];

fn picture(id: &str, summary: &str, with_body: bool) -> Value {
    let mut ok = json!({"description": "The picture", "headers": header_refs()});
    if with_body {
        let mimes = ["image/jpeg", "image/png", "image/webp", "image/avif"];
        ok["content"] = mimes.into_iter().map(|mime| (mime.to_owned(), json!({}))).collect();
    }
    let operation =
        operation(Operation { id, tag: "artwork", summary, ok, errors: PICTURE_ERRORS });
    let mut operation = operation;
    operation["parameters"] = query().into();
    operation["responses"]["304"] = json!({
        "description": "The client has these bytes already",
        "headers": {"ETag": {"$ref": "#/components/headers/ETag"}},
    });
    operation
}

fn explain() -> Value {
    let mut operation = operation(Operation {
        id: "explainArtwork",
        tag: "artwork",
        summary: "How that picture comes about; paints nothing",
        ok: json_answer("The explanation", "Explanation"),
        errors: PICTURE_ERRORS,
    });
    operation["parameters"] = query().into();
    operation
}

fn is_valid() -> Value {
    let mut operation = operation(Operation {
        id: "isValid",
        tag: "key",
        summary: "Whether the key is good",
        ok: json_answer("It is", "Validity"),
        errors: &[],
    });
    operation["responses"]["401"] = json_answer("It is not", "Validity");
    operation
}

fn readiness() -> Value {
    let mut path = server(
        "getReadiness",
        "Whether pictures can be served",
        json_answer("They can, perhaps not at their best", "Readiness"),
    );
    path["get"]["responses"]["503"] = json_answer("Broken, or stopping", "Readiness");
    path
}

fn parameters() -> Value {
    let mut all: Map<String, Value> =
        OPTIONS.iter().map(|spec| (spec.name.to_owned(), option(spec))).collect();
    let in_path = [
        ("key", "An API key, or its share form for pictures and isValid", "t0-free-rpdb"),
        (
            "style",
            "`{family}-{variant}`, such as `poster-default`, `backdrop-rt`",
            "poster-default",
        ),
        ("id", "An id of that type, in any of the spellings of the documentation", "tt0903747"),
        ("tt", "An IMDb id", "tt0903747"),
    ];
    for (name, description, example) in in_path {
        let schema = json!({"type": "string"});
        all.insert(name.to_owned(), path_parameter(name, description, &schema, example));
    }
    let id_types: Vec<&str> = IdType::names().collect();
    let schema = json!({"type": "string", "enum": id_types});
    let words = "Whose id it is; `auto`: the id says so";
    all.insert("idType".to_owned(), path_parameter("idType", words, &schema, "imdb"));
    let formats: Vec<&str> = ImageFormat::WORDS.iter().map(|(word, _)| *word).collect();
    let schema = json!({"type": "string", "enum": formats});
    let words = "May be left out, dot and all: jpg, of logos png";
    all.insert("ext".to_owned(), path_parameter("ext", words, &schema, "jpg"));
    all.into()
}

fn path_parameter(name: &str, description: &str, schema: &Value, example: &str) -> Value {
    json!({
        "name": name,
        "in": "path",
        "required": true,
        "description": description,
        "schema": schema,
        "example": example,
    })
}

fn option(spec: &OptionSpec) -> Value {
    let families: Vec<&str> = spec.families().map(ArtworkKind::family).collect();
    let default = spec.default_text();
    let mut description =
        format!("{} Default: {default}. Families: {}.", spec.help, families.join(", "));
    if !spec.aliases.is_empty() {
        description.extend([" Also called ", &spec.aliases.join(", "), "."]);
    }
    let mut parameter = json!({
        "name": spec.name,
        "in": "query",
        "required": false,
        "description": description,
        "schema": schema_of(spec),
    });
    if spec.value.is_list() {
        parameter["style"] = "form".into();
        parameter["explode"] = false.into();
    }
    parameter
}

fn schema_of(spec: &OptionSpec) -> Value {
    let mut schema = spec.value.schema();
    // Defaults that differ by family are told in the description only.
    let text = spec.default_text();
    let default = match spec.value {
        ValueKind::Words(words) if words.contains(&text.as_str()) => Some(text.into()),
        ValueKind::Boolean => text.parse::<bool>().ok().map(Value::from),
        ValueKind::Number { .. } => text.parse::<u8>().ok().map(Value::from),
        _ => None,
    };
    if let Some(default) = default {
        schema["default"] = default;
    }
    schema
}

/// One per status, with every code that it may carry.
fn error_responses() -> Value {
    let mut by_status: BTreeMap<u16, Vec<ErrorCode>> = BTreeMap::new();
    for code in ErrorCode::ALL {
        by_status.entry(code.status().as_u16()).or_default().push(code);
    }
    let responses = by_status.into_iter().map(|(status, codes)| {
        let sentences: Vec<String> =
            codes.iter().map(|code| format!("{}: {}", code.word(), code.message())).collect();
        let mut response = json_answer(&sentences.join("; "), "Error");
        if matches!(status, 429 | 503 | 504) {
            response["headers"] =
                json!({"Retry-After": {"$ref": "#/components/headers/Retry-After"}});
        }
        (format!("Error{status}"), response)
    });
    responses.collect::<Map<_, _>>().into()
}

/// Name, meaning, example.
const HEADERS: [(&str, &str, &str); 9] = [
    (
        "X-Cache-Status",
        "HIT; STALE: served, refreshing behind; MISS: made now; MISS-FALLBACK: the plain picture, \
         the rated one is being made",
        "HIT",
    ),
    ("X-Elements-Hash", "Names the design and the data that made these pixels", "1f6c2a90b4d3e857"),
    (
        "X-Ignored-Parameters",
        "Parameters whose value was not understood, and a profile nobody saved",
        "badge_size, clean",
    ),
    ("ETag", "Strong, over the bytes", "\"5d41402abc4b2a76b9719d911017c592\""),
    (
        "Cache-Control",
        "How long others may keep the picture: at most a minute when it is provisional",
        "public, max-age=86400, stale-while-revalidate=604800",
    ),
    ("X-Accel-Expires", "The same seconds for nginx; 0 when provisional", "86400"),
    ("Last-Modified", "When the bytes were made", "Sun, 06 Nov 1994 08:49:37 GMT"),
    ("X-Request-Id", "Names the request in the log", "9c1f0a2b3d4e5f60"),
    ("Retry-After", "Seconds after which it is worth trying again", "2"),
];

fn headers() -> Value {
    let headers = HEADERS.map(|(name, description, example)| {
        let schema = json!({"type": "string", "examples": [example]});
        (name.to_owned(), json!({"description": description, "schema": schema}))
    });
    Map::from_iter(headers).into()
}

/// The headers of a picture.
fn header_refs() -> Value {
    let names = HEADERS.into_iter().map(|(name, ..)| name).filter(|name| *name != "Retry-After");
    let refs = names
        .map(|name| (name.to_owned(), json!({"$ref": format!("#/components/headers/{name}")})));
    refs.collect::<Map<_, _>>().into()
}

fn schemas() -> Value {
    let mut schemas = public_schemas();
    if let Value::Object(schemas) = &mut schemas {
        schemas.extend(protocols::schemas());
        schemas.extend(admin::schemas());
        schemas.extend(explanation::schemas());
        schemas.extend(layout_schemas());
    }
    schemas
}

fn public_schemas() -> Value {
    let sources = RatingSource::NAMES;
    let codes = ErrorCode::ALL.map(ErrorCode::word);
    let text = json!({"type": "string"});
    let whole = json!({"type": "integer"});
    let yes = json!({"type": "boolean"});
    let list = json!({"type": "array", "items": {"type": "object"}});
    json!({
        "RatingSource": {"type": "string", "enum": sources},
        "Error": object_of(&[("error", json!({
            "type": "object",
            "required": ["code", "message"],
            "properties": {
                "code": {"type": "string", "enum": codes},
                "message": text,
                "fields": {
                    "description": "Every mistake of a document",
                    "type": "array",
                    "items": object_of(&[("path", text.clone()), ("message", text.clone())]),
                },
            },
        }))]),
        "Requests": object_of(&[("req", whole.clone()), ("limit", whole.clone())]),
        "Validity": {
            "type": "object",
            "required": ["valid", "validity"],
            "properties": {
                "valid": yes,
                "validity": yes,
                "tier": whole,
                "limit": {"type": "integer", "description": "0: unlimited"},
                "requestCount": whole,
            },
        },
        "Readiness": object_of(&[
            ("status", json!({"enum": ["ready", "degraded", "broken", "stopping"]})),
            ("parts", json!({"type": "object", "additionalProperties": {
                "type": "object",
                "required": ["state"],
                "properties": {
                    "state": {"enum": ["ready", "degraded", "broken"]},
                    "reason": text,
                },
            }})),
        ]),
        "OptionTable": object_of(&[
            ("groups", list.clone()),
            ("options", list.clone()),
            ("families", list.clone()),
            ("sources", list.clone()),
            ("looks", list.clone()),
            ("id_types", json!({"type": "array", "items": text})),
        ]),
    })
}

/// An object that always has these members.
fn object_of(members: &[(&str, Value)]) -> Value {
    let names: Vec<&str> = members.iter().map(|(name, _)| *name).collect();
    let properties: Map<String, Value> =
        members.iter().map(|(name, schema)| ((*name).to_owned(), schema.clone())).collect();
    json!({"type": "object", "required": names, "properties": properties})
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every `$ref` below `value`.
    fn references(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(members) => {
                if let Some(Value::String(target)) = members.get("$ref") {
                    found.push(target.clone());
                }
                members.values().for_each(|member| references(member, found));
            }
            Value::Array(items) => items.iter().for_each(|item| references(item, found)),
            _ => {}
        }
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let document = document();
        let mut found = Vec::new();
        references(&document, &mut found);
        assert!(found.len() > OPTIONS.len());
        for target in found {
            let pointer = target.strip_prefix('#').unwrap();
            assert!(document.pointer(pointer).is_some(), "{target}");
        }
    }

    #[test]
    fn every_parameter_of_the_table_and_every_error_is_told() {
        let document = document();
        let path = &document["paths"]["/{key}/{idType}/{style}/{id}.{ext}"];
        assert_eq!(path["get"]["parameters"].as_array().unwrap().len(), OPTIONS.len());
        let errors = document["components"]["responses"].to_string();
        for code in ErrorCode::ALL {
            assert!(errors.contains(&format!("{}: ", code.word())), "{code:?}");
        }
        let size = &document["components"]["parameters"]["imageSize"];
        assert_eq!(size["schema"]["default"], "medium");
    }

    #[test]
    fn placeholders_and_path_parameters_agree() {
        let document = document();
        for (path, item) in document["paths"].as_object().unwrap() {
            let told = item["parameters"].as_array().map_or(0, Vec::len);
            assert_eq!(path.matches('{').count(), told, "{path}");
        }
    }
}
