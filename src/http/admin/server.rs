//! What the owner sees and does of the server itself.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use super::body::JsonBody;
use crate::http::error::ApiError;
use crate::http::recent::RecentRenders;
use crate::http::state::ServerFacts;
use crate::keys::{AdminError, KeyKeeper};
use crate::request::{FieldReader, Place};
use crate::service::Artworks;
use crate::store::{PurgeScope, Tier};

/// One of `{"title":"tt0903747"}`, `{"family":"poster"}`, `{"tier":"render"}`, `{"all":true}`.
pub(super) async fn purge(
    State(keeper): State<Arc<KeyKeeper>>,
    JsonBody(document): JsonBody,
) -> Result<Json<Value>, ApiError> {
    let removed = keeper.purge(&read_scope(&document)?).await?;
    Ok(Json(json!({"removed": removed})))
}

/// What memory and disk hold, by tier.
pub(super) async fn caches(
    State(artworks): State<Arc<Artworks>>,
    State(facts): State<Arc<ServerFacts>>,
) -> Json<Value> {
    let memory: Vec<Value> = artworks
        .memory_usage()
        .into_iter()
        .map(|(tier, (bytes, entries))| json!({"tier": tier, "bytes": bytes, "entries": entries}))
        .collect();
    let disk: Vec<Value> = Tier::ALL
        .into_iter()
        .map(|tier| {
            let usage = facts.blobs.usage(tier);
            json!({"tier": tier.name(), "bytes": usage.bytes, "entries": usage.blobs})
        })
        .collect();
    Json(json!({
        "memory": memory,
        "memory_limit_bytes": facts.memory_cache_bytes,
        "disk": disk,
        "disk_bytes": facts.blobs.used_bytes(),
        "disk_limit_bytes": facts.disk_cache_bytes,
    }))
}

/// The state of every host that is asked. Times are seconds since 1970.
pub(super) async fn providers(State(artworks): State<Arc<Artworks>>) -> Json<Value> {
    let status = artworks.gatherer().providers().status().into_iter();
    let providers: Vec<Value> = status
        .map(|status| {
            json!({
                "provider": status.provider,
                "keys": status.keys,
                "keys_resting": status.keys_resting,
                "calls_today": status.calls_today,
                "daily_calls": status.daily_calls,
                "calls_left": status.calls_left,
                "quota_resets_at": status.quota_resets_at,
                "circuit": format!("{:?}", status.breaker).to_ascii_lowercase(),
                "paused_secs": status.paused_secs,
                "in_flight": status.in_flight,
                "last_success": status.last_success,
                "last_failure": status.last_failure,
            })
        })
        .collect();
    Json(json!({"providers": providers}))
}

pub(super) async fn datasets(State(artworks): State<Arc<Artworks>>) -> Json<Value> {
    Json(json!({"datasets": artworks.gatherer().datasets().status()}))
}

/// The last pictures that were made, and the last errors.
pub(super) async fn renders(State(recent): State<Arc<RecentRenders>>) -> Json<Value> {
    let (renders, errors) = recent.lists();
    Json(json!({"renders": renders, "errors": errors}))
}

/// Every setting with its value, secrets masked.
pub(super) async fn settings(State(facts): State<Arc<ServerFacts>>) -> Json<Value> {
    Json(json!({"settings": facts.settings}))
}

fn read_scope(document: &Value) -> Result<PurgeScope, AdminError> {
    const NAMES: [&str; 4] = ["title", "family", "tier", "all"];
    let mut reader = FieldReader::default();
    let scope = reader.object(Place::ROOT, document, &NAMES).and_then(|fields| {
        let [(name, value)] = fields.iter().collect::<Vec<_>>()[..] else {
            reader.refuse(Place::ROOT, format!("expected one of {}", NAMES.join(", ")));
            return None;
        };
        let place = Place::ROOT.name(name);
        if name == "all" {
            return reader.boolean(place, value)?.then_some(PurgeScope::All).or_else(|| {
                reader.refuse(place, "expected true");
                None
            });
        }
        let scope = format!("{name}:{}", reader.text(place, value, 64)?).parse().ok();
        if scope.is_none() {
            reader.refuse(place, format!("no such {name}"));
        }
        scope
    });
    Ok(reader.finish(scope)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_purge_has_exactly_one_scope() {
        let read = |document: &Value| read_scope(document).ok().map(|scope| scope.to_string());
        assert_eq!(read(&json!({"title": "tt1"})).as_deref(), Some("title:tt1"));
        assert_eq!(read(&json!({"family": "poster"})).as_deref(), Some("family:poster"));
        assert_eq!(read(&json!({"tier": "base"})).as_deref(), Some("tier:base"));
        assert_eq!(read(&json!({"all": true})).as_deref(), Some("all"));
        let wrong = [
            json!({}),
            json!({"all": false}),
            json!({"all": true, "tier": "base"}),
            json!({"title": "a b"}),
            json!({"title": "../x"}),
            json!({"tier": 1}),
            json!([]),
        ];
        for document in wrong {
            assert_eq!(read(&document), None, "{document}");
        }
    }
}
