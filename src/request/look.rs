//! What an API key changes about the pictures that are asked for with it.

use std::sync::Arc;

use serde::Serialize;

use super::options::OptionsPatch;
use super::profile::{Profile, ProfileName, Profiles};
use super::saved::SavedOptions;
use crate::model::{ArtworkKind, ImageSize};

/// Parameters of an address that count under a key whose look is locked.
const FREE_UNDER_LOCK: [&str; 4] = ["imageSize", "lang", "type", "v"];

/// What a key's settings say about pictures.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct LookSettings {
    /// Below the profile.
    pub options: SavedOptions,
    pub profile: Option<ProfileName>,
    /// Address and query choose nothing but size, format, language and type.
    pub locked: bool,
    /// `None`: all.
    pub families: Option<Vec<ArtworkKind>>,
    /// `None`: all.
    pub sizes: Option<Vec<ImageSize>>,
}

/// The part of an API key's settings that decides what an address means, with the profiles that
/// addresses may name.
///
/// Two keys with the same settings share one look; a cache by address must hold
/// [`Self::id`] beside the address.
#[derive(Clone, Debug, Default)]
pub struct KeyLook {
    id: LookId,
    settings: LookSettings,
    /// The key's own.
    profile: Option<Arc<Profile>>,
    profiles: Arc<Profiles>,
}

/// Names a look, saved profiles included: whatever changes the meaning of an address
/// under a key changes this id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct LookId(u64);

impl KeyLook {
    /// The look of a key with these settings, while `profiles` are saved.
    pub fn new(settings: LookSettings, profiles: &Arc<Profiles>) -> Self {
        let named = settings.profile.as_ref();
        let profile = named.and_then(|name| profiles.find(name.as_str())).cloned();
        let id = LookId::of(&settings, profiles);
        Self { id, settings, profile, profiles: Arc::clone(profiles) }
    }

    /// The look of a profile that is not saved. It has no id of its own: nothing by address is to
    /// be cached under it.
    pub fn of_profile(profile: Option<Profile>, profiles: &Arc<Profiles>) -> Self {
        let plain = Self::new(LookSettings::default(), profiles);
        Self { profile: profile.map(Arc::new), ..plain }
    }

    pub fn id(&self) -> LookId {
        self.id
    }

    /// The profiles that an address may name.
    pub fn profiles(&self) -> &Profiles {
        &self.profiles
    }

    /// The key's options, and its profile's over them.
    pub(super) fn patch(&self, kind: ArtworkKind) -> OptionsPatch {
        let below = self.settings.options.patch().clone().expanded(kind);
        match self.profile.as_ref().and_then(|profile| profile.family(kind)) {
            Some(design) => below.under(design.patch().expanded(kind)),
            None => below,
        }
    }

    /// Whether the address chooses the design.
    pub(super) fn is_locked(&self) -> bool {
        self.settings.locked
    }

    pub(super) fn leaves_free(&self, parameter: &str) -> bool {
        !self.settings.locked || FREE_UNDER_LOCK.contains(&parameter)
    }

    pub(super) fn allows_family(&self, kind: ArtworkKind) -> bool {
        self.settings.families.as_ref().is_none_or(|families| families.contains(&kind))
    }

    pub(super) fn allows_size(&self, size: ImageSize) -> bool {
        self.settings.sizes.as_ref().is_none_or(|sizes| sizes.contains(&size))
    }

    /// What an address without a size gets: `usual` if the key allows it, else the largest below
    /// it that it allows, else the smallest.
    pub(super) fn size_in_place_of(&self, usual: ImageSize) -> ImageSize {
        let sizes = self.settings.sizes.as_deref().unwrap_or_default();
        if sizes.is_empty() || sizes.contains(&usual) {
            return usual;
        }
        let below = sizes.iter().filter(|size| **size < usual).max();
        below.or_else(|| sizes.iter().min()).copied().unwrap_or(usual)
    }
}

impl LookId {
    /// Of the values themselves, so that it is the same after a restart.
    fn of(settings: &LookSettings, profiles: &Profiles) -> Self {
        if *settings == LookSettings::default() && profiles.iter().next().is_none() {
            return Self::default();
        }
        let mut hasher = blake3::Hasher::new();
        let mut add = |value: serde_json::Result<Vec<u8>>| {
            // Names and plain values always serialise.
            let bytes = value.unwrap_or_default();
            hasher.update(&(bytes.len() as u64).to_le_bytes());
            hasher.update(&bytes);
        };
        add(serde_json::to_vec(settings));
        for (name, profile) in profiles.iter() {
            add(serde_json::to_vec(name));
            add(serde_json::to_vec(profile.as_ref()));
        }
        let mut start = [0; 8];
        start.copy_from_slice(&hasher.finalize().as_bytes()[..8]);
        Self(u64::from_le_bytes(start))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn profiles(badge_size: &str) -> Arc<Profiles> {
        let document =
            json!({"version": 1, "families": {"poster": {"options": {"badge_size": badge_size}}}});
        let profile = Profile::read(&document).unwrap();
        Arc::new(Profiles::new([("night".parse().unwrap(), profile)]))
    }

    #[test]
    fn the_id_follows_settings_and_profiles() {
        let id =
            |settings: &LookSettings, size| KeyLook::new(settings.clone(), &profiles(size)).id();
        let plain = LookSettings::default();
        let locked = LookSettings { locked: true, ..LookSettings::default() };
        assert_eq!(id(&plain, "l"), id(&plain, "l"));
        assert_ne!(id(&plain, "l"), id(&plain, "s"));
        assert_ne!(id(&plain, "l"), id(&locked, "l"));
        assert_ne!(id(&plain, "l"), LookId::default());
        assert_eq!(KeyLook::new(plain, &Arc::default()).id(), LookId::default());
    }

    #[test]
    fn a_size_that_is_not_allowed_gives_way_to_the_next_below() {
        use ImageSize::{Large, Medium, Small, VeryLarge};
        let size = |allowed: &[ImageSize], usual| {
            let sizes = (!allowed.is_empty()).then(|| allowed.to_vec());
            let settings = LookSettings { sizes, ..LookSettings::default() };
            KeyLook::new(settings, &Arc::default()).size_in_place_of(usual)
        };
        assert_eq!(size(&[], Medium), Medium);
        assert_eq!(size(&[Large, Small], Medium), Small);
        assert_eq!(size(&[VeryLarge, Large], Medium), Large);
    }
}
