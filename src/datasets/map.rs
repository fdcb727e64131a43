//! Memory-mapped files: the one place in this module tree with `unsafe`.

use std::fs::File;
use std::io;
use std::ops::Deref;

use memmap2::Mmap;

/// A read-only map of a whole file.
#[derive(Debug)]
pub(super) struct Mapping(Mmap);

impl Mapping {
    /// Maps `file`. Empty files cannot be mapped; the caller has looked at the length.
    pub(super) fn of(file: &File) -> io::Result<Self> {
        #[expect(unsafe_code, reason = "mapping is unsafe because a file may change under the map")]
        // SAFETY: a map is sound as long as nobody changes or shortens the mapped
        // file. Ours are written under another name, synced and renamed into place
        // (`TableWriter::finish`); never is a file with its final name opened for
        // writing, here or elsewhere, and the directory belongs to this program.
        // Replacing a file leaves the mapped inode untouched until the map is dropped.
        // The bytes are read as plain `u8`, so no content is invalid: what a damaged
        // file can cause is a wrong answer, and every index is bounds-checked.
        let map = unsafe { Mmap::map(file)? };
        // Look-ups jump about: reading ahead would only make more pages resident.
        #[cfg(unix)]
        map.advise(memmap2::Advice::Random)?;
        Ok(Self(map))
    }
}

impl Deref for Mapping {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}
