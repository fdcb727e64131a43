//! Crop and scale.

use std::cell::RefCell;
use std::f64::consts::PI;
use std::sync::LazyLock;

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{Filter, FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};

use super::{Plane, Planes, Rgb, Rgba, buffer_pool, plane_scale};

/// A part of a picture in its pixels; fractions are honoured.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CropRect {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

impl CropRect {
    /// All of a picture.
    pub fn whole(width: u32, height: u32) -> Self {
        Self { x: 0.0, y: 0.0, width: width.into(), height: height.into() }
    }

    /// The largest part of a picture with the ratio of `width`:`height`, placed by `gravity`: 0 is
    /// left or top, 0.5 the middle, 1 right or bottom.
    pub fn cover(source: (u32, u32), width: u32, height: u32, gravity: (f64, f64)) -> Self {
        let (source_width, source_height) = (f64::from(source.0), f64::from(source.1));
        let ratio = f64::from(width.max(1)) / f64::from(height.max(1));
        let crop_width = source_width.min(source_height * ratio);
        let crop_height = source_height.min(source_width / ratio);
        Self {
            x: (source_width - crop_width) * gravity.0.clamp(0.0, 1.0),
            y: (source_height - crop_height) * gravity.1.clamp(0.0, 1.0),
            width: crop_width,
            height: crop_height,
        }
    }

    /// The same part inside a picture, at least one pixel of it.
    fn clamped(self, width: u32, height: u32) -> Self {
        let (width, height) = (f64::from(width), f64::from(height));
        // `f64::clamp` passes NaN on; `max` and `min` do not.
        let x = self.x.max(0.0).min(width - 1.0);
        let y = self.y.max(0.0).min(height - 1.0);
        Self {
            x,
            y,
            width: self.width.max(1.0).min(width - x),
            height: self.height.max(1.0).min(height - y),
        }
    }

    /// Whether cutting it out and scaling to `width × height` changes no pixel's grid: the offset
    /// when it does not.
    fn plain_cut(self, width: u32, height: u32) -> Option<(usize, usize)> {
        const CLOSE: f64 = 1e-3;
        let near = |a: f64, b: f64| (a - b).abs() < CLOSE;
        let plain = near(self.x, self.x.round())
            && near(self.y, self.y.round())
            && near(self.width, width.into())
            && near(self.height, height.into());
        plain.then_some((self.x.round() as usize, self.y.round() as usize))
    }
}

thread_local! {
    /// The resizer keeps its intermediate rows between pictures: a worker thread allocates them once.
    static RESIZER: RefCell<Resizer> = RefCell::new(Resizer::new());
}

/// Lanczos3 by a table: two sines for each weight took a thirtieth of a cold picture's time.
static LANCZOS3: LazyLock<FilterType> = LazyLock::new(|| {
    // Err only for an empty name or a support that is not above zero.
    Filter::new("Lanczos3", lanczos3, 3.0).map_or(FilterType::Lanczos3, FilterType::Custom)
});

/// Samples of the kernel for each unit; between them a straight line is as near as 4e-6.
const STEPS: usize = 1024;

pub(super) fn lanczos3(x: f64) -> f64 {
    static TABLE: LazyLock<Vec<f64>> = LazyLock::new(|| {
        let sinc = |x: f64| if x == 0.0 { 1.0 } else { (PI * x).sin() / (PI * x) };
        let kernel = |x: f64| if x < 3.0 { sinc(x) * sinc(x / 3.0) } else { 0.0 };
        (0..=3 * STEPS + 1).map(|step| kernel(step as f64 / STEPS as f64)).collect()
    });
    let at = x.abs() * STEPS as f64;
    let step = at as usize;
    match (TABLE.get(step), TABLE.get(step + 1)) {
        (Some(from), Some(to)) => from + (to - from) * at.fract(),
        _ => 0.0,
    }
}

/// Intermediate rows above this are given back after use, so that one very large picture does not
/// hold memory for good.
const KEEP_BYTES: usize = 8 * 1024 * 1024;

/// Cuts `crop` out and scales it to `width × height` with Lanczos3. A part that already has this
/// size is copied.
pub fn crop_resize(picture: &Rgb, crop: CropRect, width: u32, height: u32) -> Rgb {
    let source = FitSource {
        data: &picture.data,
        width: picture.width,
        height: picture.height,
        pixel: PixelType::U8x3,
    };
    Rgb { width, height, data: source.crop_resize(crop, width, height) }
}

/// As [`crop_resize`]; colours are weighted by alpha, so that hidden ones do not bleed into edges.
pub fn crop_resize_alpha(picture: &Rgba, crop: CropRect, width: u32, height: u32) -> Rgba {
    let source = FitSource {
        data: &picture.data,
        width: picture.width,
        height: picture.height,
        pixel: PixelType::U8x4,
    };
    Rgba { width, height, data: source.crop_resize(crop, width, height) }
}

/// As [`crop_resize`], each plane by itself.
pub fn crop_resize_planes(planes: &Planes, crop: CropRect, width: u32, height: u32) -> Planes {
    let crop = crop.clamped(planes.width(), planes.height());
    let chroma = |plane: &Plane| {
        // A sample stands in the middle of its 2 × 2 pixels, so that half of the crop is the same part.
        let (across, x) = halved(crop.x, crop.width, width);
        let (down, y) = halved(crop.y, crop.height, height);
        let part = CropRect { x, y, width: across.0, height: down.0 };
        let scaled = scale_plane(plane, part, across.1, down.1);
        repeat_last(scaled, (across.1, down.1), (width.div_ceil(2), height.div_ceil(2)))
    };
    let data = scale_plane(&planes.y, crop, width, height);
    let y = Plane { width, height, data };
    Planes { y, cb: chroma(&planes.cb), cr: chroma(&planes.cr) }
}

/// Of one side, what chroma samples stand for all pixels but an odd last one: how much of the plane and how
/// many samples; and where it begins.
fn halved(start: f64, length: f64, pixels: u32) -> ((f64, u32), f64) {
    let samples = (pixels / 2).max(1);
    let share = f64::from(samples * 2) / f64::from(pixels.max(1));
    ((length * share.min(1.0) / 2.0, samples), start / 2.0)
}

/// The samples of an odd last column and row are those before them.
fn repeat_last(data: Vec<u8>, (columns, rows): (u32, u32), (width, height): (u32, u32)) -> Plane {
    let (columns, width) = (columns as usize, width as usize);
    if (columns, rows) == (width, height) || data.is_empty() {
        return Plane { width: width as u32, height, data };
    }
    let mut plane = Plane::any(width as u32, height);
    for (y, place) in plane.data.chunks_exact_mut(width).enumerate() {
        let row = &data[y.min(rows as usize - 1) * columns..][..columns];
        place[..columns].copy_from_slice(row);
        place[columns..].fill(row[columns - 1]);
    }
    buffer_pool::give_back(data);
    plane
}

fn scale_plane(plane: &Plane, crop: CropRect, width: u32, height: u32) -> Vec<u8> {
    let crop = crop.clamped(plane.width, plane.height);
    if width == 0 || height == 0 || plane.data.is_empty() || crop.plain_cut(width, height).is_some()
    {
        return plane_source(plane).crop_resize(crop, width, height);
    }
    plane_scale::scale(plane, crop, width, height)
}

fn plane_source(plane: &Plane) -> FitSource<'_> {
    FitSource { data: &plane.data, width: plane.width, height: plane.height, pixel: PixelType::U8 }
}

struct FitSource<'a> {
    data: &'a [u8],
    width: u32,
    height: u32,
    pixel: PixelType,
}

impl FitSource<'_> {
    fn crop_resize(&self, crop: CropRect, width: u32, height: u32) -> Vec<u8> {
        let bytes = self.pixel.size();
        if width == 0 || height == 0 || self.width == 0 || self.height == 0 {
            return vec![0; width as usize * height as usize * bytes];
        }
        let crop = crop.clamped(self.width, self.height);
        match crop.plain_cut(width, height) {
            Some(offset) => self.cut(offset, width, height),
            None => self.scale(crop, width, height),
        }
    }

    fn cut(&self, (x, y): (usize, usize), width: u32, height: u32) -> Vec<u8> {
        let bytes = self.pixel.size();
        let (stride, len) = (self.width as usize * bytes, width as usize * bytes);
        let mut out = buffer_pool::any(len * height as usize);
        for (row, place) in out.chunks_exact_mut(len).enumerate() {
            place.copy_from_slice(&self.data[(y + row) * stride + x * bytes..][..len]);
        }
        out
    }

    fn scale(&self, crop: CropRect, width: u32, height: u32) -> Vec<u8> {
        let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(*LANCZOS3)).crop(
            crop.x,
            crop.y,
            crop.width,
            crop.height,
        );
        let place = buffer_pool::any(width as usize * height as usize * self.pixel.size());
        // A picture's data are as long as its size says, and the crop was clamped into it.
        let mut out = Image::from_vec_u8(width, height, place, self.pixel)
            .expect("the place was made for this size");
        let source = ImageRef::new(self.width, self.height, self.data, self.pixel)
            .expect("a picture's buffer fits its size");
        RESIZER.with_borrow_mut(|resizer| {
            resizer.resize(&source, &mut out, &options).expect("the crop is inside the picture");
            if resizer.size_of_internal_buffers() > KEEP_BYTES {
                resizer.reset_internal_buffers();
            }
        });
        out.into_vec()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::codec::DecodeOptions;
    use crate::codec::samples::{disc, photo, psnr};

    #[test]
    fn a_cut_of_the_same_size_copies_pixels() {
        let picture = photo(40, 30);
        let crop = CropRect { x: 3.0, y: 5.0, width: 20.0, height: 10.0 };
        let cut = crop_resize(&picture, crop, 20, 10);
        for y in 0..10 {
            let row = &picture.rows(y + 5, 1)[9..69];
            assert_eq!(cut.rows(y, 1), row);
        }
        assert_eq!(crop_resize(&picture, CropRect::whole(40, 30), 40, 30), picture);
    }

    #[test]
    fn the_table_is_lanczos3() {
        let sinc = |x: f64| if x == 0.0 { 1.0 } else { (PI * x).sin() / (PI * x) };
        for step in 0..4000 {
            let x = f64::from(step) * 0.000_977 - 0.5;
            let exact = if x.abs() < 3.0 { sinc(x) * sinc(x / 3.0) } else { 0.0 };
            assert!((lanczos3(x) - exact).abs() < 4e-6, "at {x}");
        }
        assert!(lanczos3(3.5).abs() < 1e-12 && lanczos3(1e9).abs() < 1e-12);
    }

    #[test]
    fn fractions_of_a_pixel_are_honoured() {
        let mut ramp = Rgb::new(64, 8);
        for (i, pixel) in ramp.data.chunks_exact_mut(3).enumerate() {
            pixel.fill((i % 64 * 4) as u8);
        }
        let middle = |x: f64| {
            let crop = CropRect { x, y: 0.0, width: 32.0, height: 8.0 };
            crop_resize(&ramp, crop, 16, 4).data[8 * 3]
        };
        assert_eq!(middle(10.5) - middle(10.0), 2);
        assert_eq!(middle(11.0) - middle(10.0), 4);
    }

    #[test]
    fn down_and_up_again_keeps_what_is_coarse() {
        let mut picture = photo(200, 300);
        crate::codec::blur(&mut picture, 4.0);
        let small = crop_resize(&picture, CropRect::whole(200, 300), 100, 150);
        let again = crop_resize(&small, CropRect::whole(100, 150), 200, 300);
        assert!(psnr(&picture, &again) > 38.0);
    }

    /// Chroma must not wander against luma, and not stretch where a side is odd.
    #[test]
    fn planes_scale_as_pixels_do() {
        let mut picture = photo(240, 361);
        crate::codec::blur(&mut picture, 2.0);
        let file = crate::codec::encode_jpeg(&picture, 98).unwrap();
        let planes = crate::codec::decode_planes(&file, &DecodeOptions::default());
        let planes = planes.unwrap().unwrap();
        for (width, height) in [(180, 270), (181, 271), (120, 180), (240, 361), (1, 1)] {
            for crop in [
                CropRect::whole(240, 361),
                CropRect { x: 21.0, y: 3.5, width: 180.0, height: 271.0 },
            ] {
                let pixels = crop_resize(&picture, crop, width, height);
                let scaled = crop_resize_planes(&planes, crop, width, height);
                let apart = psnr(&pixels, &scaled.to_rgb(height));
                assert!(apart > 33.0, "{width}x{height} of {crop:?}: {apart:.1} dB");
            }
        }
    }

    #[test]
    fn hidden_colours_do_not_bleed() {
        let mut logo = disc(64, 64);
        for pixel in logo.data.chunks_exact_mut(4) {
            let color = if pixel[3] == 0 { [0, 255, 0] } else { [255, 0, 0] };
            pixel[..3].copy_from_slice(&color);
        }
        let small = crop_resize_alpha(&logo, CropRect::whole(64, 64), 21, 21);
        for pixel in small.data.chunks_exact(4).filter(|pixel| pixel[3] > 8) {
            assert!(pixel[1] < 40, "{pixel:?}");
        }
    }

    #[test]
    fn cover_keeps_the_ratio_and_moves_with_gravity() {
        let wide = CropRect::cover((2000, 1000), 580, 870, (0.5, 0.5));
        assert!((wide.width / wide.height - 580.0 / 870.0).abs() < 1e-9);
        assert!((wide.x + wide.width / 2.0 - 1000.0).abs() < 1e-9);
        let tall = CropRect::cover((1000, 2000), 16, 9, (0.5, 0.0));
        assert!(tall.y.abs() < 1e-9 && (tall.width - 1000.0).abs() < 1e-9);
    }

    proptest! {
        #[test]
        fn any_crop_gives_a_picture_of_the_size_asked_for(
            x in -50.0..150.0, y in -50.0..150.0, crop_width in -9.0..200.0, crop_height in -9.0..200.0,
            width in 0_u32..60, height in 0_u32..60,
        ) {
            let crop = CropRect { x, y, width: crop_width, height: crop_height };
            let picture = crop_resize(&photo(70, 50), crop, width, height);
            prop_assert_eq!(picture.data.len(), (width * height * 3) as usize);
            let nan = CropRect { x: f64::NAN, y: f64::NAN, width: f64::NAN, height: f64::NAN };
            crop_resize(&photo(70, 50), nan, width, height);
        }
    }
}
