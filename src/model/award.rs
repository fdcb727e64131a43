//! Awards that a title has won.

use serde::{Deserialize, Serialize};

use super::Provider;
use super::words::words;

words!(
    /// Who gives the award; the name is the word in `awards=` and in explain.
    #[serde(rename_all = "snake_case")]
    AwardBody {
        Oscar = "oscar",
        Emmy = "emmy",
        GoldenGlobe = "golden_globe",
        Bafta = "bafta",
        Cannes = "cannes",
        Venice = "venice",
        Berlin = "berlin",
    }
);

/// Winning counts; a nomination alone shows nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AwardResult {
    Won,
    Nominated,
}

/// Where we read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AwardOrigin {
    /// The public award lists.
    Lists,
    /// A provider's sentence about awards.
    Provider(Provider),
}

impl AwardOrigin {
    /// The word in answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Lists => "lists",
            Self::Provider(provider) => provider.name(),
        }
    }
}

impl Serialize for AwardOrigin {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Award {
    pub body: AwardBody,
    pub result: AwardResult,
    /// How many of them, where the origin says so.
    pub count: u16,
    pub origin: AwardOrigin,
}
