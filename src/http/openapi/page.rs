//! `/api/docs`: the document as a page for people. Written once, without scripts, from nothing but
//! the document itself.

use std::fmt::Write;
use std::sync::LazyLock;

use axum::body::Bytes;
use axum::http::{HeaderName, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use super::document;

/// Methods in the order of reading.
const METHODS: [&str; 6] = ["get", "head", "post", "put", "patch", "delete"];
const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;\
    padding:0 1rem;color-scheme:light dark}code,pre{font:14px/1.4 ui-monospace,monospace}\
    pre{overflow:auto;padding:.5rem;border:1px solid #8886}table{border-collapse:collapse}\
    td,th{border-bottom:1px solid #8886;padding:.2rem .8rem .2rem 0;text-align:left;\
    vertical-align:top}h3 b{text-transform:uppercase;font-size:.8em}";

pub(in crate::http) async fn serve() -> Response {
    static PAGE: LazyLock<Bytes> = LazyLock::new(|| Bytes::from(page(&document())));
    let headers: [(HeaderName, &str); 2] = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; \
             frame-ancestors 'none'",
        ),
    ];
    (headers, PAGE.clone()).into_response()
}

/// Writing to a `String` does not fail, so results of `write!` are passed over.
fn page(document: &Value) -> String {
    let title = text(&document["info"]["title"]);
    let mut html = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width\"><title>{title}: API</title><style>{STYLE}</style>\
         <h1>{title}: API</h1><p>{}</p><p>As a document for programs: \
         <a href=\"openapi.json\">openapi.json</a>.</p>",
        text(&document["info"]["description"]),
    );
    for tag in document["tags"].as_array().into_iter().flatten() {
        let _ = write!(html, "<h2>{}</h2><p>{}</p>", text(&tag["name"]), text(&tag["description"]));
        for (path, item) in document["paths"].as_object().into_iter().flatten() {
            for method in METHODS {
                if item[method]["tags"][0] == tag["name"] {
                    operation(&mut html, document, (method, path), item);
                }
            }
        }
    }
    html.push_str("<h2>schemas</h2>");
    for (name, schema) in document["components"]["schemas"].as_object().into_iter().flatten() {
        let _ = write!(
            html,
            "<details id=\"{0}\"><summary><code>{0}</code></summary><pre>{1}</pre></details>",
            escaped(name),
            pretty(schema),
        );
    }
    html.push_str("</html>\n");
    html
}

fn operation(html: &mut String, document: &Value, (method, path): (&str, &str), item: &Value) {
    let operation = &item[method];
    let _ = write!(
        html,
        "<h3><b>{method}</b> <code>{}</code></h3><p>{}</p>",
        escaped(path),
        text(&operation["summary"]),
    );
    let own = [&item["parameters"], &operation["parameters"]];
    let parameters: Vec<&Value> = own
        .into_iter()
        .filter_map(Value::as_array)
        .flatten()
        .map(|p| target(document, p))
        .collect();
    if !parameters.is_empty() {
        html.push_str("<details><summary>parameters</summary><table>");
        for parameter in parameters {
            let _ = write!(
                html,
                "<tr><td><code>{}</code><td>{}<td>{}",
                text(&parameter["name"]),
                text(&parameter["in"]),
                text(&parameter["description"]),
            );
        }
        html.push_str("</table></details>");
    }
    let body = &operation["requestBody"]["content"]["application/json"]["schema"];
    if let Some(name) = schema_name(body) {
        let _ = write!(html, "<p>Body: <a href=\"#{name}\"><code>{name}</code></a></p>");
    }
    html.push_str("<table>");
    for (status, response) in operation["responses"].as_object().into_iter().flatten() {
        let response = target(document, response);
        let schema = &response["content"]["application/json"]["schema"];
        let link = schema_name(schema)
            .map_or(String::new(), |name| format!("<a href=\"#{name}\"><code>{name}</code></a>"));
        let description = text(&response["description"]);
        let _ = write!(html, "<tr><td>{}<td>{description}<td>{link}", escaped(status));
    }
    html.push_str("</table>");
}

/// What a reference leads to; anything else is itself.
fn target<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let pointer = value["$ref"].as_str().and_then(|reference| reference.strip_prefix('#'));
    pointer.and_then(|pointer| document.pointer(pointer)).unwrap_or(value)
}

fn schema_name(schema: &Value) -> Option<String> {
    let name = schema["$ref"].as_str()?.strip_prefix("#/components/schemas/")?;
    Some(escaped(name))
}

fn text(value: &Value) -> String {
    escaped(value.as_str().unwrap_or_default())
}

fn pretty(value: &Value) -> String {
    escaped(&serde_json::to_string_pretty(value).unwrap_or_default())
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_and_every_schema_has_its_place() {
        let document = document();
        let html = page(&document);
        for (path, item) in document["paths"].as_object().unwrap() {
            assert!(html.contains(&format!("<code>{}</code>", escaped(path))), "{path}");
            for method in METHODS.into_iter().filter(|method| !item[*method].is_null()) {
                assert!(item[method]["tags"][0].is_string(), "{method} {path}");
            }
        }
        for name in document["components"]["schemas"].as_object().unwrap().keys() {
            assert!(html.contains(&format!("<details id=\"{name}\">")), "{name}");
        }
        // Nothing is loaded from anywhere.
        assert!(!html.contains("<script") && !html.contains("http://") && !html.contains("src="));
    }
}
