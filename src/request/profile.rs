//! Profiles: named designs, one per family, that an address, a key or the admin can name.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use super::fields::{FieldReader, InvalidFields, Place};
use super::free::FreeLayout;
use super::options::OptionsPatch;
use super::saved::SavedOptions;
use super::style;
use crate::model::ArtworkKind;

/// Longest name, in characters.
const MAX_NAME: usize = 48;
/// The version of the document this program writes.
const VERSION: u64 = 1;

/// A profile's name: 1 to 48 of `[a-z0-9_-]`, and no word that means something else in an address.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct ProfileName(String);

/// Why a text is no profile's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProfileNameError {
    #[error("a name is 1 to {MAX_NAME} of a-z 0-9 _ -")]
    Malformed,
    #[error("this name means something else in addresses")]
    Reserved,
}

impl ProfileName {
    /// A name that was saved, perhaps before a word of addresses took it.
    pub fn from_stored(text: &str) -> Option<Self> {
        let plain = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-');
        let well_formed = (1..=MAX_NAME).contains(&text.len()) && text.bytes().all(plain);
        well_formed.then(|| Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for ProfileName {
    type Err = ProfileNameError;

    fn from_str(text: &str) -> Result<Self, ProfileNameError> {
        let name = Self::from_stored(text).ok_or(ProfileNameError::Malformed)?;
        match style::is_reserved(text) {
            true => Err(ProfileNameError::Reserved),
            false => Ok(name),
        }
    }
}

impl fmt::Display for ProfileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a profile says about one family.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FamilyDesign {
    pub options: SavedOptions,
    /// In the place of the built-in layout.
    pub layout: Option<Arc<FreeLayout>>,
}

/// A design per family. Families it lacks take the default.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Profile {
    families: BTreeMap<ArtworkKind, FamilyDesign>,
}

impl Profile {
    /// Reads a profile's document.
    ///
    /// # Errors
    /// Every mistake with its path.
    pub fn read(document: &Value) -> Result<Self, InvalidFields> {
        let mut reader = FieldReader::default();
        let profile = match reader.is_shallow(document) {
            true => Self::read_fields(&mut reader, document),
            false => None,
        };
        reader.finish(profile)
    }

    fn read_fields(reader: &mut FieldReader, document: &Value) -> Option<Self> {
        let root = Place::ROOT;
        let fields = reader.object(root, document, &["version", "families"])?;
        match fields.get("version") {
            Some(version) if version.as_u64() == Some(VERSION) => {}
            Some(_) => reader.refuse(root.name("version"), format!("expected {VERSION}")),
            None => reader.refuse(root.name("version"), "missing"),
        }
        let place = root.name("families");
        let Some(value) = fields.get("families") else {
            reader.refuse(place, "missing");
            return None;
        };
        let known = ArtworkKind::ALL.map(ArtworkKind::family);
        let given = reader.object(place, value, &known)?;
        let mut families = BTreeMap::new();
        for kind in ArtworkKind::ALL {
            let Some(value) = given.get(kind.family()) else { continue };
            let design = FamilyDesign::read(reader, place.name(kind.family()), value, kind);
            families.insert(kind, design.unwrap_or_default());
        }
        if families.is_empty() {
            reader.refuse(place, "expected at least one family");
        }
        Some(Self { families })
    }

    /// What is probably not meant, in sentences.
    pub fn warnings(&self) -> Vec<String> {
        let of = |(kind, design): (&ArtworkKind, &FamilyDesign)| {
            let place = format!("families.{}.layout", kind.family());
            design.layout.as_ref().map(|layout| layout.warnings(&place, kind.row().shape))
        };
        self.families.iter().filter_map(of).flatten().collect()
    }

    pub fn family(&self, kind: ArtworkKind) -> Option<&FamilyDesign> {
        self.families.get(&kind)
    }

    /// The families it is for; the first is what its bare name means.
    pub fn families(&self) -> impl Iterator<Item = ArtworkKind> {
        self.families.keys().copied()
    }
}

impl FamilyDesign {
    fn read(
        reader: &mut FieldReader,
        place: Place<'_>,
        value: &Value,
        kind: ArtworkKind,
    ) -> Option<Self> {
        let fields = reader.object(place, value, &["options", "layout"])?;
        let options = match fields.get("options") {
            Some(value) => SavedOptions::read(reader, place.name("options"), value, Some(kind))?,
            None => SavedOptions::default(),
        };
        let layout = match fields.get("layout") {
            Some(value) => {
                let shape = kind.row().shape;
                Some(Arc::new(FreeLayout::read(reader, place.name("layout"), value, shape)?))
            }
            None => None,
        };
        Some(Self { options, layout })
    }

    /// What it sets of the options.
    pub fn patch(&self) -> OptionsPatch {
        let mut patch = self.options.patch().clone();
        patch.layout.clone_from(&self.layout);
        patch
    }

    fn document(&self) -> Value {
        let mut document = json!({"options": self.options});
        if let Some(layout) = &self.layout {
            document["layout"] = json!(layout);
        }
        document
    }
}

/// As [`Profile::read`] reads it.
impl Serialize for Profile {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let families = self.families.iter();
        let families: serde_json::Map<String, Value> =
            families.map(|(kind, design)| (kind.family().to_owned(), design.document())).collect();
        json!({"version": VERSION, "families": families}).serialize(serializer)
    }
}

/// All saved profiles at one moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Profiles {
    by_name: BTreeMap<ProfileName, Arc<Profile>>,
}

impl Profiles {
    pub fn new(profiles: impl IntoIterator<Item = (ProfileName, Profile)>) -> Self {
        let profiles = profiles.into_iter();
        Self { by_name: profiles.map(|(name, profile)| (name, Arc::new(profile))).collect() }
    }

    /// By a name as an address writes it, in any case.
    pub fn find(&self, name: &str) -> Option<&Arc<Profile>> {
        self.by_name.get(&ProfileName(name.to_ascii_lowercase()))
    }

    pub fn iter(&self) -> impl Iterator<Item = (&ProfileName, &Arc<Profile>)> {
        self.by_name.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::BadgeSize;

    fn document() -> Value {
        json!({"version": 1, "families": {
            "backdrop": {"options": {"blur": true}},
            "poster": {"options": {"badge_size": "l", "split": true}},
        }})
    }

    #[test]
    fn a_profile_is_read_and_written() {
        let profile = Profile::read(&document()).unwrap();
        let poster = profile.family(ArtworkKind::Poster).unwrap();
        assert_eq!(poster.options.patch().badge_size, Some(BadgeSize::Large));
        assert_eq!(profile.family(ArtworkKind::Logo), None);
        // The bare name means the first family, poster first.
        assert_eq!(profile.families().next(), Some(ArtworkKind::Poster));
        assert_eq!(json!(profile), document());
    }

    #[test]
    fn mistakes_are_named_by_their_paths() {
        let wrong = json!({"version": 2, "colour": 1, "families": {
            "poster": {"options": {"badge_size": "huge"}},
            "backdrop": {"options": {"split": true}, "layer": []},
            "cover": {},
        }});
        let invalid = Profile::read(&wrong).unwrap_err();
        let paths: Vec<_> = invalid.0.iter().map(|field| field.path.as_str()).collect();
        assert_eq!(
            paths,
            [
                "colour",
                "version",
                "families.cover",
                "families.poster.options.badge_size",
                "families.backdrop.layer",
                "families.backdrop.options.split"
            ]
        );
        for empty in [json!({}), json!([]), json!({"version": 1, "families": {}}), json!(null)] {
            assert!(Profile::read(&empty).is_err(), "{empty}");
        }
    }

    #[test]
    fn names_that_mean_something_else_are_refused() {
        for name in ["night", "a", "my-look_2", &"x".repeat(48), "posters"] {
            assert!(name.parse::<ProfileName>().is_ok(), "{name}");
        }
        let taken = ["default", "order", "certs", "rt", "mc", "poster", "still", "minimal", "kids"];
        for name in taken {
            assert_eq!(name.parse::<ProfileName>(), Err(ProfileNameError::Reserved), "{name}");
        }
        for name in ["", "Night", "a b", "ä", "a/b", "..", "a.b", &"x".repeat(49)] {
            assert_eq!(name.parse::<ProfileName>(), Err(ProfileNameError::Malformed), "{name}");
        }
    }
}
