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

pub(crate) use anchor::{Anchor, Side};
pub use artwork::ImageFormat;
pub(crate) use artwork::{ArtworkRef, ArtworkSource, Candidate, EncodedImage};
pub use award::{Award, AwardBody, AwardOrigin, AwardResult};
pub use beyond::{Aggregate, InfoItem, Quality, Sash, SashMark};
pub(crate) use beyond::{
    HexColour, InfoKind, InfoPosition, InfoStyle, MAX_QUALITIES, ScoreStyle, SourceWeight,
};
pub use choice::NamedLook;
pub use choice::{
    AwardSet, BadgeBackground, BadgeShape, BadgeSize, BadgeStyle, Direction, Fit, ImageSize,
    LabelStyle, LanguagePreference, Position, PosterType, SourceSet, Switch, Theme, TileShape,
};
pub(crate) use country::Country;
pub(crate) use description::{
    Credits, EpisodeDescription, Person, SeasonDescription, SeasonOutline, TitleDescription,
};
pub use facts::{CountryRelease, Genre, ProductionStatus, TitleFacts};
pub(crate) use facts::{NextEpisode, StreamingServices};
pub use family::{ArtworkKind, ImageList};
pub(crate) use family::{FamilyRow, FrameShape, PictureOf};
pub(crate) use id::{AnimeDb, AnimeId, IdError};
pub use id::{EpisodeNumber, ExternalId, ImdbId, TitleId, TmdbId, TvdbId};
pub use language::Language;
pub(crate) use overrides::{
    AppliedOverride, CandidatePath, NamedArtwork, Overrides, SharedOverrides, TmdbTitle,
};
pub use provider::Provider;
pub(crate) use rating::{Mark, Scale};
pub use rating::{Rating, Score, Verdict};
pub use rating_source::RatingSource;
pub use raw_rating::{ProviderRatings, RawRating};
pub(crate) use showing::ShownTitle;
pub use showing::{Extras, Showing};
pub use title::{Date, MediaType};
pub(crate) use title::{Title, TitleIds};
pub use words::Words;
pub(crate) use words::words;
