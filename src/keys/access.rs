//! A key that was accepted, and what it may do.

use std::sync::Arc;
use std::time::Duration;

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};

use super::settings::{KeyScope, KeySettings};
use super::usage::{PictureCharge, UsageCounter};
use crate::request::{KeyLook, LookId, Profiles};

/// Which form of a key was presented.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Everything a key can do.
    Full,
    /// The share form: pictures and `isValid`.
    Share,
}

/// Why a key is refused. Never holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    #[error("this is no key")]
    Malformed,
    #[error("this key is not known")]
    Unknown,
    #[error("this form of the key is good for pictures only")]
    Scope,
    #[error("this key is not good for this")]
    NotAllowed,
    #[error("the key's quota of this month is used up")]
    QuotaExceeded { retry_after: Duration },
    #[error("too many new pictures in this minute")]
    RateLimited { retry_after: Duration },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeyOrigin {
    Stored(i64),
    Fixed,
    Free,
    /// Whatever was sent, where any key is accepted.
    Open,
}

/// A key in force.
#[derive(Debug)]
pub(super) struct KeyEntry {
    /// Names the key for limits; no part of it.
    pub(super) id: u64,
    pub(super) origin: KeyOrigin,
    pub(super) settings: KeySettings,
    look: KeyLook,
    pub(super) usage: Arc<UsageCounter>,
    rate: Option<DefaultDirectRateLimiter>,
}

impl KeyEntry {
    pub(super) fn new(
        id: u64,
        origin: KeyOrigin,
        settings: KeySettings,
        profiles: &Arc<Profiles>,
        usage: Arc<UsageCounter>,
    ) -> Arc<Self> {
        let look = KeyLook::new(settings.look.clone(), profiles);
        let rate =
            settings.rate_per_minute.map(|rate| RateLimiter::direct(Quota::per_minute(rate)));
        Arc::new(Self { id, origin, settings, look, usage, rate })
    }
}

/// A key that was accepted.
#[derive(Clone, Debug)]
pub struct Access {
    pub(super) entry: Arc<KeyEntry>,
    pub(super) scope: Scope,
}

impl Access {
    /// Names the key for limits and caches; the key cannot be had from it.
    pub fn key_id(&self) -> u64 {
        self.entry.id
    }

    pub fn scope(&self) -> Scope {
        self.scope
    }

    /// Picture requests made with this key so far, in all its forms.
    pub fn requests(&self) -> u64 {
        self.entry.usage.requests()
    }

    /// Pictures that may be made in a month, and those that were in this one; `None` where there
    /// is no quota.
    pub fn quota(&self) -> Option<(u64, u64)> {
        self.entry.settings.quota.map(|quota| (quota, self.entry.usage.made()))
    }

    /// What the key changes about pictures.
    pub fn look(&self) -> &KeyLook {
        &self.entry.look
    }

    /// Names the look; part of every cache key by address.
    pub fn look_id(&self) -> LookId {
        self.entry.look.id()
    }

    /// Counts a picture request.
    pub fn count_request(&self) {
        self.entry.usage.count_request();
    }

    /// Takes one picture of the quota, to be confirmed when it was made.
    ///
    /// # Errors
    /// [`KeyError::QuotaExceeded`].
    pub fn charge_picture(&self) -> Result<PictureCharge, KeyError> {
        let usage = &self.entry.usage;
        let exceeded = || KeyError::QuotaExceeded { retry_after: usage.until_next_month() };
        usage.charge(self.entry.settings.quota).ok_or_else(exceeded)
    }

    /// Takes one cold request of the key's own rate.
    ///
    /// # Errors
    /// [`KeyError::RateLimited`].
    pub fn check_rate(&self) -> Result<(), KeyError> {
        let Some(rate) = &self.entry.rate else { return Ok(()) };
        rate.check().map_err(|early| {
            let retry_after = early.wait_time_from(DefaultClock::default().now());
            KeyError::RateLimited { retry_after }
        })
    }

    /// What clients read as their plan: 0 for the public key, else 3, which unlocks everything.
    pub fn tier(&self) -> u8 {
        match self.entry.origin {
            KeyOrigin::Free => 0,
            KeyOrigin::Stored(_) | KeyOrigin::Fixed | KeyOrigin::Open => 3,
        }
    }

    /// # Errors
    /// [`KeyError::Scope`] for the share form.
    pub fn require_full(self) -> Result<Self, KeyError> {
        match self.scope {
            Scope::Full => Ok(self),
            Scope::Share => Err(KeyError::Scope),
        }
    }

    /// Whether the key opens what lies below `/plex` or `/stremio`.
    ///
    /// # Errors
    /// [`KeyError::Scope`] for the share form, [`KeyError::NotAllowed`] for the public key and for
    /// keys without the scope.
    pub fn require_scope(self, scope: KeyScope) -> Result<Self, KeyError> {
        let access = self.require_full()?;
        let allowed = match access.entry.origin {
            KeyOrigin::Free => false,
            KeyOrigin::Fixed | KeyOrigin::Open => true,
            KeyOrigin::Stored(_) => access.entry.settings.scopes.contains(&scope),
        };
        if allowed { Ok(access) } else { Err(KeyError::NotAllowed) }
    }
}
