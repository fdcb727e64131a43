//! Against general decoders, whole and damaged.

use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use proptest::prelude::*;

use super::decode;
use crate::codec::samples::{photo, psnr};
use crate::codec::{CropRect, Planes, Rgb, crop_resize, encode_jpeg};

/// What a general decoder gives, with chroma as ours has it.
fn reference(file: &[u8]) -> Rgb {
    let data = jpeg_decoder::Decoder::new(file).decode().unwrap();
    let (width, height) = crate::codec::jpeg::probe(file).unwrap();
    Rgb::from_raw(width, height, data).unwrap()
}

fn pixels(planes: &Planes) -> Rgb {
    planes.to_rgb(planes.height())
}

fn file(width: u32, height: u32, restart: u16) -> Vec<u8> {
    let mut picture = photo(width, height);
    // Chroma of neighbours alike, so that how it is enlarged does not matter.
    crate::codec::blur(&mut picture, 2.0);
    let mut out = Vec::new();
    let mut encoder = Encoder::new(&mut out, 90);
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    if restart > 0 {
        encoder.set_restart_interval(restart);
    }
    encoder.encode(&picture.data, width as u16, height as u16, ColorType::Rgb).unwrap();
    out
}

#[test]
fn planes_are_what_general_decoders_see() {
    for (width, height) in [(64, 48), (150, 101), (33, 17), (1, 1), (300, 20)] {
        for restart in [0, 1, 3, 7, 500] {
            let file = file(width, height, restart);
            let planes = decode(&file, 1).unwrap();
            assert_eq!((planes.width(), planes.height()), (width, height));
            let apart = psnr(&pixels(&planes), &reference(&file));
            assert!(apart > 36.0, "{width}x{height}, every {restart}: {apart:.1} dB");
        }
    }
}

#[test]
fn smaller_planes_are_the_picture_scaled() {
    let file = file(160, 224, 0);
    let whole = reference(&file);
    for shrink in [2, 4, 8] {
        let planes = decode(&file, shrink).unwrap();
        let (width, height) = (160 / shrink, 224 / shrink);
        assert_eq!((planes.width(), planes.height()), (width, height));
        let scaled = crop_resize(&whole, CropRect::whole(160, 224), width, height);
        let apart = psnr(&pixels(&planes), &scaled);
        assert!(apart > 30.0, "1/{shrink}: {apart:.1} dB");
    }
    assert!(decode(&file, 3).is_none());
    let odd = decode(&self::file(151, 99, 0), 2).unwrap();
    assert_eq!((odd.width(), odd.height(), odd.cb.width, odd.cb.height), (76, 50, 38, 25));
}

#[test]
fn what_is_not_the_commonest_is_left_to_others() {
    let coded = |configure: fn(&mut Encoder<&mut Vec<u8>>), color| {
        let mut out = Vec::new();
        let mut encoder = Encoder::new(&mut out, 90);
        encoder.set_sampling_factor(SamplingFactor::F_2_2);
        configure(&mut encoder);
        let data = vec![90; 64 * 48 * if color == ColorType::Luma { 1 } else { 3 }];
        encoder.encode(&data, 64, 48, color).unwrap();
        out
    };
    assert!(decode(&coded(|_| {}, ColorType::Rgb), 1).is_some());
    assert!(decode(&coded(|_| {}, ColorType::Luma), 1).is_none());
    let others: [fn(&mut Encoder<&mut Vec<u8>>); 4] = [
        |e| e.set_sampling_factor(SamplingFactor::R_4_4_4),
        |e| e.set_sampling_factor(SamplingFactor::R_4_2_2),
        |e| e.set_progressive(true),
        |e| e.set_optimized_huffman_tables(true),
    ];
    for configure in others {
        assert!(decode(&coded(configure, ColorType::Rgb), 1).is_none());
    }
}

#[test]
fn a_file_that_ends_early_is_left_to_others() {
    let file = file(150, 101, 0);
    for part in [file.len() / 2, file.len() * 9 / 10, 700, 40] {
        let closed = [&file[..part], &[0xFF, 0xD9]].concat();
        assert!(decode(&closed, 1).is_none(), "{part} of {}", file.len());
        assert!(decode(&file[..part], 1).is_none());
    }
}

/// What our encoder writes of planes comes back as these planes, nearly.
#[test]
fn planes_go_through_the_encoder_without_colours_between() {
    for (width, height) in [(64, 96), (59, 87), (17, 33)] {
        let planes = decode(&encode_jpeg(&photo(width, height), 95).unwrap(), 1).unwrap();
        let coded = crate::codec::RestartJpeg::encode_planes(&planes, 100).unwrap();
        let again = decode(coded.bytes(), 1).unwrap();
        for (was, is) in [(&planes.y, &again.y), (&planes.cb, &again.cb), (&planes.cr, &again.cr)] {
            assert!(was.data.iter().zip(&is.data).all(|(a, b)| a.abs_diff(*b) <= 2));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn a_mutated_file_never_panics(
        at in 0_usize..100_000, value in any::<u8>(), header in any::<bool>(), shrink in 0_u32..4,
        restart in 0_u16..4,
    ) {
        let mut bytes = file(50, 40, restart);
        let range = if header { 700 } else { bytes.len() };
        bytes[at % range] = value;
        // A side may have become 65,535: the caller checks sizes before.
        if crate::codec::jpeg::probe(&bytes).is_ok_and(|(w, h)| w * h < 1 << 20)
            && let Some(planes) = decode(&bytes, 1 << shrink)
        {
            prop_assert_eq!(planes.cb.data.len(), planes.cr.data.len());
        }
    }
}
