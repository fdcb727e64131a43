//! Every kind of PNG, made here.

use png::{BitDepth, ColorType, Encoder};
use proptest::prelude::*;

use super::*;
use crate::codec::samples::{disc, photo};
use crate::codec::{DecodeOptions, decode as decode_any};

fn read(bytes: &[u8]) -> Result<Picture, DecodeError> {
    decode_any(bytes, &DecodeOptions::default())
}

fn file(
    data: &[u8],
    (width, height): (u32, u32),
    (color, depth): (ColorType, BitDepth),
    configure: impl FnOnce(&mut Encoder<'_, &mut Vec<u8>>),
) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = Encoder::new(&mut out, width, height);
    encoder.set_color(color);
    encoder.set_depth(depth);
    configure(&mut encoder);
    encoder.write_header().unwrap().write_image_data(data).unwrap();
    out
}

#[test]
fn what_is_written_is_read_back_exactly() {
    let (opaque, alpha) = (photo(37, 23), disc(31, 20));
    for effort in [PngEffort::Fast, PngEffort::Balanced] {
        let bytes = encode_png(&opaque, effort).unwrap();
        assert_eq!(read(&bytes), Ok(Picture::Opaque(opaque.clone())));
        let bytes = encode_png_alpha(&alpha, effort).unwrap();
        assert_eq!(read(&bytes), Ok(Picture::Alpha(alpha.clone())));
    }
}

#[test]
fn what_is_written_holds_no_chunk_but_pixels() {
    let bytes = encode_png(&photo(37, 23), PngEffort::Fast).unwrap();
    let mut names = Vec::new();
    let mut at = 8;
    while at < bytes.len() {
        let length = u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
        names.push(String::from_utf8_lossy(&bytes[at + 4..at + 8]).into_owned());
        at += 12 + length;
    }
    names.dedup();
    assert_eq!(names, ["IHDR", "IDAT", "IEND"]);
}

#[test]
fn a_palette_with_transparency_is_expanded() {
    let bytes = file(&[0b0001_1000], (3, 1), (ColorType::Indexed, BitDepth::Two), |encoder| {
        encoder.set_palette(vec![10, 20, 30, 40, 50, 60, 70, 80, 90]);
        encoder.set_trns(vec![0, 128]);
    });
    let expected = vec![10, 20, 30, 0, 40, 50, 60, 128, 70, 80, 90, 255];
    assert_eq!(read(&bytes), Ok(Picture::Alpha(Rgba { width: 3, height: 1, data: expected })));
}

#[test]
fn sixteen_bits_are_rounded_to_eight() {
    let data = [0x00, 0x00, 0x80, 0x00, 0xFF, 0xFF, 0x00, 0x81, 0x7F, 0xFF, 0x01, 0x80];
    let bytes = file(&data, (2, 1), (ColorType::Rgb, BitDepth::Sixteen), |_| {});
    let expected = vec![0, 128, 255, 1, 127, 1];
    assert_eq!(read(&bytes), Ok(Picture::Opaque(Rgb { width: 2, height: 1, data: expected })));
}

#[test]
fn grey_with_and_without_alpha_becomes_colour() {
    let bytes = file(&[7, 200], (2, 1), (ColorType::Grayscale, BitDepth::Eight), |_| {});
    let expected = Rgb { width: 2, height: 1, data: vec![7, 7, 7, 200, 200, 200] };
    assert_eq!(read(&bytes), Ok(Picture::Opaque(expected)));
    let bytes = file(&[7, 90], (1, 1), (ColorType::GrayscaleAlpha, BitDepth::Eight), |_| {});
    let expected = Rgba { width: 1, height: 1, data: vec![7, 7, 7, 90] };
    assert_eq!(read(&bytes), Ok(Picture::Alpha(expected)));
}

#[test]
fn linear_light_is_brightened_and_usual_gamma_left_alone() {
    let data = [128, 128, 128];
    let with_gamma = |gamma: f32| {
        let bytes = file(&data, (1, 1), (ColorType::Rgb, BitDepth::Eight), |encoder| {
            encoder.set_source_gamma(png::ScaledFloat::new(gamma));
        });
        read(&bytes).unwrap().into_opaque([0; 3]).data
    };
    // Half of the light is level 188 of sRGB.
    assert_eq!(with_gamma(1.0), [188; 3]);
    assert_eq!(with_gamma(0.45455), [128; 3]);
}

#[test]
fn alpha_is_not_touched_by_gamma_or_depth() {
    let data = [0x80, 0x00, 0x80, 0x00];
    let kind = (ColorType::GrayscaleAlpha, BitDepth::Sixteen);
    let bytes = file(&data, (1, 1), kind, |encoder| {
        encoder.set_source_gamma(png::ScaledFloat::new(1.0));
    });
    assert_eq!(read(&bytes).unwrap().into_alpha().data, [188, 188, 188, 128]);
}

#[test]
fn an_embedded_profile_is_honoured() {
    let profile = moxcms::ColorProfile::new_display_p3().encode().unwrap();
    let mut info = png::Info::with_size(1, 1);
    info.color_type = ColorType::Rgba;
    info.bit_depth = BitDepth::Eight;
    info.icc_profile = Some(profile.into());
    let mut out = Vec::new();
    let encoder = Encoder::with_info(&mut out, info).unwrap();
    encoder.write_header().unwrap().write_image_data(&[200, 120, 90, 77]).unwrap();
    let pixel = read(&out).unwrap().into_alpha().data;
    let near = pixel.iter().zip([213_u8, 115, 83, 77]).all(|(a, b)| a.abs_diff(b) <= 2);
    assert!(near, "{pixel:?}");
}

#[test]
fn of_an_animation_the_first_frame_is_shown() {
    let mut out = Vec::new();
    let mut encoder = Encoder::new(&mut out, 1, 1);
    encoder.set_color(ColorType::Rgb);
    encoder.set_animated(2, 0).unwrap();
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&[1, 2, 3]).unwrap();
    writer.write_image_data(&[9, 9, 9]).unwrap();
    writer.finish().unwrap();
    assert_eq!(read(&out).unwrap().into_opaque([0; 3]).data, [1, 2, 3]);
}

#[test]
fn a_huge_size_is_refused_from_the_header() {
    let mut out = Vec::new();
    drop(Encoder::new(&mut out, 30_000, 30_000).write_header().unwrap());
    assert_eq!(probe(&out), Ok((30_000, 30_000)));
    assert_eq!(read(&out), Err(DecodeError::TooLarge { width: 30_000, height: 30_000 }));
}

#[test]
fn a_file_that_ends_early_is_refused() {
    let bytes = encode_png(&photo(60, 60), PngEffort::Fast).unwrap();
    assert_eq!(read(&bytes[..bytes.len() / 2]), Err(DecodeError::Truncated));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_mutated_file_stays_within_limits(at in 0_usize..4000, value in any::<u8>()) {
        let mut bytes = encode_png_alpha(&disc(30, 30), PngEffort::Fast).unwrap();
        let len = bytes.len();
        bytes[at % len] = value;
        let limits = Limits { max_bytes: 1 << 20, max_pixels: 4000, max_side: 100 };
        match decode_any(&bytes, &DecodeOptions { limits, need: None }) {
            Ok(picture) => prop_assert!(picture.size().0 <= 100),
            Err(error) => prop_assert_ne!(error, DecodeError::Panicked),
        }
    }
}
