//! Huffman codes, looked up (T.81, F.2.2.3).

use super::bits::Bits;

/// Bits of the first look; longer codes are rare.
const FAST: u32 = 10;

/// What the next [`FAST`] bits begin with.
#[derive(Clone, Copy, Default)]
struct Entry {
    /// Of an AC code whose value lies within the bits that were looked at.
    value: i16,
    symbol: u8,
    /// Bits of the code, 0 where it is longer than `FAST`; with the value's, [`RESOLVED`] is added.
    length: u8,
}

/// Marks an entry that has its value.
const RESOLVED: u8 = 0x80;

/// One table of codes.
pub(super) struct Huffman {
    fast: Box<[Entry]>,
    /// By length: the first code that is not of this length any more, and what to add to a code to
    /// get its symbol's place.
    ends: [i32; 17],
    offsets: [i32; 17],
    symbols: Vec<u8>,
}

/// A coefficient that is not zero, or the end.
pub(super) enum Step {
    /// So many zeros, then this.
    Value(u32, i32),
    Zeros16,
    EndOfBlock,
}

impl Huffman {
    /// `table` as it stands in a file: how many codes there are of each length, then their symbols.
    /// `None` where these are not codes.
    pub(super) fn new(table: &[u8]) -> Option<Self> {
        let (counts, symbols) = table.split_at_checked(16)?;
        let mut huffman = Self {
            fast: vec![Entry::default(); 1 << FAST].into_boxed_slice(),
            ends: [0; 17],
            offsets: [0; 17],
            symbols: symbols.to_vec(),
        };
        let (mut code, mut place) = (0_i32, 0_usize);
        for (length, count) in (1_u32..=16).zip(counts) {
            huffman.offsets[length as usize] = place as i32 - code;
            for _ in 0..*count {
                huffman.enter(code, length, *symbols.get(place)?);
                place += 1;
                code += 1;
            }
            if code > 1 << length {
                return None;
            }
            huffman.ends[length as usize] = code;
            code <<= 1;
        }
        (place == symbols.len()).then_some(huffman)
    }

    /// Fills in what begins with a code, values included where they fit.
    fn enter(&mut self, code: i32, length: u32, symbol: u8) {
        let size = u32::from(symbol & 15);
        let Some(free) = FAST.checked_sub(length) else { return };
        for rest in 0..1_usize << free {
            let Some(entry) = self.fast.get_mut((code as usize) << free | rest) else { return };
            *entry = Entry { value: 0, symbol, length: length as u8 };
            if size > 0 && size <= free {
                let bits = (rest >> (free - size)) as i32;
                let low = bits >> (size - 1) == 0;
                entry.value = if low { bits - (1 << size) + 1 } else { bits } as i16;
                entry.length = (length + size) as u8 | RESOLVED;
            }
        }
    }

    /// The next symbol.
    #[inline(always)]
    fn symbol(&self, bits: &mut Bits<'_>) -> Option<u8> {
        let entry = self.fast[bits.peek(FAST)];
        let length = u32::from(entry.length);
        if length != 0 && entry.length & RESOLVED == 0 {
            bits.skip(length);
            return Some(entry.symbol);
        }
        self.long_symbol(bits)
    }

    #[inline(never)]
    fn long_symbol(&self, bits: &mut Bits<'_>) -> Option<u8> {
        let length = (1..=16_u32).find(|l| (bits.peek(*l) as i32) < self.ends[*l as usize])?;
        let place = bits.peek(length) as i32 + self.offsets[length as usize];
        bits.skip(length);
        self.symbols.get(usize::try_from(place).ok()?).copied()
    }

    /// A difference of DC; `bits` were refilled.
    #[inline(always)]
    pub(super) fn difference(&self, bits: &mut Bits<'_>) -> Option<i32> {
        let entry = self.fast[bits.peek(FAST)];
        if entry.length & RESOLVED != 0 && entry.symbol < 12 {
            bits.skip((entry.length & !RESOLVED).into());
            return Some(entry.value.into());
        }
        let size = self.symbol(bits)?;
        (size < 12).then(|| bits.value(size.into()))
    }

    /// The next AC coefficient; `bits` were refilled.
    #[inline(always)]
    pub(super) fn step(&self, bits: &mut Bits<'_>) -> Option<Step> {
        let entry = self.fast[bits.peek(FAST)];
        if entry.length & RESOLVED != 0 {
            bits.skip((entry.length & !RESOLVED).into());
            return Some(Step::Value(u32::from(entry.symbol) >> 4, entry.value.into()));
        }
        let symbol = self.symbol(bits)?;
        Some(match (symbol >> 4, symbol & 15) {
            (15, 0) => Step::Zeros16,
            // T.81 has no other runs without a value in sequential files; decoders end the block.
            (_, 0) => Step::EndOfBlock,
            (run, size) => Step::Value(run.into(), bits.value(size.into())),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::jpeg::tables;

    #[test]
    fn codes_of_any_length_are_found() {
        let huffman = Huffman::new(&tables::LUMA_AC).unwrap();
        // Table K.5: 1010 ends a block; 00 1 is run 0 and 1; 1111111111111110 is run 15, size 10.
        let coded = [0b1010_0010, 0xFF, 0x00, 0b1111_1110, 0b1000_0000, 0b0100_0000];
        let mut bits = Bits::new(&coded);
        bits.refill();
        assert!(matches!(huffman.step(&mut bits), Some(Step::EndOfBlock)));
        assert!(matches!(huffman.step(&mut bits), Some(Step::Value(0, 1))));
        bits.skip(1);
        bits.refill();
        assert!(matches!(huffman.step(&mut bits), Some(Step::Value(15, 513))));
    }

    #[test]
    fn what_are_no_codes_is_refused() {
        let mut table = tables::LUMA_DC;
        assert!(Huffman::new(&table).is_some());
        assert!(Huffman::new(&table[..20]).is_none());
        table[0] = 3;
        assert!(Huffman::new(&table).is_none());
    }
}
