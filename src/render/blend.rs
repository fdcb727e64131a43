//! Blending of one colour over another.

use std::sync::LazyLock;

/// sRGB to linear light, 0-1.
static TO_LINEAR: LazyLock<[f32; 256]> = LazyLock::new(|| {
    std::array::from_fn(|coded| {
        let c = coded as f32 / 255.0;
        if c <= 0.040_45 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
    })
});

/// Steps of linear light that are told apart; enough that coding and decoding
/// gives every one of the 256 coded values back.
const STEPS: usize = 4095;

static TO_CODED: LazyLock<Vec<u8>> = LazyLock::new(|| {
    (0..=STEPS)
        .map(|step| {
            let c = step as f32 / STEPS as f32;
            let coded =
                if c <= 0.003_130_8 { c * 12.92 } else { 1.055 * c.powf(1.0 / 2.4) - 0.055 };
            (coded * 255.0).round() as u8
        })
        .collect()
});

/// Blends in linear light, where anti-aliased edges keep their weight.
pub(super) struct Linear {
    to_linear: &'static [f32; 256],
    to_coded: &'static [u8],
}

impl Linear {
    pub(super) fn new() -> Self {
        Self { to_linear: &TO_LINEAR, to_coded: &TO_CODED }
    }

    /// `over` at `alpha` (0-255) on `beneath`.
    pub(super) fn blend(&self, beneath: u8, over: u8, alpha: u8) -> u8 {
        let alpha = f32::from(alpha) / 255.0;
        let light = self.to_linear[usize::from(beneath)] * (1.0 - alpha)
            + self.to_linear[usize::from(over)] * alpha;
        self.to_coded[(light * STEPS as f32 + 0.5) as usize & 0xFFF]
    }
}

/// Blends coded values, as the eye steps them; for large translucent grounds.
pub(super) fn coded(beneath: u8, over: u8, alpha: u8) -> u8 {
    let (beneath, over, alpha) = (u32::from(beneath), u32::from(over), u32::from(alpha));
    ((beneath * (255 - alpha) + over * alpha + 127) / 255) as u8
}

/// Blends `colour` at `alpha` over whole pixels of three bytes, as [`coded`]
/// does, in a form that compilers turn into vector code.
pub(super) fn fill(pixels: &mut [u8], colour: [u8; 3], alpha: u8) {
    let keep = u16::from(255 - alpha);
    let add: [u16; 48] = std::array::from_fn(|at| u16::from(colour[at % 3]) * u16::from(alpha));
    // Exactly the rounded division by 255 for everything that 255 * 255 bounds.
    let mix = |beneath: u8, add: u16| {
        let sum = u16::from(beneath) * keep + add + 128;
        ((sum + (sum >> 8)) >> 8) as u8
    };
    let mut blocks = pixels.chunks_exact_mut(48);
    for block in &mut blocks {
        for (byte, add) in block.iter_mut().zip(&add) {
            *byte = mix(*byte, *add);
        }
    }
    for (byte, add) in blocks.into_remainder().iter_mut().zip(&add) {
        *byte = mix(*byte, *add);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filling_blends_as_single_pixels_do() {
        for alpha in [0, 1, 77, 128, 200, 254, 255] {
            let mut row: Vec<u8> = (0..=254).collect();
            let colour = [3, 130, 255];
            let expected: Vec<u8> =
                row.iter().enumerate().map(|(at, v)| coded(*v, colour[at % 3], alpha)).collect();
            fill(&mut row, colour, alpha);
            assert_eq!(row, expected, "{alpha}");
        }
    }

    #[test]
    fn nothing_over_anything_changes_nothing() {
        let linear = Linear::new();
        for value in 0..=255 {
            assert_eq!(linear.blend(value, 200, 0), value);
            assert_eq!(linear.blend(17, value, 255), value);
            assert_eq!(coded(value, 200, 0), value);
            assert_eq!(coded(17, value, 255), value);
        }
    }

    #[test]
    fn half_white_on_black_is_half_the_light() {
        assert_eq!(Linear::new().blend(0, 255, 128), 188);
    }
}
