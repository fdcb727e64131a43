//! The values a parameter can take, each with its words in URLs.

use serde::{Deserialize, Serialize};

use super::words::words;
use super::{AwardBody, Language, RatingSource};

words!(
    /// Output size; pixels per family in the plan's frame table.
    #[serde(rename_all = "kebab-case")]
    ImageSize {
        Small = "small",
        Medium = "medium",
        Large = "large",
        VeryLarge = "very-large" | "verylarge" | "very_large",
    }
);

words!(
    /// The shape of a tile: which family's frame a poster's address is drawn in.
    #[serde(rename_all = "kebab-case")]
    TileShape {
        Poster = "poster" | "portrait",
        Landscape = "landscape" | "wide",
        Square = "square",
    }
);
words!(
    /// Where the mark stands.
    #[serde(rename_all = "kebab-case")]
    BadgeStyle {
        /// Beside the value.
        Beside = "h",
        /// Above the value.
        Above = "v",
        /// As suits the family and the space.
        Auto = "d",
    }
);

words!(
    /// Scale of badges: 0.5, 0.75, 1, 1.25, 1.5.
    #[serde(rename_all = "kebab-case")]
    BadgeSize {
        ExtraSmall = "xs",
        Small = "s",
        Medium = "m",
        Large = "l",
        ExtraLarge = "xl",
    }
);

impl BadgeSize {
    pub fn factor(self) -> f32 {
        match self {
            Self::ExtraSmall => 0.5,
            Self::Small => 0.75,
            Self::Medium => 1.0,
            Self::Large => 1.25,
            Self::ExtraLarge => 1.5,
        }
    }
}

words!(
    /// Corners of the strip.
    #[serde(rename_all = "kebab-case")]
    BadgeShape {
        Rounded = "r" | "rounded",
        Pill = "p" | "pill",
    }
);

words!(
    /// What stands behind a value.
    #[serde(rename_all = "kebab-case")]
    BadgeBackground {
        /// The source's colour behind its mark, dark behind the value.
        SourceColour = "d",
        /// Dark, whatever the picture.
        Dark = "k",
        /// Frosted picture, as dark as the picture needs.
        Translucent = "t",
        /// Nothing but a drop shadow.
        Shadow = "n",
    }
);

words!(
    /// How the source is named.
    #[serde(rename_all = "kebab-case")]
    LabelStyle {
        Text = "t",
        /// One-colour icon.
        Icon = "i",
        /// Official logo.
        Official = "o",
    }
);

words!(
    /// Anchor of the strip in the frame.
    #[serde(rename_all = "kebab-case")]
    Position {
        BottomCenter = "bc" | "bottom-center" | "bottom",
        TopCenter = "tc" | "top-center" | "top",
        Left = "l" | "left" | "left-center",
        Right = "r" | "right" | "right-center",
        TopLeft = "tl" | "top-left" | "left-top",
        TopRight = "tr" | "top-right" | "right-top",
        BottomLeft = "bl" | "bottom-left" | "left-bottom",
        BottomRight = "br" | "bottom-right" | "right-bottom",
    }
);

words!(
    /// How badges follow each other.
    #[serde(rename_all = "kebab-case")]
    Direction {
        Rows = "h",
        Column = "v",
        /// Rows at the middle of an edge above or below, a column elsewhere.
        Auto = "d",
    }
);

words!(
    /// How artwork meets the frame.
    #[serde(rename_all = "kebab-case")]
    Fit {
        /// The source's own ratio.
        Native = "native",
        /// Fills the frame, cropped.
        Cover = "cover",
        /// Whole, with plain bars.
        Pad = "pad",
        /// Whole, over a blurred copy.
        Blur = "blur",
    }
);

words!(
    /// RPDB's word for the badge shape.
    #[serde(rename_all = "kebab-case")]
    Theme {
        Blocks = "blocks",
        RoundedBlocks = "rounded-blocks",
    }
);

impl Theme {
    pub fn shape(self) -> BadgeShape {
        match self {
            Self::Blocks => BadgeShape::Rounded,
            Self::RoundedBlocks => BadgeShape::Pill,
        }
    }
}

words!(
    /// RPDB's word for textless.
    #[serde(rename_all = "kebab-case")]
    PosterType {
        Poster = "poster" | "default",
        Textless = "textless",
        Rating = "rating",
    }
);

words!(
    /// A look that has a name: a choice of options.
    #[serde(rename_all = "kebab-case")]
    NamedLook {
        Minimal = "minimal",
        Broadcast = "broadcast",
        Ring = "ring",
        Glass = "glass",
        Cinema = "cinema",
        Mono = "mono",
        Kids = "kids",
        Data = "data",
    }
);

words!(
    /// A switch.
    #[serde(rename_all = "kebab-case")]
    Switch {
        On = "true" | "1" | "yes" | "on",
        Off = "false" | "0" | "no" | "off",
    }
);

/// The language of the artwork.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LanguagePreference {
    /// The language the title was made in.
    Original,
    Code(Language),
}

impl LanguagePreference {
    /// `None` for the language the title was made in.
    pub fn code(self) -> Option<Language> {
        match self {
            Self::Original => None,
            Self::Code(language) => Some(language),
        }
    }
}

/// A set of rating sources; serialised as the list of their keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "Vec<RatingSource>", into = "Vec<RatingSource>")]
pub struct SourceSet(u16);

impl SourceSet {
    pub fn insert(&mut self, source: RatingSource) {
        self.0 |= 1 << source as u16;
    }

    pub fn contains(self, source: RatingSource) -> bool {
        self.0 & (1 << source as u16) != 0
    }
}

impl FromIterator<RatingSource> for SourceSet {
    fn from_iter<I: IntoIterator<Item = RatingSource>>(sources: I) -> Self {
        let mut set = Self::default();
        sources.into_iter().for_each(|source| set.insert(source));
        set
    }
}

impl From<Vec<RatingSource>> for SourceSet {
    fn from(sources: Vec<RatingSource>) -> Self {
        sources.into_iter().collect()
    }
}

impl From<SourceSet> for Vec<RatingSource> {
    fn from(set: SourceSet) -> Self {
        RatingSource::ALL.into_iter().filter(|source| set.contains(*source)).collect()
    }
}

/// The awards whose statuette may be shown; serialised as the list of their names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "Vec<AwardBody>", into = "Vec<AwardBody>")]
pub struct AwardSet(u8);

impl AwardSet {
    pub const NONE: Self = Self(0);
    /// The default: Oscars of films and Emmys of series.
    pub const OSCAR_AND_EMMY: Self = Self(1 << AwardBody::Oscar as u8 | 1 << AwardBody::Emmy as u8);

    pub fn contains(self, body: AwardBody) -> bool {
        self.0 & (1 << body as u8) != 0
    }

    pub fn insert(&mut self, body: AwardBody) {
        self.0 |= 1 << body as u8;
    }
}

impl From<Vec<AwardBody>> for AwardSet {
    fn from(bodies: Vec<AwardBody>) -> Self {
        let mut set = Self::NONE;
        for body in bodies {
            set.insert(body);
        }
        set
    }
}

impl From<AwardSet> for Vec<AwardBody> {
    fn from(set: AwardSet) -> Self {
        AwardBody::ALL.into_iter().filter(|body| set.contains(*body)).collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn sets_are_written_as_names_and_read_back() {
        let exclude: SourceSet = vec![RatingSource::Imdb, RatingSource::RottenTomatoes].into();
        assert_eq!(json!(exclude), json!(["imdb", "rt"]));
        assert_eq!(serde_json::from_value::<SourceSet>(json!(["rt", "imdb"])).unwrap(), exclude);
        assert_eq!(json!(AwardSet::OSCAR_AND_EMMY), json!(["oscar", "emmy"]));
        for names in [json!([]), json!(["oscar", "golden_globe", "berlin"])] {
            let set: AwardSet = serde_json::from_value(names.clone()).unwrap();
            assert_eq!(json!(set), names);
        }
        assert!(serde_json::from_value::<AwardSet>(json!(["nobody"])).is_err());
    }
}
