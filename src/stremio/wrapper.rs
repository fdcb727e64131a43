//! What the owner saves about an add-on.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use rand::Rng;
use rand::distr::Alphanumeric;
use serde_json::{Value, json};

use super::address::{AddonAddress, AllowedNetworks};
use crate::request::{FieldReader, InvalidFields, Place, ProfileName, SavedOptions};

/// Longest name, in characters.
const MAX_NAME: usize = 60;
const ID_LENGTH: usize = 22;
const MAX_ADDRESS: usize = 8192;

/// Names a wrapper in addresses: 22 of `[A-Za-z0-9]`, which nobody can guess.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct WrapperId(Arc<str>);

impl fmt::Debug for WrapperId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WrapperId(***)")
    }
}

/// A text that is no wrapper's id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no such wrapper")]
pub struct WrapperIdError;

impl WrapperId {
    /// A new one: 130 random bits.
    pub fn mint() -> Self {
        let letters = rand::rng().sample_iter(Alphanumeric).take(ID_LENGTH).map(char::from);
        Self(letters.collect::<String>().into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for WrapperId {
    type Err = WrapperIdError;

    fn from_str(text: &str) -> Result<Self, WrapperIdError> {
        let fits = text.len() == ID_LENGTH && text.bytes().all(|b| b.is_ascii_alphanumeric());
        if fits { Ok(Self(text.into())) } else { Err(WrapperIdError) }
    }
}

/// An add-on with the design of our pictures in it.
#[derive(Clone, Debug)]
pub struct Wrapper {
    pub name: String,
    pub address: AddonAddress,
    pub options: SavedOptions,
    pub profile: Option<ProfileName>,
    /// Episode thumbnails are blurred.
    pub blur: bool,
}

impl Wrapper {
    /// Reads `{"name","url","options","profile","blur"}`.
    ///
    /// # Errors
    /// Every mistake with its path; a refused address with its reason.
    pub fn read(document: &Value, allowed: &AllowedNetworks) -> Result<Self, InvalidFields> {
        let mut reader = FieldReader::default();
        let wrapper = match reader.is_shallow(document) {
            true => Self::read_fields(&mut reader, document, allowed),
            false => None,
        };
        reader.finish(wrapper)
    }

    fn read_fields(
        reader: &mut FieldReader,
        document: &Value,
        allowed: &AllowedNetworks,
    ) -> Option<Self> {
        const FIELDS: [&str; 5] = ["name", "url", "options", "profile", "blur"];
        let root = Place::ROOT;
        let fields = reader.object(root, document, &FIELDS)?;
        let given = |name: &str| fields.get(name).filter(|value| !value.is_null());
        let name = given("name")
            .map_or(Some("add-on"), |value| reader.text(root.name("name"), value, MAX_NAME));
        let url = if let Some(value) = given("url") {
            reader.text(root.name("url"), value, MAX_ADDRESS)
        } else {
            reader.refuse(root.name("url"), "missing");
            None
        };
        let address = url.and_then(|url| match AddonAddress::parse(url, allowed) {
            Ok(address) => Some(address),
            Err(error) => {
                reader.refuse(root.name("url"), error.to_string());
                None
            }
        });
        let options = match given("options") {
            Some(value) => SavedOptions::read(reader, root.name("options"), value, None),
            None => Some(SavedOptions::default()),
        };
        let profile = given("profile").and_then(|value| {
            let text = reader.text(root.name("profile"), value, MAX_NAME)?;
            let profile = ProfileName::from_stored(text);
            if profile.is_none() {
                reader.refuse(root.name("profile"), "expected the name of a profile");
            }
            profile
        });
        let blur = match given("blur") {
            Some(value) => reader.boolean(root.name("blur"), value),
            None => Some(false),
        };
        Some(Self {
            name: name?.trim().to_owned(),
            address: address?,
            options: options?,
            profile,
            blur: blur?,
        })
    }

    /// As it is saved, the secret address with it.
    pub fn stored(&self) -> Value {
        let mut document = self.shown();
        document["url"] = self.address.manifest().into();
        document
    }

    /// As it may be shown: without its address.
    pub fn shown(&self) -> Value {
        json!({
            "name": self.name,
            "options": self.options,
            "profile": self.profile,
            "blur": self.blur,
        })
    }
}

/// The wrappers in force, by id.
#[derive(Clone, Debug, Default)]
pub struct Wrappers(HashMap<WrapperId, Arc<Wrapper>>);

impl Wrappers {
    pub fn new(wrappers: impl IntoIterator<Item = (WrapperId, Wrapper)>) -> Self {
        Self(wrappers.into_iter().map(|(id, wrapper)| (id, Arc::new(wrapper))).collect())
    }

    pub fn find(&self, id: &WrapperId) -> Option<&Arc<Wrapper>> {
        self.0.get(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(document: &Value) -> Result<Wrapper, InvalidFields> {
        Wrapper::read(document, &AllowedNetworks::default())
    }

    #[test]
    fn a_wrapper_is_read_as_it_was_saved_and_shows_no_address() {
        let document = json!({
            "name": "Films", "url": "stremio://addon.example.org/s3cret/manifest.json",
            "options": {"badge_size": "l"}, "profile": "night", "blur": true,
        });
        let wrapper = read(&document).unwrap();
        assert_eq!(wrapper.stored()["url"], "https://addon.example.org/s3cret/manifest.json");
        assert_eq!(read(&wrapper.stored()).unwrap().stored(), wrapper.stored());
        assert!(!wrapper.shown().to_string().contains("example"));
        assert!(!format!("{wrapper:?}").contains("s3cret"));
        let plain = read(&json!({"url": "https://addon.example.org/manifest.json"})).unwrap();
        assert!(!plain.blur && plain.options.is_empty() && plain.profile.is_none());
    }

    #[test]
    fn mistakes_are_named_and_no_address_is_quoted() {
        let document = json!({
            "name": "", "url": "https://me:s3cret@addon.example.org/manifest.json", "options": {"a": 1},
            "profile": "<b>", "blur": "yes", "more": 1,
        });
        let invalid = read(&document).unwrap_err();
        assert!(invalid.0.len() >= 5, "{invalid}");
        assert!(!invalid.to_string().contains("s3cret"), "{invalid}");
        assert!(read(&json!({})).is_err() && read(&json!([])).is_err());
    }

    #[test]
    fn ids_are_long_and_plain() {
        let id = WrapperId::mint();
        assert_eq!(id.as_str().parse::<WrapperId>(), Ok(id.clone()));
        assert_ne!(id, WrapperId::mint());
        for text in
            ["", "short", "has-a-dash-in-it-123456", &"x".repeat(23), "../../../../etc/passwd"]
        {
            assert_eq!(text.parse::<WrapperId>(), Err(WrapperIdError), "{text}");
        }
    }
}
