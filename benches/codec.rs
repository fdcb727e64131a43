//! Whole pipelines against the naive one (image crate throughout), then single stages.
//!
//! `cargo bench --bench codec [--features turbo]`. The table of ratios at the start is what to
//! compare between machines and versions; milliseconds are an indication.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a measurement that cannot go on must end"
)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{Criterion, criterion_group, criterion_main};
use image::codecs::jpeg::JpegEncoder;
use image::imageops::{self, FilterType};
use laurel::codec::{
    CropRect, DecodeOptions, PngEffort, RestartJpeg, Rgb, RowPatch, blur, crop_resize, decode,
    encode_jpeg, encode_png, encode_webp,
};

const QUALITY: u8 = 85;

/// A source size and the frame it is fitted to.
struct Case {
    name: &'static str,
    source: (u32, u32),
    frame: (u32, u32),
}

const CASES: [Case; 4] = [
    Case { name: "poster medium 780→580", source: (780, 1170), frame: (580, 870) },
    Case { name: "poster large 2000→1280", source: (2000, 3000), frame: (1280, 1920) },
    Case { name: "backdrop 3840→1920", source: (3840, 2160), frame: (1920, 1080) },
    Case { name: "still 1920→780", source: (1920, 1080), frame: (780, 439) },
];

/// Noise in seven octaves: the spectrum, and so the cost of coding, of a photograph.
fn photo(width: u32, height: u32) -> Rgb {
    let mut picture = Rgb::new(width, height);
    for (i, pixel) in picture.data.chunks_exact_mut(3).enumerate() {
        let (x, y) = (i as u32 % width, i as u32 / width);
        let octave = |o: u32| {
            let cell = 256 >> o;
            let (u, v) = ((x % cell) as f32 / cell as f32, (y % cell) as f32 / cell as f32);
            let (u, v) = (u * u * (3.0 - 2.0 * u), v * v * (3.0 - 2.0 * v));
            let at = |dx: u32, dy: u32| lattice(x / cell + dx, y / cell + dy, o);
            let top = at(0, 0) + (at(1, 0) - at(0, 0)) * u;
            let low = at(0, 1) + (at(1, 1) - at(0, 1)) * u;
            (top + (low - top) * v) / (1 << o) as f32
        };
        let coarse: f32 = (0..3).map(octave).sum();
        let fine: f32 = (3..8).map(octave).sum();
        for (channel, tint) in pixel.iter_mut().zip([1.1, 0.9, 0.7]) {
            *channel = (128.0 + coarse * 90.0 * tint + fine * 110.0) as u8;
        }
    }
    picture
}

/// A pseudo-random value in -0.5 to 0.5.
fn lattice(x: u32, y: u32, octave: u32) -> f32 {
    let mut h = x.wrapping_mul(0x9E37_79B1)
        ^ y.wrapping_mul(0x85EB_CA6B)
        ^ octave.wrapping_mul(0xC2B2_AE35);
    h = (h ^ (h >> 15)).wrapping_mul(0x2C1B_3C6D);
    h = (h ^ (h >> 12)).wrapping_mul(0x297A_2D39);
    ((h ^ (h >> 15)) >> 8) as f32 / (1 << 24) as f32 - 0.5
}

/// Five badges in a row at the bottom: place of each, and one sprite for all.
struct Badges {
    places: Vec<(u32, u32)>,
    sprite: image::RgbaImage,
}

impl Badges {
    fn of(frame: (u32, u32)) -> Self {
        // A share of the shorter side, so that badges are as large on a backdrop as on a poster.
        let width = frame.0.min(frame.1) * 17 / 100;
        let height = width * 4 / 10;
        let gap = frame.0 * 2 / 100;
        let places = (0..5).map(|i| (gap + i * (width + gap), frame.1 - gap - height)).collect();
        let sprite = image::RgbaImage::from_fn(width, height, |x, y| {
            let ink = if (x / 3 + y / 4) % 3 == 0 { 250 } else { 20 };
            image::Rgba([ink, ink, 30, if x < 3 || y < 3 { 90 } else { 220 }])
        });
        Self { places, sprite }
    }

    fn pixel_rows(&self) -> std::ops::Range<u32> {
        self.places[0].1..self.places[0].1 + self.sprite.height()
    }

    /// Blends onto a strip that begins at pixel row `top` of the frame.
    fn paint(&self, strip: &mut Rgb, top: u32) {
        for (x, y) in &self.places {
            for (row, line) in self.sprite.rows().enumerate() {
                let start = ((*y - top) as usize + row) * strip.stride() + *x as usize * 3;
                let out = strip.data[start..].chunks_exact_mut(3);
                for (out, paint) in out.zip(line) {
                    let alpha = u32::from(paint.0[3]);
                    for (channel, paint) in out.iter_mut().zip(&paint.0[..3]) {
                        let mixed = u32::from(*channel) * (255 - alpha) + u32::from(*paint) * alpha;
                        *channel = ((mixed * 257 + 32_768) >> 16) as u8;
                    }
                }
            }
        }
    }
}

/// What the direct peer calls.
fn naive(source: &[u8], frame: (u32, u32), badges: &Badges) -> Vec<u8> {
    let decoded = image::load_from_memory(source).unwrap();
    let mut fitted =
        imageops::resize(&decoded.into_rgba8(), frame.0, frame.1, FilterType::Lanczos3);
    for (x, y) in &badges.places {
        imageops::overlay(&mut fitted, &badges.sprite, i64::from(*x), i64::from(*y));
    }
    let mut out = Vec::new();
    let rgb = image::DynamicImage::ImageRgba8(fitted).into_rgb8();
    JpegEncoder::new_with_quality(&mut out, QUALITY).encode_image(&rgb).unwrap();
    out
}

fn fitted(source: &[u8], frame: (u32, u32)) -> Rgb {
    let options = DecodeOptions { need: Some(frame), ..DecodeOptions::default() };
    let picture = decode(source, &options).unwrap().into_opaque([0; 3]);
    let crop = CropRect::cover((picture.width, picture.height), frame.0, frame.1, (0.5, 0.5));
    crop_resize(&picture, crop, frame.0, frame.1)
}

/// Base and rated picture in one pass, from the source.
fn cold(source: &[u8], frame: (u32, u32), badges: &Badges) -> (RestartJpeg, Vec<u8>) {
    let picture = fitted(source, frame);
    let base = RestartJpeg::encode(&picture, QUALITY).unwrap();
    let rated = again(&base, badges);
    (base, rated)
}

/// Another design on a known base.
fn again(base: &RestartJpeg, badges: &Badges) -> Vec<u8> {
    let rows = base.rows_of(badges.pixel_rows());
    let mut strip = base.decode_rows(rows.clone()).unwrap();
    badges.paint(&mut strip, base.pixels_of(rows.clone()).start);
    base.splice(&[RowPatch { first_row: rows.start, pixels: &strip }]).unwrap()
}

fn source(case: &Case) -> Vec<u8> {
    encode_jpeg(&photo(case.source.0, case.source.1), 90).unwrap()
}

#[expect(clippy::print_stdout, reason = "the table is what this program is for")]
fn ratios() {
    println!(
        "{:<26} {:>9} {:>9} {:>6} {:>9} {:>6}",
        "", "naive ms", "cold ms", "×", "again ms", "×"
    );
    for case in &CASES {
        let (source, badges) = (source(case), Badges::of(case.frame));
        let (base, rated) = cold(&source, case.frame, &badges);
        let [slow, cold, again] = interleaved(
            9,
            [
                &mut || drop(black_box(naive(&source, case.frame, &badges))),
                &mut || drop(black_box(cold(&source, case.frame, &badges))),
                &mut || drop(black_box(again(&base, &badges))),
            ],
        );
        let ms = |time: Duration| time.as_secs_f64() * 1e3;
        println!(
            "{:<26} {:>9.2} {:>9.2} {:>6.1} {:>9.3} {:>6.0}   {} KB of {}",
            case.name,
            ms(slow),
            ms(cold),
            ms(slow) / ms(cold),
            ms(again),
            ms(slow) / ms(again),
            rated.len() / 1024,
            naive(&source, case.frame, &badges).len() / 1024,
        );
    }
}

/// Medians; one run of each in turn, so that a busy machine slows all alike.
fn interleaved<const N: usize>(rounds: usize, mut work: [&mut dyn FnMut(); N]) -> [Duration; N] {
    let mut times: [Vec<Duration>; N] = std::array::from_fn(|_| Vec::new());
    for _ in 0..rounds {
        for (work, times) in work.iter_mut().zip(&mut times) {
            let start = Instant::now();
            work();
            times.push(start.elapsed());
        }
    }
    times.map(|mut times| {
        times.sort_unstable();
        times[times.len() / 2]
    })
}

fn stages(criterion: &mut Criterion) {
    ratios();
    let case = &CASES[0];
    let (source, badges) = (source(case), Badges::of(case.frame));
    let (base, _) = cold(&source, case.frame, &badges);
    let whole = DecodeOptions::default();
    let decoded = decode(&source, &whole).unwrap().into_opaque([0; 3]);
    let picture = fitted(&source, case.frame);
    let rows = base.rows_of(badges.pixel_rows());
    let strip = base.decode_rows(rows.clone()).unwrap();
    let patch = [RowPatch { first_row: rows.start, pixels: &strip }];

    let mut group = criterion.benchmark_group("medium");
    group.sample_size(30);
    group.bench_function("decode", |b| b.iter(|| decode(&source, &whole)));
    group.bench_function("resize", |b| {
        b.iter(|| crop_resize(&decoded, CropRect::whole(780, 1170), 580, 870));
    });
    group.bench_function("encode", |b| b.iter(|| encode_jpeg(&picture, QUALITY)));
    group.bench_function("encode base", |b| b.iter(|| RestartJpeg::encode(&picture, QUALITY)));
    group.bench_function("base from bytes", |b| {
        b.iter(|| RestartJpeg::from_bytes(base.bytes().clone()));
    });
    group.bench_function("decode rows", |b| b.iter(|| base.decode_rows(rows.clone())));
    group.bench_function("splice", |b| b.iter(|| base.splice(&patch)));
    group.bench_function("png fast", |b| b.iter(|| encode_png(&picture, PngEffort::Fast)));
    group.bench_function("webp", |b| b.iter(|| encode_webp(&picture, QUALITY)));
    group.bench_function("blur 24", |b| {
        b.iter(|| {
            let mut copy = picture.clone();
            blur(&mut copy, 24.0);
            copy
        });
    });
    group.finish();
}

criterion_group!(benches, stages);
criterion_main!(benches);
