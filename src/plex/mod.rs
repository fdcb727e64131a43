//! A metadata provider for Plex: what its server asks, and the documents it reads.
//!
//! One provider is for films, one for series. Answers come from the same data as pictures; pictures
//! stand in them as addresses. Where an address leads is the web's business, see [`Pictures`].

mod catalogue;
mod describe;
mod document;
mod matching;
mod rating_key;
mod request;

pub use catalogue::{Catalogue, Locale};
pub use document::{Container, Metadata, Page, PlexImage, provider_document};
pub use rating_key::{RatingKey, Section};
pub use request::{MatchRequest, MatchRequestError, Wanted};

use crate::model::{ArtworkKind, ArtworkRef, Language};

/// Gives addresses of pictures.
pub trait Pictures: Send + Sync {
    /// The address of a picture of a family's word (`poster`, `season`), by a TMDB id as addresses spell
    /// it (`movie-603`), in `language` where the family goes by it. `None` where there is no such
    /// picture for whoever asks.
    fn address(&self, family: &str, id: &str, language: Option<Language>) -> Option<String>;

    /// The address of a person's portrait.
    fn portrait(&self, artwork: &ArtworkRef) -> Option<String>;

    /// Whether titles may have artwork of a kind that TMDB does not list.
    fn may_have(&self, kind: ArtworkKind) -> bool;
}
