//! MDBList: ten sources in one answer.

mod wire;

use crate::model::{MediaType, RawRating, TitleIds};

/// What MDBList says about one title.
#[derive(Clone, Debug, PartialEq)]
pub struct MdblistTitle {
    /// Film or series, where the answer says so.
    pub media: Option<MediaType>,
    /// The ids MDBList has for it.
    pub ids: TitleIds,
    /// At most one per source.
    pub ratings: Vec<RawRating>,
}
