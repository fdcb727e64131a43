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

pub use crate::model::{
    AwardSet, BadgeBackground, BadgeShape, BadgeSize, BadgeStyle, Direction, Fit, ImageSize,
    LabelStyle, LanguagePreference, Position, SourceSet,
};
pub use docs::{families_markdown, options_markdown, sources_markdown};
pub use fields::{FieldReader, InvalidField, InvalidFields, Place};
pub use form::options_document;
pub use free::{
    BoxShape, Condition, ConditionFacts, Dressing, FactBadges, FreeElement, FreeItem, FreeLayout,
    FreeStrip, Gradient, LayoutNeeds, MAX_ELEMENTS, Piece, RatingBadge, RatingBound, SashLabel,
    ScoreMark, Spot, Template, TemplateError, TextFact, TextLine, Trophy, layout_markdown,
    layout_schemas,
};
pub use group::OptionGroup;
pub use id::{IdRefusal, IdType, parse_title};
pub use import::{ImportError, ImportedAddress, import_address};
pub use look::{KeyLook, LookId, LookSettings};
pub use named_looks::looks_markdown;
pub use options::{BeyondOptions, BeyondPatch, Options, OptionsPatch, RatingsPreference};
pub use path::{ArtworkPath, ArtworkRequest, Output, RequestError};
pub use profile::{FamilyDesign, Profile, ProfileName, ProfileNameError, Profiles};
pub use saved::SavedOptions;
pub use style::{Style, StyleError, Variant};
pub use table::{DefaultValue, OPTIONS, OptionSpec, apply_query};
pub use value::ValueKind;
