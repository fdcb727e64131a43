//! Bits of coded data, most significant first, with the zeros that follow each 0xFF taken out
//! (T.81, F.2.2.5).

/// A reader of one entropy-coded segment: up to a marker, or the end of the slice.
///
/// Behind the end come zero bits, and [`overrun`](Self::overrun) tells that they were used.
pub(super) struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
    /// The next bit is the highest one.
    word: u64,
    /// Bits of `word` that are filled.
    count: u32,
    /// Zero bits put in behind the end.
    filled_in: u32,
}

impl<'a> Bits<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, word: 0, count: 0, filled_in: 0 }
    }

    /// Sees to it that at least 32 bits are there: the longest code and the bits of its value.
    #[inline(always)]
    pub(super) fn refill(&mut self) {
        if self.count >= 32 {
            return;
        }
        if let Some(chunk) = self.bytes.get(self.at..).and_then(|rest| rest.first_chunk()) {
            let next = u64::from_be_bytes(*chunk);
            // A byte whose top bit is set, and is gone when 1 is added, was 0xFF (or followed one).
            let carried = next.wrapping_add(0x0101_0101_0101_0101);
            if next & !carried & 0x8080_8080_8080_8080 == 0 {
                self.word |= next >> self.count;
                self.at += (63 - self.count as usize) / 8;
                self.count |= 0x38;
                return;
            }
        }
        self.refill_bytes();
    }

    #[inline(never)]
    fn refill_bytes(&mut self) {
        while self.count <= 56 {
            let byte = match self.bytes.get(self.at..).unwrap_or_default() {
                [0xFF, 0, ..] => {
                    self.at += 2;
                    0xFF
                }
                [0xFF, ..] | [] => {
                    self.filled_in += 8;
                    0
                }
                [byte, ..] => {
                    self.at += 1;
                    *byte
                }
            };
            self.word |= u64::from(byte) << (56 - self.count);
            self.count += 8;
        }
    }

    /// The next `count` bits, 1 to 32.
    #[inline(always)]
    pub(super) fn peek(&self, count: u32) -> usize {
        (self.word >> (64 - count)) as usize
    }

    /// `count` is at most what [`refill`](Self::refill) gave.
    #[inline(always)]
    pub(super) fn skip(&mut self, count: u32) {
        self.word <<= count;
        self.count -= count;
    }

    /// A value of `size` bits, 0 to 15, as T.81 codes them (F.2.2.1).
    #[inline(always)]
    pub(super) fn value(&mut self, size: u32) -> i32 {
        if size == 0 {
            return 0;
        }
        let bits = self.peek(size) as i32;
        self.skip(size);
        // Without a leading one it is negative, less one.
        if bits >> (size - 1) == 0 { bits - (1 << size) + 1 } else { bits }
    }

    /// More bits were taken than there were.
    pub(super) fn overrun(&self) -> bool {
        self.filled_in > self.count
    }

    /// Goes on behind the marker 0xFF `marker`, which must follow with less than a byte left unread.
    pub(super) fn restart(&mut self, marker: u8) -> Option<()> {
        let left = self.count.checked_sub(self.filled_in)?;
        let rest = self.bytes.get(self.at..)?;
        if left >= 8 || !rest.starts_with(&[0xFF, marker]) {
            return None;
        }
        *self = Self::new(&rest[2..]);
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stuffed_zeros_are_taken_out_and_markers_end_it() {
        let mut bits = Bits::new(&[0xFF, 0x00, 0xA5, 0xFF, 0xD3, 0x80]);
        bits.refill();
        assert_eq!(bits.peek(16), 0xFFA5);
        bits.skip(16);
        assert!(!bits.overrun());
        assert_eq!(bits.restart(0xD2), None);
        assert_eq!(bits.restart(0xD3), Some(()));
        bits.refill();
        assert_eq!(bits.peek(8), 0x80);
        bits.skip(9);
        assert!(bits.overrun());
    }

    #[test]
    fn long_runs_read_as_short_ones_do() {
        let bytes: Vec<u8> = (0..=254).collect();
        let mut bits = Bits::new(&bytes);
        for byte in &bytes {
            bits.refill();
            assert_eq!(bits.peek(8), usize::from(*byte));
            bits.skip(8);
        }
        assert!(!bits.overrun());
    }

    #[test]
    fn values_are_those_of_the_standard() {
        // Three values of two bits: 00 is -3, 01 is -2, 11 is 3.
        let mut bits = Bits::new(&[0b0001_1100]);
        bits.refill();
        assert_eq!([bits.value(2), bits.value(2), bits.value(2), bits.value(0)], [-3, -2, 3, 0]);
    }
}
