//! Photographs in place of every picture: which one is decided by the path, so it never changes.
//! Originals weigh what they weigh at TMDB: up to 8 MB, with grain where a photograph takes less.

use std::collections::HashMap;
use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, ImageFormat, ImageReader};
use laurel::codec::Rgb;
use laurel::model::ArtworkKind;

use crate::artwork::weighed;
use crate::support::Reply;

/// Weights of originals in KB; the path decides.
const ORIGINAL_KB: [usize; 6] = [600, 1000, 1700, 2800, 4800, 8000];

/// The photographs, and what was made of them so far.
#[derive(Debug)]
pub(crate) struct Pictures {
    files: Vec<PathBuf>,
    made: Mutex<HashMap<(PathBuf, String), Bytes>>,
}

impl Pictures {
    /// # Errors
    /// When there is no such folder.
    pub(crate) fn read(folder: &Path) -> std::io::Result<Self> {
        let entries = fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
        let mut files: Vec<PathBuf> = entries.into_iter().map(|entry| entry.path()).collect();
        files.sort();
        Ok(Self { files, made: Mutex::default() })
    }

    /// The photograph for a path, scaled to `w500`, `h632` or `original`.
    pub(crate) fn serve(&self, kind: ArtworkKind, path: &str, size: &str) -> Option<Reply> {
        let ending = path.rsplit('.').next()?.to_ascii_lowercase();
        let content_type = match ending.as_str() {
            "svg" => "image/svg+xml",
            "png" => "image/png",
            _ => "image/jpeg",
        };
        let file = self.choose(kind, path, &ending)?;
        let weight = ORIGINAL_KB[usize::from(hash(path)[1]) % ORIGINAL_KB.len()] * 1000;
        let key =
            (file.clone(), if size == "original" { weight.to_string() } else { size.to_owned() });
        if let Some(bytes) = self.made().get(&key) {
            return Some(Reply::bytes(content_type, bytes.clone()));
        }
        let bytes = make(&file, size, weight)?;
        self.made().insert(key, bytes.clone());
        Some(Reply::bytes(content_type, bytes))
    }

    fn made(&self) -> MutexGuard<'_, HashMap<(PathBuf, String), Bytes>> {
        // Whole entries only are put in, so a panic elsewhere leaves it as good as it was.
        self.made.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One of the files named after the kind that end like the path; of any kind, if need be.
    fn choose(&self, kind: ArtworkKind, path: &str, ending: &str) -> Option<PathBuf> {
        let word = match kind {
            ArtworkKind::Poster | ArtworkKind::Season | ArtworkKind::Square => "poster",
            ArtworkKind::Backdrop => "backdrop",
            ArtworkKind::Logo => "logo",
            ArtworkKind::Still => "still",
        };
        let ending = if ending == "jpeg" { "jpg" } else { ending };
        let fits = |file: &&PathBuf, word: &str| {
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with(word) && name.ends_with(ending)
        };
        let mut found: Vec<_> = self.files.iter().filter(|file| fits(file, word)).collect();
        if found.is_empty() {
            found = self.files.iter().filter(|file| fits(file, "")).collect();
        }
        let at = usize::from(hash(path)[0]) % found.len().max(1);
        found.get(at).map(|file| (*file).clone())
    }
}

fn hash(path: &str) -> [u8; 32] {
    *blake3::hash(path.as_bytes()).as_bytes()
}

/// With `weight` bytes as the original, else scaled down to the size's width or height. Logos are as
/// they are.
fn make(file: &Path, size: &str, weight: usize) -> Option<Bytes> {
    let bytes = fs::read(file).ok()?;
    let is = |ending| file.extension().is_some_and(|known| known == ending);
    if is("svg") || (size == "original" && !is("jpg")) {
        return Some(bytes.into());
    }
    let picture = ImageReader::new(Cursor::new(bytes)).with_guessed_format().ok()?.decode().ok()?;
    if size == "original" {
        let picture = picture.into_rgb8();
        let (width, height) = picture.dimensions();
        let picture = Rgb { width, height, data: picture.into_raw() };
        return Some(weighed(picture, weight).ok()?.1);
    }
    let length: u32 = size.get(1..)?.parse().ok().filter(|length| *length > 0)?;
    let ratio = match size.as_bytes().first()? {
        b'w' => f64::from(length) / f64::from(picture.width()),
        b'h' => f64::from(length) / f64::from(picture.height()),
        _ => return None,
    };
    let scaled = |length: u32| ((f64::from(length) * ratio.min(1.0)).round() as u32).max(1);
    let (width, height) = (scaled(picture.width()), scaled(picture.height()));
    encode(&picture.resize_exact(width, height, FilterType::CatmullRom))
}

fn encode(picture: &DynamicImage) -> Option<Bytes> {
    let mut bytes = Vec::new();
    if picture.color().has_alpha() {
        picture.write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png).ok()?;
    } else {
        let picture = picture.to_rgb8();
        JpegEncoder::new_with_quality(&mut bytes, 90).encode_image(&picture).ok()?;
    }
    Some(bytes.into())
}
