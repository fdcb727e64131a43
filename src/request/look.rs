//! What an API key changes about the pictures that are asked for with it.

/// The part of an API key's settings that decides what an address means.
///
/// Two keys with the same settings share one look; a cache by address must hold
/// [`Self::id`] beside the address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyLook {
    id: LookId,
}

/// Names a look, saved profiles included: whatever changes the meaning of an address
/// under a key changes this id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct LookId(u64);

impl KeyLook {
    pub fn id(&self) -> LookId {
        self.id
    }
}
