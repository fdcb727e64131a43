//! AVIF out, where the build has the feature `avif`.
//!
//! Measured for photographic posters of 580 × 870 at ravif's fastest speed, on one thread: 93 to 123
//! ms of processor time with its assembly, which needs nasm and comes with the feature `turbo`, and 355
//! to 400 ms without; 52 to 74 KB, where a JPEG of the same luma PSNR takes 72 to 102 KB. Both are well
//! within the render budget of 2.5 s at the default size.

#[cfg(not(feature = "avif"))]
mod disabled;
#[cfg(feature = "avif")]
mod enabled;

#[cfg(not(feature = "avif"))]
use disabled as encoder;
#[cfg(feature = "avif")]
use enabled as encoder;

use super::{EncodeError, Rgb, Rgba};

/// Whether this build can write AVIF.
pub const AVIF_ENABLED: bool = cfg!(feature = "avif");

/// Codes an opaque picture; `jpeg_quality` is the quality a JPEG of it would have (1 to 100).
///
/// # Errors
/// [`EncodeError::NotBuilt`] without the feature; [`EncodeError::Size`] when a side is 0.
pub fn encode_avif(picture: &Rgb, jpeg_quality: u8) -> Result<Vec<u8>, EncodeError> {
    check_size(picture.width, picture.height)?;
    encoder::encode(picture, jpeg_quality)
}

/// As [`encode_avif`], with alpha.
///
/// # Errors
/// As [`encode_avif`].
pub fn encode_avif_alpha(picture: &Rgba, jpeg_quality: u8) -> Result<Vec<u8>, EncodeError> {
    check_size(picture.width, picture.height)?;
    encoder::encode_alpha(picture, jpeg_quality)
}

fn check_size(width: u32, height: u32) -> Result<(), EncodeError> {
    if width == 0 || height == 0 { Err(EncodeError::Size { width, height }) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::samples::{disc, photo};

    #[test]
    fn avif_is_written_where_the_build_has_it() {
        let coded = [encode_avif(&photo(32, 24), 80), encode_avif_alpha(&disc(32, 24), 80)];
        for result in coded {
            match result {
                Ok(bytes) => assert_eq!((AVIF_ENABLED, &bytes[4..12]), (true, &b"ftypavif"[..])),
                Err(error) => {
                    assert_eq!((AVIF_ENABLED, error), (false, EncodeError::NotBuilt("avif")));
                }
            }
        }
    }

    #[test]
    fn a_picture_without_pixels_is_not_coded() {
        let size = EncodeError::Size { width: 0, height: 3 };
        assert_eq!(encode_avif(&Rgb::new(0, 3), 80), Err(size));
    }
}
