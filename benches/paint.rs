//! Painting: plan, paint, repaint from a base, and a cold poster from bytes,
//! beside the naive way (image crate: decode, Lanczos, overlay, encode).
//!
//! `cargo bench --bench paint [--features turbo]`.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a measurement that cannot go on must end"
)]

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use image::codecs::jpeg::JpegEncoder;
use image::imageops::{self, FilterType};
use laurel::codec::{Rgb, encode_jpeg};
use laurel::model::{
    ArtworkKind, AwardBody, Language, Provider, Rating, RatingSource, Score, Verdict,
};
use laurel::plan::{self, RenderPlan, Showing};
use laurel::render::{Canvas, Framing, FreshBase, Painter};
use laurel::request::{Fit, ImageSize, OptionsPatch, apply_query};

const QUALITY: u8 = 85;
const FRAMING: Framing = Framing {
    kind: ArtworkKind::Poster,
    size: ImageSize::Medium,
    fit: Fit::Native,
    blur: false,
    quality: QUALITY,
};

/// Waves and grain: about as costly to code as a photograph.
fn photo(width: u32, height: u32) -> Rgb {
    let mut picture = Rgb::new(width, height);
    let mut grain = 1_u32;
    for (at, pixel) in picture.data.chunks_exact_mut(3).enumerate() {
        let (x, y) = ((at as u32 % width) as f32, (at as u32 / width) as f32);
        grain = grain.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let noise = (grain >> 28) as f32;
        let wave = (x / 31.0).sin() * 50.0 + ((x + y) / 83.0).cos() * 50.0 + 110.0 + noise;
        (0..3).for_each(|c| pixel[c] = (wave * (1.0 - 0.2 * c as f32)) as u8);
    }
    picture
}

fn showing() -> Showing {
    let rating = |source: RatingSource, value, verdict| Rating {
        source,
        score: Score::new(value, source.scale()).expect("a score on its scale"),
        votes: None,
        verdict,
        provider: Provider::MDBLIST,
        read_at: 0,
    };
    let ratings = vec![
        rating(RatingSource::Imdb, 8.7, None),
        rating(RatingSource::Letterboxd, 4.1, None),
        rating(RatingSource::RottenTomatoes, 92.0, Some(Verdict::CertifiedFresh)),
    ];
    Showing { ratings, award: Some(AwardBody::Oscar), ..Showing::default() }
}

fn planned(painter: &Painter, base: &FreshBase, query: &str) -> RenderPlan {
    let mut patch = OptionsPatch::default();
    apply_query(&mut patch, query);
    let options = patch.into_options(ArtworkKind::Poster, Language::ENGLISH);
    let layout = plan::built_in(ArtworkKind::Poster, &options);
    plan::plan(&layout, &showing(), &base.facts, painter)
}

/// What a renderer without a base, sprites or a plan would do for the same picture.
#[allow(clippy::disallowed_methods, reason = "the naive way is what is measured")]
fn naive(artwork: &[u8], badge: &image::RgbaImage) -> Vec<u8> {
    let picture = image::load_from_memory(artwork).expect("artwork").to_rgba8();
    let mut fitted = imageops::resize(&picture, 580, 870, FilterType::Lanczos3);
    for column in 0..3 {
        imageops::overlay(&mut fitted, badge, 12 + column * 186, 786);
    }
    let page = image::DynamicImage::ImageRgba8(fitted).to_rgb8();
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, QUALITY).encode_image(&page).expect("a page");
    bytes
}

fn painting(criterion: &mut Criterion) {
    let painter = Painter::default();
    let artwork = encode_jpeg(&photo(780, 1170), 90).expect("artwork");
    let fresh = FreshBase::make(&artwork, &FRAMING).expect("a base");
    let kept = fresh.keep(QUALITY).expect("a base that keeps");
    let mut group = criterion.benchmark_group("poster medium");
    group.measurement_time(Duration::from_secs(3)).warm_up_time(Duration::from_millis(500));

    group.bench_function("plan", |b| b.iter(|| planned(&painter, black_box(&fresh), "")));
    for (name, query) in [
        ("paint default", ""),
        ("paint k", "badge_background=k"),
        ("paint n", "badge_background=n"),
        ("paint t pills", "badge_background=t&badge_shape=p"),
    ] {
        let plan = planned(&painter, &fresh, query);
        let mut pixels = fresh.pixels.clone();
        let width = pixels.width;
        // Painting over the painted costs the same and needs no copy.
        group.bench_function(name, |b| {
            b.iter(|| painter.paint(&plan, &mut Canvas::opaque(&mut pixels.data, width, 0)));
        });
    }
    let plan = planned(&painter, &fresh, "");
    group.bench_function("repaint from base", |b| {
        b.iter(|| painter.jpeg_from_base(black_box(&kept), &plan).expect("a picture"));
    });
    group.bench_function("cold from bytes", |b| {
        b.iter(|| {
            let fresh = FreshBase::make(black_box(&artwork), &FRAMING).expect("a base");
            let kept = fresh.keep(QUALITY).expect("a base that keeps");
            fresh.pixels.recycle();
            painter.jpeg_from_base(&kept, &plan).expect("a picture")
        });
    });
    let badge = image::RgbaImage::from_pixel(180, 74, image::Rgba([13, 14, 17, 200]));
    group.bench_function("naive baseline", |b| b.iter(|| naive(black_box(&artwork), &badge)));
    group.finish();
}

criterion_group!(benches, painting);
criterion_main!(benches);
