//! Soft darkness behind badges.

use super::blend;
use super::canvas::Canvas;
use crate::plan::Scrim;

impl Canvas<'_> {
    /// Lays a scrim over an opaque picture; a transparent one has nothing to darken.
    pub(super) fn scrim(&mut self, scrim: &Scrim) {
        let Some(seen) = self.seen(&scrim.rect) else { return };
        let [top, right, bottom, left] = scrim.fade;
        let rect = scrim.rect;
        let across: Vec<f32> = (seen.x..seen.right())
            .map(|x| fade(x - rect.x, left) * fade(rect.right() - 1 - x, right))
            .collect();
        let ink = (scrim.opacity * 255.0).round() as u8;
        for y in seen.y..seen.bottom() {
            let down = fade(y - rect.y, top) * fade(rect.bottom() - 1 - y, bottom);
            let (row, soft) = self.row_and_frost(&seen, y, scrim.frosted);
            for (place, pixel) in row.chunks_exact_mut(3).enumerate() {
                let cover = across[place] * down;
                if let Some(soft) = soft {
                    let cover = (cover * 255.0).round() as u8;
                    for c in 0..3 {
                        let dark = blend::coded(soft[place * 3 + c], scrim.colour[c], ink);
                        pixel[c] = blend::coded(pixel[c], dark, cover);
                    }
                } else {
                    let alpha = (cover * scrim.opacity * 255.0).round() as u8;
                    for (value, colour) in pixel.iter_mut().zip(scrim.colour) {
                        *value = blend::coded(*value, colour, alpha);
                    }
                }
            }
        }
    }
}

/// How far a scrim has faded in `at` pixels from its edge, 0-1, without a visible
/// beginning or end.
fn fade(at: i32, over: u32) -> f32 {
    if over == 0 {
        return 1.0;
    }
    let share = ((at as f32 + 0.5) / over as f32).clamp(0.0, 1.0);
    share * share * (3.0 - 2.0 * share)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Rect;

    #[test]
    fn a_scrim_fades_in_from_its_open_side_and_ends_at_its_edge() {
        let mut data = vec![200; 40 * 50 * 3];
        let rect = Rect { x: 0, y: 10, width: 40, height: 40 };
        let scrim =
            Scrim { rect, fade: [20, 0, 0, 0], colour: [0; 3], opacity: 0.8, frosted: false };
        Canvas::opaque(&mut data, 40, 0).scrim(&scrim);
        let at = |y: usize| data[(y * 40 + 39) * 3];
        assert_eq!((at(9), at(49)), (200, 40));
        let column: Vec<u8> = (9..50).map(at).collect();
        assert!(column.windows(2).all(|pair| pair[0] >= pair[1] && pair[0] - pair[1] < 16));
    }
}
