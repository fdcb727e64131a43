//! The one header in front of everything this module codes in restart rows.
//!
//! The steps are scaled by quality as libjpeg scales those of ITU-T T.81, annex K, but are not those: they were
//! fitted to photographs at the sizes that are served, for the fewest bytes at a SSIMULACRA2 and a PSNR that
//! annex K's steps give nowhere better (`docs/performance.md`). The Huffman codes are those that suit
//! the coefficients which these steps leave.

/// Bytes before the first coded row; the same for every size and quality.
pub(super) const HEADER_LEN: usize = 629;

/// Second byte of the marker that ends an image.
pub(super) const END: u8 = 0xD9;

/// Second byte of the restart marker between row `row` and the next.
pub(super) fn restart_marker(row: u32) -> u8 {
    0xD0 + (row % 8) as u8
}

const QUALITY_AT: usize = 25;
const HEIGHT_AT: usize = 163;

/// What the header depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Frame {
    pub(super) width: u16,
    pub(super) height: u16,
    /// 1 to 100, as libjpeg counts.
    pub(super) quality: u8,
}

impl Frame {
    /// Rows of MCUs, 16 pixels each; the last may be cut off.
    pub(super) fn mcu_rows(self) -> u32 {
        u32::from(self.height).div_ceil(16)
    }

    /// Second byte of the marker behind row `row` of MCUs: restart, or end of image.
    pub(super) fn marker_after(self, row: u32) -> u8 {
        if row + 1 == self.mcu_rows() { END } else { restart_marker(row) }
    }

    /// Start of image up to the end of the scan header: JFIF, 4:2:0, one restart marker for each
    /// row of MCUs.
    pub(super) fn header(self) -> [u8; HEADER_LEN] {
        let mut out = Vec::with_capacity(HEADER_LEN);
        out.extend_from_slice(&[0xFF, 0xD8]);
        push_segment(&mut out, 0xE0, &[b"JFIF\0", &[1, 1, 0, 0, 1, 0, 1, 0, 0]]);
        push_segment(&mut out, 0xDB, &[&[0], &in_zigzag(&luma_steps(self.quality))]);
        push_segment(&mut out, 0xDB, &[&[1], &in_zigzag(&chroma_steps(self.quality))]);
        push_segment(
            &mut out,
            0xC0,
            &[
                &[8],
                &self.height.to_be_bytes(),
                &self.width.to_be_bytes(),
                &[3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1],
            ],
        );
        push_segment(&mut out, 0xC4, &[&[0x00], &LUMA_DC]);
        push_segment(&mut out, 0xC4, &[&[0x10], &LUMA_AC]);
        push_segment(&mut out, 0xC4, &[&[0x01], &CHROMA_DC]);
        push_segment(&mut out, 0xC4, &[&[0x11], &CHROMA_AC]);
        push_segment(&mut out, 0xDD, &[&self.width.div_ceil(16).to_be_bytes()]);
        push_segment(&mut out, 0xDA, &[&[3, 1, 0x00, 2, 0x11, 3, 0x11, 0, 63, 0]]);
        // The segments above have fixed lengths that add up to it; a test holds this.
        out.try_into().expect("the header has a fixed length")
    }

    /// What a header made by [`Frame::header`] says; `None` for any other.
    pub(super) fn from_header(bytes: &[u8]) -> Option<Self> {
        let header = bytes.get(..HEADER_LEN)?;
        let u16_at = |at: usize| u16::from_be_bytes([header[at], header[at + 1]]);
        let (height, width) = (u16_at(HEIGHT_AT), u16_at(HEIGHT_AT + 2));
        let table = &header[QUALITY_AT..QUALITY_AT + 64];
        if width == 0 || height == 0 {
            return None;
        }
        // Of the lowest qualities several have the same luma.
        (1..=100)
            .filter(|quality| in_zigzag(&luma_steps(*quality)) == table)
            .map(|quality| Self { width, height, quality })
            .find(|frame| frame.header() == header)
    }
}

fn push_segment(out: &mut Vec<u8>, marker: u8, parts: &[&[u8]]) {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    out.extend_from_slice(&[0xFF, marker]);
    out.extend_from_slice(&(length as u16 + 2).to_be_bytes());
    for part in parts {
        out.extend_from_slice(part);
    }
}

/// Quantisation steps of luma at a quality, in natural order.
pub(super) fn luma_steps(quality: u8) -> [u8; 64] {
    scaled(&LUMA_STEPS, quality)
}

/// Quantisation steps of chroma at a quality, in natural order.
pub(super) fn chroma_steps(quality: u8) -> [u8; 64] {
    scaled(&CHROMA_STEPS, quality)
}

fn scaled(steps: &[u16; 64], quality: u8) -> [u8; 64] {
    let quality = u32::from(quality.clamp(1, 100));
    let scale = if quality < 50 { 5000 / quality } else { 200 - quality * 2 };
    steps.map(|step| ((u32::from(step) * scale + 50) / 100).clamp(1, 255) as u8)
}

/// From natural to zigzag order, as tables stand in files.
fn in_zigzag(steps: &[u8; 64]) -> [u8; 64] {
    ZIGZAG.map(|natural| steps[natural])
}

/// Natural position of each zigzag position.
#[rustfmt::skip]
pub(super) static ZIGZAG: [usize; 64] = [
     0,  1,  8, 16,  9,  2,  3, 10, 17, 24, 32, 25, 18, 11,  4,  5,
    12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13,  6,  7, 14, 21, 28,
    35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51,
    58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
];

/// Codes of each length 1 to 16, then the symbols. Every symbol of baseline has a code.
#[rustfmt::skip]
pub(super) static LUMA_DC: [u8; 28] = [
    0x00, 0x01, 0x05, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x02, 0x01, 0x03, 0x04, 0x05, 0x06, 0x00, 0x07, 0x08, 0x09, 0x0A, 0x0B,
];

#[rustfmt::skip]
pub(super) static LUMA_AC: [u8; 178] = [
    0x00, 0x01, 0x03, 0x02, 0x04, 0x04, 0x03, 0x05, 0x05, 0x06, 0x03, 0x02, 0x00, 0x01, 0x00, 0x7B,
    0x01, 0x00, 0x02, 0x03, 0x04, 0x11, 0x05, 0x12, 0x21, 0x31, 0x06, 0x13, 0x41, 0x51, 0x22, 0x61,
    0x71, 0x07, 0x14, 0x32, 0x81, 0x91, 0x23, 0x42, 0x52, 0xA1, 0xB1, 0x15, 0x33, 0x62, 0xC1, 0xD1,
    0xF0, 0x08, 0x72, 0xE1, 0x24, 0x43, 0x53, 0x09, 0x0A, 0x16, 0x17, 0x18, 0x19, 0x1A, 0x25, 0x26,
    0x27, 0x28, 0x29, 0x2A, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39, 0x3A, 0x44, 0x45, 0x46, 0x47, 0x48,
    0x49, 0x4A, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59, 0x5A, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69,
    0x6A, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7A, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88,
    0x89, 0x8A, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9A, 0xA2, 0xA3, 0xA4, 0xA5, 0xA6,
    0xA7, 0xA8, 0xA9, 0xAA, 0xB2, 0xB3, 0xB4, 0xB5, 0xB6, 0xB7, 0xB8, 0xB9, 0xBA, 0xC2, 0xC3, 0xC4,
    0xC5, 0xC6, 0xC7, 0xC8, 0xC9, 0xCA, 0xD2, 0xD3, 0xD4, 0xD5, 0xD6, 0xD7, 0xD8, 0xD9, 0xDA, 0xE2,
    0xE3, 0xE4, 0xE5, 0xE6, 0xE7, 0xE8, 0xE9, 0xEA, 0xF1, 0xF2, 0xF3, 0xF4, 0xF5, 0xF6, 0xF7, 0xF8,
    0xF9, 0xFA,
];

#[rustfmt::skip]
pub(super) static CHROMA_DC: [u8; 28] = [
    0x00, 0x02, 0x03, 0x01, 0x01, 0x01, 0x01, 0x00, 0x03, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x02, 0x03, 0x00, 0x01, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0A, 0x0B,
];

#[rustfmt::skip]
pub(super) static CHROMA_AC: [u8; 178] = [
    0x00, 0x02, 0x02, 0x01, 0x03, 0x02, 0x04, 0x03, 0x06, 0x04, 0x03, 0x01, 0x01, 0x01, 0x02, 0x7F,
    0x00, 0x01, 0x02, 0x11, 0x03, 0x04, 0x12, 0x21, 0x31, 0x41, 0x05, 0x13, 0x51, 0x61, 0x06, 0x22,
    0x71, 0x14, 0x32, 0x81, 0x91, 0xA1, 0xB1, 0x23, 0x42, 0x52, 0xC1, 0x62, 0x72, 0xD1, 0xE1, 0xF0,
    0x15, 0x33, 0x43, 0x07, 0x08, 0x09, 0x0A, 0x16, 0x17, 0x18, 0x19, 0x1A, 0x24, 0x25, 0x26, 0x27,
    0x28, 0x29, 0x2A, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39, 0x3A, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49,
    0x4A, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59, 0x5A, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69,
    0x6A, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7A, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88,
    0x89, 0x8A, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9A, 0xA2, 0xA3, 0xA4, 0xA5, 0xA6,
    0xA7, 0xA8, 0xA9, 0xAA, 0xB2, 0xB3, 0xB4, 0xB5, 0xB6, 0xB7, 0xB8, 0xB9, 0xBA, 0xC2, 0xC3, 0xC4,
    0xC5, 0xC6, 0xC7, 0xC8, 0xC9, 0xCA, 0xD2, 0xD3, 0xD4, 0xD5, 0xD6, 0xD7, 0xD8, 0xD9, 0xDA, 0xE2,
    0xE3, 0xE4, 0xE5, 0xE6, 0xE7, 0xE8, 0xE9, 0xEA, 0xF1, 0xF2, 0xF3, 0xF4, 0xF5, 0xF6, 0xF7, 0xF8,
    0xF9, 0xFA,
];

/// Quantisation steps at quality 50, in natural order.
#[rustfmt::skip]
static LUMA_STEPS: [u16; 64] = [
    18, 11, 19, 22, 27, 39, 38, 39,
    11, 20, 21, 24, 32, 40, 39, 47,
    22, 20, 22, 31, 33, 38, 52, 53,
    21, 23, 29, 28, 36, 59, 63, 55,
    24, 29, 32, 38, 52, 74, 72, 62,
    31, 31, 37, 50, 63, 72, 75, 68,
    37, 40, 56, 66, 72, 78, 77, 71,
    43, 60, 69, 70, 75, 70, 72, 45,
];

#[rustfmt::skip]
static CHROMA_STEPS: [u16; 64] = [
    11, 11, 16, 17, 22, 52, 48, 96,
    11, 17, 19, 24, 48, 34, 60, 61,
    16, 19, 21, 43, 37, 70, 73, 115,
    17, 24, 43, 34, 60, 60, 90, 112,
    22, 48, 37, 60, 56, 80, 94, 188,
    52, 34, 70, 60, 80, 89, 168, 237,
    48, 60, 73, 90, 94, 168, 225, 309,
    96, 61, 115, 112, 188, 237, 309, 416,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_says_what_it_was_made_of() {
        for quality in 1..=100 {
            let frame = Frame { width: 580, height: 870, quality };
            // At the lowest qualities all steps are 255, whatever the quality.
            let read = Frame::from_header(&frame.header()).unwrap();
            assert_eq!(read.header(), frame.header());
            assert!(read == frame || quality < 10);
        }
    }

    #[test]
    fn a_foreign_header_is_refused() {
        let mut header = Frame { width: 580, height: 870, quality: 85 }.header();
        header[HEADER_LEN - 1] = 1;
        assert_eq!(Frame::from_header(&header), None);
        assert_eq!(Frame::from_header(&header[..100]), None);
    }
}
