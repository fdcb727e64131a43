//! Takes typed values out of an [`Env`] and collects every mistake on the way.

use std::fmt;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::str::FromStr;

use url::Url;

use super::settings::{self, SettingKind};
use crate::env::{Env, Secret};

/// A setting that cannot be used. `Display` names it; a secret's value is never part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub name: String,
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name, self.message)
    }
}

/// Reads settings one by one; `problems` holds what could not be read.
pub(super) struct SettingsReader<'a> {
    env: &'a dyn Env,
    pub(super) problems: Vec<Problem>,
}

impl<'a> SettingsReader<'a> {
    pub(super) fn new(env: &'a dyn Env) -> Self {
        Self { env, problems: Vec::new() }
    }

    pub(super) fn problem(&mut self, name: &str, message: impl Into<String>) {
        self.problems.push(Problem { name: name.to_owned(), message: message.into() });
    }

    pub(super) fn text(&mut self, name: &'static str) -> Option<String> {
        debug_assert!(settings::named(name).is_some(), "{name} is missing in SETTINGS");
        self.env.text(name).unwrap_or_else(|error| {
            self.problem(name, error.to_string());
            None
        })
    }

    /// `None` when unset or wrong; wrong is also a problem that says what was `expected`.
    pub(super) fn parse<T>(
        &mut self,
        name: &'static str,
        expected: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let text = self.text(name)?;
        let parsed = parse(&text);
        if parsed.is_none() {
            self.problem(name, format!("expected {expected}{}", echo(name, &text)));
        }
        parsed
    }

    pub(super) fn number<T>(
        &mut self,
        name: &'static str,
        range: RangeInclusive<T>,
        default: T,
    ) -> T
    where
        T: FromStr + PartialOrd + fmt::Display,
    {
        let expected = format!("a number from {} to {}", range.start(), range.end());
        let read = |text: &str| text.parse().ok().filter(|number| range.contains(number));
        self.parse(name, &expected, read).unwrap_or(default)
    }

    pub(super) fn switch(&mut self, name: &'static str) -> bool {
        self.parse(name, "true or false", read_bool).unwrap_or(false)
    }

    pub(super) fn url(&mut self, name: &'static str) -> Option<Url> {
        self.parse(name, "an http or https address without a query", read_url)
    }

    /// A folder by its `file:` address.
    pub(super) fn folder(&mut self, name: &'static str) -> Option<PathBuf> {
        self.parse(
            name,
            "a folder like file:///srv/laurel (buckets need a later version)",
            |text| Url::parse(text).ok().filter(|url| url.scheme() == "file")?.to_file_path().ok(),
        )
    }

    /// Comma-separated members, empty ones left out.
    pub(super) fn list(&mut self, name: &'static str) -> Vec<String> {
        let text = self.text(name).unwrap_or_default();
        let members = text.split(',').map(str::trim).filter(|member| !member.is_empty());
        members.map(str::to_owned).collect()
    }

    /// A pool of secrets, comma-separated.
    pub(super) fn secrets(&mut self, name: &'static str) -> Vec<Secret> {
        let members = self.list(name);
        let (good, bad): (Vec<_>, Vec<_>) = members.into_iter().partition(|m| is_sendable(m));
        if !bad.is_empty() {
            self.problem(name, "expected printable ASCII without spaces");
        }
        good.into_iter().map(Secret::new).collect()
    }

    pub(super) fn secret(&mut self, name: &'static str) -> Option<Secret> {
        let read = |text: &str| is_sendable(text).then(|| Secret::new(text.to_owned()));
        self.parse(name, "printable ASCII without spaces", read)
    }
}

/// Keys go into headers and queries: nothing that could end either.
fn is_sendable(text: &str) -> bool {
    text.len() <= 4096 && text.bytes().all(|byte| byte.is_ascii_graphic())
}

fn read_bool(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "on" => Some(true),
        "false" | "0" | "no" | "off" => Some(false),
        _ => None,
    }
}

fn read_url(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let usable = matches!(url.scheme(), "http" | "https")
        && url.has_host()
        && url.query().is_none()
        && url.fragment().is_none();
    usable.then_some(url)
}

/// `, got "…"` for a value that is no secret; an address with a password is one.
fn echo(name: &str, text: &str) -> String {
    let secret = settings::named(name).is_none_or(|s| s.kind == SettingKind::Secret);
    if secret || text.contains('@') {
        return String::new();
    }
    let short: String = text.chars().take(80).collect();
    format!(", got {short:?}")
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_secret_is_never_echoed() {
        let env: HashMap<_, _> = [("TMDB_API_KEY".to_owned(), "hush hush".to_owned())].into();
        let mut reader = SettingsReader::new(&env);
        assert!(reader.secret("TMDB_API_KEY").is_none());
        let report = reader.problems[0].to_string();
        assert!(report.starts_with("TMDB_API_KEY: expected"), "{report}");
        assert!(!report.contains("hush"), "{report}");
    }

    #[test]
    fn an_address_with_a_password_is_not_echoed() {
        let env: HashMap<_, _> =
            [("LAUREL_OMDB_URL".to_owned(), "ftp://me:hush@host/".to_owned())].into();
        let mut reader = SettingsReader::new(&env);
        assert!(reader.url("LAUREL_OMDB_URL").is_none());
        assert!(!reader.problems[0].to_string().contains("hush"));
    }

    proptest! {
        #[test]
        fn no_text_makes_the_readers_panic(text in ".{0,200}") {
            let _ = read_url(&text);
            let _ = read_bool(&text);
            let _ = echo("LAUREL_LISTEN", &text);
            let _ = is_sendable(&text);
        }
    }
}
