//! Pictures made in code: each of one colour, so that a test knows whose it is.

use std::io::Cursor;

use bytes::Bytes;
use image::codecs::jpeg::JpegEncoder;
use image::{ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};
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
}

impl FakePicture {
    /// In the size that TMDB keeps pictures of this kind in.
    pub(crate) fn new(kind: ArtworkKind, path: impl Into<String>, colour: [u8; 3]) -> Self {
        let (width, height) = match kind {
            ArtworkKind::Poster => (1000, 1500),
            ArtworkKind::Backdrop => (1920, 1080),
            ArtworkKind::Logo => (800, 310),
            ArtworkKind::Still => (1280, 720),
        };
        let path = path.into();
        Self { kind, path, language: None, width, height, vote_average: 5.0, votes: 4, colour }
    }

    pub(crate) fn in_language(self, language: &'static str) -> Self {
        Self { language: Some(language), ..self }
    }

    pub(crate) fn sized(self, width: u32, height: u32) -> Self {
        Self { width, height, ..self }
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
            _ => Reply::bytes("image/jpeg", jpeg(width, height, self.colour)),
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

/// A size that is no number shrinks the picture to nothing, and so to one pixel.
fn number(text: &str) -> f64 {
    text.parse::<u32>().map_or(0.0, f64::from)
}

/// One colour, all over.
pub(crate) fn jpeg(width: u32, height: u32, colour: [u8; 3]) -> Bytes {
    let mut bytes = Vec::new();
    let picture = RgbImage::from_pixel(width, height, Rgb(colour));
    JpegEncoder::new_with_quality(&mut bytes, 90).encode_image(&picture).unwrap();
    bytes.into()
}

/// A block of one colour with a transparent margin: a tenth at the sides, a fifth above and below.
pub(crate) fn png_logo(width: u32, height: u32, [r, g, b]: [u8; 3]) -> Bytes {
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
