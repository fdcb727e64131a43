//! What names and describes a blob.

use std::fmt::{self, Write};

use crate::model::ArtworkKind;
use crate::store::scope::is_title_label;

/// What kind of thing a blob is. Each has its own folder, but for inputs, which lie in the index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tier {
    /// A provider's picture as fetched.
    Artwork,
    /// Artwork fitted to its frame: the costly step, so it is kept longest.
    Base,
    /// A finished picture: disposable.
    Render,
    /// Gathered ids, ratings and image lists.
    Inputs,
}

impl Tier {
    pub const ALL: [Self; 4] = [Self::Artwork, Self::Base, Self::Render, Self::Inputs];

    /// In which order tiers give way when the disk limit is reached.
    pub(super) const EVICTION_ORDER: [Self; 4] =
        [Self::Render, Self::Artwork, Self::Inputs, Self::Base];

    /// Whether its blobs lie in the index instead of files of their own: they are many and small, and
    /// a file costs more than what would be in it.
    pub(super) fn is_in_index(self) -> bool {
        matches!(self, Self::Inputs)
    }

    /// Whether equal names mean equal bytes, so that no blob is ever replaced by another.
    pub(super) fn is_named_by_content(self) -> bool {
        !matches!(self, Self::Inputs)
    }

    /// Folder and metric label.
    pub fn name(self) -> &'static str {
        match self {
            Self::Artwork => "artwork",
            Self::Base => "base",
            Self::Render => "render",
            Self::Inputs => "inputs",
        }
    }

    /// The stable number in the index and in checksums.
    pub(super) fn number(self) -> u8 {
        match self {
            Self::Artwork => 0,
            Self::Base => 1,
            Self::Render => 2,
            Self::Inputs => 3,
        }
    }

    pub(super) fn from_number(number: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|tier| i64::from(tier.number()) == number)
    }

    /// Per cent of the limit below which the other tiers give way first, so that a flood of one
    /// kind does not empty the others.
    pub(super) fn floor_percent(self) -> u64 {
        match self {
            Self::Render | Self::Artwork => 10,
            Self::Inputs => 5,
            Self::Base => 20,
        }
    }
}

/// A BLAKE3 digest: the name of a blob within its tier.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    pub fn of(bytes: &[u8]) -> Self {
        blake3::hash(bytes).into()
    }

    /// The one way from a value to its name: of its JSON, whose members stand in the order of the
    /// struct. A value holds the version of its layout, and no map with keys that are no text.
    ///
    /// # Panics
    /// A value that cannot be JSON.
    pub(crate) fn of_json(value: &impl serde::Serialize) -> Self {
        // Structs of words and numbers: nothing of them fails to be written.
        Self::of(&serde_json::to_vec(value).expect("names are made of words and numbers"))
    }

    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Reads 64 lower-case hexadecimal digits.
    pub(super) fn from_hex(text: &str) -> Option<Self> {
        let lower = text.len() == 64 && !text.bytes().any(|byte| byte.is_ascii_uppercase());
        lower.then(|| blake3::Hash::from_hex(text).ok()).flatten().map(Self::from)
    }
}

impl From<blake3::Hash> for Digest {
    fn from(hash: blake3::Hash) -> Self {
        Self(hash.into())
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&blake3::Hash::from_bytes(self.0).to_hex())
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What a purge may ask for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Labels {
    /// Every spelling by which the title may be purged, e.g. `tt0903747` and `tv-1396`.
    pub titles: Vec<String>,
    pub family: Option<ArtworkKind>,
}

impl Labels {
    /// The family's word.
    pub(super) fn family_name(&self) -> Option<&'static str> {
        let kind = self.family?;
        Some(kind.family())
    }

    /// The titles separated by spaces, those left out that are no plain ids, at most 1 KiB.
    pub(super) fn joined_titles(&self) -> String {
        let mut joined = String::new();
        for title in self.titles.iter().filter(|title| is_title_label(title)).take(15) {
            let space = if joined.is_empty() { "" } else { " " };
            // Writing to a String does not fail.
            let _ = write!(joined, "{space}{title}");
        }
        joined
    }
}

/// Where a blob lies below the store's root: `render/3/3fa9…`.
///
/// One hexadecimal digit of fan-out: a new cache would spend more on making folders than on files
/// with two, and file systems find their way among ten thousand names.
pub(super) fn path_of(tier: Tier, digest: &Digest) -> String {
    let name = digest.to_string();
    format!("{}/{}/{name}", tier.name(), &name[..1])
}

/// The digit whose folder a blob lies in.
pub(super) fn folder_of(digest: &Digest) -> u8 {
    digest.as_bytes()[0] >> 4
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_read_back_what_they_write() {
        let digest = Digest::of(b"x");
        assert_eq!(Digest::from_hex(&digest.to_string()), Some(digest));
        assert_eq!(Digest::from_hex(&digest.to_string().to_uppercase()), None);
        assert_eq!(Digest::from_hex("../../etc/passwd"), None);
    }

    #[test]
    fn a_folder_is_named_after_its_digit() {
        for text in [b"a", b"b", b"c", b"d"] {
            let digest = Digest::of(text);
            let folder = format!("/{:x}/", folder_of(&digest));
            assert!(path_of(Tier::Base, &digest).contains(&folder));
        }
    }

    #[test]
    fn numbers_of_tiers_are_distinct_and_read_back() {
        for tier in Tier::ALL {
            assert_eq!(Tier::from_number(i64::from(tier.number())), Some(tier));
        }
        assert!(Tier::ALL.map(Tier::floor_percent).iter().sum::<u64>() < 100);
    }

    #[test]
    fn labels_that_are_no_ids_are_left_out() {
        let titles = vec!["tt1".into(), "a b".into(), String::new(), "tv-2".into()];
        assert_eq!(Labels { titles, family: None }.joined_titles(), "tt1 tv-2");
    }
}
