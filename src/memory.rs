//! Memory for what stays: pictures that are kept for hours between buffers that live for
//! milliseconds.
//!
//! An allocator rounds blocks of this size up by an eighth or more, keeps them on pages with blocks
//! that are long gone, and does not move them when they shrink. Mapped on their own they take what
//! they hold, and go back to the system when they are dropped.

use bytes::Bytes;
use memmap2::MmapMut;

/// Below this, a mapping's rounding to whole pages of the system costs more than the allocator's.
const WORTH_MAPPING: usize = 24 << 10;

/// A copy of `bytes` that takes as much memory as it has bytes, nearly.
pub(crate) fn kept(bytes: &[u8]) -> Bytes {
    if bytes.len() >= WORTH_MAPPING
        && let Ok(mut map) = MmapMut::map_anon(bytes.len())
    {
        map.copy_from_slice(bytes);
        return Bytes::from_owner(map);
    }
    // Small, or the system has no more mappings to give.
    Bytes::copy_from_slice(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_what_was_given() {
        for length in [0, 1, WORTH_MAPPING - 1, WORTH_MAPPING, 300_001] {
            let bytes: Vec<u8> = (0..length).map(|i| (i * 31) as u8).collect();
            let copy = kept(&bytes);
            assert_eq!(copy, bytes);
            assert_eq!(copy.slice(length / 2..), bytes[length / 2..]);
        }
    }
}
