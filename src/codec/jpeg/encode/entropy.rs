//! From coefficients to bits: run lengths and Huffman codes (T.81, F.1.2).

use std::sync::LazyLock;

use super::band::Band;
use crate::codec::jpeg::tables::{self, ZIGZAG};

/// More than a block can take: 22 bits of DC and 63 times 26 of AC are 208 bytes, twice that if
/// every one is 0xFF and has a zero stuffed behind it, and the writer's last word.
pub(super) const WORST_BLOCK_BYTES: usize = 512;

/// Where each zigzag position is in a turned block: 8 u + v.
static TURNED: [u8; 64] = {
    let mut turned = [0; 64];
    let mut at = 0;
    while at < 64 {
        let (u, v) = (ZIGZAG[at] % 8, ZIGZAG[at] / 8);
        turned[at] = (u * 8 + v) as u8;
        at += 1;
    }
    turned
};

/// For each horizontal frequency and each set of vertical ones, the set of zigzag positions.
static IN_ZIGZAG: [[u64; 256]; 8] = {
    let mut sets = [[0; 256]; 8];
    let mut at = 0;
    while at < 64 {
        let (u, v) = (TURNED[at] as usize / 8, TURNED[at] % 8);
        let mut set = 0;
        while set < 256 {
            if set >> v & 1 == 1 {
                sets[u][set] |= 1 << at;
            }
            set += 1;
        }
        at += 1;
    }
    sets
};

/// A code and its length in bits.
#[derive(Clone, Copy, Default)]
struct HuffmanCode {
    bits: u32,
    length: u32,
}

/// The Huffman codes of one component.
pub(super) struct Codes {
    /// By the number of bits of a difference.
    dc: [HuffmanCode; 16],
    /// By 16 × the run of zeros + the number of bits of the coefficient behind it.
    ac: [HuffmanCode; 256],
}

impl Codes {
    pub(super) fn luma() -> &'static Self {
        static CODES: LazyLock<Codes> =
            LazyLock::new(|| Codes::new(&tables::LUMA_DC, &tables::LUMA_AC));
        &CODES
    }

    pub(super) fn chroma() -> &'static Self {
        static CODES: LazyLock<Codes> =
            LazyLock::new(|| Codes::new(&tables::CHROMA_DC, &tables::CHROMA_AC));
        &CODES
    }

    fn new(dc: &[u8], ac: &[u8]) -> Self {
        let dc = codes(dc);
        Self { dc: std::array::from_fn(|bits| dc[bits]), ac: codes(ac) }
    }
}

/// The codes of a table as it stands in a file (T.81, C.2): how many there are of each length, then
/// their symbols.
fn codes(table: &[u8]) -> [HuffmanCode; 256] {
    let (counts, symbols) = table.split_at(16);
    let mut symbols = symbols.iter();
    let mut codes = [HuffmanCode::default(); 256];
    let mut next = 0;
    for (count, length) in counts.iter().zip(1..) {
        for symbol in symbols.by_ref().take(usize::from(*count)) {
            codes[usize::from(*symbol)] = HuffmanCode { bits: next, length };
            next += 1;
        }
        next <<= 1;
    }
    codes
}

/// Writes one row of MCUs.
pub(super) struct RowWriter<'a> {
    room: &'a mut [u8],
    at: usize,
    /// The bits that wait, in the lowest places.
    waiting: u64,
    /// Places left before those bits.
    free: u32,
}

impl<'a> RowWriter<'a> {
    /// `room` is [`WORST_BLOCK_BYTES`] for each block.
    #[inline(always)]
    pub(super) fn new(room: &'a mut [u8]) -> Self {
        Self { room, at: 0, waiting: 0, free: 64 }
    }

    /// Codes the block at `place`; `dc` is that of the block before it, and then its own.
    #[inline(always)]
    pub(super) fn block(&mut self, band: &Band, place: usize, dc: &mut i32, codes: &Codes) {
        let mut left = 0;
        let present = band.present(place);
        for u in 0..8 {
            left |= IN_ZIGZAG[u][usize::from(present[u])];
        }
        let own = band.coefficient(place, 0);
        self.value(own - *dc, |bits| codes.dc[bits as usize & 15]);
        *dc = own;
        let mut last = 0;
        left &= !1;
        while left != 0 {
            let at = left.trailing_zeros();
            left &= left - 1;
            let mut run = at - last - 1;
            last = at;
            while run > 15 {
                self.put(codes.ac[0xF0]);
                run -= 16;
            }
            let value = band.coefficient(place, TURNED[at as usize & 63]);
            self.value(value, |bits| codes.ac[(run << 4 | bits) as usize & 255]);
        }
        if last < 63 {
            self.put(codes.ac[0x00]);
        }
    }

    /// The code for a value of so many bits, then these bits.
    #[inline(always)]
    fn value(&mut self, value: i32, code: impl Fn(u32) -> HuffmanCode) {
        let length = 32 - value.unsigned_abs().leading_zeros();
        let code = code(length);
        // Negative values are written as one less, without their sign.
        let bits = (value + (value >> 31)) as u32 & ((1 << length) - 1);
        self.put(HuffmanCode { bits: code.bits << length | bits, length: code.length + length });
    }

    /// At most 32 bits.
    #[inline(always)]
    fn put(&mut self, code: HuffmanCode) {
        if code.length <= self.free {
            self.waiting = self.waiting << code.length | u64::from(code.bits);
            self.free -= code.length;
            return;
        }
        let over = code.length - self.free;
        // `free` is below 32 here, or the code would have fitted.
        let word = self.waiting << self.free | u64::from(code.bits) >> over;
        self.waiting = code.bits.into();
        self.free = 64 - over;
        self.word(word);
    }

    #[inline(always)]
    fn word(&mut self, word: u64) {
        // Where a byte's top bit is set and is gone when 1 is added, the byte was 0xFF (or followed
        // one that was).
        let carried = word.wrapping_add(0x0101_0101_0101_0101);
        if word & !carried & 0x8080_8080_8080_8080 == 0 {
            self.room[self.at..self.at + 8].copy_from_slice(&word.to_be_bytes());
            self.at += 8;
        } else {
            self.bytes(word, 8);
        }
    }

    /// The lowest `count` bytes, each 0xFF with a zero behind it.
    #[cold]
    #[inline(never)]
    fn bytes(&mut self, word: u64, count: usize) {
        for byte in &word.to_be_bytes()[8 - count..] {
            self.room[self.at] = *byte;
            self.at += 1;
            if *byte == 0xFF {
                self.room[self.at] = 0;
                self.at += 1;
            }
        }
    }

    /// Fills the last byte with ones; how many bytes there are.
    #[inline(always)]
    pub(super) fn finish(mut self) -> usize {
        let used = 64 - self.free;
        let missing = used.next_multiple_of(8) - used;
        // A full word has no bits missing: nothing is shifted out.
        let word = self.waiting << missing | ((1 << missing) - 1);
        self.bytes(word, (used + missing) as usize / 8);
        self.at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Annex K's table K.3, whose codes are known.
    #[test]
    fn codes_of_a_table_are_those_of_the_standard() {
        let mut table = vec![0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0];
        table.extend(0..12);
        let codes = codes(&table);
        let code = |symbol: usize| (codes[symbol].bits, codes[symbol].length);
        assert_eq!([code(0), code(5), code(11)], [(0b00, 2), (0b110, 3), (0b1_1111_1110, 9)]);
    }

    #[test]
    fn every_symbol_of_baseline_has_a_code() {
        for codes in [Codes::luma(), Codes::chroma()] {
            assert!(codes.dc[..12].iter().all(|code| (1..=16).contains(&code.length)));
            let symbols = (0..16).flat_map(|run| (1..=10).map(move |size| run << 4 | size));
            for symbol in symbols.chain([0x00, 0xF0]) {
                assert!((1..=16).contains(&codes.ac[symbol].length), "{symbol:X}");
            }
        }
    }

    #[test]
    fn bits_are_packed_and_stuffed() {
        let mut room = vec![0; 64];
        let mut writer = RowWriter::new(&mut room);
        for _ in 0..13 {
            writer.put(HuffmanCode { bits: 0xFF, length: 8 });
        }
        writer.put(HuffmanCode { bits: 0b01, length: 2 });
        let length = writer.finish();
        assert_eq!(room[..length], [[0xFF, 0x00].repeat(13), vec![0b0111_1111]].concat());
    }
}
