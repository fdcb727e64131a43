//! `/api/clients`: what is to be entered in which client, ready to be copied.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use super::picture_address::{AddressDesign, PictureAddresses};
use super::public_url::PublicUrl;
use super::state::AppState;
use crate::clients::{CLIENTS, ClientLine, ClientRow};
use crate::request::KeyLook;

/// Stands for a key, which whoever copies a line puts in its place.
const KEY: &str = "KEY";
/// A title that everybody knows: tokens of patterns are those of a picture that nobody has made yet.
const SAMPLE: &str = "tt0903747";

/// All clients, with this server's address in their lines.
pub(super) async fn list(State(state): State<AppState>, base: PublicUrl) -> Json<Value> {
    let lines = LineMaker { state: &state, base: &base, key: KEY };
    let client = |row: &ClientRow| {
        let filled: Vec<Value> = row
            .lines
            .iter()
            .map(|line| json!({"field": line.field, "text": lines.fill(line)}))
            .collect();
        json!({
            "id": row.id, "name": row.name, "recipe": row.recipe, "lines": filled,
            "works": row.works, "limits": row.limits,
        })
    };
    let clients: Vec<Value> = CLIENTS.iter().map(client).collect();
    Json(json!({"key": KEY, "clients": clients}))
}

/// Makes lines ready to be copied.
pub(super) struct LineMaker<'a> {
    pub(super) state: &'a AppState,
    pub(super) base: &'a PublicUrl,
    pub(super) key: &'a str,
}

impl LineMaker<'_> {
    pub(super) fn fill(&self, line: &ClientLine) -> String {
        let token = line.family.and_then(|family| self.token(family));
        line.fill(&self.base.0, self.key, token.as_deref())
    }

    /// The version token of a family's pictures in the default design.
    fn token(&self, family: &str) -> Option<String> {
        let (look, design) = (KeyLook::default(), AddressDesign::default());
        let addresses = PictureAddresses {
            base: self.base,
            key: self.key,
            look: &look,
            defaults: &self.state.defaults,
            artworks: &Arc::clone(&self.state.artworks),
            design: &design,
        };
        let address = addresses.of(family, ("imdb", SAMPLE), &[])?;
        address.rsplit_once("v=").map(|(_, token)| token.to_owned())
    }
}
