//! Sets AIOMetadata up through its own API: its patterns for custom art become ours.
//!
//! `POST /api/config/load/{uuid}` gives a saved configuration to whoever knows its password, `PUT /api/config/update/{uuid}`
//! takes it back. Nothing else is asked, and the password is kept nowhere.

use std::fmt;
use std::time::Duration;

use reqwest::redirect::Policy;
use serde_json::{Map, Value, json};
use url::Url;

use super::{CLIENTS, ClientLine};
use crate::env::Secret;

const TIMEOUT: Duration = Duration::from_secs(10);
/// Configurations hold catalogues and lists; they are some ten kilobytes.
const MAX_ANSWER_BYTES: usize = 1 << 20;

/// The field that switches custom patterns on, and its value.
const PROVIDER: (&str, &str) = ("posterRatingProvider", "custom");
/// AIOMetadata's fields, by the line of the table that goes into each.
const FIELDS: [(&str, &str); 4] = [
    ("poster", "customPosterUrlPattern"),
    ("background", "customBackgroundUrlPattern"),
    ("logo", "customLogoUrlPattern"),
    ("episode thumbnail", "customThumbnailUrlPattern"),
];

/// Why AIOMetadata is not set up. Never holds an address or a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SetupError {
    #[error("expected an http or https address without user name, query and fragment")]
    Address,
    #[error("expected the UUID of a configuration")]
    Uuid,
    #[error("AIOMetadata cannot be reached")]
    Unreachable,
    #[error("AIOMetadata is late")]
    Late,
    #[error("AIOMetadata leads elsewhere")]
    Redirected,
    #[error("AIOMetadata refuses the UUID or the password")]
    Refused,
    #[error("AIOMetadata answered with status {0}")]
    Status(u16),
    #[error("AIOMetadata gave no usable answer")]
    BadAnswer,
}

/// Whose configuration is set up.
pub struct Account {
    base: String,
    uuid: String,
    password: Secret,
    /// Of a server that is not for everybody.
    addon_password: Option<Secret>,
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Account(***)")
    }
}

/// A field that is another afterwards.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct FieldChange {
    pub field: &'static str,
    pub from: Value,
    pub to: String,
}

impl Account {
    /// # Errors
    /// What cannot be an address of AIOMetadata or a UUID.
    pub fn new(
        address: &str,
        uuid: &str,
        password: Secret,
        addon_password: Option<Secret>,
    ) -> Result<Self, SetupError> {
        let url: Url = address.trim().parse().map_err(|_| SetupError::Address)?;
        let plain = url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none();
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() || !plain {
            return Err(SetupError::Address);
        }
        let uuid = uuid.trim();
        let is_uuid = uuid.len() == 36
            && uuid.bytes().enumerate().all(|(place, byte)| match place {
                8 | 13 | 18 | 23 => byte == b'-',
                _ => byte.is_ascii_hexdigit(),
            });
        if !is_uuid {
            return Err(SetupError::Uuid);
        }
        let base = url.as_str().trim_end_matches('/').to_owned();
        Ok(Self { base, uuid: uuid.to_owned(), password, addon_password })
    }

    /// What would change; with `apply` it is changed.
    ///
    /// # Errors
    /// Why nothing was read, or nothing was changed.
    pub async fn set_up(
        &self,
        patterns: &Patterns,
        apply: bool,
    ) -> Result<Vec<FieldChange>, SetupError> {
        let client = reqwest::Client::builder()
            .user_agent(concat!("laurel/", env!("CARGO_PKG_VERSION")))
            .redirect(Policy::none())
            .referer(false)
            .timeout(TIMEOUT)
            .build()
            .map_err(|_| SetupError::Unreachable)?;
        let load = format!("{}/api/config/load/{}", self.base, self.uuid);
        let loaded = ask(client.post(load).json_body(&self.credentials())).await?;
        let Some(Value::Object(config)) = loaded.get("config").cloned() else {
            return Err(SetupError::BadAnswer);
        };
        let changes = patterns.changes(&config);
        if apply && !changes.is_empty() {
            let mut config = config;
            for change in &changes {
                config.insert(change.field.to_owned(), change.to.clone().into());
            }
            let mut body = self.credentials();
            body.insert("config".to_owned(), config.into());
            let update = format!("{}/api/config/update/{}", self.base, self.uuid);
            ask(client.put(update).json_body(&body)).await?;
        }
        Ok(changes)
    }

    fn credentials(&self) -> Map<String, Value> {
        let mut body = Map::from_iter([("password".to_owned(), json!(self.password.expose()))]);
        if let Some(password) = &self.addon_password {
            body.insert("addonPassword".to_owned(), json!(password.expose()));
        }
        body
    }
}

trait JsonBody {
    fn json_body(self, body: &Map<String, Value>) -> Self;
}

impl JsonBody for reqwest::RequestBuilder {
    fn json_body(self, body: &Map<String, Value>) -> Self {
        // A map of JSON values always serialises.
        let bytes = serde_json::to_vec(body).unwrap_or_default();
        self.header(reqwest::header::CONTENT_TYPE, "application/json").body(bytes)
    }
}

/// An answer that says `success`.
async fn ask(request: reqwest::RequestBuilder) -> Result<Value, SetupError> {
    let failed = |error: reqwest::Error| {
        if error.is_timeout() { SetupError::Late } else { SetupError::Unreachable }
    };
    let mut response = request.send().await.map_err(failed)?;
    match response.status().as_u16() {
        200..=299 => {}
        300..=399 => return Err(SetupError::Redirected),
        401 | 403 | 404 => return Err(SetupError::Refused),
        status => return Err(SetupError::Status(status)),
    }
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(failed)? {
        if body.len() + piece.len() > MAX_ANSWER_BYTES {
            return Err(SetupError::BadAnswer);
        }
        body.extend_from_slice(&piece);
    }
    let answer: Value = serde_json::from_slice(&body).map_err(|_| SetupError::BadAnswer)?;
    match answer.get("success") {
        Some(Value::Bool(true)) => Ok(answer),
        Some(Value::Bool(false)) => Err(SetupError::Refused),
        _ => Err(SetupError::BadAnswer),
    }
}

/// Our patterns, filled in but for what AIOMetadata fills in.
#[derive(Clone, Debug)]
pub struct Patterns(Vec<(&'static str, String)>);

impl Patterns {
    /// `fill` makes a line ready to be used.
    pub fn new(fill: impl Fn(&ClientLine) -> String) -> Self {
        let row = CLIENTS.iter().find(|client| client.id == "aiometadata");
        let lines = row.map_or(&[][..], |row| row.lines);
        let of_line = |line: &ClientLine| {
            let (_, field) = FIELDS.iter().find(|(known, _)| *known == line.field)?;
            Some((*field, fill(line)))
        };
        Self(lines.iter().filter_map(of_line).collect())
    }

    fn changes(&self, config: &Map<String, Value>) -> Vec<FieldChange> {
        let (switch, on) = PROVIDER;
        let wanted = std::iter::once((switch, on.to_owned())).chain(self.0.iter().cloned());
        wanted
            .map(|(field, to)| FieldChange {
                field,
                from: config.get(field).cloned().unwrap_or_default(),
                to,
            })
            .filter(|change| change.from.as_str() != Some(&change.to))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(address: &str, uuid: &str) -> Result<Account, SetupError> {
        Account::new(address, uuid, Secret::new("pa55word"), None)
    }

    const UUID: &str = "0e9f1f2e-5a0c-4f0e-9d7e-0123456789ab";

    #[test]
    fn only_an_address_and_a_uuid_will_do() {
        assert!(account("https://aio.example.org/", UUID).is_ok());
        for address in [
            "",
            "aio.example.org",
            "ftp://aio.example.org",
            "https://a:b@aio.example.org",
            "https://aio.example.org/?x=1",
            "https://aio.example.org/#x",
        ] {
            assert_eq!(account(address, UUID).map(drop), Err(SetupError::Address), "{address}");
        }
        for uuid in [
            "",
            "../../etc",
            "0e9f1f2e-5a0c-4f0e-9d7e-0123456789a",
            "0e9f1f2e-5a0c-4f0e-9d7e-0123456789ag",
        ] {
            assert_eq!(
                account("https://aio.example.org", uuid).map(drop),
                Err(SetupError::Uuid),
                "{uuid}"
            );
        }
        assert!(
            !format!("{:?}", account("https://aio.example.org", UUID).unwrap()).contains("pa55")
        );
    }

    #[test]
    fn only_fields_that_differ_change() {
        let patterns =
            Patterns::new(|line| line.fill("https://art.example.org", "KEY", Some("00000000")));
        let all = patterns.changes(&Map::new());
        let fields: Vec<&str> = all.iter().map(|change| change.field).collect();
        assert_eq!(fields, [PROVIDER.0, FIELDS[0].1, FIELDS[1].1, FIELDS[2].1, FIELDS[3].1]);
        let set: Map<String, Value> =
            all.iter().map(|change| (change.field.to_owned(), json!(change.to))).collect();
        assert_eq!(patterns.changes(&set), []);
    }
}
