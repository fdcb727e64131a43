//! Operations below `/api/admin`, by what they are about.

use serde_json::{Map, Value, json};

use super::{
    call, created, emptied, forced, get, listed, of_picture, of_title, path_parameter, pictures,
    preview, searched, text, with_body,
};

/// Paths below `/api/admin`.
pub(in crate::http::openapi) fn paths() -> Map<String, Value> {
    let groups = [of_keys(), of_profiles(), of_titles(), of_clients(), of_server()];
    let groups = groups.into_iter().filter_map(|group| match group {
        Value::Object(paths) => Some(paths),
        _ => None,
    });
    groups.flatten().collect()
}

/// Keys, and the admin token.
fn of_keys() -> Value {
    json!({
        "/api/admin/keys": {
            "get": get("listKeys", "All keys, revoked ones too", "Keys", &[]),
            "post": with_body(created(call("createKey", "Make a key", "MintedKey", &[409, 422])), "KeySettings"),
        },
        "/api/admin/keys/{keyId}": {
            "parameters": [path_parameter("keyId", &json!({"type": "integer"}))],
            "patch": with_body(
                call("updateKey", "Change what is given; null is the default", "Key", &[404, 409, 422]),
                "KeySettings",
            ),
            "delete": emptied(call("revokeKey", "Revoke a key", "Key", &[404])),
        },
        "/api/admin/keys/{keyId}/rotate": {
            "parameters": [path_parameter("keyId", &json!({"type": "integer"}))],
            "post": with_body(
                call("rotateKey", "Give a key a new text", "MintedKey", &[404, 422]),
                "Grace",
            ),
        },
        "/api/admin/token/rotate": {
            "post": call("rotateAdminToken", "Put a new admin token in place", "AdminToken", &[409]),
        },
    })
}

/// Profiles, and artwork of the admin's choice.
fn of_profiles() -> Value {
    json!({
        "/api/admin/profiles": {"get": get("listProfiles", "All profiles by name", "Profiles", &[])},
        "/api/admin/profiles/{name}": {
            "parameters": [path_parameter("name", &json!({"type": "string", "pattern": "^[a-z0-9_-]{1,48}$"}))],
            "get": get("getProfile", "A profile as it is saved", "Profile", &[404]),
            "put": with_body(
                call("putProfile", "Save a profile", "SavedProfile", &[409, 422]),
                "Profile",
            ),
            "delete": forced(emptied(call("deleteProfile", "Delete a profile", "Profile", &[404, 409]))),
        },
        "/api/admin/overrides": {
            "get": get("listOverrides", "Titles with artwork of the admin's choice", "Overrides", &[]),
        },
        "/api/admin/overrides/{id}": {
            "parameters": [path_parameter("id", &json!({"type": "string"}))],
            "get": get("getOverride", "What is chosen for a title", "Override", &[404, 502, 504]),
            "put": with_body(
                call("putOverride", "Choose a title's artwork; all addresses follow", "Override", &[404, 409, 422, 502, 504]),
                "OverrideArtwork",
            ),
            "delete": emptied(call(
                "deleteOverride",
                "Leave a title's artwork to the rule again",
                "Override",
                &[404, 502, 504],
            )),
        },
    })
}

/// Titles, their pictures and lists of them.
fn of_titles() -> Value {
    json!({
        "/api/admin/search": {"get": searched(get("searchTitles", "Titles by name", "Titles", &[422, 502, 504]))},
        "/api/admin/titles/{idType}/{id}": of_title(&get("getTitle", "What an id means", "TitleFound", &[404, 502, 504])),
        "/api/admin/images/{idType}/{id}": of_title(&get("listImages", "Every picture that TMDB lists for a title", "Images", &[404, 502, 504])),
        "/api/admin/image/{file}": {
            "parameters": [path_parameter("file", &text())],
            "get": pictures(get("getImage", "A file of TMDB's image host, as it is there", "Explanation", &[404, 502, 504])),
        },
        "/api/admin/artwork/{idType}/{style}/{id}": of_picture(get("makePicture", "A picture by its public address, whole, behind interactive requests", "Explanation", &[404, 422, 502, 504])),
        "/api/admin/plain/{idType}/{style}/{id}": of_picture(get("getPlainArtwork", "The artwork that a picture is made of, as its host has it", "Explanation", &[404, 422, 502, 504])),
        "/api/admin/discover": {"get": listed(get("discoverTitles", "Titles by the day of their first release", "DiscoverPage", &[404, 422, 502, 504]))},
        "/api/admin/details/{type}/{id}": {
            "parameters": [
                path_parameter("type", &json!({"type": "string", "enum": ["movie", "series"]})),
                path_parameter("id", &json!({"type": "integer", "minimum": 1})),
            ],
            "get": get("getDetails", "All fields of a title", "ListedTitle", &[404, 502, 504]),
        },
    })
}

/// What clients are set up with.
fn of_clients() -> Value {
    json!({
        "/api/admin/import": {
            "post": with_body(
                call("importAddress", "An address of another service in our words", "Imported", &[422]),
                "Address",
            ),
        },
        "/api/admin/preview": {"post": preview()},
        "/api/admin/stremio": {
            "get": get("listWrappers", "Wrapped add-ons of Stremio", "Wrappers", &[]),
            "post": with_body(
                created(call("createWrapper", "Wrap an add-on", "MadeWrapper", &[409, 422])),
                "WrapperDraft",
            ),
        },
        "/api/admin/stremio/{wrapper}": {
            "parameters": [path_parameter("wrapper", &json!({"type": "string", "pattern": "^[A-Za-z0-9]{22}$"}))],
            "get": get("getWrapper", "A wrapped add-on, without its address", "Wrapper", &[404]),
            "delete": emptied(call("deleteWrapper", "Unwrap an add-on", "Wrapper", &[404])),
        },
        "/api/admin/clients/aiometadata": {
            "post": with_body(
                call("setUpAiometadata", "Set AIOMetadata up through its own API", "SetupChanges", &[422, 502, 504]),
                "SetupDraft",
            ),
        },
    })
}

/// The running server.
fn of_server() -> Value {
    json!({
        "/api/admin/purge": {
            "post": with_body(call("purge", "Remove what is cached", "Purged", &[422]), "PurgeScope"),
        },
        "/api/admin/caches": {"get": get("getCaches", "What memory and disk hold", "Caches", &[])},
        "/api/admin/providers": {"get": get("getProviders", "The state of the providers", "Providers", &[])},
        "/api/admin/datasets": {"get": get("getDatasets", "The state of the data sets", "Datasets", &[])},
        "/api/admin/renders": {"get": get("getRenders", "The last renders and errors", "Renders", &[])},
        "/api/admin/settings": {"get": get("getSettings", "Settings without secrets", "Settings", &[])},
    })
}
