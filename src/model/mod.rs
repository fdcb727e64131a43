//! Plain values: no I/O, no async, nothing optional "for now".

mod artwork;
mod award;
mod id;
mod language;
mod rating;
mod raw_rating;
mod showing;
mod title;

pub use artwork::{ArtworkKind, ArtworkRef, ArtworkSource, Candidate, EncodedImage, ImageFormat};
pub use award::{Award, AwardBody, AwardOrigin, AwardResult};
pub use id::{
    AnimeDb, AnimeId, EpisodeNumber, ExternalId, IdError, ImdbId, TitleId, TmdbId, TvdbId,
};
pub use language::Language;
pub use rating::{Mark, Provider, Rating, RatingSource, Scale, Score, Verdict};
pub use raw_rating::{ProviderRatings, RawRating};
pub use showing::Showing;
pub use title::{Date, MediaType, Title, TitleIds};
