//! Wrapped add-ons of Stremio, as the admin changes them. No answer holds their addresses.

use serde_json::{Map, Value, json};

use super::service::{AdminError, MAX_WRAPPERS, SettingsService};
use super::settings::Timestamp;
use crate::store::{SettingsStore, StoreError, WrapperRecord};
use crate::stremio::{AllowedNetworks, Wrapper, WrapperId, Wrappers};

impl SettingsService<'_> {
    /// All wrappers, oldest first.
    pub async fn wrappers(&self) -> Result<Vec<Value>, AdminError> {
        let records = self.store.wrappers().await?;
        Ok(records.iter().map(document).collect())
    }

    pub async fn wrapper(&self, id: &str) -> Result<Value, AdminError> {
        let records = self.store.wrappers().await?;
        let record = records.iter().find(|record| record.id == id);
        record.map(document).ok_or(AdminError::UnknownWrapper)
    }

    /// Saves a wrapper whose address was checked; gives its id.
    pub async fn add_wrapper(&self, wrapper: &Wrapper) -> Result<WrapperId, AdminError> {
        if let Some(name) = &wrapper.profile {
            let profiles = self.store.profiles().await?;
            if !profiles.iter().any(|profile| profile.name == name.as_str()) {
                return Err(AdminError::field("profile", "no such profile"));
            }
        }
        if self.store.wrappers().await?.len() >= MAX_WRAPPERS {
            return Err(AdminError::TooManyWrappers);
        }
        let id = WrapperId::mint();
        let record = WrapperRecord {
            id: id.as_str().to_owned(),
            document: wrapper.stored().to_string(),
            created_at: self.now.0,
        };
        self.store.add_wrapper(&record).await?;
        Ok(id)
    }

    pub async fn delete_wrapper(&self, id: &str) -> Result<(), AdminError> {
        match self.store.delete_wrapper(id).await? {
            true => Ok(()),
            false => Err(AdminError::UnknownWrapper),
        }
    }
}

/// Everything but the address.
fn document(record: &WrapperRecord) -> Value {
    let stored: Value = serde_json::from_str(&record.document).unwrap_or_default();
    let mut shown = Map::from_iter([
        ("id".to_owned(), json!(record.id)),
        ("created".to_owned(), json!(Timestamp(record.created_at))),
    ]);
    for field in ["name", "options", "profile", "blur"] {
        shown.insert(field.to_owned(), stored.get(field).cloned().unwrap_or_default());
    }
    Value::Object(shown)
}

/// The saved wrappers. Addresses are read as if every network were allowed: where they lead is judged whenever they
/// are asked.
pub(super) async fn stored_wrappers(store: &dyn SettingsStore) -> Result<Wrappers, StoreError> {
    let everywhere = AllowedNetworks::everywhere();
    let records = store.wrappers().await?.into_iter();
    Ok(Wrappers::new(records.filter_map(|record| {
        let id = record.id.parse().ok()?;
        let document: Value = serde_json::from_str(&record.document).ok()?;
        let wrapper = Wrapper::read(&document, &everywhere).ok();
        if wrapper.is_none() {
            tracing::warn!("a wrapped add-on cannot be read");
        }
        Some((id, wrapper?))
    })))
}
