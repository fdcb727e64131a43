//! What must hold for any picture: legibility, geometry, and that repainting
//! rows equals painting everything.

use laurel::codec::{DecodeOptions, Rgb, decode};
use laurel::model::{ArtworkKind, AwardBody};
use laurel::plan::{self, Facts, Layer, RenderPlan, Showing, Size, luminance};
use laurel::render::{Canvas, FreshBase};
use laurel::request::{Direction, Options};
use proptest::prelude::*;

use crate::golden::drawn::{options, painter, ratings, scene};

/// A hash of a place, 0-255.
fn grain(x: u32, y: u32) -> u32 {
    let mut h = x.wrapping_mul(0x9E37_79B1) ^ y.wrapping_mul(0x85EB_CA6B);
    h = (h ^ (h >> 15)).wrapping_mul(0x2C1B_3C6D);
    (h ^ (h >> 12)) & 0xFF
}

/// The colour at a place.
pub(crate) type Ground = fn(u32, u32) -> [u8; 3];

/// Grounds that are hard to write on.
pub(crate) const GROUNDS: [(&str, Ground); 6] = [
    ("white", |_, _| [255; 3]),
    ("black", |_, _| [0; 3]),
    ("grey noise", |x, y| [grain(x, y) as u8; 3]),
    ("stripes", |x, _| if x / 5 % 2 == 0 { [255; 3] } else { [0; 3] }),
    ("broad stripes", |_, y| if y / 23 % 2 == 0 { [250, 240, 80] } else { [20, 30, 90] }),
    ("photograph", |x, y| {
        let coarse = grain(x / 37, y / 41) * 5 / 8 + grain(x / 9, y / 8) / 4 + grain(x, y) / 8;
        [coarse as u8, (coarse * 7 / 8) as u8, (coarse * 3 / 4) as u8]
    }),
];

pub(crate) fn ground(size: Size, colour: fn(u32, u32) -> [u8; 3]) -> FreshBase {
    let mut picture = Rgb::new(size.width, size.height);
    for (at, pixel) in picture.data.chunks_exact_mut(3).enumerate() {
        pixel.copy_from_slice(&colour(at as u32 % size.width, at as u32 / size.width));
    }
    FreshBase::of(picture)
}

fn is_figure(text: &str) -> bool {
    text.chars().all(|letter| letter.is_ascii_digit() || letter == '.')
}

fn painted(base: &FreshBase, plan: &RenderPlan) -> Rgb {
    let mut pixels = base.pixels.clone();
    let width = pixels.width;
    painter().paint(plan, &mut Canvas::opaque(&mut pixels.data, width, 0));
    pixels
}

/// Contrast of the figures against the pixels around them: of the mean, and the
/// share of pixels that have 4.5 each.
fn contrast_of_figures(base: &FreshBase, plan: &RenderPlan) -> (f32, f32) {
    let white = painted(base, plan);
    let mut inked = plan.clone();
    for layer in &mut inked.layers {
        if let Layer::Text(text) = layer
            && is_figure(&text.text)
        {
            text.colour = [0; 3];
        }
    }
    // Where the figures' colour matters they have ink; shadows stay the same.
    let black = painted(base, &inked);
    let width = white.width as usize;
    let pixel = |at: usize| [white.data[at * 3], white.data[at * 3 + 1], white.data[at * 3 + 2]];
    let ink: Vec<bool> =
        white.data.chunks_exact(3).zip(black.data.chunks_exact(3)).map(|(w, b)| w != b).collect();
    let (mut light, mut readable, mut ring) = (0.0, 0_u32, 0_u32);
    for at in 0..ink.len() {
        let touches = [1, width].iter().any(|step| {
            at.checked_sub(*step).is_some_and(|before| ink[before])
                || ink.get(at + step).copied().unwrap_or(false)
        });
        if touches && !ink[at] {
            let behind = luminance(pixel(at));
            light += behind;
            readable += u32::from(1.05 / (behind + 0.05) >= 4.5);
            ring += 1;
        }
    }
    assert!(ring > 200, "figures were drawn");
    (1.05 / (light / ring as f32 + 0.05), readable as f32 / ring as f32)
}

#[test]
fn values_read_on_any_ground() {
    let mut wrong = Vec::new();
    for (name, colour) in GROUNDS {
        let poster = ground(Size { width: 342, height: 513 }, colour);
        for background in ["d", "k", "t", "n"] {
            for rest in ["", "&label_style=i", "&badge_shape=p&ratings_limit=8", "&position=l"] {
                let query = format!("badge_background={background}{rest}");
                let options = options(ArtworkKind::Poster, &query);
                let layout = plan::built_in(ArtworkKind::Poster, &options);
                let count = usize::from(options.ratings.limit);
                let showing =
                    Showing { ratings: ratings(count), award: None, ..Showing::default() };
                let planned = plan::plan(&layout, &showing, &poster.facts, painter());
                let (mean, share) = contrast_of_figures(&poster, &planned);
                if mean < 4.5 || share < 0.9 {
                    wrong.push(format!("{query} on {name}: {mean:.1} : 1, {share:.2} of all"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}\n", wrong.join("\n"));
}

#[test]
fn the_translucent_ground_follows_the_picture() {
    let options = options(ArtworkKind::Poster, "badge_background=t");
    let layout = plan::built_in(ArtworkKind::Poster, &options);
    let showing = Showing { ratings: ratings(3), award: None, ..Showing::default() };
    let opacity = |tone: u8| {
        let facts = Facts::flat(Size { width: 580, height: 870 }, [tone; 3]);
        let planned = plan::plan(&layout, &showing, &facts, painter());
        planned
            .layers
            .iter()
            .find_map(|layer| match layer {
                Layer::Panel(panel) => Some(panel.opacity),
                _ => None,
            })
            .unwrap()
    };
    let tones = [0, 90, 130, 170, 210, 255].map(opacity);
    assert!(tones.is_sorted(), "{tones:?}");
    assert!(tones[0] < 0.4 && tones[5] > 0.6, "{tones:?}");
}

/// The tallest figure of a plan.
fn figure_height(plan: &RenderPlan) -> u32 {
    plan.layers
        .iter()
        .filter_map(|layer| match layer {
            Layer::Text(text) if is_figure(&text.text) => Some(text.cap),
            _ => None,
        })
        .max()
        .unwrap_or(0)
}

#[test]
fn figures_are_legible_in_a_grid_of_tiles() {
    for size in ["small", "medium", "large", "very-large"] {
        for style in ["d", "h", "v"] {
            for count in 1..=10 {
                let query = format!("imageSize={size}&badge_style={style}");
                let options = options(ArtworkKind::Poster, &query);
                let layout = plan::built_in(ArtworkKind::Poster, &options);
                let frame = plan::full_frame(ArtworkKind::Poster, options.image_size);
                let showing =
                    Showing { ratings: ratings(count), award: None, ..Showing::default() };
                let facts = Facts::flat(frame, [90; 3]);
                let planned = plan::plan(&layout, &showing, &facts, painter());
                let shown = figure_height(&planned) as f32 * 150.0 / frame.width as f32;
                let least = if count <= 3 { 9.0 } else { 6.0 };
                assert!(shown >= least, "{query}, {count} ratings: {shown:.1} px");
            }
        }
    }
}

/// What `query` lays out over a flat grey picture in a family's medium frame.
fn laid_out(kind: ArtworkKind, query: &str, count: usize) -> RenderPlan {
    let options = options(kind, query);
    let layout = plan::built_in(kind, &options);
    let facts = Facts::flat(plan::full_frame(kind, options.image_size), [90; 3]);
    plan::plan(
        &layout,
        &Showing { ratings: ratings(count), award: None, ..Showing::default() },
        &facts,
        painter(),
    )
}

#[test]
fn digits_and_badges_have_their_share_of_the_width() {
    for size in ["small", "medium", "large"] {
        let query = format!("imageSize={size}");
        // Digits are whole pixels high and panels even numbers of them.
        let near = |length: u32, plan: &RenderPlan, share: f32| {
            let aim = share * plan.frame.width as f32;
            let slack = (plan.frame.width as f32 * 0.002).max(2.0);
            assert!((length as f32 - aim).abs() <= slack, "{size}: {length} for {aim}");
        };
        let poster = laid_out(ArtworkKind::Poster, &query, 3);
        near(poster.strips[0].height, &poster, 0.115);
        let backdrop = laid_out(ArtworkKind::Backdrop, &query, 5);
        near(figure_height(&backdrop), &backdrop, 0.022);
        let still = laid_out(ArtworkKind::Still, &query, 1);
        near(figure_height(&still), &still, 0.029);
        near(still.strips[0].width, &still, 0.095);
    }
}

#[test]
fn ten_badges_stand_in_columns() {
    let planned = laid_out(ArtworkKind::Poster, "badge_style=h&ratings_limit=10", 10);
    let middle = |rect: &plan::Rect| 2 * rect.x + rect.width as i32;
    let marks: Vec<i32> = planned
        .layers
        .iter()
        .filter_map(|layer| match layer {
            Layer::Mark(mark) => Some(middle(&mark.rect)),
            _ => None,
        })
        .collect();
    let figures: Vec<i32> = planned
        .layers
        .iter()
        .filter_map(|layer| match layer {
            Layer::Text(text) if is_figure(&text.text) => Some(text.x),
            _ => None,
        })
        .collect();
    // Four above three above three.
    for column in 0..3 {
        for (above, below) in [(column, column + 4), (column + 4, column + 7)] {
            assert!((marks[above] - marks[below]).abs() <= 2, "{marks:?}");
            assert_eq!(figures[above], figures[below], "{figures:?}");
        }
    }
}

#[test]
fn a_side_column_keeps_clear_of_the_title() {
    for (top, bottom) in [(560, 660), (470, 640), (60, 220)] {
        let mut picture = Rgb::new(580, 870);
        for (at, pixel) in picture.data.chunks_exact_mut(3).enumerate() {
            let (x, y) = (at as i32 % 580, at as i32 / 580);
            let stroke = (top..bottom).contains(&y) && (30..550).contains(&x) && x % 28 < 10;
            pixel.fill(if stroke { 245 } else { 40 });
        }
        let base = FreshBase::of(picture);
        let title = base.facts.lettering().unwrap();
        for query in ["position=l", "position=r", "position=l&badge_style=h"] {
            let options = options(ArtworkKind::Poster, query);
            let layout = plan::built_in(ArtworkKind::Poster, &options);
            let showing = Showing { ratings: ratings(5), award: None, ..Showing::default() };
            let planned = plan::plan(&layout, &showing, &base.facts, painter());
            let strip = planned.strips[0];
            assert!(!strip.intersects(&title), "{query}: {strip:?} over {title:?}");
        }
    }
}

#[test]
fn every_badge_size_is_its_own() {
    let frame = Size { width: 580, height: 870 };
    for style in ["d", "h", "v"] {
        for label in ["o", "i", "t"] {
            for count in 1..=10 {
                let mut before = (0, 0);
                for size in ["xs", "s", "m", "l", "xl"] {
                    let query =
                        format!("badge_style={style}&label_style={label}&badge_size={size}");
                    let options = options(ArtworkKind::Poster, &query);
                    let layout = plan::built_in(ArtworkKind::Poster, &options);
                    let showing =
                        Showing { ratings: ratings(count), award: None, ..Showing::default() };
                    let facts = Facts::flat(frame, [90; 3]);
                    let planned = plan::plan(&layout, &showing, &facts, painter());
                    let strip = planned.strips[0];
                    let now = (figure_height(&planned), strip.width * strip.height);
                    assert!(
                        now.0 >= before.0 && now > before,
                        "{query}, {count} ratings: {before:?}, then {now:?}"
                    );
                    before = now;
                }
            }
        }
    }
}

#[test]
fn repainted_rows_equal_a_whole_painting() {
    let base = FreshBase::of(scene(Size { width: 342, height: 513 }));
    let kept = base.keep(90).unwrap();
    let whole =
        |bytes: &[u8]| decode(bytes, &DecodeOptions::default()).unwrap().into_opaque([0; 3]);
    let plain = whole(kept.jpeg.bytes());
    for query in ["", "badge_background=n&position=tl", "badge_background=t&split=true"] {
        let options = options(ArtworkKind::Poster, query);
        let layout = plan::built_in(ArtworkKind::Poster, &options);
        let showing =
            Showing { ratings: ratings(5), award: Some(AwardBody::Oscar), ..Showing::default() };
        let planned = plan::plan(&layout, &showing, &base.facts, painter());
        let spliced = whole(&painter().jpeg_from_base(&kept, &planned).unwrap().bytes);
        let mut all = plain.clone();
        painter().paint(&planned, &mut Canvas::opaque(&mut all.data, plain.width, 0));
        let rows = planned.touched_rows();
        // Of most rows the picture is decoded and coded whole.
        let is_spliced = rows.iter().map(ExactSizeIterator::len).sum::<usize>() < 256;
        assert_eq!(is_spliced, !query.contains("position=tl"), "{query}: {rows:?}");
        for y in 0..plain.height {
            let line = |picture: &Rgb| picture.rows(y, 1).to_vec();
            if !rows.iter().any(|rows| rows.contains(&y)) {
                assert_eq!(line(&all), line(&plain), "{query}: row {y} was painted");
            }
            // Codecs repaint whole rows of blocks, and mix chroma with the next.
            let near = |rows: &std::ops::Range<u32>| rows.start < y + 18 && y < rows.end + 18;
            if is_spliced && !rows.iter().any(near) {
                assert_eq!(line(&spliced), line(&plain), "{query}: row {y} was coded anew");
            }
        }
        let apart = crate::golden::check::worst_block(&spliced, &all);
        // Two codings of the same sharp marks, whose chroma is shared by blocks.
        assert!(apart < 26.0, "{query}: {apart}");
    }
}

/// Any options that lay out badges.
fn any_options() -> impl Strategy<Value = Options> {
    any_query().prop_map(|query| options(ArtworkKind::Poster, &query))
}

/// A query of parameters that lay out badges.
pub(crate) fn any_query() -> impl Strategy<Value = String> {
    let word = proptest::sample::select::<&str>;
    let dress = (
        word(vec!["d", "h", "v"]),
        word(vec!["xs", "s", "m", "l", "xl"]),
        word(vec!["r", "p"]),
        word(vec!["d", "k", "t", "n"]),
        word(vec!["o", "i", "t"]),
    );
    let place = (
        word(vec!["bc", "tc", "l", "r", "tl", "tr", "bl", "br"]),
        word(vec!["h", "v", "d"]),
        any::<bool>(),
        0_u8..=50,
        0_u8..=50,
    );
    (dress, place).prop_map(|(dress, place)| {
        let (style, size, shape, background, label) = dress;
        let (position, direction, split, x, y) = place;
        format!(
            "badge_style={style}&badge_size={size}&badge_shape={shape}\
             &badge_background={background}&label_style={label}&position={position}\
             &direction={direction}&split={split}&edge_inset_x={x}&edge_inset_y={y}"
        )
    })
}

/// Sides from tiny to large, at most 4 : 1.
pub(crate) fn any_frame() -> impl Strategy<Value = Size> {
    (60_u32..1400, 25_u32..=400).prop_map(|(width, percent)| Size {
        width,
        height: (width * percent / 100).max(60).max(width.div_ceil(4)),
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn badges_stay_in_the_frame_and_clear_of_each_other(
        options in any_options(), frame in any_frame(), count in 0_usize..=10, kind in 0_usize..4,
        award in proptest::option::of(0_usize..7),
    ) {
        let kind = [ArtworkKind::Poster, ArtworkKind::Poster, ArtworkKind::Backdrop, ArtworkKind::Still][kind];
        let layout = plan::built_in(kind, &options);
        let award = award.map(|body| AwardBody::ALL[body]);
        let showing = Showing { ratings: ratings(count), award, ..Showing::default() };
        let facts = Facts::flat(frame, [120; 3]);
        let planned = plan::plan(&layout, &showing, &facts, painter());
        let whole = frame.rect();
        for (index, strip) in planned.strips.iter().enumerate() {
            prop_assert!(whole.contains(strip), "{strip:?} in {frame:?}");
            for other in &planned.strips[index + 1..] {
                prop_assert!(!strip.intersects(other), "{strip:?} and {other:?}");
            }
            if let Some(statuette) = planned.statuette {
                prop_assert!(!strip.grown(1).intersects(&statuette));
            }
            let rows = options.direction == Direction::Rows;
            let poster = kind == ArtworkKind::Poster;
            if poster && rows {
                prop_assert!(strip.height * 4 <= frame.height + 4, "{strip:?} in {frame:?}");
            }
        }
        if let Some(statuette) = planned.statuette {
            prop_assert!(whole.contains(&statuette));
        }
        let panels: Vec<_> = planned.layers.iter().filter_map(|layer| match layer {
            Layer::Panel(panel) => Some(panel.clip),
            _ => None,
        }).collect();
        for panel in panels {
            prop_assert!(planned.strips.iter().any(|strip| strip.contains(&panel)), "{panel:?}");
        }
        for layer in &planned.layers {
            if let Layer::Scrim(scrim) = layer {
                prop_assert!(whole.contains(&scrim.rect), "{scrim:?} in {frame:?}");
            }
        }
        for rows in planned.touched_rows() {
            prop_assert!(rows.end <= frame.height);
        }
    }

    #[test]
    fn marks_and_figures_stay_on_their_strip(
        options in any_options(), count in 1_usize..=10, small in any::<bool>(),
    ) {
        let frame = if small { Size { width: 342, height: 513 } } else { Size { width: 580, height: 870 } };
        let layout = plan::built_in(ArtworkKind::Poster, &options);
        let showing = Showing { ratings: ratings(count), award: None, ..Showing::default() };
        let facts = Facts::flat(frame, [120; 3]);
        let planned = plan::plan(&layout, &showing, &facts, painter());
        for layer in &planned.layers {
            let rect = match layer {
                Layer::Mark(mark) => mark.rect,
                Layer::Text(text) => plan::Rect {
                    x: text.x,
                    y: text.baseline - text.cap as i32,
                    width: text.width,
                    height: text.cap,
                },
                _ => continue,
            };
            prop_assert!(planned.strips.iter().any(|strip| strip.grown(1).contains(&rect)), "{rect:?} on {:?}", planned.strips);
        }
    }
}
