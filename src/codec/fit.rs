//! Crop and scale.

use std::cell::RefCell;

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};

use super::{Rgb, Rgba};

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

/// Intermediate rows above this are given back after use, so that one very large picture does not
/// hold memory for good.
const KEEP_BYTES: usize = 8 * 1024 * 1024;

/// Cuts `crop` out and scales it to `width × height` with Lanczos3. A part that already has this
/// size is copied.
pub fn crop_resize(picture: &Rgb, crop: CropRect, width: u32, height: u32) -> Rgb {
    let source = Source {
        data: &picture.data,
        width: picture.width,
        height: picture.height,
        pixel: PixelType::U8x3,
    };
    Rgb { width, height, data: source.crop_resize(crop, width, height) }
}

/// As [`crop_resize`]; colours are weighted by alpha, so that hidden ones do not bleed into edges.
pub fn crop_resize_alpha(picture: &Rgba, crop: CropRect, width: u32, height: u32) -> Rgba {
    let source = Source {
        data: &picture.data,
        width: picture.width,
        height: picture.height,
        pixel: PixelType::U8x4,
    };
    Rgba { width, height, data: source.crop_resize(crop, width, height) }
}

struct Source<'a> {
    data: &'a [u8],
    width: u32,
    height: u32,
    pixel: PixelType,
}

impl Source<'_> {
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
        let mut out = Vec::with_capacity(len * height as usize);
        for row in 0..height as usize {
            out.extend_from_slice(&self.data[(y + row) * stride + x * bytes..][..len]);
        }
        out
    }

    fn scale(&self, crop: CropRect, width: u32, height: u32) -> Vec<u8> {
        let options = ResizeOptions::new()
            .resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3))
            .crop(crop.x, crop.y, crop.width, crop.height);
        let mut out = Image::new(width, height, self.pixel);
        // A picture's data are as long as its size says, and the crop was clamped into it.
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
