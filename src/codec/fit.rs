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
mod tests;
