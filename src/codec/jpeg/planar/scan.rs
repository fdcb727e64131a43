//! Whole files: their tables, their one scan, restart markers.

use super::bits::Bits;
use super::huffman::Huffman;
use super::{Component, RowDecoder};
use crate::codec::Planes;
use crate::codec::jpeg::header::segment;
use crate::codec::jpeg::tables::ZIGZAG;

/// Decodes a file to planes, at ½, ¼ or ⅛ of the size where `shrink` is 2, 4 or 8. `None` for
/// every kind of file but the commonest, and for damaged ones: a general decoder has to see.
pub(in crate::codec::jpeg) fn decode(bytes: &[u8], shrink: u32) -> Option<Planes> {
    let scan = Scan::parse(bytes)?;
    match shrink {
        1 => scan.decode::<8>(),
        2 => scan.decode::<4>(),
        4 => scan.decode::<2>(),
        8 => scan.decode::<1>(),
        _ => None,
    }
}

/// The tables in force at the scan, and the scan.
struct Scan<'a> {
    width: u32,
    height: u32,
    /// By number.
    steps: [Option<[u8; 64]>; 4],
    dc: [Option<Huffman>; 4],
    ac: [Option<Huffman>; 4],
    /// Which of the tables each component takes.
    components: [Selected; 3],
    /// MCUs between two restart markers; 0 without.
    interval: usize,
    coded: &'a [u8],
}

#[derive(Clone, Copy, Default)]
struct Selected {
    id: u8,
    steps: u8,
    dc: u8,
    ac: u8,
}

impl<'a> Scan<'a> {
    fn parse(bytes: &'a [u8]) -> Option<Self> {
        let mut scan = Scan {
            width: 0,
            height: 0,
            steps: [None; 4],
            dc: [const { None }; 4],
            ac: [const { None }; 4],
            components: [Selected::default(); 3],
            interval: 0,
            coded: &[],
        };
        let mut at = 2;
        loop {
            let (marker, body) = segment(bytes, &mut at).ok()?;
            match marker {
                0xC0 | 0xC1 => scan.frame(body)?,
                0xC2..=0xC3 | 0xC5..=0xCF | 0xD9 => return None,
                0xC4 => scan.codes(body)?,
                0xDB => scan.quantisers(body)?,
                0xDD => scan.interval = u16::from_be_bytes(body.try_into().ok()?).into(),
                // Adobe's word on colour: 1 is YCbCr.
                0xEE if body.starts_with(b"Adobe") && body.get(11) != Some(&1) => return None,
                0xDA => {
                    scan.select(body)?;
                    scan.coded = bytes.get(at..)?;
                    return (scan.width > 0 && scan.height > 0).then_some(scan);
                }
                _ => {}
            }
        }
    }

    fn frame(&mut self, body: &[u8]) -> Option<()> {
        let &[8, h1, h0, w1, w0, 3, a, 0x22, qa, b, 0x11, qb, c, 0x11, qc] = body else {
            return None;
        };
        if [a, b, c] == *b"RGB" {
            return None;
        }
        (self.width, self.height) =
            (u16::from_be_bytes([w1, w0]).into(), u16::from_be_bytes([h1, h0]).into());
        for (place, (id, steps)) in self.components.iter_mut().zip([(a, qa), (b, qb), (c, qc)]) {
            *place = Selected { id, steps, ..Selected::default() };
        }
        Some(())
    }

    fn quantisers(&mut self, mut body: &[u8]) -> Option<()> {
        while let [number, rest @ ..] = body {
            let (zigzag, rest) = rest.split_first_chunk::<64>()?;
            let mut steps = [0; 64];
            ZIGZAG.iter().zip(zigzag).for_each(|(natural, step)| steps[*natural] = *step);
            // The upper half of the number is the precision: 0 for bytes.
            *self.steps.get_mut(usize::from(*number))? = Some(steps);
            body = rest;
        }
        Some(())
    }

    fn codes(&mut self, mut body: &[u8]) -> Option<()> {
        while let [class, rest @ ..] = body {
            let symbols: usize = rest.get(..16)?.iter().map(|count| usize::from(*count)).sum();
            let (table, rest) = rest.split_at_checked(16 + symbols)?;
            let tables = match class >> 4 {
                0 => &mut self.dc,
                1 => &mut self.ac,
                _ => return None,
            };
            *tables.get_mut(usize::from(class & 15))? = Some(Huffman::new(table)?);
            body = rest;
        }
        Some(())
    }

    fn select(&mut self, body: &[u8]) -> Option<()> {
        let &[3, a, ta, b, tb, c, tc, 0, 63, 0] = body else { return None };
        for (component, (id, tables)) in self.components.iter_mut().zip([(a, ta), (b, tb), (c, tc)])
        {
            if component.id != id {
                return None;
            }
            (component.dc, component.ac) = (tables >> 4, tables & 15);
        }
        Some(())
    }

    fn component(&self, selected: Selected) -> Option<Component<'_>> {
        Some(Component {
            dc: self.dc.get(usize::from(selected.dc))?.as_ref()?,
            ac: self.ac.get(usize::from(selected.ac))?.as_ref()?,
            steps: self.steps.get(usize::from(selected.steps))?.as_ref()?,
        })
    }

    fn decode<const N: usize>(&self) -> Option<Planes> {
        let [a, b, c] = self.components;
        let components = [self.component(a)?, self.component(b)?, self.component(c)?];
        let shrink = 8 / N as u32;
        let mut planes = Planes::any(self.width.div_ceil(shrink), self.height.div_ceil(shrink));
        let mcus = self.width.div_ceil(16) as usize;
        let mut decoder = RowDecoder::<N>::new(mcus, components);
        let mut bits = Bits::new(self.coded);
        let (mut left, mut restarts) = (self.interval, 0_u8);
        for number in 0..self.height.div_ceil(16) as usize {
            let mut done = 0;
            while done < mcus {
                if self.interval > 0 && left == 0 {
                    bits.restart(0xD0 + restarts % 8)?;
                    decoder.start();
                    restarts = restarts.wrapping_add(1);
                    left = self.interval;
                }
                let next = if self.interval > 0 { mcus.min(done + left) } else { mcus };
                decoder.read(&mut bits, done..next)?;
                left = left.saturating_sub(next - done);
                done = next;
            }
            if bits.overrun() {
                return None;
            }
            decoder.finish(&mut planes, number);
        }
        Some(planes)
    }
}
