//! Photograph-like artwork made in code: soft shapes, sharp edges and grain at every scale, so that
//! it costs a decoder about what a photograph costs.

use std::collections::HashMap;
use std::error::Error;
use std::io::Cursor;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use image::codecs::png::PngEncoder;
use image::{ExtendedColorType, ImageEncoder};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use laurel::codec::{CropRect, Rgb, crop_resize};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

/// What image hosts save at.
const QUALITY: u8 = 90;
/// How much weaker each octave is than the next coarser one: photographs lose about half.
const FALL: f32 = 0.56;

/// Kinds of artwork by the first letter of their path.
const KINDS: [(char, u32, u32); 4] =
    [('p', 2000, 3000), ('b', 3840, 2160), ('s', 1920, 1080), ('l', 1804, 389)];

/// How many different pictures there are of each kind.
pub(crate) const VARIANTS: u32 = 4;

type Made = Arc<Mutex<HashMap<(char, u32, String), Bytes>>>;

/// All pictures, each made when it is asked for first.
#[derive(Clone, Default)]
pub(crate) struct Artworks {
    made: Made,
}

impl Artworks {
    /// Makes the sizes that posters, backdrops, stills and logos are asked for in.
    pub(crate) fn prepare(&self) -> Result<(), Box<dyn Error>> {
        let sizes: [(char, &[&str]); 4] = [
            ('p', &["w342", "w500", "w780", "original"]),
            ('b', &["w1280", "original"]),
            ('s', &["original"]),
            ('l', &["w500", "original"]),
        ];
        for (kind, sizes) in sizes {
            for (variant, size) in
                (0..VARIANTS).flat_map(|variant| sizes.iter().map(move |size| (variant, *size)))
            {
                self.picture(kind, variant, size)?;
            }
        }
        Ok(())
    }

    /// The bytes of a picture such as `/p17.jpg` in `w780`.
    pub(crate) fn by_path(&self, size: &str, name: &str) -> Option<Bytes> {
        let kind = name.chars().next()?;
        let digits: String = name.chars().filter(char::is_ascii_digit).collect();
        let number: u32 = digits.parse().ok()?;
        self.picture(kind, number % VARIANTS, size).ok()
    }

    fn picture(&self, kind: char, variant: u32, size: &str) -> Result<Bytes, Box<dyn Error>> {
        let key = (kind, variant, size.to_owned());
        if let Some(bytes) = self.made.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Ok(bytes.clone());
        }
        let known = KINDS.into_iter().find(|(letter, ..)| *letter == kind);
        let (_, full_width, full_height) = known.ok_or("no such kind of artwork")?;
        let width = size.strip_prefix('w').map_or(Ok(full_width), str::parse::<u32>)?;
        let height = (u64::from(full_height) * u64::from(width) / u64::from(full_width)) as u32;
        let picture = photograph(width, height, variant);
        let bytes = if kind == 'l' { lettering(&picture)? } else { jpeg(&picture)? };
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        made.insert(key, bytes.clone());
        Ok(bytes)
    }
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

pub(crate) fn jpeg(picture: &Rgb) -> Result<Bytes, Box<dyn Error>> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, QUALITY);
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
fn lettering(picture: &Rgb) -> Result<Bytes, Box<dyn Error>> {
    let mut data = Vec::with_capacity(picture.data.len() / 3 * 4);
    for (index, pixel) in picture.data.chunks_exact(3).enumerate() {
        let column = index as u32 % picture.width;
        let inked = (column * 24 / picture.width).is_multiple_of(2) && pixel[0] > 40;
        data.extend([250, 250, 246, if inked { 255 } else { 0 }]);
    }
    let mut bytes = Cursor::new(Vec::new());
    PngEncoder::new(&mut bytes).write_image(
        &data,
        picture.width,
        picture.height,
        ExtendedColorType::Rgba8,
    )?;
    Ok(bytes.into_inner().into())
}
