//! Golden pictures: compared block by block, written anew with `LAUREL_BLESS=1`.

use std::path::{Path, PathBuf};

use laurel::codec::{CropRect, Rgb, crop_resize};

/// Side of the blocks that are compared.
const BLOCK: u32 = 8;

/// The worst block's mean channel difference that other decoders, scalers and
/// processors may cause; a shifted digit causes ten times that.
pub(crate) const TOLERANCE: f64 = 2.0;

/// No golden picture is heavier than this.
const HEAVIEST: u64 = 64 << 10;

/// Compares `picture` with the golden one of that name, or writes it.
pub(crate) fn check(name: &str, picture: &Rgb) -> Result<(), String> {
    check_file(&folder("tests/golden").join(name).with_extension("png"), picture)
}

/// Compares `picture` with a PNG file, or writes it.
pub(crate) fn check_file(file: &Path, picture: &Rgb) -> Result<(), String> {
    let name = file.file_stem().and_then(|name| name.to_str()).unwrap_or("?").to_owned();
    #[allow(clippy::disallowed_methods, reason = "no setting of the program's")]
    let bless = std::env::var_os("LAUREL_BLESS").is_some();
    if bless {
        save(file, picture);
        let bytes = std::fs::metadata(file).unwrap().len();
        return if bytes <= HEAVIEST { Ok(()) } else { Err(format!("{name}: {bytes} bytes")) };
    }
    let golden = load(file).ok_or_else(|| format!("{name}: no golden picture; LAUREL_BLESS=1"))?;
    let worst = worst_block(&golden, picture);
    if worst <= TOLERANCE {
        return Ok(());
    }
    let shown = folder("target/golden").join(&name).with_extension("png");
    save(&shown, &beside(&golden, picture));
    Err(format!("{name}: differs by {worst:.1}, see target/golden/{name}.png"))
}

/// The largest mean channel difference of any block; infinite where sizes differ.
pub(crate) fn worst_block(a: &Rgb, b: &Rgb) -> f64 {
    if (a.width, a.height) != (b.width, b.height) {
        return f64::INFINITY;
    }
    let mut worst = 0.0_f64;
    for top in (0..a.height).step_by(BLOCK as usize) {
        let rows = BLOCK.min(a.height - top);
        for left in (0..a.width).step_by(BLOCK as usize) {
            let columns = BLOCK.min(a.width - left);
            let sum: u64 = (top..top + rows)
                .map(|y| {
                    let at = |p: &Rgb| (y * p.width + left) as usize * 3;
                    let bytes = columns as usize * 3;
                    let (a, b) = (&a.data[at(a)..][..bytes], &b.data[at(b)..][..bytes]);
                    a.iter().zip(b).map(|(a, b)| u64::from(a.abs_diff(*b))).sum::<u64>()
                })
                .sum();
            worst = worst.max(sum as f64 / f64::from(rows * columns * 3));
        }
    }
    worst
}

/// A part of a picture, at most `width` pixels wide.
pub(crate) fn part(picture: &Rgb, (x, y, w, h): (u32, u32, u32, u32), width: u32) -> Rgb {
    let crop = CropRect { x: x.into(), y: y.into(), width: w.into(), height: h.into() };
    let shown = w.min(width);
    crop_resize(picture, crop, shown, (h * shown / w).max(1))
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn load(file: &Path) -> Option<Rgb> {
    let bytes = std::fs::read(file).ok()?;
    let picture = image::load_from_memory_with_format(&bytes, image::ImageFormat::Png).ok()?;
    let picture = picture.to_rgb8();
    Rgb::from_raw(picture.width(), picture.height(), picture.into_raw())
}

fn save(file: &Path, picture: &Rgb) {
    use image::codecs::png::{CompressionType, FilterType, PngEncoder};
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    let file = std::fs::File::create(file).unwrap();
    let encoder = PngEncoder::new_with_quality(file, CompressionType::Best, FilterType::Adaptive);
    let colour = image::ExtendedColorType::Rgb8;
    image::ImageEncoder::write_image(encoder, &picture.data, picture.width, picture.height, colour)
        .unwrap();
}

/// Golden, now, and where they differ, side by side.
fn beside(golden: &Rgb, now: &Rgb) -> Rgb {
    let (width, height) = (golden.width.max(now.width), golden.height.max(now.height));
    let mut page = Rgb::new(width * 3, height);
    for y in 0..height {
        for x in 0..width {
            let at = |p: &Rgb| {
                let inside = x < p.width && y < p.height;
                let at = (y * p.width + x) as usize * 3;
                if inside { [p.data[at], p.data[at + 1], p.data[at + 2]] } else { [255, 0, 255] }
            };
            let (golden, now) = (at(golden), at(now));
            let apart = [0, 1, 2].map(|c: usize| golden[c].abs_diff(now[c]).saturating_mul(8));
            for (page_at, pixel) in [golden, now, apart].into_iter().enumerate() {
                let at = (y * width * 3 + page_at as u32 * width + x) as usize * 3;
                page.data[at..at + 3].copy_from_slice(&pixel);
            }
        }
    }
    page
}
