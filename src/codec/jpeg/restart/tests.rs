use proptest::prelude::*;

use super::*;
use crate::codec::samples::{photo, psnr};
use crate::codec::{DecodeOptions, Picture, decode};

/// Widths and heights on and off the grid of 16, even and odd.
const SIZES: [(u32, u32); 6] = [(64, 96), (58, 87), (78, 43), (33, 17), (16, 16), (1, 200)];

fn full(bytes: &[u8]) -> Rgb {
    match decode(bytes, &DecodeOptions::default()).unwrap() {
        Picture::Opaque(picture) => picture,
        Picture::Alpha(_) => unreachable!("a JPEG has no alpha"),
    }
}

/// Other pixels for some rows of MCUs.
fn repaint(base: &RestartJpeg, rows: Range<u32>) -> Rgb {
    let pixels = base.pixels_of(rows);
    let mut picture = photo(base.width(), pixels.end - pixels.start);
    picture.data.iter_mut().for_each(|value| *value = 255 - *value / 2);
    picture
}

#[test]
fn rows_decode_as_they_do_in_the_whole_picture() {
    for (width, height) in SIZES {
        let base = RestartJpeg::encode(&photo(width, height), 85).unwrap();
        let whole = base.decode_rows(0..base.mcu_rows()).unwrap();
        assert!(psnr(&whole, &full(base.bytes())) > 32.0, "as another decoder does, nearly");
        for start in 0..base.mcu_rows() {
            for end in start + 1..=base.mcu_rows() {
                let part = base.decode_rows(start..end).unwrap();
                let pixels = base.pixels_of(start..end);
                assert_eq!(part.height, pixels.end - pixels.start);
                assert!(
                    part.data == whole.rows(pixels.start, part.height),
                    "rows {start}..{end} of {width}x{height}"
                );
            }
        }
    }
}

/// What is decoded, not painted on and coded again shows what it did.
#[test]
fn rows_coded_again_lose_nearly_nothing() {
    for quality in [70, 85, 92] {
        let picture = photo(320, 160);
        let base = RestartJpeg::encode(&picture, quality).unwrap();
        let pixels = base.decode_rows(0..10).unwrap();
        let again = base.splice(&[RowPatch { first_row: 0, pixels: &pixels }]).unwrap();
        let loss = psnr(&picture, &full(base.bytes())) - psnr(&picture, &full(&again));
        assert!(loss < 0.3, "{loss:.2} dB at {quality}");
    }
}

#[test]
fn a_splice_changes_the_touched_rows_alone() {
    for (width, height) in SIZES {
        let base = RestartJpeg::encode(&photo(width, height), 85).unwrap();
        for row in 0..base.mcu_rows() {
            let end = (row + 2).min(base.mcu_rows());
            let pixels = repaint(&base, row..end);
            let spliced = base.splice(&[RowPatch { first_row: row, pixels: &pixels }]).unwrap();
            let spliced = RestartJpeg::from_bytes(spliced.into()).unwrap();
            for other in (0..base.mcu_rows()).filter(|other| !(row..end).contains(other)) {
                assert_eq!(
                    base.bytes[base.coded(other..other + 1)],
                    spliced.bytes[spliced.coded(other..other + 1)],
                    "row {other}"
                );
            }
            let alone = RestartJpeg::encode(&pixels, 85).unwrap();
            assert_eq!(
                spliced.decode_rows(row..end).unwrap(),
                alone.decode_rows(0..end - row).unwrap()
            );
        }
    }
}

/// Seen from outside: pixels two rows of MCUs away from the patch (its neighbours share
/// interpolated chroma) are bit-identical, at the sizes that are served.
#[test]
fn pixels_away_from_the_patch_are_bit_identical() {
    for (width, height) in [(580, 870), (780, 439), (342, 513), (1280, 1920)] {
        let base = RestartJpeg::encode(&photo(width, height), 85).unwrap();
        let rows = base.mcu_rows() - 4..base.mcu_rows() - 1;
        let pixels = repaint(&base, rows.clone());
        let spliced = base.splice(&[RowPatch { first_row: rows.start, pixels: &pixels }]);
        let (before, after) = (full(base.bytes()), full(&spliced.unwrap()));
        let touched = base.pixels_of(rows);
        assert_eq!(before.rows(0, touched.start - 1), after.rows(0, touched.start - 1));
        let below = touched.end + 1;
        assert_eq!(before.rows(below, height - below), after.rows(below, height - below));
        assert_ne!(
            before.rows(touched.start, touched.end - touched.start),
            after.rows(touched.start, touched.end - touched.start)
        );
    }
}

#[test]
fn painting_back_what_was_there_gives_the_same_file() {
    let picture = photo(70, 100);
    let base = RestartJpeg::encode(&picture, 85).unwrap();
    let top = Rgb { width: 70, height: 32, data: picture.rows(0, 32).to_vec() };
    let bottom = Rgb { width: 70, height: 20, data: picture.rows(80, 20).to_vec() };
    let patches =
        [RowPatch { first_row: 5, pixels: &bottom }, RowPatch { first_row: 0, pixels: &top }];
    assert_eq!(base.splice(&patches).unwrap(), base.bytes()[..]);
    assert_eq!(base.splice(&[]).unwrap(), base.bytes()[..]);
}

#[test]
fn patches_that_do_not_fit_are_refused() {
    let base = RestartJpeg::encode(&photo(64, 100), 85).unwrap();
    let refused = |first_row, width, height| {
        let pixels = photo(width, height);
        base.splice(&[RowPatch { first_row, pixels: &pixels }]) == Err(RestartError::Patch)
    };
    assert!(refused(0, 63, 16), "another width");
    assert!(refused(0, 64, 15), "half a row");
    assert!(refused(6, 64, 16), "beyond the bottom");
    assert!(refused(u32::MAX, 64, 16), "far beyond");
    let pixels = photo(64, 32);
    let twice = [0, 1].map(|first_row| RowPatch { first_row, pixels: &pixels });
    assert_eq!(base.splice(&twice), Err(RestartError::Patch), "overlap");
    assert_eq!(base.decode_rows(3..3), Err(RestartError::Rows));
    assert_eq!(base.decode_rows(0..8), Err(RestartError::Rows));
}

#[test]
fn a_base_comes_back_from_its_bytes() {
    let base = RestartJpeg::encode(&photo(70, 300), 72).unwrap();
    let again = RestartJpeg::from_bytes(base.bytes().clone()).unwrap();
    assert_eq!(again.starts, base.starts);
    assert_eq!((again.width(), again.height(), again.quality()), (70, 300, 72));
}

#[test]
fn other_files_are_no_base() {
    let picture = photo(64, 64);
    let mut plain = Vec::new();
    let encoder = jpeg_encoder::Encoder::new(&mut plain, 85);
    encoder.encode(&picture.data, 64, 64, jpeg_encoder::ColorType::Rgb).unwrap();
    let base = RestartJpeg::encode(&picture, 85).unwrap().into_bytes();
    let mut longer = base.to_vec();
    longer.push(0);
    let shorter = &base[..base.len() - 3];
    for file in [&plain[..], &longer, shorter, &[]] {
        let result = RestartJpeg::from_bytes(Bytes::copy_from_slice(file));
        assert_eq!(result.err(), Some(RestartError::NotRestartRows));
    }
}

#[test]
fn other_decoders_read_a_spliced_file() {
    let picture = photo(90, 120);
    let base = RestartJpeg::encode(&picture, 90).unwrap();
    let pixels = repaint(&base, 2..4);
    let spliced = base.splice(&[RowPatch { first_row: 2, pixels: &pixels }]).unwrap();
    let ours = full(&spliced);
    let data = jpeg_decoder::Decoder::new(&spliced[..]).decode().unwrap();
    let theirs = Rgb::from_raw(90, 120, data).unwrap();
    assert!(psnr(&ours, &theirs) > 35.0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_splice_is_a_base_again_and_leaves_other_rows(
        width in 1_u32..90, height in 1_u32..150, quality in 1_u8..=100,
        first in 0_u32..10, count in 1_u32..10,
    ) {
        let base = RestartJpeg::encode(&photo(width, height), quality).unwrap();
        let first = first.min(base.mcu_rows() - 1);
        let rows = first..(first + count).min(base.mcu_rows());
        let pixels = repaint(&base, rows.clone());
        let spliced = base.splice(&[RowPatch { first_row: first, pixels: &pixels }]).unwrap();
        let spliced = RestartJpeg::from_bytes(spliced.into()).unwrap();
        prop_assert_eq!(&base.bytes[base.coded(0..first)], &spliced.bytes[spliced.coded(0..first)]);
        let below = rows.end..base.mcu_rows();
        prop_assert_eq!(
            &base.bytes[base.coded(below.clone())],
            &spliced.bytes[spliced.coded(below)]
        );
    }

    #[test]
    fn a_damaged_base_never_panics(
        at in 0_usize..4000, value in any::<u8>(), cut in 0_usize..4000,
    ) {
        let mut bytes = RestartJpeg::encode(&photo(60, 90), 80).unwrap().into_bytes().to_vec();
        let len = bytes.len();
        bytes[at % len] = value;
        bytes.truncate(len - cut % 3);
        if let Ok(base) = RestartJpeg::from_bytes(bytes.into()) {
            let _ = base.decode_rows(1..3);
        }
    }
}
