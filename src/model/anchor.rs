//! Where things stand on a frame.

use super::words::words;

words!(
    /// The point of an element that its place names.
    #[serde(rename_all = "kebab-case")]
    Anchor {
        TopLeft = "tl",
        TopCenter = "tc",
        TopRight = "tr",
        Left = "l",
        Center = "c",
        Right = "r",
        BottomLeft = "bl",
        BottomCenter = "bc",
        BottomRight = "br",
    }
);

impl Anchor {
    /// Its place in an element, as shares of width and height.
    pub fn shares(self) -> (f32, f32) {
        let x = match self {
            Self::TopLeft | Self::Left | Self::BottomLeft => 0.0,
            Self::TopCenter | Self::Center | Self::BottomCenter => 0.5,
            Self::TopRight | Self::Right | Self::BottomRight => 1.0,
        };
        let y = match self {
            Self::TopLeft | Self::TopCenter | Self::TopRight => 0.0,
            Self::Left | Self::Center | Self::Right => 0.5,
            Self::BottomLeft | Self::BottomCenter | Self::BottomRight => 1.0,
        };
        (x, y)
    }
}

words!(
    /// A side of a rectangle.
    #[serde(rename_all = "kebab-case")]
    Side {
        Top = "top",
        Right = "right",
        Bottom = "bottom",
        Left = "left",
    }
);
