//! Artwork as large and as detailed as the real one: originals of 0.3 to 8 MB, and every width that
//! TMDB's host serves, scaled from them.
//!
//! It is made of photographs where a folder with some is named, else in code: soft shapes, sharp edges
//! and grain at every scale, so that it costs a decoder about what a photograph costs. Either way grain
//! or a coarser quality brings an original to its weight.

use std::collections::HashMap;
use std::error::Error;
use std::path::Path;

use bytes::Bytes;
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use laurel::codec::{CropRect, Rgb, crop_resize};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

/// What image hosts save scaled copies at.
const QUALITY: u8 = 90;
/// Of originals, as uploaded.
const ORIGINAL_QUALITY: u8 = 96;
/// How much weaker each octave is than the next coarser one: photographs lose about half.
const FALL: f32 = 0.56;
/// Steps by which grain or quality find a weight.
const STEPS: u32 = 6;

/// How many different pictures there are of each kind.
pub(crate) const VARIANTS: usize = 4;

type Failure = Box<dyn Error + Send + Sync>;

/// One kind of artwork.
#[derive(Clone, Copy, Debug)]
struct Kind {
    /// The first letter of its paths, and the first word of photographs' names.
    letter: char,
    word: &'static str,
    width: u32,
    height: u32,
    /// Weights of originals in KB; 0 as it comes.
    original_kb: [usize; VARIANTS],
}

const KINDS: [Kind; 4] = [
    kind('p', "poster", (2000, 3000), [600, 1200, 2600, 5200]),
    kind('b', "backdrop", (3840, 2160), [800, 2000, 4500, 8000]),
    kind('s', "still", (1920, 1080), [300, 600, 1100, 2000]),
    kind('l', "logo", (1804, 389), [0; VARIANTS]),
];

const fn kind(
    letter: char,
    word: &'static str,
    (width, height): (u32, u32),
    original_kb: [usize; VARIANTS],
) -> Kind {
    Kind { letter, word, width, height, original_kb }
}

/// Of `/configuration`, all kinds together.
const WIDTHS: [u32; 9] = [45, 92, 154, 185, 300, 342, 500, 780, 1280];

/// All pictures in all sizes.
pub(crate) struct Artworks {
    /// By kind, variant and width; 0 is the original.
    files: HashMap<(char, usize, u32), Bytes>,
}

impl Artworks {
    /// Makes everything, on all cores: of the photographs in a folder, if there is one.
    pub(crate) fn prepare(photographs: Option<&Path>) -> Result<Self, Failure> {
        let photographs = photographs.map(read_photographs).transpose()?.unwrap_or_default();
        let photographs = &photographs;
        let files = std::thread::scope(|scope| {
            let one = |variant| {
                scope.spawn(move || {
                    KINDS.iter().try_fold(Vec::new(), |mut files, kind| {
                        files.extend(sizes_of(kind, variant, photographs)?);
                        Ok::<_, Failure>(files)
                    })
                })
            };
            let threads: Vec<_> = (0..VARIANTS).map(one).collect();
            let parts = threads.into_iter().map(|thread| match thread.join() {
                Ok(part) => part,
                Err(_) => Err("making artwork ended in a panic".into()),
            });
            parts.collect::<Result<Vec<_>, Failure>>()
        })?;
        Ok(Self { files: files.into_iter().flatten().collect() })
    }

    /// The bytes of a picture such as `/p17.jpg` in `w780`.
    pub(crate) fn by_path(&self, size: &str, name: &str) -> Option<Bytes> {
        let kind = name.chars().next()?;
        let digits: String = name.chars().filter(char::is_ascii_digit).collect();
        let variant = digits.parse::<usize>().ok()? % VARIANTS;
        let width = match size.strip_prefix('w') {
            Some(width) => width.parse().ok()?,
            None => (size == "original").then_some(0)?,
        };
        self.files.get(&(kind, variant, width)).cloned()
    }
}

type File = ((char, usize, u32), Bytes);

fn sizes_of(
    kind: &Kind,
    variant: usize,
    photographs: &HashMap<&str, Vec<Rgb>>,
) -> Result<Vec<File>, Failure> {
    let own = photographs.get(kind.word).filter(|all| !all.is_empty());
    let picture = match own {
        Some(all) => fitted(&all[variant % all.len()], kind.width, kind.height),
        None => photograph(kind.width, kind.height, variant as u32),
    };
    let (picture, original) = match kind.original_kb[variant] {
        0 => (picture.clone(), lettering(&picture)?),
        kb => weighed(picture, kb * 1000)?,
    };
    let mut files = vec![((kind.letter, variant, 0), original.clone())];
    for width in WIDTHS {
        let height = (kind.height * width / kind.width).max(1);
        let bytes = if width >= kind.width {
            original.clone()
        } else {
            let small = fitted(&picture, width, height);
            if kind.letter == 'l' { lettering(&small)? } else { jpeg(&small, QUALITY)? }
        };
        files.push(((kind.letter, variant, width), bytes));
    }
    Ok(files)
}

/// The JPEGs of a folder by the first word of their names.
fn read_photographs(folder: &Path) -> Result<HashMap<&'static str, Vec<Rgb>>, Failure> {
    let mut found: HashMap<&str, Vec<Rgb>> = HashMap::new();
    let entries = std::fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    let mut paths: Vec<_> = entries.into_iter().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths.iter().filter(|path| path.extension().is_some_and(|e| e == "jpg")) {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if let Some(kind) = KINDS.iter().find(|kind| name.starts_with(kind.word)) {
            let picture = image::ImageReader::open(path)?.with_guessed_format()?.decode()?;
            let picture = picture.into_rgb8();
            let (width, height) = picture.dimensions();
            let picture = Rgb { width, height, data: picture.into_raw() };
            found.entry(kind.word).or_default().push(picture);
        }
    }
    Ok(found)
}

/// The middle of a picture in another size and ratio.
pub(crate) fn fitted(picture: &Rgb, width: u32, height: u32) -> Rgb {
    let (from_width, from_height) = (f64::from(picture.width), f64::from(picture.height));
    let ratio = f64::from(width) / f64::from(height);
    let (crop_width, crop_height) =
        (from_width.min(from_height * ratio), from_height.min(from_width / ratio));
    let crop = CropRect {
        x: (from_width - crop_width) / 2.0,
        y: (from_height - crop_height) / 2.0,
        width: crop_width,
        height: crop_height,
    };
    crop_resize(picture, crop, width, height)
}

/// A picture as a JPEG of about so many bytes: with grain where it takes less, at a lower quality where
/// it takes more.
pub(crate) fn weighed(picture: Rgb, bytes: usize) -> Result<(Rgb, Bytes), Failure> {
    let plain = jpeg(&picture, ORIGINAL_QUALITY)?;
    if plain.len() > bytes {
        let (mut low, mut high) = (30_u8, ORIGINAL_QUALITY);
        for _ in 0..STEPS {
            let middle = low.midpoint(high);
            let fits = jpeg(&picture, middle)?.len() <= bytes;
            if fits { low = middle } else { high = middle }
        }
        let coarse = jpeg(&picture, low)?;
        return Ok((picture, coarse));
    }
    let (mut low, mut high) = (0.0_f32, 96.0);
    let mut best = (picture.clone(), plain);
    for _ in 0..STEPS {
        let middle = f32::midpoint(low, high);
        let mut grainy = picture.clone();
        add_noise(&mut grainy, middle, &mut StdRng::seed_from_u64(5));
        let coded = jpeg(&grainy, ORIGINAL_QUALITY)?;
        if coded.len() <= bytes {
            low = middle;
            best = (grainy, coded);
        } else {
            high = middle;
        }
    }
    Ok(best)
}

/// Noise of all scales over shapes with edges; the same `variant` looks the same in all sizes.
pub(crate) fn photograph(width: u32, height: u32, variant: u32) -> Rgb {
    let mut random = StdRng::seed_from_u64(u64::from(variant) + 1);
    let mut picture = Rgb { width: 2, height: 2, data: (0..12).map(|_| random.random()).collect() };
    let mut strength = 90.0;
    while picture.width < width || picture.height < height {
        let next_width = (picture.width * 2).min(width);
        let next_height = (picture.height * 2).min(height);
        let whole = CropRect::whole(picture.width, picture.height);
        picture = crop_resize(&picture, whole, next_width, next_height);
        add_noise(&mut picture, strength, &mut random);
        // Something with an outline at every scale that an eye would notice.
        if picture.width >= 64 && picture.width * 4 <= width * 3 {
            (0..6).for_each(|_| add_disc(&mut picture, &mut random));
        }
        strength *= FALL;
    }
    picture
}

fn add_noise(picture: &mut Rgb, strength: f32, random: &mut StdRng) {
    for pixel in picture.data.chunks_exact_mut(3) {
        // Mostly brightness: colour varies less in photographs.
        let light = (random.random::<f32>() - 0.5) * strength;
        for channel in pixel {
            let own = (random.random::<f32>() - 0.5) * strength * 0.25;
            *channel = (f32::from(*channel) + light + own).clamp(0.0, 255.0) as u8;
        }
    }
}

fn add_disc(picture: &mut Rgb, random: &mut StdRng) {
    let (width, height) = (picture.width as i32, picture.height as i32);
    let radius = random.random_range(2..width.min(height) / 6);
    let (x, y) = (random.random_range(0..width), random.random_range(0..height));
    let shift = random.random_range(-60..60);
    for row in (y - radius).max(0)..(y + radius).min(height) {
        for column in (x - radius).max(0)..(x + radius).min(width) {
            if (row - y).pow(2) + (column - x).pow(2) < radius.pow(2) {
                let at = (row * width + column) as usize * 3;
                for channel in &mut picture.data[at..at + 3] {
                    *channel = (i32::from(*channel) + shift).clamp(0, 255) as u8;
                }
            }
        }
    }
}

pub(crate) fn jpeg(picture: &Rgb, quality: u8) -> Result<Bytes, Failure> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, quality);
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    encoder.encode(
        &picture.data,
        u16::try_from(picture.width)?,
        u16::try_from(picture.height)?,
        ColorType::Rgb,
    )?;
    Ok(bytes.into())
}

/// White bars, as of letters, on nothing.
fn lettering(picture: &Rgb) -> Result<Bytes, Failure> {
    use image::codecs::png::PngEncoder;
    use image::{ExtendedColorType, ImageEncoder};

    let mut data = Vec::with_capacity(picture.data.len() / 3 * 4);
    for (index, pixel) in picture.data.chunks_exact(3).enumerate() {
        let column = index as u32 % picture.width;
        let inked = (column * 24 / picture.width).is_multiple_of(2) && pixel[0] > 40;
        data.extend([250, 250, 246, if inked { 255 } else { 0 }]);
    }
    let mut bytes = Vec::new();
    let encoder = PngEncoder::new(&mut bytes);
    encoder.write_image(&data, picture.width, picture.height, ExtendedColorType::Rgba8)?;
    Ok(bytes.into())
}
