use proptest::prelude::*;

use super::*;
use crate::codec::DecodeOptions;
use crate::codec::samples::{disc, photo, psnr};

#[test]
fn a_cut_of_the_same_size_copies_pixels() {
    let picture = photo(40, 30);
    let crop = CropRect { x: 3.0, y: 5.0, width: 20.0, height: 10.0 };
    let cut = crop_resize(&picture, crop, 20, 10);
    for y in 0..10 {
        let row = &picture.rows(y + 5, 1)[9..69];
        assert_eq!(cut.rows(y, 1), row);
    }
    assert_eq!(crop_resize(&picture, CropRect::whole(40, 30), 40, 30), picture);
}

#[test]
fn the_table_is_lanczos3() {
    let sinc = |x: f64| if x == 0.0 { 1.0 } else { (PI * x).sin() / (PI * x) };
    for step in 0..4000 {
        let x = f64::from(step) * 0.000_977 - 0.5;
        let exact = if x.abs() < 3.0 { sinc(x) * sinc(x / 3.0) } else { 0.0 };
        assert!((lanczos3(x) - exact).abs() < 4e-6, "at {x}");
    }
    assert!(lanczos3(3.5).abs() < 1e-12 && lanczos3(1e9).abs() < 1e-12);
}

#[test]
fn fractions_of_a_pixel_are_honoured() {
    let mut ramp = Rgb::new(64, 8);
    for (i, pixel) in ramp.data.chunks_exact_mut(3).enumerate() {
        pixel.fill((i % 64 * 4) as u8);
    }
    let middle = |x: f64| {
        let crop = CropRect { x, y: 0.0, width: 32.0, height: 8.0 };
        crop_resize(&ramp, crop, 16, 4).data[8 * 3]
    };
    assert_eq!(middle(10.5) - middle(10.0), 2);
    assert_eq!(middle(11.0) - middle(10.0), 4);
}

#[test]
fn down_and_up_again_keeps_what_is_coarse() {
    let mut picture = photo(200, 300);
    crate::codec::blur(&mut picture, 4.0);
    let small = crop_resize(&picture, CropRect::whole(200, 300), 100, 150);
    let again = crop_resize(&small, CropRect::whole(100, 150), 200, 300);
    assert!(psnr(&picture, &again) > 38.0);
}

/// Chroma must not wander against luma, and not stretch where a side is odd.
#[test]
fn planes_scale_as_pixels_do() {
    let mut picture = photo(240, 361);
    crate::codec::blur(&mut picture, 2.0);
    let file = crate::codec::encode_jpeg(&picture, 98).unwrap();
    let planes = crate::codec::decode_planes(&file, &DecodeOptions::default());
    let planes = planes.unwrap().unwrap();
    for (width, height) in [(180, 270), (181, 271), (120, 180), (240, 361), (1, 1)] {
        for crop in
            [CropRect::whole(240, 361), CropRect { x: 21.0, y: 3.5, width: 180.0, height: 271.0 }]
        {
            let pixels = crop_resize(&picture, crop, width, height);
            let scaled = crop_resize_planes(&planes, crop, width, height);
            let apart = psnr(&pixels, &scaled.to_rgb(height));
            assert!(apart > 33.0, "{width}x{height} of {crop:?}: {apart:.1} dB");
        }
    }
}

#[test]
fn hidden_colours_do_not_bleed() {
    let mut logo = disc(64, 64);
    for pixel in logo.data.chunks_exact_mut(4) {
        let color = if pixel[3] == 0 { [0, 255, 0] } else { [255, 0, 0] };
        pixel[..3].copy_from_slice(&color);
    }
    let small = crop_resize_alpha(&logo, CropRect::whole(64, 64), 21, 21);
    for pixel in small.data.chunks_exact(4).filter(|pixel| pixel[3] > 8) {
        assert!(pixel[1] < 40, "{pixel:?}");
    }
}

#[test]
fn cover_keeps_the_ratio_and_moves_with_gravity() {
    let wide = CropRect::cover((2000, 1000), 580, 870, (0.5, 0.5));
    assert!((wide.width / wide.height - 580.0 / 870.0).abs() < 1e-9);
    assert!((wide.x + wide.width / 2.0 - 1000.0).abs() < 1e-9);
    let tall = CropRect::cover((1000, 2000), 16, 9, (0.5, 0.0));
    assert!(tall.y.abs() < 1e-9 && (tall.width - 1000.0).abs() < 1e-9);
}

proptest! {
    #[test]
    fn any_crop_gives_a_picture_of_the_size_asked_for(
        x in -50.0..150.0, y in -50.0..150.0, crop_width in -9.0..200.0, crop_height in -9.0..200.0,
        width in 0_u32..60, height in 0_u32..60,
    ) {
        let crop = CropRect { x, y, width: crop_width, height: crop_height };
        let picture = crop_resize(&photo(70, 50), crop, width, height);
        prop_assert_eq!(picture.data.len(), (width * height * 3) as usize);
        let nan = CropRect { x: f64::NAN, y: f64::NAN, width: f64::NAN, height: f64::NAN };
        crop_resize(&photo(70, 50), nan, width, height);
    }
}
