//! Awards that a title has won.

use serde::{Deserialize, Serialize};

/// Who gives the award.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AwardBody {
    Oscar,
    Emmy,
    GoldenGlobe,
    Bafta,
    Cannes,
    Venice,
    Berlin,
}

impl AwardBody {
    pub const ALL: [Self; 7] = [
        Self::Oscar,
        Self::Emmy,
        Self::GoldenGlobe,
        Self::Bafta,
        Self::Cannes,
        Self::Venice,
        Self::Berlin,
    ];

    /// The word in `awards=` and in explain.
    pub fn name(self) -> &'static str {
        match self {
            Self::Oscar => "oscar",
            Self::Emmy => "emmy",
            Self::GoldenGlobe => "golden_globe",
            Self::Bafta => "bafta",
            Self::Cannes => "cannes",
            Self::Venice => "venice",
            Self::Berlin => "berlin",
        }
    }
}

/// Winning counts; a nomination alone shows nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AwardResult {
    Won,
    Nominated,
}

/// Where we read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AwardOrigin {
    /// The public award lists.
    Lists,
    /// OMDb's `Awards` text.
    Omdb,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Award {
    pub body: AwardBody,
    pub result: AwardResult,
    /// How many of them, where the origin says so.
    pub count: u16,
    pub origin: AwardOrigin,
}
