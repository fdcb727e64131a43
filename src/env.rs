//! The environment: the only place that reads it, and how settings are taken from it.
//!
//! Sources are layered: flags over the process environment over the `.env` file. An empty value
//! counts as unset everywhere, because that is what compose files and shells leave behind.

mod secret;
pub(crate) mod setting;

use std::collections::{BTreeSet, HashMap};
use std::ffi::OsString;
use std::path::Path;

pub use secret::Secret;

/// Named texts from outside: the process environment, a file, flags, or a map in tests.
pub trait Env {
    /// The value as it stands, also when empty or not UTF-8.
    fn raw(&self, name: &str) -> Option<OsString>;

    /// Every name that is set, in no particular order; names that are not UTF-8 are left out.
    fn names(&self) -> Vec<String>;

    /// The value, `None` when unset or empty.
    ///
    /// # Errors
    /// [`NotUnicode`] when the value is not UTF-8.
    fn text(&self, name: &str) -> Result<Option<String>, NotUnicode> {
        match self.raw(name).map(OsString::into_string) {
            None => Ok(None),
            Some(Err(_)) => Err(NotUnicode),
            Some(Ok(text)) => {
                let trimmed = text.trim();
                Ok((!trimmed.is_empty()).then(|| trimmed.to_owned()))
            }
        }
    }
}

/// A value that is not UTF-8.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("value is not UTF-8")]
pub struct NotUnicode;

/// The environment of this process.
#[derive(Clone, Copy, Debug, Default)]
pub struct ProcessEnv;

impl Env for ProcessEnv {
    #[expect(clippy::disallowed_methods, reason = "the one reader of the environment")]
    fn raw(&self, name: &str) -> Option<OsString> {
        std::env::var_os(name)
    }

    #[expect(clippy::disallowed_methods, reason = "the one reader of the environment")]
    fn names(&self) -> Vec<String> {
        std::env::vars_os().filter_map(|(name, _)| name.into_string().ok()).collect()
    }
}

impl<S: std::hash::BuildHasher> Env for HashMap<String, String, S> {
    fn raw(&self, name: &str) -> Option<OsString> {
        self.get(name).map(OsString::from)
    }

    fn names(&self) -> Vec<String> {
        self.keys().cloned().collect()
    }
}

/// Several sources as one; the first that holds a non-empty value wins.
pub struct Layers(Vec<Box<dyn Env>>);

impl Layers {
    /// `layers[0]` wins over `layers[1]`, and so on.
    pub fn new(layers: Vec<Box<dyn Env>>) -> Self {
        Self(layers)
    }
}

impl std::fmt::Debug for Layers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The values may be keys.
        f.debug_struct("Layers").field("count", &self.0.len()).finish()
    }
}

impl Env for Layers {
    fn raw(&self, name: &str) -> Option<OsString> {
        let values = self.0.iter().filter_map(|layer| layer.raw(name));
        values.into_iter().find(|value| !is_blank(value))
    }

    fn names(&self) -> Vec<String> {
        let names: BTreeSet<String> = self.0.iter().flat_map(|layer| layer.names()).collect();
        names.into_iter().collect()
    }
}

fn is_blank(value: &OsString) -> bool {
    value.to_str().is_some_and(|text| text.trim().is_empty())
}

/// Why the `.env` file cannot be used. Never quotes the file: its lines hold keys.
#[derive(Debug, thiserror::Error)]
pub enum DotEnvError {
    #[error("the .env file cannot be read: {0}")]
    Unreadable(std::io::ErrorKind),
    #[error("the .env file's entry {0} is not of the form NAME=value")]
    Malformed(usize),
}

/// Reads a `.env` file into a map; a missing file is an empty map. The process environment is
/// neither changed nor overridden.
pub(crate) fn read_dot_env(path: &Path) -> Result<HashMap<String, String>, DotEnvError> {
    let entries = match dotenvy::from_path_iter(path) {
        Ok(entries) => entries,
        Err(error) if error.not_found() => return Ok(HashMap::new()),
        Err(dotenvy::Error::Io(error)) => return Err(DotEnvError::Unreadable(error.kind())),
        Err(_) => return Err(DotEnvError::Malformed(1)),
    };
    let mut values = HashMap::new();
    for (index, entry) in entries.enumerate() {
        let (name, value) = entry.map_err(|error| match error {
            dotenvy::Error::Io(error) => DotEnvError::Unreadable(error.kind()),
            _ => DotEnvError::Malformed(index + 1),
        })?;
        // The first assignment of a name wins, as in dotenvy itself.
        values.entry(name).or_insert(value);
    }
    Ok(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(pairs: &[(&str, &str)]) -> HashMap<String, String> {
        pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
    }

    #[test]
    fn an_empty_value_is_unset_and_lets_the_next_layer_speak() {
        let layers = Layers::new(vec![
            Box::new(map(&[("A", "  "), ("B", "flag")])),
            Box::new(map(&[("A", "file"), ("B", "file")])),
        ]);
        assert_eq!(layers.text("A"), Ok(Some("file".into())));
        assert_eq!(layers.text("B"), Ok(Some("flag".into())));
        assert_eq!(layers.text("C"), Ok(None));
        assert_eq!(layers.names(), ["A", "B"]);
    }

    #[test]
    fn a_dot_env_file_is_read_with_comments_and_quotes() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(".env");
        std::fs::write(&path, "# comment\nTMDB_API_KEY=\"abc\"\nexport LAUREL_LANG=de\n").unwrap();
        let values = read_dot_env(&path).unwrap();
        assert_eq!(values["TMDB_API_KEY"], "abc");
        assert_eq!(values["LAUREL_LANG"], "de");
    }

    #[test]
    fn a_missing_dot_env_file_is_empty() {
        let dir = tempfile::tempdir().unwrap();
        assert!(read_dot_env(&dir.path().join(".env")).unwrap().is_empty());
    }

    #[test]
    fn a_malformed_dot_env_file_is_reported_without_its_text() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(".env");
        std::fs::write(&path, "LAUREL_LANG=de\nhush hush no equals\n").unwrap();
        let error = read_dot_env(&path).unwrap_err().to_string();
        assert!(error.contains('2') && !error.contains("hush"), "{error}");
    }
}
