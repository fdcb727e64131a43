//! Pixels in memory: sRGB, eight bits a channel, rows from the top without padding.

/// An opaque picture; `data` holds `width × height × 3` bytes, red first.
#[derive(Clone, PartialEq, Eq)]
pub struct Rgb {
    pub width: u32,
    pub height: u32,
    pub data: Vec<u8>,
}

/// A picture with straight (not premultiplied) alpha; `data` holds `width × height × 4` bytes, red
/// first, alpha last.
#[derive(Clone, PartialEq, Eq)]
pub struct Rgba {
    pub width: u32,
    pub height: u32,
    pub data: Vec<u8>,
}

/// What a source turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Picture {
    Opaque(Rgb),
    Alpha(Rgba),
}

impl Rgb {
    /// A black picture.
    pub fn new(width: u32, height: u32) -> Self {
        Self { width, height, data: vec![0; width as usize * height as usize * 3] }
    }

    /// `None` when `data` is not exactly as long as the size asks for.
    pub fn from_raw(width: u32, height: u32, data: Vec<u8>) -> Option<Self> {
        (data.len() == width as usize * height as usize * 3).then_some(Self { width, height, data })
    }

    /// Bytes from one row to the next.
    pub fn stride(&self) -> usize {
        self.width as usize * 3
    }

    /// The bytes of `count` rows from row `first` on.
    ///
    /// # Panics
    /// When the rows are not all inside the picture.
    pub fn rows(&self, first: u32, count: u32) -> &[u8] {
        let stride = self.stride();
        &self.data[first as usize * stride..][..count as usize * stride]
    }
}

impl Rgba {
    /// A transparent picture.
    pub fn new(width: u32, height: u32) -> Self {
        Self { width, height, data: vec![0; width as usize * height as usize * 4] }
    }

    /// `None` when `data` is not exactly as long as the size asks for.
    pub fn from_raw(width: u32, height: u32, data: Vec<u8>) -> Option<Self> {
        (data.len() == width as usize * height as usize * 4).then_some(Self { width, height, data })
    }

    /// The picture laid on one colour.
    ///
    /// The blend is done on sRGB values, as browsers do it.
    pub fn over(&self, ground: [u8; 3]) -> Rgb {
        let mut data = Vec::with_capacity(self.data.len() / 4 * 3);
        for pixel in self.data.chunks_exact(4) {
            let alpha = u32::from(pixel[3]);
            for (channel, ground) in pixel[..3].iter().zip(ground) {
                let mixed = u32::from(*channel) * alpha + u32::from(ground) * (255 - alpha);
                data.push(((mixed + 127) / 255) as u8);
            }
        }
        Rgb { width: self.width, height: self.height, data }
    }
}

impl Picture {
    /// Width and height.
    pub fn size(&self) -> (u32, u32) {
        match self {
            Self::Opaque(picture) => (picture.width, picture.height),
            Self::Alpha(picture) => (picture.width, picture.height),
        }
    }

    /// The picture without alpha; transparent parts show `ground`.
    pub fn into_opaque(self, ground: [u8; 3]) -> Rgb {
        match self {
            Self::Opaque(picture) => picture,
            Self::Alpha(picture) => picture.over(ground),
        }
    }

    /// The picture with an alpha channel, opaque where there was none.
    pub fn into_alpha(self) -> Rgba {
        match self {
            Self::Alpha(picture) => picture,
            Self::Opaque(Rgb { width, height, data }) => {
                let data = data.chunks_exact(3).flat_map(|p| [p[0], p[1], p[2], u8::MAX]).collect();
                Rgba { width, height, data }
            }
        }
    }
}

impl std::fmt::Debug for Rgb {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Rgb({}x{})", self.width, self.height)
    }
}

impl std::fmt::Debug for Rgba {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Rgba({}x{})", self.width, self.height)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_of_the_wrong_length_is_no_picture() {
        assert!(Rgb::from_raw(2, 2, vec![0; 11]).is_none());
        assert!(Rgba::from_raw(2, 2, vec![0; 16]).is_some());
    }

    #[test]
    fn transparent_pixels_show_the_ground() {
        let logo =
            Rgba { width: 3, height: 1, data: vec![9, 9, 9, 0, 200, 0, 0, 128, 1, 2, 3, 255] };
        assert_eq!(logo.over([0, 100, 0]).data, [0, 100, 0, 100, 50, 0, 1, 2, 3]);
    }

    #[test]
    fn an_opaque_picture_gains_full_alpha() {
        let picture = Picture::Opaque(Rgb { width: 1, height: 1, data: vec![1, 2, 3] });
        assert_eq!(picture.into_alpha().data, [1, 2, 3, 255]);
    }
}
