//! Files as other programs write them, whole and damaged.

use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use proptest::prelude::*;

use super::*;
use crate::codec::samples::{photo, psnr};
use crate::codec::{Limits, Picture};

type Configure = fn(&mut Encoder<&mut Vec<u8>>);

/// A file of another encoder's making.
fn file(pixels: &[u8], size: (u32, u32), color: ColorType, configure: Configure) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = Encoder::new(&mut out, 92);
    configure(&mut encoder);
    encoder.encode(pixels, size.0 as u16, size.1 as u16, color).unwrap();
    out
}

fn photo_file(configure: Configure) -> Vec<u8> {
    let picture = photo(150, 101);
    file(&picture.data, (150, 101), ColorType::Rgb, configure)
}

fn read(bytes: &[u8]) -> Result<Rgb, DecodeError> {
    decode(bytes, &DecodeOptions::default())
}

#[test]
fn every_sampling_and_scan_order_comes_out_right() {
    let files: [(&str, Configure); 7] = [
        ("4:4:4", |e| e.set_sampling_factor(SamplingFactor::R_4_4_4)),
        ("4:2:2", |e| e.set_sampling_factor(SamplingFactor::R_4_2_2)),
        ("4:4:0", |e| e.set_sampling_factor(SamplingFactor::R_4_4_0)),
        ("4:2:0", |e| e.set_sampling_factor(SamplingFactor::R_4_2_0)),
        ("progressive", |e| e.set_progressive(true)),
        ("several scans", |e| e.set_optimized_huffman_tables(true)),
        ("several scans at 4:2:0", |e| {
            e.set_optimized_huffman_tables(true);
            e.set_sampling_factor(SamplingFactor::R_4_2_0);
        }),
    ];
    for (name, configure) in files {
        let quality = psnr(&photo(150, 101), &read(&photo_file(configure)).unwrap());
        assert!(quality > 36.0, "{name}: {quality:.1} dB");
    }
}

#[test]
fn baseline_in_several_scans_is_told_by_its_header() {
    let optimised = photo_file(|e| e.set_optimized_huffman_tables(true));
    assert!(Header::parse(&optimised).unwrap().is_multi_scan_baseline());
    assert!(!Header::parse(&photo_file(|_| {})).unwrap().is_multi_scan_baseline());
    let progressive = photo_file(|e| e.set_progressive(true));
    assert!(!Header::parse(&progressive).unwrap().is_multi_scan_baseline());
}

#[test]
fn a_grey_file_comes_out_grey() {
    let grey: Vec<u8> = photo(60, 40).data.chunks_exact(3).map(|pixel| pixel[0]).collect();
    let picture = read(&file(&grey, (60, 40), ColorType::Luma, |_| {})).unwrap();
    let expected = grey.iter().flat_map(|value| [*value; 3]).collect();
    assert!(psnr(&picture, &Rgb::from_raw(60, 40, expected).unwrap()) > 36.0);
}

#[test]
fn inks_come_out_as_the_colours_they_print() {
    // Cyan, magenta, yellow, black, nothing: the encoder takes amounts of ink.
    let inks = [[255, 0, 0, 0], [0, 255, 0, 0], [0, 0, 255, 0], [0, 0, 0, 255], [0, 0, 0, 0]];
    let colors = [[0, 255, 255], [255, 0, 255], [255, 255, 0], [0, 0, 0], [255, 255, 255]];
    for (ink, expected) in inks.into_iter().zip(colors) {
        // Adobe's way: light, not ink, is stored.
        let stored: Vec<u8> = ink.map(|ink: u8| 255 - ink).repeat(16 * 16);
        let amounts: Vec<u8> = ink.repeat(16 * 16);
        for (name, pixels, color) in
            [("CMYK", &amounts, ColorType::Cmyk), ("YCCK", &amounts, ColorType::CmykAsYcck)]
        {
            let bytes = file(pixels, (16, 16), color, |_| {});
            let picture = read(&bytes).unwrap();
            let pixel = &picture.data[..3];
            assert!(
                pixel.iter().zip(expected).all(|(a, b): (&u8, u8)| a.abs_diff(b) < 6),
                "{name} {ink:?} gave {pixel:?}, stored {stored:?}"
            );
        }
    }
}

/// A file of two by two blocks, numbered by brightness: 1 2 / 3 4.
fn quadrants(orientation: u16) -> Vec<u8> {
    let mut picture = Rgb::new(32, 48);
    for (i, pixel) in picture.data.chunks_exact_mut(3).enumerate() {
        let (x, y) = (i % 32 / 16, i / 32 / 24);
        pixel.fill(50 * (1 + x + 2 * y) as u8);
    }
    let mut out = Vec::new();
    let mut encoder = Encoder::new(&mut out, 95);
    let mut exif = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
    exif.extend_from_slice(&[orientation as u8, 0, 0, 0, 0, 0, 0, 0]);
    encoder.add_exif_metadata(&exif).unwrap();
    encoder.encode(&picture.data, 32, 48, ColorType::Rgb).unwrap();
    out
}

#[test]
fn all_eight_orientations_come_out_upright() {
    // What is seen, by the EXIF standard's own definition of each value.
    let seen = [
        (1, [1, 2, 3, 4]),
        (2, [2, 1, 4, 3]),
        (3, [4, 3, 2, 1]),
        (4, [3, 4, 1, 2]),
        (5, [1, 3, 2, 4]),
        (6, [3, 1, 4, 2]),
        (7, [4, 2, 3, 1]),
        (8, [2, 4, 1, 3]),
    ];
    for (orientation, blocks) in seen {
        let file = quadrants(orientation);
        let picture = read(&file).unwrap();
        let size = if orientation > 4 { (48, 32) } else { (32, 48) };
        assert_eq!((picture.width, picture.height), size);
        assert_eq!(probe(&file).unwrap(), size);
        let (right, low) = (picture.width as usize - 4, picture.height as usize - 4);
        let at = |x: usize, y: usize| {
            let value = picture.data[(y * picture.width as usize + x) * 3];
            (i32::from(value) + 25) / 50
        };
        assert_eq!([at(3, 3), at(right, 3), at(3, low), at(right, low)], blocks, "{orientation}");
    }
}

fn with_profile(profile: &moxcms::ColorProfile, color: [u8; 3]) -> Vec<u8> {
    let pixels = color.repeat(16 * 16);
    let mut out = Vec::new();
    let mut encoder = Encoder::new(&mut out, 98);
    encoder.add_icc_profile(&profile.encode().unwrap()).unwrap();
    encoder.encode(&pixels, 16, 16, ColorType::Rgb).unwrap();
    out
}

fn near(pixel: &[u8], expected: [u8; 3]) -> bool {
    pixel.iter().zip(expected).all(|(a, b)| a.abs_diff(b) <= 4)
}

#[test]
fn wide_gamut_colours_come_out_in_srgb() {
    let p3 = moxcms::ColorProfile::new_display_p3();
    let picture = read(&with_profile(&p3, [200, 120, 90])).unwrap();
    // By CSS Color 4's matrices: color(display-p3 0.784 0.471 0.353) is rgb(213 115 83).
    assert!(near(&picture.data[..3], [213, 115, 83]), "{:?}", &picture.data[..3]);
}

#[test]
fn the_usual_profile_changes_nothing() {
    let srgb = moxcms::ColorProfile::new_srgb();
    let picture = read(&with_profile(&srgb, [200, 120, 90])).unwrap();
    assert!(near(&picture.data[..3], [200, 120, 90]), "{:?}", &picture.data[..3]);
}

#[test]
fn half_a_picture_is_refused() {
    let whole = photo_file(|_| {});
    let half = &whole[..whole.len() / 2];
    assert_eq!(read(half), Err(DecodeError::Truncated));
    let closed = [half, &[0xFF, 0xD9]].concat();
    assert_eq!(read(&closed), Err(DecodeError::Truncated), "with an end marker put on");
    let detailed: [Configure; 2] =
        [|e| e.set_progressive(true), |e| e.set_optimized_huffman_tables(true)];
    for configure in detailed {
        let whole = photo_file(configure);
        assert_eq!(read(&whole[..whole.len() * 9 / 10]), Err(DecodeError::Truncated));
    }
    assert_eq!(read(&whole[..100]), Err(DecodeError::Truncated), "inside the header");
}

#[test]
fn a_missing_end_marker_is_forgiven() {
    let whole = photo_file(|_| {});
    let picture = read(&whole[..whole.len() - 2]).unwrap();
    assert!(psnr(&picture, &read(&whole).unwrap()) > 60.0);
}

#[test]
fn a_flat_picture_is_not_taken_for_a_truncated_one() {
    let scans: [Configure; 2] = [|_| {}, |e| e.set_progressive(true)];
    for value in [0, 128, 255] {
        let flat = vec![value; 16 * 400 * 3];
        for configure in scans {
            let picture = read(&file(&flat, (16, 400), ColorType::Rgb, configure)).unwrap();
            assert!(picture.data.iter().all(|v| v.abs_diff(value) < 2));
        }
    }
}

#[test]
fn a_huge_size_is_refused_from_the_header() {
    let mut bytes = photo_file(|_| {});
    let frame = memchr::memmem::find(&bytes, &[0xFF, 0xC0]).unwrap();
    bytes[frame + 5..frame + 9].copy_from_slice(&[0xEA, 0x60, 0xEA, 0x60]);
    assert_eq!(read(&bytes), Err(DecodeError::TooLarge { width: 60_000, height: 60_000 }));
}

#[test]
fn a_smaller_decode_still_covers_what_is_needed() {
    let file = photo_file(|_| {});
    for need in [(150, 101), (76, 50), (75, 51), (37, 10), (1, 1), (0, 40), (999, 999)] {
        let options = DecodeOptions { need: Some(need), ..DecodeOptions::default() };
        let picture = decode(&file, &options).unwrap();
        assert!(picture.width >= need.0.min(150) && picture.height >= need.1.min(101));
    }
}

#[test]
fn what_is_written_carries_no_metadata() {
    let bytes = encode_jpeg(&photo(40, 40), 85).unwrap();
    let mut at = 2;
    let mut markers = Vec::new();
    while bytes[at + 1] != 0xDA {
        markers.push(bytes[at + 1]);
        at += 2 + usize::from(u16::from_be_bytes([bytes[at + 2], bytes[at + 3]]));
    }
    assert!(
        markers.iter().all(|marker| matches!(marker, 0xE0 | 0xDB | 0xC0 | 0xC4 | 0xDD)),
        "{markers:X?}"
    );
}

#[test]
fn an_impossible_size_is_not_coded() {
    for (width, height) in [(0, 5), (70_000, 1)] {
        let result = encode_jpeg(&Rgb::new(width, height), 85);
        assert_eq!(result, Err(EncodeError::Size { width, height }));
    }
}

/// A tomato on the dark: chroma is halved, so its edge must at least be averaged.
#[test]
fn a_saturated_edge_keeps_its_colour_as_well_as_averaging_can() {
    let mut picture = Rgb::new(96, 96);
    for (i, pixel) in picture.data.chunks_exact_mut(3).enumerate() {
        let away = (i as f32 % 96.0 - 47.5).hypot((i / 96) as f32 - 47.5);
        let share = (30.0 - away).clamp(0.0, 1.0);
        let mix = |ground: f32, paint: f32| (ground + (paint - ground) * share) as u8;
        pixel.copy_from_slice(&[mix(24.0, 250.0), mix(26.0, 50.0), mix(32.0, 10.0)]);
    }
    let averaged = psnr(&picture, &read(&encode_jpeg(&picture, 92).unwrap()).unwrap());
    let sampled = file(&picture.data, (96, 96), ColorType::Rgb, |e| {
        e.set_sampling_factor(SamplingFactor::R_4_2_0);
    });
    let sampled = psnr(&picture, &read(&sampled).unwrap());
    assert!(averaged > sampled + 1.0, "{averaged:.1} dB averaged, {sampled:.1} dB sampled");
}

#[cfg(feature = "turbo")]
#[test]
fn both_back_ends_agree() {
    let bytes = encode_jpeg(&photo(160, 112), 85).unwrap();
    let header = Header::parse(&bytes).unwrap();
    let a = pure::decode_scaled(&bytes, &header, None).unwrap().picture;
    let b = turbo::decode_scaled(&bytes, &header, None).unwrap().picture;
    assert!(psnr(&a, &b) > 50.0);
}

fn small() -> DecodeOptions {
    let limits = Limits { max_bytes: 1 << 20, max_pixels: 40_000, max_side: 400 };
    DecodeOptions { limits, need: None }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn noise_after_a_signature_never_panics(noise in prop::collection::vec(any::<u8>(), 0..400)) {
        let bytes = [&[0xFF, 0xD8][..], &noise].concat();
        let _ = crate::codec::decode(&bytes, &small());
        let _ = crate::codec::probe(&bytes);
    }

    #[test]
    fn a_mutated_file_stays_within_limits(
        at in 0_usize..100_000, value in any::<u8>(), header in any::<bool>(), kind in 0_usize..3,
    ) {
        let mut bytes = match kind {
            0 => photo_file(|_| {}),
            1 => photo_file(|e| e.set_progressive(true)),
            _ => photo_file(|e| e.set_optimized_huffman_tables(true)),
        };
        let range = if header { 700 } else { bytes.len() };
        bytes[at % range] = value;
        match crate::codec::decode(&bytes, &small()) {
            Ok(Picture::Opaque(picture)) => prop_assert!(picture.data.len() <= 40_000 * 3),
            Ok(Picture::Alpha(_)) => prop_assert!(false, "a JPEG has no alpha"),
            Err(error) => prop_assert_ne!(error, DecodeError::Panicked),
        }
    }
}
