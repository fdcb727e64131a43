//! The plain way to a poster, as a measure that moves with the machine: decode, Lanczos resize and
//! JPEG of the `image` crate, without badges. A server that works this way needs 1.4 times as much
//! per poster in all.

use std::error::Error;
use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, ImageFormat, ImageReader};

use bytes::Bytes;

/// Milliseconds of processor time per picture, on average of these files.
pub(crate) fn milliseconds(files: &[Bytes], to: (u32, u32)) -> Result<f64, Box<dyn Error>> {
    let mut sum = 0.0;
    for artwork in files {
        let mut times = Vec::new();
        for _ in 0..3 {
            let before = processor_time()?;
            render(artwork, to)?;
            times.push(processor_time()? - before);
        }
        times.sort_by(f64::total_cmp);
        sum += times[times.len() / 2];
    }
    Ok(sum / files.len() as f64)
}

fn render(artwork: &[u8], (width, height): (u32, u32)) -> Result<Vec<u8>, Box<dyn Error>> {
    let picture = ImageReader::with_format(Cursor::new(artwork), ImageFormat::Jpeg).decode()?;
    let fitted = picture.resize_exact(width, height, FilterType::Lanczos3).to_rgba8();
    let mut bytes = Vec::new();
    let opaque = DynamicImage::ImageRgba8(fitted).to_rgb8();
    JpegEncoder::new_with_quality(&mut bytes, 85).encode_image(&opaque)?;
    Ok(bytes)
}

/// Of this thread, in milliseconds.
fn processor_time() -> Result<f64, Box<dyn Error>> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat")?;
    let nanoseconds = text.split(' ').next().unwrap_or("").parse::<f64>()?;
    Ok(nanoseconds / 1e6)
}
