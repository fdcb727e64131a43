//! The documents that Plex reads. Field names are Plex's; what is not known is left out.
#![expect(clippy::struct_field_names, reason = "fields have Plex's names")]

use serde::Serialize;
use serde_json::{Value, json};

use super::rating_key::{RatingKey, Section};

/// The document at a provider's root.
pub fn provider_document(section: Section) -> Value {
    let identifier = section.identifier();
    let types: Vec<Value> = section
        .types()
        .iter()
        .map(|number| json!({"type": number, "Scheme": [{"scheme": identifier}]}))
        .collect();
    json!({"MediaProvider": {
        "identifier": identifier,
        "title": section.title(),
        "version": env!("CARGO_PKG_VERSION"),
        "Types": types,
        "Feature": [
            {"type": "metadata", "key": "/library/metadata"},
            {"type": "match", "key": "/library/metadata/matches"},
        ],
    }})
}

/// Which part of a list is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// From 0.
    pub start: usize,
    pub size: usize,
}

impl Page {
    /// What Plex expects where it names no size.
    pub const DEFAULT_SIZE: usize = 20;
    /// More than any page that Plex asks for.
    pub const MAX_SIZE: usize = 1000;
    /// Everything.
    pub const WHOLE: Self = Self { start: 0, size: usize::MAX };
}

/// A list of things as Plex reads it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Container<T> {
    media_container: Contents<T>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Contents<T> {
    offset: usize,
    total_size: usize,
    identifier: &'static str,
    size: usize,
    #[serde(flatten)]
    members: T,
}

/// Members of a container of titles.
#[derive(Clone, Debug, Serialize)]
pub struct TitleList {
    #[serde(rename = "Metadata")]
    titles: Vec<Metadata>,
}

/// Members of a container of pictures.
#[derive(Clone, Debug, Serialize)]
pub struct PictureList {
    #[serde(rename = "Image")]
    images: Vec<PlexImage>,
}

impl Container<TitleList> {
    /// One page of `all`.
    pub fn of_titles(section: Section, all: Vec<Metadata>, page: Page) -> Self {
        let total_size = all.len();
        let titles: Vec<Metadata> = all.into_iter().skip(page.start).take(page.size).collect();
        let (offset, size) = (page.start.min(total_size), titles.len());
        let identifier = section.identifier();
        let members = TitleList { titles };
        Self { media_container: Contents { offset, total_size, identifier, size, members } }
    }
}

impl Container<PictureList> {
    pub fn of_images(section: Section, images: Vec<PlexImage>) -> Self {
        let (offset, size, identifier) = (0, images.len(), section.identifier());
        let members = PictureList { images };
        Self { media_container: Contents { offset, total_size: size, identifier, size, members } }
    }
}

/// A film, a series, a season or an episode.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Metadata {
    pub(super) rating_key: String,
    pub(super) key: String,
    pub(super) guid: String,
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    pub(super) title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) original_title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) originally_available_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) year: Option<i16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) summary: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) tagline: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) studio: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) content_rating: Option<String>,
    /// Milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) duration: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) is_adult: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) thumb: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) art: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) index: Option<u16>,
    /// 0 to 100, of a match.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) score: Option<u8>,
    #[serde(flatten)]
    pub(super) parent: Option<Parent>,
    #[serde(flatten)]
    pub(super) grandparent: Option<Grandparent>,
    #[serde(rename = "Image", skip_serializing_if = "Vec::is_empty")]
    pub(super) images: Vec<PlexImage>,
    #[serde(rename = "Genre", skip_serializing_if = "Vec::is_empty")]
    pub(super) genres: Vec<PlexTag>,
    #[serde(rename = "Guid", skip_serializing_if = "Vec::is_empty")]
    pub(super) guids: Vec<ExternalGuid>,
    #[serde(rename = "Rating", skip_serializing_if = "Vec::is_empty")]
    pub(super) ratings: Vec<PlexRating>,
    #[serde(rename = "Country", skip_serializing_if = "Vec::is_empty")]
    pub(super) countries: Vec<PlexTag>,
    #[serde(rename = "Studio", skip_serializing_if = "Vec::is_empty")]
    pub(super) studios: Vec<PlexTag>,
    #[serde(rename = "Network", skip_serializing_if = "Vec::is_empty")]
    pub(super) networks: Vec<PlexTag>,
    #[serde(rename = "Role", skip_serializing_if = "Vec::is_empty")]
    pub(super) roles: Vec<PersonTag>,
    #[serde(rename = "Director", skip_serializing_if = "Vec::is_empty")]
    pub(super) directors: Vec<PersonTag>,
    #[serde(rename = "Writer", skip_serializing_if = "Vec::is_empty")]
    pub(super) writers: Vec<PersonTag>,
    #[serde(rename = "Producer", skip_serializing_if = "Vec::is_empty")]
    pub(super) producers: Vec<PersonTag>,
    #[serde(rename = "Children", skip_serializing_if = "Option::is_none")]
    pub(super) children: Option<Children>,
}

impl Metadata {
    pub(super) fn new(key: RatingKey, title: String) -> Self {
        Self {
            rating_key: key.to_string(),
            key: key.path(),
            guid: key.guid(),
            kind: key.word(),
            title,
            ..Self::default()
        }
    }

    pub(super) fn with_children(self, children: Vec<Self>) -> Self {
        let children = Children { size: children.len(), titles: children };
        Self { children: Some(children), ..self }
    }

    /// As one of a list of matches; 100 for an id that is the same.
    pub(super) fn with_score(self, score: u8) -> Self {
        Self { score: Some(score), ..self }
    }

    pub(super) fn into_images(self) -> Vec<PlexImage> {
        self.images
    }
}

/// What an item says of the one above it.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Parent {
    pub(super) parent_rating_key: String,
    pub(super) parent_key: String,
    pub(super) parent_guid: String,
    pub(super) parent_type: &'static str,
    pub(super) parent_title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) parent_thumb: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) parent_art: Option<String>,
    /// Of an episode.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) parent_index: Option<u16>,
}

/// What an episode says of its series.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Grandparent {
    pub(super) grandparent_rating_key: String,
    pub(super) grandparent_key: String,
    pub(super) grandparent_guid: String,
    pub(super) grandparent_type: &'static str,
    pub(super) grandparent_title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) grandparent_thumb: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) grandparent_art: Option<String>,
}

/// A picture by Plex's word for its use.
#[derive(Clone, Debug, Serialize)]
pub struct PlexImage {
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    pub(super) url: String,
    pub(super) alt: String,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct PlexTag {
    pub(super) tag: String,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct ExternalGuid {
    /// `imdb://tt0133093`.
    pub(super) id: String,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct PersonTag {
    pub(super) tag: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) role: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) thumb: Option<String>,
    /// Place in the cast, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) order: Option<usize>,
}

/// A rating with the badge that Plex's clients have built in.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct PlexRating {
    pub(super) image: &'static str,
    #[serde(rename = "type")]
    pub(super) by: &'static str,
    /// 0 to 10.
    pub(super) value: f64,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct Children {
    size: usize,
    #[serde(rename = "Metadata")]
    titles: Vec<Metadata>,
}
