//! Artwork that is chosen by name: by an address, or for a title by the admin.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arc_swap::ArcSwap;
use serde::{Deserialize, Serialize};

use super::{ArtworkKind, IdError, MediaType, TmdbId};

/// Longest path of a picture at a host, in bytes.
const MAX_PATH: usize = 256;

/// Names one picture among those of its title, as explain lists them: `/abc.jpg` at TMDB, several
/// segments at Fanart.tv.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CandidatePath(Arc<str>);

impl CandidatePath {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Fanart.tv's pictures lie in folders, TMDB's do not.
    pub fn is_nested(&self) -> bool {
        self.0[1..].contains('/')
    }
}

impl FromStr for CandidatePath {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-');
        let name =
            |name: &str| !name.is_empty() && !name.starts_with('.') && name.bytes().all(plain);
        let well_formed = text.len() <= MAX_PATH
            && text.strip_prefix('/').is_some_and(|names| names.split('/').all(name));
        let error = IdError { expected: "the path of a picture, such as /abc.jpg" };
        well_formed.then(|| Self(text.into())).ok_or(error)
    }
}

impl fmt::Display for CandidatePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for CandidatePath {
    type Error = IdError;

    fn try_from(text: String) -> Result<Self, IdError> {
        text.parse()
    }
}

impl From<CandidatePath> for String {
    fn from(path: CandidatePath) -> Self {
        path.as_str().to_owned()
    }
}

/// The picture that a family is to show.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct NamedArtwork {
    pub kind: ArtworkKind,
    pub path: CandidatePath,
}

/// A film or a series by its number at TMDB; written `movie-603`, `tv-1396`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TmdbTitle {
    pub media: MediaType,
    pub id: TmdbId,
}

impl fmt::Display for TmdbTitle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.media.tmdb_path(), self.id)
    }
}

impl FromStr for TmdbTitle {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let error = IdError { expected: "movie-603 or tv-1396" };
        let (path, id) = text.split_once('-').ok_or(error.clone())?;
        let media = MediaType::ALL.into_iter().find(|media| media.tmdb_path() == path);
        Ok(Self { media: media.ok_or(error)?, id: id.parse()? })
    }
}

/// Artwork that the admin has chosen, by title and family.
#[derive(Debug)]
pub struct Overrides {
    /// Unlike that of any other set in this process.
    revision: u64,
    by_title: HashMap<(TmdbTitle, ArtworkKind), CandidatePath>,
}

/// The overrides in force, for all who have to follow them.
pub type SharedOverrides = Arc<ArcSwap<Overrides>>;

/// What the overrides said of a title's family when a picture of it was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppliedOverride {
    pub title: TmdbTitle,
    pub kind: ArtworkKind,
    pub path: Option<CandidatePath>,
}

impl Default for Overrides {
    fn default() -> Self {
        Self::new([])
    }
}

impl Overrides {
    pub fn new(rows: impl IntoIterator<Item = (TmdbTitle, NamedArtwork)>) -> Self {
        static REVISION: AtomicU64 = AtomicU64::new(0);
        let rows = rows.into_iter();
        let by_title = rows.map(|(title, named)| ((title, named.kind), named.path)).collect();
        Self { revision: REVISION.fetch_add(1, Ordering::Relaxed), by_title }
    }

    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Whether both say the same of every title.
    pub fn is_same(&self, other: &Self) -> bool {
        self.by_title == other.by_title
    }

    /// What holds for a title's family.
    pub fn of(&self, title: TmdbTitle, kind: ArtworkKind) -> AppliedOverride {
        AppliedOverride { title, kind, path: self.by_title.get(&(title, kind)).cloned() }
    }

    /// Whether nothing has changed for a picture: no allocation, no lock.
    pub fn still_say(&self, applied: &AppliedOverride) -> bool {
        if self.by_title.is_empty() {
            return applied.path.is_none();
        }
        self.by_title.get(&(applied.title, applied.kind)) == applied.path.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_paths_are_paths() {
        for path in ["/abc.jpg", "/A_b-9.png", "/fanart/movies/603/movieposter/x.jpg"] {
            let read: CandidatePath = path.parse().unwrap();
            assert_eq!((read.as_str(), read.is_nested()), (path, path.starts_with("/fanart")));
        }
        let long = format!("/{}", "a".repeat(MAX_PATH));
        let wrong = [
            "",
            "/",
            "abc.jpg",
            "/../etc",
            "/a/../b",
            "/a//b",
            "/.x",
            "//h/x",
            "/a b",
            "/a?b",
            "/a%2fb",
            "/\u{e4}.jpg",
            "/a\n",
            &long,
        ];
        for path in wrong {
            assert!(path.parse::<CandidatePath>().is_err(), "{path}");
        }
    }

    #[test]
    fn a_title_reads_back_what_it_writes() {
        for text in ["movie-603", "tv-1396"] {
            assert_eq!(text.parse::<TmdbTitle>().unwrap().to_string(), text);
        }
        for text in ["series-1", "movie-0", "movie", "tv-", "tv-1:1", ""] {
            assert!(text.parse::<TmdbTitle>().is_err(), "{text}");
        }
    }

    #[test]
    fn an_applied_override_ends_with_every_change_of_its_title() {
        let title = |text: &str| text.parse::<TmdbTitle>().unwrap();
        let named =
            |path: &str| NamedArtwork { kind: ArtworkKind::Poster, path: path.parse().unwrap() };
        let (none, one) =
            (Overrides::default(), Overrides::new([(title("movie-1"), named("/a.jpg"))]));
        let other =
            Overrides::new([(title("movie-1"), named("/b.jpg")), (title("tv-1"), named("/a.jpg"))]);
        let of = |overrides: &Overrides, text| overrides.of(title(text), ArtworkKind::Poster);
        assert!(one.still_say(&of(&one, "movie-1")) && !one.still_say(&of(&none, "movie-1")));
        assert!(!other.still_say(&of(&one, "movie-1")) && !none.still_say(&of(&one, "movie-1")));
        assert!(other.still_say(&of(&none, "movie-2")) && none.still_say(&of(&one, "tv-1")));
        let backdrop = one.of(title("movie-1"), ArtworkKind::Backdrop);
        assert!(none.still_say(&backdrop) && one.revision() != other.revision());
    }
}
