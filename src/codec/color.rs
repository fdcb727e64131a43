//! Embedded colour profiles and inks → sRGB.

use moxcms::{ColorProfile, DataColorSpace, Layout, TransformOptions};

use super::{Rgb, Rgba};

/// Four inks a pixel: cyan, magenta, yellow, black; 0 none, 255 full.
pub(super) struct Inks {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) data: Vec<u8>,
}

/// Largest profile that is looked at; press profiles with tables take 1 to 3 MB.
const MAX_PROFILE: usize = 8 * 1024 * 1024;

/// Converts from the embedded profile. One that cannot be read, is meant for another kind of picture
/// or hardly differs from sRGB leaves the pixels as they are.
pub(super) fn to_srgb(picture: Rgb, icc: &[u8], grey: bool) -> Rgb {
    let Some(transform) = Transform::new(icc, grey, false) else {
        return picture;
    };
    let Rgb { width, height, data } = picture;
    let source: Vec<u8> =
        if transform.grey { data.chunks_exact(3).map(|pixel| pixel[0]).collect() } else { data };
    let mut data = vec![0; width as usize * height as usize * 3];
    transform.run(&source, &mut data);
    Rgb { width, height, data }
}

/// Whether [`to_srgb`] leaves the pixels of a colour picture as they are.
pub(super) fn is_srgb(icc: &[u8]) -> bool {
    Transform::new(icc, false, false).is_none()
}

/// As [`to_srgb`], leaving alpha alone.
pub(super) fn to_srgb_alpha(picture: Rgba, icc: &[u8], grey: bool) -> Rgba {
    let Some(transform) = Transform::new(icc, grey, true) else {
        return picture;
    };
    let Rgba { width, height, data } = picture;
    let source: Vec<u8> = if transform.grey {
        data.chunks_exact(4).flat_map(|pixel| [pixel[0], pixel[3]]).collect()
    } else {
        data
    };
    let mut data = vec![0; width as usize * height as usize * 4];
    transform.run(&source, &mut data);
    Rgba { width, height, data }
}

/// Inks through their profile, or by the plain rule (light left by ink and black) without one.
pub(super) fn inks_to_srgb(inks: &Inks, icc: Option<&[u8]>) -> Rgb {
    let (width, height) = (inks.width, inks.height);
    let mut data = vec![0; width as usize * height as usize * 3];
    match icc.and_then(ink_transform) {
        Some(transform) => transform.run(&inks.data, &mut data),
        None => {
            for (out, ink) in data.chunks_exact_mut(3).zip(inks.data.chunks_exact(4)) {
                let light = u32::from(255 - ink[3]);
                for (channel, ink) in out.iter_mut().zip(ink) {
                    *channel = ((u32::from(255 - ink) * light + 127) / 255) as u8;
                }
            }
        }
    }
    Rgb { width, height, data }
}

struct Transform {
    executor: std::sync::Arc<moxcms::Transform8BitExecutor>,
    grey: bool,
}

impl Transform {
    fn new(icc: &[u8], grey: bool, alpha: bool) -> Option<Self> {
        let profile = read(icc)?;
        // A grey picture may carry a colour profile: its grey axis then applies.
        let (layout, grey) = match (profile.color_space, alpha) {
            (DataColorSpace::Gray, false) if grey => (Layout::Gray, true),
            (DataColorSpace::Gray, true) if grey => (Layout::GrayAlpha, true),
            (DataColorSpace::Rgb, false) => (Layout::Rgb, false),
            (DataColorSpace::Rgb, true) => (Layout::Rgba, false),
            _ => return None,
        };
        let to = if alpha { Layout::Rgba } else { Layout::Rgb };
        let executor = executor(&profile, layout, to)?;
        let transform = Self { executor, grey };
        (!transform.changes_little(alpha)).then_some(transform)
    }

    fn run(&self, source: &[u8], target: &mut [u8]) {
        // Both are whole pixels of the layouts the transform was made for; a transform that
        // disagrees leaves black.
        let done = self.executor.transform(source, target);
        debug_assert!(done.is_ok(), "{done:?}");
    }

    /// Whether a grid of colours comes out within two steps of where it was: sRGB by another name.
    fn changes_little(&self, alpha: bool) -> bool {
        const LEVELS: [u8; 6] = [0, 51, 102, 153, 204, 255];
        let grid = || {
            LEVELS.iter().flat_map(|r| {
                LEVELS.iter().flat_map(move |g| LEVELS.iter().map(move |b| [*r, *g, *b]))
            })
        };
        let colors: Vec<[u8; 3]> =
            if self.grey { (0..=255).map(|v| [v; 3]).collect() } else { grid().collect() };
        let opaque = alpha.then_some(u8::MAX);
        let source: Vec<u8> = colors
            .iter()
            .flat_map(|color| color[..if self.grey { 1 } else { 3 }].iter().copied().chain(opaque))
            .collect();
        let channels = if alpha { 4 } else { 3 };
        let mut target = vec![0; colors.len() * channels];
        self.run(&source, &mut target);
        colors
            .iter()
            .zip(target.chunks_exact(channels))
            .all(|(was, is)| was.iter().zip(is).all(|(a, b)| a.abs_diff(*b) <= 2))
    }
}

fn ink_transform(icc: &[u8]) -> Option<Transform> {
    let profile = read(icc)?;
    if profile.color_space != DataColorSpace::Cmyk {
        return None;
    }
    // Four inks share the layout of three colours and alpha.
    Some(Transform { executor: executor(&profile, Layout::Rgba, Layout::Rgb)?, grey: false })
}

fn read(icc: &[u8]) -> Option<ColorProfile> {
    if icc.len() > MAX_PROFILE {
        return None;
    }
    ColorProfile::new_from_slice(icc).ok()
}

fn executor(
    profile: &ColorProfile,
    from: Layout,
    to: Layout,
) -> Option<std::sync::Arc<moxcms::Transform8BitExecutor>> {
    let srgb = ColorProfile::new_srgb();
    profile.create_transform_8bit(from, &srgb, to, TransformOptions::default()).ok()
}
