//! `/api/admin/clients/aiometadata`: our patterns in a configuration of AIOMetadata.

use axum::Json;
use axum::extract::State;
use serde_json::{Map, Value, json};

use super::body::JsonBody;
use crate::clients::aiometadata::{Account, Patterns, SetupError};
use crate::env::Secret;
use crate::http::clients::LineMaker;
use crate::http::error::{ApiError, ErrorCode};
use crate::http::public_url::PublicUrl;
use crate::http::state::AppState;
use crate::keys::{AdminError, KeyText};
use crate::request::{FieldReader, InvalidFields, Place};

const FIELDS: [&str; 6] = ["url", "uuid", "password", "addon_password", "key", "apply"];
/// Longest text of a field.
const MAX_TEXT: usize = 512;

/// What is asked, read.
struct SetupRequest {
    account: Account,
    key: KeyText,
    apply: bool,
}

/// `{"url","uuid","password","addon_password","key","apply"}`: the fields that would change; with `"apply": true` they are changed.
pub(super) async fn set_up(
    State(state): State<AppState>,
    base: PublicUrl,
    JsonBody(document): JsonBody,
) -> Result<Json<Value>, ApiError> {
    let SetupRequest { account, key, apply } = read(&document).map_err(AdminError::from)?;
    let lines = LineMaker { state: &state, base: &base, key: key.as_str() };
    let patterns = Patterns::new(|line| lines.fill(line));
    let changes = account.set_up(&patterns, apply).await.map_err(failed)?;
    Ok(Json(json!({"applied": apply, "changes": changes})))
}

fn read(document: &Value) -> Result<SetupRequest, InvalidFields> {
    let mut reader = FieldReader::default();
    let request = reader
        .object(Place::ROOT, document, &FIELDS)
        .and_then(|fields| read_fields(&mut reader, fields));
    reader.finish(request)
}

fn read_fields(reader: &mut FieldReader, fields: &Map<String, Value>) -> Option<SetupRequest> {
    let place = |name| Place::ROOT.name(name);
    let mut text = |name: &'static str, needed: bool| {
        let given = fields.get(name).filter(|value| !value.is_null());
        match given {
            Some(value) => reader.text(place(name), value, MAX_TEXT).map(str::to_owned),
            None if needed => {
                reader.refuse(place(name), "missing");
                None
            }
            None => None,
        }
    };
    let (url, uuid) = (text("url", true), text("uuid", true));
    let (password, addon) = (text("password", true), text("addon_password", false));
    let key = text("key", true);
    let apply = match fields.get("apply") {
        Some(value) => reader.boolean(place("apply"), value)?,
        None => false,
    };
    let key = match key?.parse::<KeyText>() {
        Ok(key) => key,
        Err(error) => {
            reader.refuse(place("key"), error.to_string());
            return None;
        }
    };
    let account = Account::new(&url?, &uuid?, Secret::new(password?), addon.map(Secret::new));
    match account {
        Ok(account) => Some(SetupRequest { account, key, apply }),
        Err(error) => {
            let field = if error == SetupError::Uuid { "uuid" } else { "url" };
            reader.refuse(place(field), error.to_string());
            None
        }
    }
}

fn failed(error: SetupError) -> ApiError {
    let code = match error {
        SetupError::Late => ErrorCode::UpstreamLate,
        SetupError::Address | SetupError::Uuid => ErrorCode::Invalid,
        _ => ErrorCode::BadUpstream,
    };
    ApiError::from(code).with_message(error.to_string())
}
