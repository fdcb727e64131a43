//! Reading what was downloaded: inflating with a limit.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;

use super::error::{DatasetError, TooLong};

const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// Opens a downloaded file, inflating it where it is gzip.
///
/// A proxy or a mirror may have inflated it already, so the first bytes decide, not the
/// name. More than `limit` bytes come out as an error: a few kilobytes of gzip can hold
/// gigabytes.
pub(super) fn open(path: &Path, limit: u64) -> Result<Box<dyn BufRead>, DatasetError> {
    let file = File::open(path).map_err(DatasetError::Disk)?;
    let mut file = BufReader::with_capacity(1 << 16, file);
    let zipped = file.fill_buf().map_err(DatasetError::Disk)?.starts_with(&GZIP_MAGIC);
    let plain: Box<dyn Read> =
        if zipped { Box::new(MultiGzDecoder::new(file)) } else { Box::new(file) };
    Ok(Box::new(BufReader::with_capacity(1 << 16, Limited { inner: plain, left: limit, limit })))
}

/// Fails once it has given `limit` bytes and there are more.
struct Limited<R> {
    inner: R,
    left: u64,
    limit: u64,
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        match self.left.checked_sub(read as u64) {
            Some(left) => self.left = left,
            None => return Err(io::Error::other(TooLong { limit: self.limit })),
        }
        Ok(read)
    }
}

#[cfg(test)]
pub(super) use tests::gzip;

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    pub(in crate::datasets) fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn read(bytes: &[u8], limit: u64) -> Result<Vec<u8>, DatasetError> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        let mut out = Vec::new();
        open(file.path(), limit)?.read_to_end(&mut out).map_err(DatasetError::reading)?;
        Ok(out)
    }

    #[test]
    fn gzip_and_plain_text_both_come_out_plain() {
        assert_eq!(read(&gzip(b"hello"), 100).unwrap(), b"hello");
        assert_eq!(read(b"hello", 100).unwrap(), b"hello");
    }

    #[test]
    fn a_bomb_goes_off_at_the_limit() {
        let bomb = gzip(&vec![0; 1 << 20]);
        assert!(bomb.len() < 1 << 13);
        assert!(matches!(
            read(&bomb, 1 << 16),
            Err(DatasetError::InflatesTooLarge { limit: 65_536 })
        ));
        assert_eq!(read(&bomb, 1 << 20).unwrap().len(), 1 << 20);
    }

    #[test]
    fn cut_or_damaged_gzip_is_an_error() {
        let whole = gzip(b"hello, hello, hello");
        for length in 3..whole.len() {
            assert!(matches!(read(&whole[..length], 100), Err(DatasetError::Cut)), "{length}");
        }
        let mut damaged = whole.clone();
        let last = damaged.len() - 6;
        damaged[last] ^= 1;
        assert!(matches!(read(&damaged, 100), Err(DatasetError::Damaged)));
    }
}
