//! What a setting is: a row of the table of settings.

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
}

pub(crate) const fn value(
    name: &'static str,
    default: &'static str,
    help: &'static str,
) -> Setting {
    Setting { name, default, help, kind: SettingKind::Value, status: SettingStatus::Active }
}

pub(crate) const fn secret(
    name: &'static str,
    default: &'static str,
    help: &'static str,
) -> Setting {
    Setting { name, default, help, kind: SettingKind::Secret, status: SettingStatus::Active }
}

pub(crate) const fn switch(name: &'static str, help: &'static str) -> Setting {
    Setting {
        name,
        default: "false",
        help,
        kind: SettingKind::Switch,
        status: SettingStatus::Active,
    }
}

pub(crate) const fn later(setting: Setting) -> Setting {
    Setting { status: SettingStatus::NoEffectYet, ..setting }
}
