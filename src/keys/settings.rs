//! What the admin can set about a key: the same rules for the admin API, the command line and the
//! database.

use std::num::NonZeroU32;
use std::str::FromStr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};

use crate::model::{ArtworkKind, ImageSize, Words};
use crate::request::{FieldReader, InvalidFields, LookSettings, Place, ProfileName, SavedOptions};

/// Longest name, in characters.
const MAX_NAME: usize = 40;
/// A quota beyond this is none.
const MAX_QUOTA: u64 = 1_000_000_000_000;
/// More than one machine makes in a minute.
const MAX_RATE: u64 = 1_000_000;

/// What a key may open beside artwork.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyScope {
    Plex,
    Stremio,
}

impl KeyScope {
    pub const WORDS: [(&'static str, Self); 2] = [("plex", Self::Plex), ("stremio", Self::Stremio)];
}

/// A key's name: 1 to 40 characters without control characters, trimmed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct KeyName(String);

/// A text that cannot be a key's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a name is 1 to {MAX_NAME} characters")]
pub struct KeyNameError;

impl KeyName {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for KeyName {
    type Err = KeyNameError;

    fn from_str(text: &str) -> Result<Self, KeyNameError> {
        let text = text.trim();
        let fits = (1..=MAX_NAME).contains(&text.chars().count());
        match fits && !text.chars().any(char::is_control) {
            true => Ok(Self(text.to_owned())),
            false => Err(KeyNameError),
        }
    }
}

/// Seconds since 1970; written as `2026-11-21T15:00:00Z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timestamp(pub u64);

impl Timestamp {
    /// Reads RFC 3339 in UTC, or a date, which means its first moment.
    pub fn read(text: &str) -> Option<Self> {
        let whole = if text.len() == 10 { format!("{text}T00:00:00Z") } else { text.to_owned() };
        let time = humantime::parse_rfc3339(&whole).ok()?;
        let since = time.duration_since(UNIX_EPOCH).ok()?;
        Some(Self(since.as_secs()))
    }

    /// `2026-11`, in UTC.
    pub fn month(self) -> String {
        self.to_string().chars().take(7).collect()
    }
}

impl std::fmt::Display for Timestamp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The last second that RFC 3339 can write.
        let secs = self.0.min(253_402_300_799);
        let time: SystemTime = UNIX_EPOCH + Duration::from_secs(secs);
        write!(f, "{}", humantime::format_rfc3339_seconds(time))
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Everything that can be set about a key beside its name.
#[derive(Clone, Debug, PartialEq)]
pub struct KeySettings {
    pub scopes: Vec<KeyScope>,
    pub look: LookSettings,
    /// Pictures made per UTC month; `None`: any number.
    pub quota: Option<u64>,
    /// Cold requests per minute; `None`: as many as the server lets anybody.
    pub rate_per_minute: Option<NonZeroU32>,
    pub expires: Option<Timestamp>,
}

impl Default for KeySettings {
    fn default() -> Self {
        Self {
            scopes: vec![KeyScope::Plex],
            look: LookSettings::default(),
            quota: None,
            rate_per_minute: None,
            expires: None,
        }
    }
}

/// The fields of a key's document beside its name.
pub(super) const FIELDS: [&str; 9] = [
    "scopes",
    "families",
    "sizes",
    "lock_look",
    "quota",
    "rate_per_minute",
    "expires",
    "options",
    "profile",
];

impl KeySettings {
    /// As the admin API and the database write it.
    pub fn document(&self) -> Map<String, Value> {
        let LookSettings { options, profile, locked, families, sizes } = &self.look;
        let families = families
            .as_ref()
            .map(|kinds| -> Vec<&str> { kinds.iter().map(|kind| kind.family()).collect() });
        let document = json!({
            "scopes": self.scopes,
            "families": families,
            "sizes": sizes.as_ref().map(|sizes| -> Vec<&str> {
                sizes.iter().map(|size| size.name()).collect()
            }),
            "lock_look": locked,
            "quota": self.quota,
            "rate_per_minute": self.rate_per_minute,
            "expires": self.expires,
            "options": options,
            "profile": profile,
        });
        match document {
            Value::Object(document) => document,
            _ => Map::new(),
        }
    }

    /// Reads a stored document; one of another version of this program keeps what it can: unknown
    /// fields are passed over.
    ///
    /// # Errors
    /// Known fields that cannot be read: such a key must not do more than it was made for.
    pub fn from_stored(text: &str) -> Result<Self, InvalidFields> {
        let mut reader = FieldReader::default();
        let mut settings = Self::default();
        let document = serde_json::from_str(text).unwrap_or(Value::Null);
        let read = reader.map(Place::ROOT, &document).cloned();
        if let Some(fields) = &read {
            settings.apply(&mut reader, fields);
        }
        reader.finish(read.map(|_| settings))
    }

    /// Replaces the fields that `fields` has; `null` stands for the default.
    pub(super) fn apply(&mut self, reader: &mut FieldReader, fields: &Map<String, Value>) {
        let default = Self::default();
        for (name, value) in fields {
            let place = Place::ROOT.name(name);
            let reset = value.is_null();
            match name.as_str() {
                "scopes" if reset => self.scopes.clone_from(&default.scopes),
                "scopes" => {
                    self.scopes = words(reader, place, value, &KeyScope::WORDS).unwrap_or_default();
                }
                "families" => {
                    let known = ArtworkKind::ALL.map(|kind| (kind.family(), kind));
                    self.look.families = restriction(reader, place, value, &known);
                }
                "sizes" => {
                    self.look.sizes = restriction(reader, place, value, ImageSize::WORDS);
                }
                "lock_look" if reset => self.look.locked = false,
                "lock_look" => {
                    self.look.locked = reader.boolean(place, value).unwrap_or_default();
                }
                "quota" if reset => self.quota = None,
                "quota" => self.quota = reader.whole(place, value, 1, MAX_QUOTA),
                "rate_per_minute" if reset => self.rate_per_minute = None,
                "rate_per_minute" => {
                    let rate = reader.whole(place, value, 1, MAX_RATE);
                    self.rate_per_minute = rate.and_then(|rate| NonZeroU32::new(rate as u32));
                }
                "expires" if reset => self.expires = None,
                "expires" => self.expires = time(reader, place, value),
                "options" if reset => self.look.options = SavedOptions::default(),
                "options" => {
                    let options = SavedOptions::read(reader, place, value, None);
                    self.look.options = options.unwrap_or_default();
                }
                "profile" if reset => self.look.profile = None,
                "profile" => self.look.profile = profile_name(reader, place, value),
                _ => {}
            }
        }
    }
}

/// Members of a closed list, each once.
fn words<T: Copy + PartialEq>(
    reader: &mut FieldReader,
    place: Place<'_>,
    value: &Value,
    known: &[(&str, T)],
) -> Option<Vec<T>> {
    let mut members = Vec::new();
    for (index, value) in reader.list(place, value, 20)?.iter().enumerate() {
        if let Some(member) = reader.word(place.index(index), value, known)
            && !members.contains(&member)
        {
            members.push(member);
        }
    }
    Some(members)
}

/// `null` allows everything; an empty list would allow nothing and is a mistake.
fn restriction<T: Copy + PartialEq>(
    reader: &mut FieldReader,
    place: Place<'_>,
    value: &Value,
    known: &[(&str, T)],
) -> Option<Vec<T>> {
    if value.is_null() {
        return None;
    }
    let members = words(reader, place, value, known)?;
    if value.as_array().is_some_and(Vec::is_empty) {
        reader.refuse(place, "expected at least one member; null allows all");
    }
    Some(members)
}

fn time(reader: &mut FieldReader, place: Place<'_>, value: &Value) -> Option<Timestamp> {
    let time = value.as_str().and_then(Timestamp::read);
    if time.is_none() {
        reader.refuse(place, "expected a time such as 2027-01-31T12:00:00Z, or a date");
    }
    time
}

fn profile_name(reader: &mut FieldReader, place: Place<'_>, value: &Value) -> Option<ProfileName> {
    // Whether there is such a profile is looked up by whoever changes the key.
    let name = ProfileName::from_stored(reader.text(place, value, 64)?);
    if name.is_none() {
        reader.refuse(place, "expected the name of a profile");
    }
    name
}

#[cfg(test)]
mod tests;
