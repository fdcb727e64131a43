//! JPEGs of four inks (CMYK, YCCK), which are too rare for a fast path.

use super::Header;
use crate::codec::DecodeError;
use crate::codec::color::Inks;

/// Decodes to amounts of ink.
pub(super) fn decode(bytes: &[u8], header: &Header) -> Result<Inks, DecodeError> {
    let mut data = jpeg_decoder::Decoder::new(bytes).decode().map_err(malformed)?;
    let (width, height) = (header.width, header.height);
    if data.len() != width as usize * height as usize * 4 {
        return Err(DecodeError::Malformed("another size than the header promised".to_owned()));
    }
    // jpeg-decoder turns every file around, which is right for Adobe's, stored as light.
    if !header.adobe {
        for ink in &mut data {
            *ink = 255 - *ink;
        }
    }
    Ok(Inks { width, height, data })
}

pub(super) fn malformed(error: jpeg_decoder::Error) -> DecodeError {
    match error {
        jpeg_decoder::Error::Io(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
            DecodeError::Truncated
        }
        error => DecodeError::Malformed(error.to_string()),
    }
}
