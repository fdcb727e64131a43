//! Lines to be copied, and AIOMetadata set up through its API.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::support::{Asked, Reply, TestApp, leak, serve_recorded};

const PASSWORD: &str = "pa55word-of-aiometadata";
const UUID: &str = "0e9f1f2e-5a0c-4f0e-9d7e-0123456789ab";

#[tokio::test]
async fn every_line_has_this_servers_address_and_a_token() {
    let app = TestApp::start().await;
    let told = app.get_root("/api/clients").await.json();
    let clients = told["clients"].as_array().unwrap();
    assert!(clients.len() >= 10, "{told}");
    let base = format!("http://{}", app.address);
    for client in clients {
        for line in client["lines"].as_array().unwrap() {
            let text = line["text"].as_str().unwrap();
            assert!(!text.contains('%'), "{text}");
            if let Some((_, token)) = text.split_once("v=") {
                assert!(text.contains(&base), "{text}");
                assert!(
                    token.len() >= 8 && token.as_bytes()[..8].iter().all(u8::is_ascii_hexdigit),
                    "{text}"
                );
            }
        }
    }
}

/// AIOMetadata's API with one configuration.
async fn aiometadata() -> (String, Arc<Mutex<Vec<Asked>>>) {
    let (address, asked) = serve_recorded(reply).await;
    (format!("http://{address}/sub/"), asked)
}

fn reply(asked: &Asked) -> Reply {
    let body: Value = serde_json::from_slice(&asked.body).unwrap_or_default();
    if body["password"] != PASSWORD {
        return Reply::json(401, &json!({"error": "Invalid UUID or password"}));
    }
    match (asked.method.as_str(), asked.path.as_str()) {
        ("POST", path) if path == format!("/sub/api/config/load/{UUID}") => Reply::json(
            200,
            &json!({
                "success": true,
                "config": {"language": "de-DE", "posterRatingProvider": "rpdb", "customLogoUrlPattern": ""},
            }),
        ),
        ("PUT", path) if path == format!("/sub/api/config/update/{UUID}") => {
            Reply::json(200, &json!({"success": true}))
        }
        _ => Reply::json(404, &json!({"error": "not found"})),
    }
}

#[tokio::test]
async fn aiometadata_is_set_up_after_its_changes_were_shown() {
    let (app, (url, asked)) = (TestApp::start().await, aiometadata().await);
    let draft = |apply: bool, password: &str| {
        json!({"url": url, "uuid": UUID, "password": password, "key": "t3-abc", "apply": apply})
            .to_string()
    };
    let shown = app.admin("POST", "clients/aiometadata", &draft(false, PASSWORD)).await;
    assert_eq!(shown.status, 200, "{}", shown.text());
    let shown = shown.json();
    assert_eq!(shown["changes"].as_array().unwrap().len(), 5, "{shown}");
    assert_eq!(
        shown["changes"][0],
        json!({"field": "posterRatingProvider", "from": "rpdb", "to": "custom"})
    );
    assert_eq!(asked.lock().unwrap().len(), 1);

    let applied = app.admin("POST", "clients/aiometadata", &draft(true, PASSWORD)).await.json();
    assert_eq!((&applied["applied"], &applied["changes"]), (&json!(true), &shown["changes"]));
    let update = asked.lock().unwrap().last().cloned().unwrap();
    assert_eq!(update.method.as_str(), "PUT");
    let body: Value = serde_json::from_slice(&update.body).unwrap();
    assert_eq!(
        (&body["config"]["language"], &body["config"]["posterRatingProvider"]),
        (&json!("de-DE"), &json!("custom"))
    );
    let pattern = body["config"]["customPosterUrlPattern"].as_str().unwrap();
    assert!(pattern.contains("/t3-abc/imdb/poster-default/{imdb_id}.jpg?v="), "{pattern}");

    let refused = app.admin("POST", "clients/aiometadata", &draft(true, "wrong")).await;
    assert_eq!(refused.refusal().0, 502, "{}", refused.text());
    let wrong =
        json!({"url": "nowhere", "uuid": UUID, "password": "x", "key": "t3-abc"}).to_string();
    assert_eq!(app.admin("POST", "clients/aiometadata", &wrong).await.status, 422);
    assert_eq!(leak(), None, "no password in any log");
}
