//! The admin's choice of artwork for single titles.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::service::{AdminError, SettingsService};
use crate::model::{ArtworkKind, NamedArtwork, TmdbTitle, Words};
use crate::request::{FieldReader, InvalidFields, Place};
use crate::store::OverrideRecord;

/// Titles whose artwork may be chosen.
const MAX_TITLES: usize = 10_000;
/// Longest path, in characters.
const MAX_PATH: usize = 256;

/// The families whose artwork may be chosen; all else follows from these.
const OVERRIDABLE: [ArtworkKind; 3] =
    [ArtworkKind::Poster, ArtworkKind::Backdrop, ArtworkKind::Logo];

/// Reads `{"poster":"/path","backdrop":null}`.
///
/// # Errors
/// Every mistake with its place.
pub fn read_override(document: &Value) -> Result<Vec<NamedArtwork>, InvalidFields> {
    let mut reader = FieldReader::default();
    let known = OVERRIDABLE.map(ArtworkKind::family);
    let fields = reader.object(Place::ROOT, document, &known);
    let mut chosen = Vec::new();
    for kind in OVERRIDABLE {
        let value = fields.and_then(|fields| fields.get(kind.family()));
        let Some(value) = value.filter(|value| !value.is_null()) else { continue };
        let place = Place::ROOT.name(kind.family());
        let Some(text) = reader.text(place, value, MAX_PATH) else { continue };
        match text.parse() {
            Ok(path) => chosen.push(NamedArtwork { kind, path }),
            Err(error) => reader.refuse(place, error.to_string()),
        }
    }
    if fields.is_some() && chosen.is_empty() {
        reader.refuse(Place::ROOT, format!("expected a path for {}", known.join(", ")));
    }
    reader.finish(fields.map(|_| chosen))
}

/// A stored row; `None` for one of another version of this program.
pub(super) fn stored_override(record: &OverrideRecord) -> Option<(TmdbTitle, NamedArtwork)> {
    let kind = ArtworkKind::from_word(&record.family)?;
    let path = record.path.parse().ok()?;
    Some((record.title.parse().ok()?, NamedArtwork { kind, path }))
}

impl SettingsService<'_> {
    /// All titles with artwork of the admin's choice.
    pub async fn overrides(&self) -> Result<Vec<Value>, AdminError> {
        let mut by_title: BTreeMap<String, Map<String, Value>> = BTreeMap::new();
        for record in self.store.overrides().await? {
            by_title.entry(record.title).or_default().insert(record.family, record.path.into());
        }
        let documents = by_title.into_iter();
        Ok(documents.map(|(id, artwork)| json!({"id": id, "artwork": artwork})).collect())
    }

    /// What is chosen for one title.
    pub async fn override_of(&self, title: TmdbTitle) -> Result<Value, AdminError> {
        let id = title.to_string();
        let mut all = self.overrides().await?.into_iter();
        all.find(|known| known["id"] == id.as_str()).ok_or(AdminError::NoOverride)
    }

    /// Chooses a title's artwork in the place of all that was chosen before.
    pub async fn put_override(
        &self,
        title: TmdbTitle,
        chosen: &[NamedArtwork],
    ) -> Result<Value, AdminError> {
        let id = title.to_string();
        let known = self.store.overrides().await?;
        let titles: BTreeSet<&str> = known.iter().map(|record| record.title.as_str()).collect();
        if !titles.contains(id.as_str()) && titles.len() >= MAX_TITLES {
            return Err(AdminError::TooManyOverrides(MAX_TITLES));
        }
        let row = |named: &NamedArtwork| (named.kind.family().to_owned(), named.path.to_string());
        let rows: Vec<(String, String)> = chosen.iter().map(row).collect();
        self.store.set_overrides(&id, &rows, self.now.0).await?;
        self.override_of(title).await
    }

    /// Leaves a title's artwork to the rule again.
    pub async fn delete_override(&self, title: TmdbTitle) -> Result<(), AdminError> {
        self.override_of(title).await?;
        Ok(self.store.set_overrides(&title.to_string(), &[], self.now.0).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;
    use crate::keys::KeyPolicy;
    use crate::store::Database;

    fn title(text: &str) -> TmdbTitle {
        text.parse().unwrap()
    }

    #[tokio::test]
    async fn an_override_is_put_replaced_listed_and_deleted() {
        let (store, policy) = (Database::in_memory().await, KeyPolicy::default());
        let service = SettingsService::new(&store, &policy, &Clock::system());
        let put = async |id: &str, document: Value| {
            service.put_override(title(id), &read_override(&document).unwrap()).await.unwrap()
        };
        put("tv-2", json!({"logo": "/l.png"})).await;
        put("movie-603", json!({"poster": "/a.jpg", "backdrop": "/b.jpg"})).await;
        let replaced = put("movie-603", json!({"poster": "/c.jpg", "backdrop": null})).await;
        assert_eq!(replaced, json!({"id": "movie-603", "artwork": {"poster": "/c.jpg"}}));
        assert_eq!(service.override_of(title("movie-603")).await.unwrap(), replaced);
        assert_eq!(service.overrides().await.unwrap().len(), 2);
        service.delete_override(title("movie-603")).await.unwrap();
        for gone in [
            service.delete_override(title("movie-603")).await.err(),
            service.override_of(title("movie-603")).await.err(),
        ] {
            assert!(matches!(gone, Some(AdminError::NoOverride)), "{gone:?}");
        }
        assert_eq!(service.overrides().await.unwrap().len(), 1);
    }

    #[test]
    fn every_mistake_of_an_override_is_named() {
        let wrong = json!({"poster": "a.jpg", "logo": 5, "still": "/s.jpg", "backdrop": "/../x"});
        let invalid = read_override(&wrong).unwrap_err();
        let mut paths: Vec<_> = invalid.0.iter().map(|field| field.path.as_str()).collect();
        paths.sort_unstable();
        assert_eq!(paths, ["", "backdrop", "logo", "poster", "still"]);
        for empty in [json!({}), json!({"poster": null}), json!([]), json!("x")] {
            assert!(read_override(&empty).is_err(), "{empty}");
        }
    }

    #[test]
    fn rows_that_cannot_be_read_are_left_out() {
        let row = |title: &str, family: &str, path: &str| {
            let (title, family) = (title.to_owned(), family.to_owned());
            stored_override(&OverrideRecord { title, family, path: path.to_owned() })
        };
        assert!(row("movie-1", "poster", "/a.jpg").is_some());
        for (title, family, path) in
            [("film-1", "poster", "/a.jpg"), ("movie-1", "cover", "/a.jpg"), ("tv-1", "logo", "x")]
        {
            assert!(row(title, family, path).is_none());
        }
    }
}
