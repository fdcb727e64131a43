//! The one table of settings: the environment, the flags, the README and the start-up report all
//! come from it.

use std::fmt::Write;

use crate::model::Provider;

/// What kind of value a setting takes, as far as printing and flags are concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettingKind {
    Value,
    /// Never echoed.
    Secret,
    /// `true`/`false`; the bare flag means true.
    Switch,
}

/// Whether this version acts on a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettingStatus {
    Active,
    /// Accepted, so that one file of settings serves several versions; setting it gives a warning.
    NoEffectYet,
}

/// One setting.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// The environment variable.
    pub name: &'static str,
    /// The default as text; empty when there is none.
    pub default: &'static str,
    pub help: &'static str,
    pub kind: SettingKind,
    pub status: SettingStatus,
}

impl Setting {
    /// The flag without its dashes: `LAUREL_DATA_DIR` is `data-dir`, `TMDB_API_KEY` is
    /// `tmdb-api-key`.
    pub fn flag(&self) -> String {
        let bare = self.name.strip_prefix("LAUREL_").unwrap_or(self.name);
        bare.to_ascii_lowercase().replace('_', "-")
    }

    /// Finds a setting by its environment variable.
    pub fn named(name: &str) -> Option<&'static Self> {
        SETTINGS.iter().find(|setting| setting.name == name)
    }
}

const fn value(name: &'static str, default: &'static str, help: &'static str) -> Setting {
    Setting { name, default, help, kind: SettingKind::Value, status: SettingStatus::Active }
}

const fn secret(name: &'static str, default: &'static str, help: &'static str) -> Setting {
    Setting { name, default, help, kind: SettingKind::Secret, status: SettingStatus::Active }
}

const fn switch(name: &'static str, help: &'static str) -> Setting {
    Setting {
        name,
        default: "false",
        help,
        kind: SettingKind::Switch,
        status: SettingStatus::Active,
    }
}

const fn later(setting: Setting) -> Setting {
    Setting { status: SettingStatus::NoEffectYet, ..setting }
}

/// The settings of a provider of ratings.
#[derive(Clone, Copy, Debug)]
pub(super) struct RatingProviderSettings {
    pub(super) provider: Provider,
    pub(super) keys: &'static str,
    pub(super) url: &'static str,
    pub(super) rate: &'static str,
    pub(super) burst: &'static str,
}

/// Which settings belong to which provider of ratings; each of them has its row in [`SETTINGS`].
pub(super) const RATING_PROVIDER_SETTINGS: [RatingProviderSettings; 3] = [
    RatingProviderSettings {
        provider: Provider::MDBLIST,
        keys: "MDBLIST_API_KEY",
        url: "LAUREL_MDBLIST_URL",
        rate: "LAUREL_MDBLIST_RATE",
        burst: "LAUREL_MDBLIST_BURST",
    },
    RatingProviderSettings {
        provider: Provider::OMDB,
        keys: "OMDB_API_KEY",
        url: "LAUREL_OMDB_URL",
        rate: "LAUREL_OMDB_RATE",
        burst: "LAUREL_OMDB_BURST",
    },
    RatingProviderSettings {
        provider: Provider::TRAKT,
        keys: "TRAKT_CLIENT_ID",
        url: "LAUREL_TRAKT_URL",
        rate: "LAUREL_TRAKT_RATE",
        burst: "LAUREL_TRAKT_BURST",
    },
];

/// Every setting, in the order of the documentation.
pub const SETTINGS: &[Setting] = &[
    secret(
        "TMDB_API_KEY",
        "",
        "TMDB v3 key or v4 read token; without it the demo catalogue is served",
    ),
    secret("MDBLIST_API_KEY", "", "MDBList keys, comma-separated; without one the source is off"),
    secret("OMDB_API_KEY", "", "OMDb keys, comma-separated; without one the source is off"),
    secret(
        "TRAKT_CLIENT_ID",
        "",
        "Trakt client ids, comma-separated; without one the source is off",
    ),
    secret("FANART_API_KEY", "", "Fanart.tv keys, comma-separated; without one the source is off"),
    value("LAUREL_LISTEN", "127.0.0.1:3000", "Address and port to listen on"),
    value(
        "LAUREL_DATA_DIR",
        "./data",
        "Directory of everything kept: database, artwork, renders, data sets",
    ),
    secret("LAUREL_API_KEYS", "", "Fixed API keys, comma-separated, beside the stored ones"),
    switch("LAUREL_OPEN", "Accept any API key (for a private network)"),
    switch("LAUREL_FREE_KEY", "Accept the public key t0-free-rpdb; the demo catalogue always does"),
    value(
        "LAUREL_PUBLIC_URL",
        "",
        "Address in links the server prints; by default taken from the request",
    ),
    value("LAUREL_LANG", "en", "Language of artwork unless the request names one (de, pt-BR)"),
    value(
        "LAUREL_COUNTRY",
        "",
        "Country whose certificates and cinemas count (DE, US); by default the language's main one",
    ),
    secret(
        "LAUREL_ADMIN_TOKEN",
        "",
        "Token of the admin API; minted at first start and shown once when unset",
    ),
    value(
        "LAUREL_STREMIO_ALLOW",
        "",
        "Networks (`192.168.1.0/24`) that wrapped Stremio add-ons may stand in beside the public \
         internet",
    ),
    value(
        "LAUREL_TRUSTED_PROXIES",
        "",
        "Addresses or networks whose forwarding headers count, comma-separated",
    ),
    value(
        "LAUREL_RENDER_BUDGET_MS",
        "2500",
        "Milliseconds for a rated picture before the plain one goes out",
    ),
    value(
        "LAUREL_DEADLINE_MS",
        "4500",
        "Milliseconds until a request without any picture is given up",
    ),
    value("LAUREL_MEMORY_CACHE_MB", "256", "Hard limit of the memory caches in MiB"),
    value("LAUREL_DISK_CACHE_MB", "2048", "Hard limit of the disk cache in MiB; 0 turns it off"),
    value("LAUREL_JPEG_QUALITY", "85", "JPEG quality, 1 to 100"),
    value("LAUREL_TMDB_API_URL", "https://api.themoviedb.org/3", "TMDB's API"),
    value(
        "LAUREL_TMDB_IMAGE_URL",
        "",
        "TMDB's image host; by default what TMDB's /configuration names",
    ),
    value("LAUREL_MDBLIST_URL", "https://api.mdblist.com", "MDBList's API"),
    value("LAUREL_OMDB_URL", "https://www.omdbapi.com/", "OMDb's API"),
    value("LAUREL_TRAKT_URL", "https://api.trakt.tv", "Trakt's API"),
    value("LAUREL_FANART_URL", "https://webservice.fanart.tv/v3", "Fanart.tv's API"),
    value(
        "LAUREL_FANART_IMAGE_URL",
        "https://assets.fanart.tv",
        "Fanart.tv's image host; when set it replaces the host in its answers",
    ),
    value("LAUREL_TMDB_RATE", "40", "Calls per second to TMDB"),
    value("LAUREL_TMDB_BURST", "80", "Calls to TMDB that may go out at once"),
    value("LAUREL_MDBLIST_RATE", "10", "Calls per second to MDBList"),
    value("LAUREL_MDBLIST_BURST", "20", "Calls to MDBList that may go out at once"),
    value("LAUREL_OMDB_RATE", "40", "Calls per second to OMDb"),
    value("LAUREL_OMDB_BURST", "80", "Calls to OMDb that may go out at once"),
    value("LAUREL_TRAKT_RATE", "3", "Calls per second to Trakt"),
    value("LAUREL_TRAKT_BURST", "10", "Calls to Trakt that may go out at once"),
    value("LAUREL_FANART_RATE", "10", "Calls per second to Fanart.tv"),
    value("LAUREL_FANART_BURST", "20", "Calls to Fanart.tv that may go out at once"),
    secret("IMGUR_CLIENT_ID", "", "Imgur client id, for `laurel download imgur:…`"),
    value("LAUREL_IMGUR_API_URL", "https://api.imgur.com/3", "Imgur's API, for bulk downloads"),
    value("LAUREL_IMGUR_IMAGE_URL", "https://i.imgur.com", "Host of Imgur's pictures"),
    value(
        "LAUREL_IMDB_DATASETS_URL",
        "off",
        "Root of IMDb's daily TSV files, or `on` for IMDb's own (personal, non-commercial use)",
    ),
    value(
        "LAUREL_AWARDS_URL",
        "https://raw.githubusercontent.com/Kometa-Team/IMDb-Awards/master/events",
        "Root of the award lists, or `off`",
    ),
    value(
        "LAUREL_ANIME_MAP_URL",
        "https://raw.githubusercontent.com/Fribb/anime-lists/master/anime-list-full.json",
        "The anime id map, or `off`",
    ),
    value(
        "LAUREL_TMDB_EXPORTS_URL",
        "http://files.tmdb.org/p/exports",
        "Root of TMDB's daily id exports, for `laurel warm`",
    ),
    later(secret(
        "LAUREL_DATABASE_URL",
        "",
        "PostgreSQL to share keys, usage and profiles; by default SQLite in the data directory",
    )),
    later(secret(
        "LAUREL_REDIS_URL",
        "",
        "Redis to share metadata, single flight and rate limits across nodes",
    )),
    later(value(
        "LAUREL_STORE_URL",
        "",
        "Bucket to share artwork and renders; by default the data directory",
    )),
    later(switch("LAUREL_CDN", "Content-addressed public URLs")),
    value("RUST_LOG", "info", "What is logged: a level, or target=level pairs"),
];

/// The table of settings for the README.
pub fn markdown() -> String {
    let mut text = String::from("| variable | flag | default | meaning |\n|---|---|---|---|\n");
    for setting in SETTINGS {
        let default = match setting.default {
            "" => "none".to_owned(),
            default => format!("`{default}`"),
        };
        let note = match setting.status {
            SettingStatus::Active => "",
            SettingStatus::NoEffectYet => " (no effect in this version)",
        };
        let (name, flag, help) = (setting.name, setting.flag(), setting.help);
        // Writing to a String does not fail.
        let _ = writeln!(text, "| `{name}` | `--{flag}` | {default} | {help}{note} |");
    }
    text
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn names_and_flags_are_unique() {
        let names: HashSet<_> = SETTINGS.iter().map(|s| s.name).collect();
        let flags: HashSet<_> = SETTINGS.iter().map(Setting::flag).collect();
        assert_eq!(names.len(), SETTINGS.len());
        assert_eq!(flags.len(), SETTINGS.len());
    }

    #[test]
    fn flags_follow_from_names() {
        let flag = |name| Setting::named(name).map(Setting::flag);
        assert_eq!(flag("LAUREL_DATA_DIR").as_deref(), Some("data-dir"));
        assert_eq!(flag("TMDB_API_KEY").as_deref(), Some("tmdb-api-key"));
        assert_eq!(flag("LAUREL_TMDB_API_URL").as_deref(), Some("tmdb-api-url"));
    }

    #[test]
    fn the_readme_table_has_a_row_per_setting() {
        let table = markdown();
        assert_eq!(table.lines().count(), SETTINGS.len() + 2);
        assert!(table.contains("| `LAUREL_LISTEN` | `--listen` | `127.0.0.1:3000` |"), "{table}");
    }
}
