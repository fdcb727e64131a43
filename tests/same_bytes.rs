//! The same picture is the same bytes: painted on a base just made, or on one that was stored.

use laurel::codec::{DecodeOptions, RestartJpeg, decode, encode_jpeg};
use laurel::model::{ArtworkKind, AwardBody};
use laurel::plan::{self, RenderPlan, Showing, Size};
use laurel::render::{Base, Canvas, Framing, FreshBase};
use laurel::request::{Fit, ImageSize};
use proptest::prelude::*;

use crate::golden::drawn::{options, painter, ratings, scene};

const QUERIES: [&str; 5] = [
    "",
    "badge_background=t",
    "badge_background=n&position=tl",
    "badge_style=v&position=r&badge_size=xl",
    "split=true&badge_shape=p&badge_background=k",
];

fn planned(query: &str, facts: &plan::Facts) -> RenderPlan {
    let layout = plan::built_in(ArtworkKind::Poster, &options(ArtworkKind::Poster, query));
    let showing =
        Showing { ratings: ratings(5), award: Some(AwardBody::Oscar), ..Showing::default() };
    plan::plan(&layout, &showing, facts, painter())
}

fn bytes(base: &Base, query: &str) -> Vec<u8> {
    let planned = planned(query, &base.facts);
    painter().jpeg_from_base(base, &planned).unwrap().bytes.to_vec()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn cold_and_from_a_stored_base_it_is_the_same(
        query in proptest::sample::select(&QUERIES[..]),
        fit in proptest::sample::select(vec![Fit::Native, Fit::Cover, Fit::Pad, Fit::Blur]),
        size in proptest::sample::select(vec![ImageSize::Small, ImageSize::Medium]),
        width in 90_u32..700, height in 120_u32..900, quality in 40_u8..=98, blur in any::<bool>(),
    ) {
        let artwork = encode_jpeg(&scene(Size { width, height }), 90).unwrap();
        let framing = Framing { kind: ArtworkKind::Poster, size, fit, blur, quality };
        let cold = Base::make(&artwork, &framing).unwrap();
        let jpeg = RestartJpeg::from_bytes(cold.jpeg.bytes().to_vec().into()).unwrap();
        let stored = Base { jpeg, facts: cold.facts.clone(), source: cold.source };
        let picture = bytes(&cold, query);
        prop_assert!(picture == bytes(&stored, query));
        // From the artwork again: nothing that was done before is in it.
        prop_assert!(picture == bytes(&Base::make(&artwork, &framing).unwrap(), query));
    }
}

/// Badges are painted on decoded rows: against painting on pixels before coding, that costs little.
#[test]
fn painting_on_decoded_rows_costs_little() {
    let fresh = FreshBase::of(scene(Size { width: 342, height: 513 }));
    for quality in [75, 85, 92] {
        let base = fresh.keep(quality).unwrap();
        for query in QUERIES {
            let plan = planned(query, &fresh.facts);
            let mut ideal = fresh.pixels.clone();
            painter().paint(&plan, &mut Canvas::opaque(&mut ideal.data, 342, 0));
            let decibels = |file: &[u8]| {
                let shown = decode(file, &DecodeOptions::default()).unwrap().into_opaque([0; 3]);
                let (mut squares, mut count) = (0.0, 0);
                for rows in plan.touched_rows() {
                    let part = |picture: &laurel::codec::Rgb| {
                        picture.rows(rows.start, rows.end - rows.start).to_vec()
                    };
                    for (a, b) in part(&shown).into_iter().zip(part(&ideal)) {
                        squares += f64::from(a.abs_diff(b)).powi(2);
                        count += 1;
                    }
                }
                10.0 * (65_025.0 * f64::from(count) / squares).log10()
            };
            let on_pixels = decibels(&encode_jpeg(&ideal, quality).unwrap());
            let on_rows = decibels(&bytes(&base, query));
            assert!(
                on_pixels - on_rows <= 0.3,
                "{query} at {quality}: {on_pixels:.2} dB, on decoded rows {on_rows:.2} dB"
            );
        }
    }
}

/// An ordinary photograph's planes are fitted as they are; that shows what its pixels do.
#[test]
fn a_base_of_planes_shows_what_one_of_pixels_does() {
    for (width, height) in [(780, 1170), (1201, 1601), (2000, 3000), (500, 750)] {
        let artwork = encode_jpeg(&scene(Size { width, height }), 92).unwrap();
        let framing = Framing {
            kind: ArtworkKind::Poster,
            size: ImageSize::Medium,
            fit: Fit::Native,
            blur: false,
            quality: 90,
        };
        let of_planes = Base::make(&artwork, &framing).unwrap();
        let of_pixels = FreshBase::make(&artwork, &framing).unwrap();
        let shown = decode(of_planes.jpeg.bytes(), &DecodeOptions::default()).unwrap();
        let shown = shown.into_opaque([0; 3]);
        assert_eq!((shown.width, shown.height), (of_pixels.pixels.width, of_pixels.pixels.height));
        let coded = of_pixels.keep(90).unwrap();
        let other = decode(coded.jpeg.bytes(), &DecodeOptions::default()).unwrap();
        let apart = crate::golden::check::worst_block(&shown, &other.into_opaque([0; 3]));
        assert!(apart < 12.0, "{width}x{height}: {apart}");
    }
}
