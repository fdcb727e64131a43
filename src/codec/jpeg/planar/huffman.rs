//! Huffman codes, looked up (T.81, F.2.2.3).

use super::bits::Bits;

/// Bits of the first look; longer codes are rare.
const FAST: u32 = 10;

/// What the next [`FAST`] bits begin with.
#[derive(Clone, Copy, Default)]
struct FastCode {
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
    fast: Box<[FastCode]>,
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
            fast: vec![FastCode::default(); 1 << FAST].into_boxed_slice(),
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
            *entry = FastCode { value: 0, symbol, length: length as u8 };
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

    /// Codes 0, 10, 110 and so on, up to 16 bits.
    fn unary(symbols: [u8; 16]) -> Vec<u8> {
        [[1; 16], symbols].concat()
    }

    #[test]
    fn codes_of_any_length_are_found() {
        // 0 ends a block; 10 is a coefficient of one bit; the 15th code is 15 zeros and ten bits.
        let mut symbols = [0x22; 16];
        (symbols[0], symbols[1], symbols[14]) = (0x00, 0x01, 0xFA);
        let huffman = Huffman::new(&unary(symbols)).unwrap();
        let coded = [0b0101_1111, 0xFF, 0x00, 0b1101_0000, 0b0001_1000];
        let mut bits = Bits::new(&coded);
        bits.refill();
        assert!(matches!(huffman.step(&mut bits), Some(Step::EndOfBlock)));
        assert!(matches!(huffman.step(&mut bits), Some(Step::Value(0, 1))));
        bits.refill();
        let Some(Step::Value(15, value)) = huffman.step(&mut bits) else { panic!("another step") };
        assert_eq!(value, 0b10_0000_0011);
    }

    #[test]
    fn what_are_no_codes_is_refused() {
        let mut table = unary([7; 16]);
        assert!(Huffman::new(&table).is_some());
        assert!(Huffman::new(&table[..20]).is_none());
        table[0] = 3;
        assert!(Huffman::new(&table).is_none());
    }
}
