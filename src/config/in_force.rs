//! The settings of a running server as its owner may see them: without secrets.

use serde::Serialize;
use url::Url;

use super::settings::{SETTINGS, Setting, SettingKind, SettingStatus};
use crate::env::Env;

/// In the place of what must not be seen.
const MASK: &str = "***";

/// One setting with its value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SettingInForce {
    pub name: &'static str,
    /// `null` where there is none.
    pub value: Option<String>,
    /// Whether it was set, and is not the default.
    pub is_set: bool,
    pub has_effect: bool,
    pub help: &'static str,
}

/// Every setting, in the order of the documentation.
pub(super) fn in_force(env: &dyn Env) -> Vec<SettingInForce> {
    SETTINGS.iter().map(|setting| one(setting, env)).collect()
}

fn one(setting: &Setting, env: &dyn Env) -> SettingInForce {
    let given = env.text(setting.name).ok().flatten();
    let default = (!setting.default.is_empty()).then(|| setting.default.to_owned());
    SettingInForce {
        name: setting.name,
        is_set: given.is_some(),
        value: given.or(default).map(|value| match setting.kind {
            SettingKind::Secret => MASK.to_owned(),
            SettingKind::Value | SettingKind::Switch => masked(&value),
        }),
        has_effect: setting.status == SettingStatus::Active,
        help: setting.help,
    }
}

/// An address without user, password and query, which may hold keys; other texts as they are.
fn masked(value: &str) -> String {
    let Ok(mut url) = Url::parse(value) else { return value.to_owned() };
    if url.cannot_be_a_base() {
        return value.to_owned();
    }
    if !url.username().is_empty() || url.password().is_some() {
        // Neither fails for an address with a host, and without one there is no user.
        let _ = url.set_username(MASK);
        let _ = url.set_password(None);
    }
    if url.query().is_some() {
        url.set_query(Some(MASK));
    }
    url.set_fragment(None);
    url.into()
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[test]
    fn secrets_and_users_in_addresses_are_masked() {
        let env = [
            ("TMDB_API_KEY", "hush-hush"),
            ("LAUREL_ADMIN_TOKEN", "hush-token"),
            ("LAUREL_TMDB_API_URL", "https://me:hush@proxy.example/3?api_key=hush#hush"),
            ("LAUREL_DATABASE_URL", "postgres://laurel:hush@db/laurel"),
            ("LAUREL_LISTEN", "0.0.0.0:80"),
        ];
        let env: HashMap<String, String> =
            env.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let settings = in_force(&env);
        let text = serde_json::to_string(&settings).unwrap();
        assert!(!text.contains("hush"), "{text}");
        let of = |name: &str| settings.iter().find(|setting| setting.name == name).unwrap();
        assert_eq!(of("TMDB_API_KEY").value.as_deref(), Some(MASK));
        assert_eq!(of("OMDB_API_KEY").value, None);
        assert_eq!(
            of("LAUREL_TMDB_API_URL").value.as_deref(),
            Some("https://***@proxy.example/3?***")
        );
        assert_eq!(of("LAUREL_LISTEN").value.as_deref(), Some("0.0.0.0:80"));
        assert!(of("LAUREL_LISTEN").is_set && !of("LAUREL_LANG").is_set);
        assert_eq!(settings.len(), SETTINGS.len());
    }
}
