//! What a caller may ask: URL path, id and parameters, parsed once at the edge.

mod beyond;
mod docs;
mod fields;
mod form;
mod free;
mod group;
mod id;
mod import;
mod look;
mod named_looks;
mod options;
mod path;
mod profile;
mod saved;
mod style;
mod table;
mod value;

pub(crate) use crate::model::{
    AwardSet, BadgeBackground, BadgeShape, BadgeSize, BadgeStyle, LabelStyle, LanguagePreference,
    Position,
};
pub use crate::model::{Direction, Fit, ImageSize};
pub use docs::{families_markdown, options_markdown, sources_markdown};
pub(crate) use fields::{FieldReader, InvalidField, InvalidFields, Place};
pub(crate) use form::options_document;
pub use free::layout_markdown;
pub(crate) use free::{
    BoxShape, Condition, ConditionFacts, Dressing, FactBadges, FreeElement, FreeItem, FreeLayout,
    FreeStrip, Gradient, LayoutNeeds, Piece, RatingBadge, ScoreMark, Spot, TextFact, TextLine,
    layout_schemas,
};
pub(crate) use id::{IdType, parse_title};
pub(crate) use import::import_address;
pub use look::KeyLook;
pub(crate) use look::{LookId, LookSettings};
pub use named_looks::looks_markdown;
pub(crate) use options::{BeyondOptions, RatingsPreference};
pub use options::{Options, OptionsPatch};
pub use path::{ArtworkPath, ArtworkRequest};
pub(crate) use path::{Output, RequestError};
pub use profile::Profile;
pub(crate) use profile::{ProfileName, Profiles};
pub(crate) use saved::SavedOptions;
pub(crate) use style::StyleError;
pub use table::{OPTIONS, OptionSpec, apply_query};
pub use value::ValueKind;
