//! What is asked in the protocols of media centres, in the document.

use serde_json::{Map, Value, json};

use super::{Operation, json_answer, object_of, operation};

pub(super) const TAG: &str = "protocols";

pub(super) fn paths() -> Map<String, Value> {
    let mut paths = plex_paths();
    paths.extend(stremio_paths());
    let clients = Operation {
        id: "getClients",
        tag: TAG,
        summary: "What to enter in which client",
        ok: json_answer("Lines to be copied", "Clients"),
        errors: &[400],
    };
    paths.insert("/api/clients".to_owned(), json!({"get": operation(clients)}));
    paths
}

/// Schemas of bodies and answers.
pub(super) fn schemas() -> Map<String, Value> {
    let mut schemas = plex_schemas();
    let text = json!({"type": "string"});
    let line = object_of(&[("field", text.clone()), ("text", text.clone())]);
    let client = object_of(&[
        ("id", text.clone()),
        ("name", text.clone()),
        ("recipe", text.clone()),
        ("lines", json!({"type": "array", "items": line})),
        ("works", text.clone()),
        ("limits", text.clone()),
    ]);
    let clients = json!({"type": "array", "items": client});
    schemas.insert("Clients".to_owned(), object_of(&[("key", text), ("clients", clients)]));
    schemas.insert(
        "AddonDocument".to_owned(),
        json!({"type": "object", "description": "As the add-on answers it, with our pictures"}),
    );
    schemas
}

fn stremio_paths() -> Map<String, Value> {
    let in_path = |name: &str, description: &str, pattern: &str| {
        json!({
            "name": name, "in": "path", "required": true, "description": description,
            "schema": {"type": "string", "pattern": pattern},
        })
    };
    let wrapper = in_path("wrapper", "The id of a wrapped add-on", "^[A-Za-z0-9]{22}$");
    let kind = in_path("type", "The add-on's type", ".+");
    let id = in_path("id", "The add-on's id", ".+");
    let key = json!({"$ref": "#/components/parameters/key"});
    let path = |rest: &str, more: &[&Value], operation: Value| {
        let mut parameters = vec![key.clone(), wrapper.clone()];
        parameters.extend(more.iter().copied().cloned());
        let name = format!("/stremio/{{key}}/{{wrapper}}/{rest}");
        (name, json!({"parameters": parameters, "get": operation}))
    };
    let document = |id: &str, summary: &str| {
        operation(Operation {
            id,
            tag: TAG,
            summary,
            ok: json_answer("The add-on's document with our pictures", "AddonDocument"),
            errors: &[401, 403, 404, 429, 502, 504],
        })
    };
    let mut rest = document("addonResource", "Streams and everything else: sent on to the add-on");
    if let Some(responses) = rest["responses"].as_object_mut() {
        responses.remove("200");
        responses.insert("307".to_owned(), json!({"description": "The add-on's own address"}));
    }
    let resource = in_path("resource", "Any other path of an add-on", ".+");
    Map::from_iter([
        path("manifest.json", &[], document("addonManifest", "The manifest of a wrapped add-on")),
        path(
            "catalog/{type}/{id}.json",
            &[&kind, &id],
            document("addonCatalog", "A catalogue of a wrapped add-on"),
        ),
        path(
            "meta/{type}/{id}.json",
            &[&kind, &id],
            document("addonMeta", "A title of a wrapped add-on"),
        ),
        path("{resource}", &[&resource], rest),
    ])
}

fn plex_paths() -> Map<String, Value> {
    let below = |key: &str, operation: Value| {
        let name = match key {
            "" => "/plex/{key}/{root}".to_owned(),
            rest => format!("/plex/{{key}}/{{root}}/library/metadata/{rest}"),
        };
        let mut parameters = vec![json!({"$ref": "#/components/parameters/key"}), root()];
        if key.contains("ratingKey") {
            parameters.push(rating_key());
        }
        let verb = if key == "matches" { "post" } else { "get" };
        (name, json!({"parameters": parameters, verb: operation}))
    };
    let mut matches = plex(
        "plexMatch",
        "Which title a name, an id or a file means",
        "PlexContainer",
        &[400, 413],
    );
    matches["requestBody"] = json!({"required": true, "content": {"application/json": {
        "schema": {"$ref": "#/components/schemas/PlexMatch"},
    }}});
    let mut metadata = plex("plexMetadata", "Everything about one title", "PlexContainer", &[404]);
    let children = json!({"name": "includeChildren", "in": "query", "schema": {"enum": [0, 1]}});
    metadata["parameters"] = json!([children]);
    let paged = |id, summary| {
        let mut operation = plex(id, summary, "PlexContainer", &[404]);
        let number = |name: &str, default: u8| json!({"name": name, "in": "query", "schema": {"type": "integer", "minimum": 0, "default": default}});
        operation["parameters"] =
            json!([number("X-Plex-Container-Start", 0), number("X-Plex-Container-Size", 20)]);
        operation
    };
    Map::from_iter([
        below("", plex("plexProvider", "What this provider offers", "PlexProvider", &[422])),
        below("matches", matches),
        below("{ratingKey}", metadata),
        below(
            "{ratingKey}/children",
            paged("plexChildren", "Seasons of a series, episodes of a season"),
        ),
        below("{ratingKey}/grandchildren", paged("plexGrandchildren", "Episodes of a series")),
        below(
            "{ratingKey}/images",
            plex("plexImages", "The pictures of one title", "PlexContainer", &[404]),
        ),
    ])
}

/// An operation of the provider for Plex.
fn plex(id: &str, summary: &str, schema: &str, errors: &[u16]) -> Value {
    let mut all = vec![401, 403, 429, 502, 503, 504];
    all.extend(errors);
    all.sort_unstable();
    let ok = json_answer("As Plex reads it", schema);
    operation(Operation { id, tag: TAG, summary, ok, errors: &all })
}

fn root() -> Value {
    json!({
        "name": "root", "in": "path", "required": true,
        "description": "`movie` or `tv`; after a `~` a look's or a profile's name, or parameters of pictures, percent-encoded",
        "schema": {"type": "string", "pattern": "^(movie|tv)(~.*)?$"}, "example": "movie",
    })
}

fn rating_key() -> Value {
    json!({
        "name": "ratingKey", "in": "path", "required": true, "description": "By TMDB's numbers",
        "schema": {
            "type": "string",
            "pattern": "^(movie-[0-9]+|show-[0-9]+|season-[0-9]+-[0-9]+|episode-[0-9]+-[0-9]+-[0-9]+)$",
        },
        "example": "movie-603",
    })
}

fn plex_schemas() -> Map<String, Value> {
    let (text, whole) = (json!({"type": "string"}), json!({"type": "integer", "minimum": 0}));
    let list = json!({"type": "array", "items": {"type": "object"}});
    let provider = object_of(&[
        ("identifier", text.clone()),
        ("title", text.clone()),
        ("version", text.clone()),
        ("Types", list.clone()),
        ("Feature", list.clone()),
    ]);
    let container = json!({
        "type": "object",
        "required": ["offset", "totalSize", "identifier", "size"],
        "properties": {
            "offset": whole, "totalSize": whole, "identifier": text, "size": whole,
            "Metadata": list, "Image": list,
        },
    });
    let flag = json!({"enum": [0, 1]});
    let asked = json!({
        "type": "object",
        "required": ["type"],
        "properties": {
            "type": {"enum": [1, 2, 3, 4]}, "title": text, "parentTitle": text, "grandparentTitle": text,
            "year": whole, "guid": text, "index": whole, "parentIndex": whole, "filename": text,
            "date": {"type": "string", "format": "date"}, "manual": flag, "includeChildren": flag,
            "includeAdult": flag,
        },
    });
    Map::from_iter([
        ("PlexProvider".to_owned(), object_of(&[("MediaProvider", provider)])),
        ("PlexContainer".to_owned(), object_of(&[("MediaContainer", container)])),
        ("PlexMatch".to_owned(), asked),
    ])
}
