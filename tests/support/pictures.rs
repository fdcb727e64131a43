//! Pictures made in code: each of one colour, so that a test knows whose it is.

use std::collections::HashMap;
use std::io::Cursor;
use std::sync::{LazyLock, Mutex};

use bytes::Bytes;
use image::{ImageFormat, Rgba, RgbaImage};
use laurel::model::ArtworkKind;

use super::http::Reply;

/// One picture at TMDB or Fanart.tv.
#[derive(Clone, Debug)]
pub(crate) struct FakePicture {
    pub(crate) kind: ArtworkKind,
    /// With a leading `/`; the ending decides the format (`.jpg`, `.png`, `.svg`).
    pub(crate) path: String,
    /// `None`: without lettering.
    pub(crate) language: Option<&'static str>,
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) vote_average: f64,
    pub(crate) votes: u32,
    pub(crate) colour: [u8; 3],
    /// TMDB names it with the title, whatever the votes.
    pub(crate) is_primary: bool,
    /// What the original takes at least, as a JPEG; photographs take megabytes.
    pub(crate) min_bytes: usize,
}

impl FakePicture {
    /// In the size that TMDB keeps pictures of this kind in.
    pub(crate) fn new(kind: ArtworkKind, path: impl Into<String>, colour: [u8; 3]) -> Self {
        let (width, height) = match kind {
            ArtworkKind::Poster | ArtworkKind::Season | ArtworkKind::Square => (1000, 1500),
            ArtworkKind::Backdrop => (1920, 1080),
            ArtworkKind::Logo => (800, 310),
            ArtworkKind::Still => (1280, 720),
        };
        let path = path.into();
        let (vote_average, votes, min_bytes) = (5.0, 4, 0);
        let (language, is_primary) = (None, false);
        Self {
            kind,
            path,
            language,
            width,
            height,
            vote_average,
            votes,
            colour,
            is_primary,
            min_bytes,
        }
    }

    pub(crate) fn in_language(self, language: &'static str) -> Self {
        Self { language: Some(language), ..self }
    }

    pub(crate) fn sized(self, width: u32, height: u32) -> Self {
        Self { width, height, ..self }
    }

    pub(crate) fn primary(self) -> Self {
        Self { is_primary: true, ..self }
    }

    pub(crate) fn of_bytes(self, min_bytes: usize) -> Self {
        Self { min_bytes, ..self }
    }

    pub(crate) fn voted(self, vote_average: f64, votes: u32) -> Self {
        Self { vote_average, votes, ..self }
    }

    /// The picture in the size that `size` (`w500`, `h632`, `original`) names; never enlarged.
    pub(crate) fn serve(&self, size: &str) -> Reply {
        let ratio = match (size.split_at_checked(1), size) {
            (_, "original") => 1.0,
            (Some(("w", width)), _) => number(width) / f64::from(self.width),
            (Some(("h", height)), _) => number(height) / f64::from(self.height),
            _ => return Reply::bytes("text/html", "<h1>404</h1>").with_status(404),
        };
        let scaled = |length: u32| ((f64::from(length) * ratio.min(1.0)).round() as u32).max(1);
        let (width, height) = (scaled(self.width), scaled(self.height));
        match self.path.rsplit('.').next() {
            Some("svg") => Reply::bytes("image/svg+xml", self.svg()),
            Some("png") => Reply::bytes("image/png", png_logo(width, height, self.colour)),
            _ => {
                let picture = jpeg(width, height, self.colour);
                // A width that shrinks nothing is as large as the original.
                let min_bytes = if ratio >= 1.0 { self.min_bytes } else { 0 };
                Reply::bytes("image/jpeg", padded(&picture, min_bytes))
            }
        }
    }

    fn svg(&self) -> String {
        let [r, g, b] = self.colour;
        let (width, height) = (self.width, self.height);
        format!(
            "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width} {height}'>\
             <rect x='10%' y='20%' width='80%' height='60%' fill='rgb({r},{g},{b})'/></svg>"
        )
    }
}

/// A JPEG with comments, which decoders skip, up to so many bytes.
fn padded(jpeg: &Bytes, min_bytes: usize) -> Bytes {
    let mut bytes = jpeg[..2].to_vec();
    while bytes.len() + jpeg.len() < min_bytes {
        bytes.extend_from_slice(&[0xff, 0xfe, 0xff, 0xff]);
        bytes.extend_from_slice(&vec![b'.'; 0xffff - 2]);
    }
    bytes.extend_from_slice(&jpeg[2..]);
    bytes.into()
}

/// A size that is no number shrinks the picture to nothing, and so to one pixel.
fn number(text: &str) -> f64 {
    text.parse::<u32>().map_or(0.0, f64::from)
}

/// One colour, all over: a baseline JPEG written by hand, because an encoder that is not
/// optimised takes a second for what has no detail at all.
///
/// The tables know just enough: twelve classes of DC values, four bits each, and "end of
/// block", one bit. After the first block of each component nothing changes any more.
pub(crate) fn jpeg(width: u32, height: u32, colour: [u8; 3]) -> Bytes {
    let mut bytes = vec![0xff, 0xd8, 0xff, 0xdb, 0, 67, 0];
    bytes.extend([1; 64]);
    let [h1, h0] = (height as u16).to_be_bytes();
    let [w1, w0] = (width as u16).to_be_bytes();
    bytes.extend([0xff, 0xc0, 0, 17, 8, h1, h0, w1, w0, 3]);
    bytes.extend([1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0]);
    bytes.extend([0xff, 0xc4, 0, 31, 0x00, 0, 0, 0, 12]);
    bytes.extend([0; 12]);
    bytes.extend(0..12);
    bytes.extend([0xff, 0xc4, 0, 20, 0x10, 1]);
    bytes.extend([0; 16]);
    bytes.extend([0xff, 0xda, 0, 12, 3, 1, 0, 2, 0, 3, 0, 0, 63, 0]);
    let first: String = ycbcr(colour).into_iter().map(dc_block).collect();
    let blocks = width.div_ceil(8) as usize * height.div_ceil(8) as usize;
    let bits = first.len() + (blocks - 1) * 15;
    for byte in 0..bits.div_ceil(8) {
        let bit = |at: usize| match first.as_bytes().get(at) {
            Some(bit) => u8::from(*bit == b'1'),
            None => u8::from(at >= bits),
        };
        let value = (0..8).fold(0, |value, at| value << 1 | bit(byte * 8 + at));
        bytes.push(value);
        if value == 0xff {
            bytes.push(0);
        }
    }
    bytes.extend([0xff, 0xd9]);
    bytes.into()
}

/// As JFIF converts, less 128, times the gain of an 8 x 8 block.
fn ycbcr([r, g, b]: [u8; 3]) -> [i32; 3] {
    let (r, g, b) = (f64::from(r), f64::from(g), f64::from(b));
    let y = 0.299 * r + 0.587 * g + 0.114 * b;
    [y - 128.0, 0.564 * (b - y), 0.713 * (r - y)].map(|value| (value * 8.0).round() as i32)
}

/// Class, value and end of a block, as bits.
fn dc_block(value: i32) -> String {
    let class = (i32::BITS - value.abs().leading_zeros()) as usize;
    let bits = if value < 0 { value + (1 << class) - 1 } else { value };
    let written = if class == 0 { String::new() } else { format!("{bits:0class$b}") };
    format!("{class:04b}{written}0")
}

/// Pictures by width, height and colour.
type Made = HashMap<(u32, u32, [u8; 3]), Bytes>;

/// A block of one colour with a transparent margin: a tenth at the sides, a fifth above and below.
/// Made once.
pub(crate) fn png_logo(width: u32, height: u32, colour: [u8; 3]) -> Bytes {
    static MADE: LazyLock<Mutex<Made>> = LazyLock::new(Mutex::default);
    let mut made = MADE.lock().unwrap();
    let logo = made.entry((width, height, colour)).or_insert_with(|| png(width, height, colour));
    logo.clone()
}

fn png(width: u32, height: u32, [r, g, b]: [u8; 3]) -> Bytes {
    let inside =
        |at: u32, length: u32, margin: u32| at >= length / margin && at < length - length / margin;
    let picture = RgbaImage::from_fn(width, height, |x, y| {
        let opaque = inside(x, width, 10) && inside(y, height, 5);
        Rgba([r, g, b, if opaque { 255 } else { 0 }])
    });
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner().into()
}
