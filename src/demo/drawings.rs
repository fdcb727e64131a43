//! The drawings, inside the program: the demo reads no file at run time.

/// Every drawing under the name that it has at the image host.
macro_rules! drawings {
    ($($slug:literal: $($file:literal)+;)+) => {
        &[$($((
            concat!($slug, "-", $file),
            include_bytes!(concat!("../../assets/demo/", $slug, "/", $file)).as_slice(),
        ),)+)+]
    };
}

static DRAWINGS: &[(&str, &[u8])] = drawings! {
    "salt-cartographer": "poster.svg" "poster-textless.svg" "backdrop.svg" "logo.svg";
    "sixty-one-windows": "poster.svg" "poster-textless.svg" "backdrop.svg" "logo.svg" "still-s1e1.svg" "still-s1e2.svg";
    "ninth-tide": "poster.svg" "poster-textless.svg" "backdrop.svg" "logo.svg" "still-s1e1.svg";
    "long-aphelion": "poster.svg" "poster-textless.svg" "backdrop.svg" "logo.svg";
    "patience-of-moss": "poster.svg" "poster-textless.svg" "backdrop.svg" "logo.svg";
    "funicular-season": "poster.svg" "poster-textless.svg" "backdrop.svg" "logo.svg";
    "alibi-at-midnight": "poster.svg" "poster-textless.svg" "backdrop.svg" "logo.svg";
    "papaya-frequency": "poster.svg" "poster-textless.svg" "backdrop.svg" "logo.svg" "still-s1e1.svg";
};

/// The SVG of this name.
pub(super) fn drawing(name: &str) -> Option<&'static [u8]> {
    DRAWINGS.iter().find_map(|(known, bytes)| (*known == name).then_some(*bytes))
}

#[cfg(test)]
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    DRAWINGS.iter().map(|(name, _)| *name)
}
