//! Plain values: no I/O, no async, nothing optional "for now".

mod anchor;
mod artwork;
mod award;
mod beyond;
mod choice;
mod country;
mod description;
mod facts;
mod family;
mod id;
mod language;
mod overrides;
mod provider;
mod rating;
mod rating_source;
mod raw_rating;
mod showing;
mod title;
mod words;

pub use anchor::{Anchor, Side};
pub use artwork::{ArtworkRef, ArtworkSource, Candidate, EncodedImage, ImageFormat};
pub use award::{Award, AwardBody, AwardOrigin, AwardResult};
pub use beyond::{
    Aggregate, HexColour, InfoItem, InfoKind, InfoPosition, InfoStyle, MAX_QUALITIES, Quality,
    Sash, SashMark, ScoreStyle, SourceWeight,
};
pub use choice::{
    AwardSet, BadgeBackground, BadgeShape, BadgeSize, BadgeStyle, Direction, Fit, ImageSize,
    LabelStyle, LanguagePreference, NamedLook, Position, PosterType, SourceSet, Switch, Theme,
    TileShape,
};
pub use country::Country;
pub use description::{
    Credits, EpisodeDescription, Person, SeasonDescription, SeasonOutline, TitleDescription,
};
pub use facts::{
    CountryRelease, Genre, NextEpisode, ProductionStatus, StreamingServices, TitleFacts,
};
pub use family::{ArtworkKind, FamilyRow, FrameShape, ImageList, PictureOf};
pub use id::{
    AnimeDb, AnimeId, EpisodeNumber, ExternalId, IdError, ImdbId, TitleId, TmdbId, TvdbId,
};
pub use language::Language;
pub use overrides::{
    AppliedOverride, CandidatePath, NamedArtwork, Overrides, SharedOverrides, TmdbTitle,
};
pub use provider::Provider;
pub use rating::{Mark, Rating, Scale, Score, Verdict};
pub use rating_source::{MarkDrawing, RatingSource, SourceLook, SourceRow};
pub use raw_rating::{ProviderRatings, RawRating};
pub use showing::{Extras, Showing, ShownTitle};
pub use title::{Date, MediaType, Title, TitleIds};
pub use words::Words;
pub(crate) use words::words;
