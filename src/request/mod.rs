//! What a caller may ask: URL path, id and parameters, parsed once at the edge.

mod beyond;
mod docs;
mod id;
mod look;
mod named_looks;
mod options;
mod path;
mod style;
mod table;
mod value;

pub use crate::model::{
    AwardSet, BadgeBackground, BadgeShape, BadgeSize, BadgeStyle, Direction, Fit, ImageSize,
    LabelStyle, LanguagePreference, Position, SourceSet,
};
pub use docs::{families_markdown, options_markdown, sources_markdown};
pub use id::{IdRefusal, IdType};
pub use look::{KeyLook, LookId};
pub use named_looks::looks_markdown;
pub use options::{BeyondOptions, BeyondPatch, Options, OptionsPatch, RatingsPreference};
pub use path::{ArtworkPath, ArtworkRequest, Output, RequestError};
pub use style::{Style, StyleError, Variant};
pub use table::{DefaultValue, OPTIONS, OptionSpec, apply_query};
pub use value::ValueKind;
