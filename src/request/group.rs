//! The groups in which forms show the parameters.

/// One heading of a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OptionGroup {
    Look,
    Artwork,
    Ratings,
    Badges,
    Placement,
    Score,
    Facts,
    Marks,
    Address,
    OtherWords,
}

impl OptionGroup {
    /// In the order of forms.
    pub const ALL: [Self; 10] = [
        Self::Look,
        Self::Artwork,
        Self::Ratings,
        Self::Badges,
        Self::Placement,
        Self::Score,
        Self::Facts,
        Self::Marks,
        Self::Address,
        Self::OtherWords,
    ];

    /// Its word for programs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Look => "look",
            Self::Artwork => "artwork",
            Self::Ratings => "ratings",
            Self::Badges => "badges",
            Self::Placement => "placement",
            Self::Score => "score",
            Self::Facts => "facts",
            Self::Marks => "marks",
            Self::Address => "address",
            Self::OtherWords => "other_words",
        }
    }

    /// Its heading, and one sentence.
    pub const fn heading(self) -> (&'static str, &'static str) {
        match self {
            Self::Look => ("Look", "A designed choice of everything below, to begin with."),
            Self::Artwork => ("Artwork", "Which picture is taken, and how it fills its frame."),
            Self::Ratings => ("Ratings", "Whose ratings are shown, and how many."),
            Self::Badges => ("Badges", "What a badge looks like."),
            Self::Placement => ("Placement", "Where the ratings stand."),
            Self::Score => ("Score", "The mean of all ratings as one number, bar or ring."),
            Self::Facts => ("Facts", "Certificate, year, genre and the like."),
            Self::Marks => ("Awards and sash", "What is worth a mark of its own."),
            Self::Address => ("Address", "What an address says beside the looks."),
            Self::OtherWords => ("Words of RPDB", "Other words for what stands above."),
        }
    }
}
