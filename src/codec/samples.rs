//! Pictures for tests, made of arithmetic.

use super::{Rgb, Rgba};

/// A picture like a photograph: soft shapes in several scales, fine grain, one hard edge.
pub(super) fn photo(width: u32, height: u32) -> Rgb {
    let mut data = Vec::with_capacity(width as usize * height as usize * 3);
    for y in 0..height {
        for x in 0..width {
            let (u, v) = (x as f32, y as f32);
            let soft = (u / 97.0).sin() * (v / 61.0).cos() + ((u + v) / 23.0).sin() * 0.3;
            let grain = f32::from(hash(x, y)) / 255.0 - 0.5;
            let edge = if (x / 40 + y / 56) % 2 == 0 { 24.0 } else { -24.0 };
            for (gain, shift) in [(60.0, 0.0), (48.0, 14.0), (70.0, -20.0)] {
                data.push((128.0 + shift + soft * gain + grain * 12.0 + edge) as u8);
            }
        }
    }
    Rgb { width, height, data }
}

/// A disc that fades at its rim, on nothing.
pub(super) fn disc(width: u32, height: u32) -> Rgba {
    let mut data = Vec::with_capacity(width as usize * height as usize * 4);
    let (cx, cy) = (width as f32 / 2.0, height as f32 / 2.0);
    for y in 0..height {
        for x in 0..width {
            let away = (x as f32 - cx).hypot(y as f32 - cy);
            let alpha = ((cx.min(cy) - away) * 32.0).clamp(0.0, 255.0) as u8;
            data.extend_from_slice(&[220, (x % 256) as u8, 40, alpha]);
        }
    }
    Rgba { width, height, data }
}

fn hash(x: u32, y: u32) -> u8 {
    let mixed =
        (x.wrapping_mul(0x9E37_79B1) ^ y.wrapping_mul(0x85EB_CA6B)).wrapping_mul(0xC2B2_AE35);
    (mixed >> 24) as u8
}

/// Peak signal to noise in decibels; infinite for equal pictures.
pub(super) fn psnr(a: &Rgb, b: &Rgb) -> f64 {
    assert_eq!((a.width, a.height), (b.width, b.height));
    let squares: f64 =
        a.data.iter().zip(&b.data).map(|(a, b)| f64::from(a.abs_diff(*b)).powi(2)).sum();
    10.0 * (255.0 * 255.0 / (squares / a.data.len() as f64)).log10()
}
