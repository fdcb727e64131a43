//! Pictures as JPEG codes them: a plane of luma, and two of chroma at half of its width and height.

#![expect(
    clippy::inline_always,
    reason = "what is dispatched to a processor's vectors has to be compiled for them as a whole"
)]

use pulp::{Arch, Simd, WithSimd};

use super::{Rgb, buffer_pool};

/// Samples of one component, rows from the top without padding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plane {
    pub width: u32,
    pub height: u32,
    pub data: Vec<u8>,
}

/// `Y`, `Cb` and `Cr` by JFIF. A sample of chroma stands for 2 × 2 pixels, at an odd side's end for one
/// row or column less.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planes {
    pub y: Plane,
    pub cb: Plane,
    pub cr: Plane,
}

impl Plane {
    /// Whatever is in them: for who writes all samples.
    pub(super) fn any(width: u32, height: u32) -> Self {
        Self { width, height, data: buffer_pool::any(width as usize * height as usize) }
    }

    /// Leaves out what is right of `width` and below `height`.
    #[cfg(feature = "turbo")]
    pub(super) fn cut(&mut self, width: u32, height: u32) {
        let (from, to) = (self.width as usize, width as usize);
        if from != to {
            for y in 1..height as usize {
                self.data.copy_within(y * from..y * from + to, y * to);
            }
        }
        self.data.truncate(to * height as usize);
        (self.width, self.height) = (width, height);
    }

    /// The samples of `count` rows from row `first` on.
    ///
    /// # Panics
    /// When the rows are not all inside the plane.
    pub fn rows(&self, first: u32, count: u32) -> &[u8] {
        let stride = self.width as usize;
        &self.data[first as usize * stride..][..count as usize * stride]
    }
}

impl Planes {
    /// Planes of a picture of this size, whatever is in them.
    pub(super) fn any(width: u32, height: u32) -> Self {
        let chroma = || Plane::any(width.div_ceil(2), height.div_ceil(2));
        Self { y: Plane::any(width, height), cb: chroma(), cr: chroma() }
    }

    pub fn width(&self) -> u32 {
        self.y.width
    }

    pub fn height(&self) -> u32 {
        self.y.height
    }

    /// The picture's upper `height` rows as pixels, each with the chroma of its 2 × 2: averaged again over
    /// the same pixels, as the encoder does, chroma comes out as it was.
    pub fn to_rgb(&self, height: u32) -> Rgb {
        let mut data = buffer_pool::any(self.y.width as usize * height as usize * 3);
        Arch::new().dispatch(ToRgb { planes: self, data: &mut data });
        Rgb { width: self.y.width, height, data }
    }

    /// Leaves the room of planes that are done with to the next ones on this thread.
    pub fn recycle(self) {
        for plane in [self.y, self.cb, self.cr] {
            buffer_pool::give_back(plane.data);
        }
    }
}

/// What chroma adds to the luma of each pixel of two rows.
struct Offsets {
    red: Vec<i16>,
    green: Vec<i16>,
    blue: Vec<i16>,
}

impl Offsets {
    fn new(width: usize) -> Self {
        let line = || vec![0; width.next_multiple_of(2)];
        Self { red: line(), green: line(), blue: line() }
    }

    #[inline(always)]
    fn load(&mut self, cb: &[u8], cr: &[u8]) {
        let (count, cr) = (cb.len(), &cr[..cb.len()]);
        let pairs = [&mut self.red, &mut self.green, &mut self.blue];
        let [red, green, blue] = pairs.map(|line| &mut line.as_chunks_mut::<2>().0[..count]);
        for x in 0..count {
            let (cb, cr) = (i32::from(cb[x]) - 128, i32::from(cr[x]) - 128);
            // JFIF's factors, in 65,536ths.
            red[x] = [((91_881 * cr + 32_768) >> 16) as i16; 2];
            green[x] = [((-22_554 * cb - 46_802 * cr + 32_768) >> 16) as i16; 2];
            blue[x] = [((116_130 * cb + 32_768) >> 16) as i16; 2];
        }
    }

    #[inline(always)]
    fn color(&self, luma: &[u8], row: &mut [u8]) {
        let (pixels, _) = row.as_chunks_mut::<3>();
        let count = pixels.len();
        let (luma, red) = (&luma[..count], &self.red[..count]);
        let (green, blue) = (&self.green[..count], &self.blue[..count]);
        for x in 0..count {
            let luma = i16::from(luma[x]);
            pixels[x] = [
                (luma + red[x]).clamp(0, 255) as u8,
                (luma + green[x]).clamp(0, 255) as u8,
                (luma + blue[x]).clamp(0, 255) as u8,
            ];
        }
    }
}

/// The upper rows of planes, as many as `data` has room for.
struct ToRgb<'a> {
    planes: &'a Planes,
    data: &'a mut [u8],
}

impl WithSimd for ToRgb<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Self { planes, data } = self;
        let width = planes.y.width as usize;
        let mut offsets = Offsets::new(width);
        for (y, row) in (0..).zip(data.chunks_exact_mut(width.max(1) * 3)) {
            if y % 2 == 0 {
                offsets.load(planes.cb.rows(y / 2, 1), planes.cr.rows(y / 2, 1));
            }
            offsets.color(planes.y.rows(y, 1), row);
        }
    }
}
