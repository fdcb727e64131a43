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

/// Bytes that arrive in pieces, put together where they will stay.
pub(crate) struct Gathering {
    place: BytesPlace,
    filled: usize,
}

enum BytesPlace {
    Mapped(MmapMut),
    Heap(Vec<u8>),
}

impl Gathering {
    /// For about `expected` bytes.
    pub(crate) fn new(expected: usize) -> Self {
        let mapped = (expected >= WORTH_MAPPING).then(|| MmapMut::map_anon(expected).ok());
        let place = match mapped.flatten() {
            Some(map) => BytesPlace::Mapped(map),
            None => BytesPlace::Heap(Vec::with_capacity(expected)),
        };
        Self { place, filled: 0 }
    }

    pub(crate) fn len(&self) -> usize {
        self.filled
    }

    pub(crate) fn push(&mut self, piece: &[u8]) {
        let end = self.filled + piece.len();
        if let BytesPlace::Mapped(map) = &mut self.place {
            if let Some(place) = map.get_mut(self.filled..end) {
                place.copy_from_slice(piece);
                self.filled = end;
                return;
            }
            // More than was expected.
            self.place = BytesPlace::Heap(map[..self.filled].to_vec());
        }
        if let BytesPlace::Heap(bytes) = &mut self.place {
            bytes.extend_from_slice(piece);
        }
        self.filled = end;
    }

    pub(crate) fn finish(self) -> Bytes {
        match self.place {
            BytesPlace::Mapped(map) => Bytes::from_owner(map).slice(..self.filled),
            BytesPlace::Heap(bytes) => bytes.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_put_together_whatever_was_expected() {
        let all: Vec<u8> = (0..100_000_u32).map(|i| (i % 251) as u8).collect();
        for expected in [0, 10, 30_000, 99_999, 100_000, 200_000] {
            for size in [1000, 7777, 100_000] {
                let mut gathering = Gathering::new(expected);
                all.chunks(size).for_each(|piece| gathering.push(piece));
                assert_eq!(gathering.len(), all.len());
                assert_eq!(gathering.finish(), all);
            }
        }
        assert!(Gathering::new(50_000).finish().is_empty());
    }

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
