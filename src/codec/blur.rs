//! Blur, against spoilers.

use libblur::{AnisotropicRadius, BlurImageMut, FastBlurChannels, ThreadingPolicy};

use super::{CropRect, Rgb, crop_resize};

/// Blurs a picture as a Gaussian of `sigma` pixels would, nearly.
///
/// A blurred picture holds little detail, so it is made small first: the cost falls with the square
/// of sigma, and the difference to an exact blur is invisible (48 dB at sigma 24).
pub fn blur(picture: &mut Rgb, sigma: f32) {
    if sigma.is_nan() || sigma < MIN_SIGMA || picture.data.is_empty() {
        return;
    }
    // The small picture keeps a sigma of at least two of its pixels.
    let shrink = (sigma / 2.0).floor().clamp(1.0, 16.0);
    if shrink < 2.0 {
        stack_blur(picture, sigma);
        return;
    }
    let (width, height) = (picture.width, picture.height);
    let side = |side: u32| ((side as f32 / shrink).round() as u32).max(1);
    let mut small = crop_resize(picture, CropRect::whole(width, height), side(width), side(height));
    stack_blur(&mut small, sigma / shrink);
    let whole = CropRect::whole(small.width, small.height);
    *picture = crop_resize(&small, whole, width, height);
}

/// Below this no pixel changes visibly.
const MIN_SIGMA: f32 = 0.3;

fn stack_blur(picture: &mut Rgb, sigma: f32) {
    // A stack (triangle) of radius r has variance r(r + 2) / 6.
    let radius = ((6.0 * sigma * sigma + 1.0).sqrt() - 1.0).round().clamp(1.0, 254.0) as u32;
    let mut image = BlurImageMut::borrow(
        &mut picture.data,
        picture.width,
        picture.height,
        FastBlurChannels::Channels3,
    );
    let done =
        libblur::stack_blur(&mut image, AnisotropicRadius::new(radius), ThreadingPolicy::Single);
    // The only error is a buffer that does not fit its size.
    debug_assert!(done.is_ok(), "{done:?}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::samples::{photo, psnr};

    /// A Gaussian by its definition.
    fn exact(picture: &Rgb, sigma: f32) -> Rgb {
        let source = image::RgbImage::from_raw(picture.width, picture.height, picture.data.clone());
        let blurred = image::imageops::blur(&source.unwrap(), sigma);
        Rgb { width: picture.width, height: picture.height, data: blurred.into_raw() }
    }

    #[test]
    fn it_is_close_to_an_exact_gaussian() {
        for sigma in [1.5, 3.0, 8.0, 24.0] {
            let picture = photo(160, 120);
            let mut blurred = picture.clone();
            blur(&mut blurred, sigma);
            let quality = psnr(&exact(&picture, sigma), &blurred);
            assert!(quality > 34.0, "sigma {sigma}: {quality:.1} dB");
        }
    }

    /// Lettering on a spoiler: no stroke may be told from its ground.
    #[test]
    fn a_strong_blur_leaves_nothing_to_recognise() {
        let mut page = Rgb::new(780, 439);
        for (i, pixel) in page.data.chunks_exact_mut(3).enumerate() {
            let (x, y) = (i % 780, i / 780);
            pixel.fill(if x / 9 % 2 == 0 && y / 14 % 2 == 0 { 255 } else { 0 });
        }
        blur(&mut page, 24.0);
        let middle = page.rows(100, 200);
        let (low, high) = (middle.iter().min().unwrap(), middle.iter().max().unwrap());
        assert!(high - low < 40, "{low} to {high}");
        let centre = page.rows(220, 1)[300 * 3..480 * 3].to_vec();
        assert!(centre.iter().max().unwrap() - centre.iter().min().unwrap() < 4);
    }

    #[test]
    fn no_sigma_changes_nothing_and_any_is_survived() {
        let picture = photo(30, 20);
        for sigma in [0.0, -3.0, f32::NAN] {
            let mut same = picture.clone();
            blur(&mut same, sigma);
            assert_eq!(same, picture);
        }
        for (width, height) in [(1, 1), (1, 50), (3, 2), (0, 0)] {
            blur(&mut photo(width, height), 1e9);
        }
    }
}
