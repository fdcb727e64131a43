//! What must hold for any picture with more than ratings on it: everything within the frame, nothing over
//! anything else, every text legible.

use laurel::model::{
    Aggregate, ArtworkKind, AwardBody, Date, Extras, InfoItem, ProductionStatus, Quality, Sash,
};
use laurel::plan::{
    self, DrawnElement, ElementKind, Facts, Layer, Rect, RenderPlan, Showing, Size, TextLayer,
    Tone, luminance,
};
use laurel::render::{Canvas, FreshBase};
use proptest::prelude::*;

use crate::golden::drawn::{options, painter, ratings};
use crate::looks::{GROUNDS, any_frame, any_query, ground};

const POSITIONS: [&str; 8] = ["bc", "tc", "l", "r", "tl", "tr", "bl", "br"];

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn certificate(country: &str, text: &str) -> InfoItem {
    InfoItem::Certificate { country: country.parse().unwrap(), text: text.into() }
}

fn every_item() -> Vec<InfoItem> {
    vec![
        certificate("US", "PG-13"),
        certificate("GB", "U"),
        certificate("DE", "16"),
        certificate("FR", "12"),
        InfoItem::Age(10),
        InfoItem::Genre { id: 878, name: "Science-Fiction & Fantastique".into() },
        InfoItem::Genre { id: 16, name: "アニメ".into() },
        InfoItem::Year(1999),
        InfoItem::Runtime(136),
        InfoItem::Network("Das Erste Deutsche Fernsehen und seine Freunde".into()),
        InfoItem::Network("HBO".into()),
        InfoItem::Status(ProductionStatus::Returning),
        InfoItem::Out(day("2027-03-12")),
        InfoItem::Quality(Quality::Uhd),
        InfoItem::Quality(Quality::Hdr10Plus),
        InfoItem::Language("EN".into()),
        InfoItem::Label("Watched with the family".into()),
    ]
}

fn every_sash() -> Vec<Sash> {
    vec![
        Sash::NewSeason { season: 2 },
        Sash::Premiere { date: day("2026-03-12"), ahead: true },
        Sash::Returning { date: day("2026-11-30") },
        Sash::Cancelled,
        Sash::Trending { place: 20 },
        Sash::Top250 { place: 250 },
        Sash::Festival { award: AwardBody::Berlin },
        Sash::Oscar,
    ]
}

/// A picture that is written on in a band of rows.
fn lettered(frame: Size, top: u32, rows: u32) -> Facts {
    let (columns, all) = (plan::COLUMNS, Facts::rows_for(frame));
    let tone = |cell: u32| {
        let row = cell / columns;
        let inked = (top..top + rows).contains(&row) && cell % columns > 1;
        Tone { mean: [90; 3], bright: 120, strokes: if inked { 60 } else { 0 } }
    };
    Facts::new(frame, columns, (0..columns * all).map(tone).collect()).unwrap()
}

fn any_beyond() -> impl Strategy<Value = String> {
    let word = proptest::sample::select::<&str>;
    let place = || word(POSITIONS.to_vec());
    let info_place = word([POSITIONS.as_slice(), &["join"]].concat());
    let style = word(vec!["badge", "line"]);
    let score = word(vec!["number", "bar", "ring"]);
    let lang = word(vec!["en", "de", "ru", "it", "fi", "pl"]);
    (info_place, style, score, place(), lang, 50_u32..=200).prop_map(
        |(info, style, score, at, lang, scale)| {
            let scale = f64::from(scale) / 100.0;
            format!(
                "info=cert&info_position={info}&info_style={style}&score={score}\
                 &score_position={at}&sash=default&lang={lang}&fontScale={scale}"
            )
        },
    )
}

fn any_extras() -> impl Strategy<Value = Extras> {
    let items = proptest::sample::subsequence(every_item(), 0..=every_item().len());
    let sash = proptest::option::of(proptest::sample::select(every_sash()));
    let score = proptest::option::of(0_u8..=100);
    (items, sash, score).prop_map(|(info, sash, score)| Extras {
        info,
        score: score.map(|score| Aggregate { score, sources: 3 }),
        sash,
    })
}

/// Where a text's capitals stand.
fn capitals(text: &TextLayer) -> Rect {
    let (y, height) = (text.baseline - text.cap as i32, text.cap);
    Rect { x: text.x, y, width: text.width, height }
}

fn is_part(element: &DrawnElement) -> bool {
    matches!(element.kind, ElementKind::Rating | ElementKind::Info)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_overlaps_and_nothing_leaves_the_frame(
        dress in any_query(), beyond in any_beyond(), extras in any_extras(), frame in any_frame(),
        (count, kind, award) in (0_usize..=10, 0_usize..4, proptest::option::of(0_usize..7)),
        (top, rows) in (0_u32..30, 0_u32..8),
    ) {
        let kind = [ArtworkKind::Poster, ArtworkKind::Poster, ArtworkKind::Backdrop, ArtworkKind::Still][kind];
        let options = options(kind, &format!("{dress}&{beyond}"));
        let layout = plan::built_in(kind, &options);
        let award = award.map(|body| AwardBody::ALL[body]);
        let wanted = extras.clone();
        let showing = Showing { ratings: ratings(count), award, extras, ..Showing::default() };
        let planned = plan::plan(&layout, &showing, &lettered(frame, top, rows), painter());
        let whole = frame.rect();
        let (parts, stand): (Vec<_>, Vec<_>) = planned.elements.iter().partition(|e| is_part(e));
        for (place, element) in stand.iter().enumerate() {
            prop_assert!(whole.contains(&element.rect), "{element:?} in {frame:?}");
            for other in &stand[place + 1..] {
                prop_assert!(!element.rect.intersects(&other.rect), "{element:?} and {other:?}");
            }
        }
        for (place, part) in parts.iter().enumerate() {
            prop_assert!(stand.iter().any(|e| e.rect.contains(&part.rect)), "{part:?} in {stand:?}");
            for other in &parts[place + 1..] {
                prop_assert!(!part.rect.intersects(&other.rect), "{part:?} and {other:?}");
            }
        }
        for layer in &planned.layers {
            let rect = match layer {
                Layer::Text(text) => capitals(text),
                Layer::Symbol(symbol) => symbol.rect,
                Layer::Panel(panel) => panel.clip,
                _ => continue,
            };
            prop_assert!(stand.iter().any(|e| e.rect.grown(1).contains(&rect)), "{layer:?} in {stand:?}");
        }
        // What is not drawn is said to be dropped; a second name is English, or left out with its letters.
        let named = |kind: ElementKind| planned.elements.iter().filter(|e| e.kind == kind).count();
        let dropped = |word: &str| planned.dropped.iter().filter(|id| id.starts_with(word)).count();
        prop_assert_eq!(named(ElementKind::Rating) + dropped("rating."), count);
        prop_assert_eq!(named(ElementKind::Score) + dropped("score"), usize::from(wanted.score.is_some()));
        if kind != ArtworkKind::Still {
            prop_assert_eq!(named(ElementKind::Sash) + dropped("sash"), usize::from(wanted.sash.is_some()));
        }
        prop_assert!(named(ElementKind::Info) + dropped("info.") >= wanted.info.len().min(1));
    }
}

/// Rows around a text, painted.
struct Painted {
    top: i32,
    width: usize,
    data: Vec<u8>,
}

impl Painted {
    fn new(base: &FreshBase, plan: &RenderPlan, rows: std::ops::Range<i32>) -> Self {
        let width = base.pixels.width as usize;
        let bytes = rows.start as usize * width * 3..rows.end as usize * width * 3;
        let mut data = base.pixels.data[bytes].to_vec();
        let mut canvas = Canvas::opaque(&mut data, width as u32, rows.start as u32);
        painter().paint(plan, &mut canvas);
        Self { top: rows.start, width, data }
    }

    fn at(&self, x: i32, y: i32) -> [u8; 3] {
        let at = ((y - self.top) as usize * self.width + x as usize) * 3;
        [self.data[at], self.data[at + 1], self.data[at + 2]]
    }
}

/// The contrast of every text to the pixels around its letters: of their mean, and the share that has 4.5.
fn contrasts(base: &FreshBase, plan: &RenderPlan) -> Vec<(String, f32, f32)> {
    let frame = base.pixels.width as i32..base.pixels.height as i32;
    let of = |(place, layer): (usize, &Layer)| {
        let Layer::Text(text) = layer else { return None };
        let mut inked = plan.clone();
        if let Layer::Text(other) = &mut inked.layers[place] {
            other.colour = text.colour.map(|c| 255 - c);
        }
        let reach = text.ink().grown(2);
        let rows = (reach.y - 20).max(0)..(reach.bottom() + 20).min(frame.end);
        let shown = Painted::new(base, plan, rows.clone());
        let inverted = Painted::new(base, &inked, rows.clone());
        let is_ink = |x: i32, y: i32| {
            rows.contains(&y)
                && (0..frame.start).contains(&x)
                && shown.at(x, y) != inverted.at(x, y)
        };
        let own = luminance(text.colour);
        let contrast = |behind: f32| (own.max(behind) + 0.05) / (own.min(behind) + 0.05);
        let (mut light, mut readable, mut ring) = (0.0, 0.0_f32, 0.0_f32);
        for y in reach.y.max(rows.start)..reach.bottom().min(rows.end) {
            for x in reach.x.max(0)..reach.right().min(frame.start) {
                let near = [(x - 1, y), (x + 1, y), (x, y - 1), (x, y + 1)];
                if near.iter().any(|(x, y)| is_ink(*x, *y)) && !is_ink(x, y) {
                    let behind = luminance(shown.at(x, y));
                    light += behind;
                    readable += f32::from(contrast(behind) >= 4.5);
                    ring += 1.0;
                }
            }
        }
        assert!(ring > 20.0, "{} was drawn", text.text);
        Some((text.text.clone(), contrast(light / ring), readable / ring))
    };
    plan.layers.iter().enumerate().filter_map(of).collect()
}

#[test]
fn every_text_reads_on_any_ground() {
    let extras = Extras {
        info: vec![
            certificate("US", "PG-13"),
            certificate("DE", "16"),
            certificate("GB", "U"),
            InfoItem::Age(10),
            InfoItem::Year(1999),
            InfoItem::Quality(Quality::Uhd),
        ],
        score: Some(Aggregate { score: 84, sources: 3 }),
        sash: Some(Sash::Trending { place: 4 }),
    };
    let mut wrong = Vec::new();
    for (turn, (name, colour)) in GROUNDS.into_iter().enumerate() {
        let poster = ground(Size { width: 342, height: 513 }, colour);
        for (place, background) in ["d", "k", "t", "n"].into_iter().enumerate() {
            let rests = [
                "&score=ring",
                "&score=number&badge_shape=p&label_style=i",
                "&score=bar&info_style=line&info_position=tr",
                "&score=number&info_position=join",
            ];
            // Every ground meets every background, in every other layout: all take minutes unoptimised.
            for rest in rests.into_iter().skip((turn + place) % 2).step_by(2) {
                let query = format!("info=cert&sash=default&badge_background={background}{rest}");
                let options = options(ArtworkKind::Poster, &query);
                let layout = plan::built_in(ArtworkKind::Poster, &options);
                let showing = Showing {
                    ratings: ratings(3),
                    award: None,
                    extras: extras.clone(),
                    ..Showing::default()
                };
                let planned = plan::plan(&layout, &showing, &poster.facts, painter());
                assert!(planned.elements.iter().any(|e| e.kind == ElementKind::Info), "{query}");
                for (text, mean, share) in contrasts(&poster, &planned) {
                    if mean < 4.5 || share < 0.85 {
                        wrong
                            .push(format!("{query} on {name}: `{text}` {mean:.1} : 1, {share:.2}"));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}\n", wrong.join("\n"));
}

/// What a query lays out on a medium poster with everything there is.
fn full(query: &str) -> RenderPlan {
    let options = options(ArtworkKind::Poster, query);
    let layout = plan::built_in(ArtworkKind::Poster, &options);
    let extras = Extras {
        info: every_item(),
        score: Some(Aggregate { score: 84, sources: 3 }),
        sash: Some(Sash::Ended),
    };
    let showing = Showing {
        ratings: ratings(3),
        award: Some(AwardBody::Oscar),
        extras,
        ..Showing::default()
    };
    let facts = Facts::flat(Size { width: 580, height: 870 }, [90; 3]);
    plan::plan(&layout, &showing, &facts, painter())
}

#[test]
fn the_last_facts_go_first_and_are_named() {
    let planned = full("info=cert&info_position=join&score=ring&sash=default");
    let drawn: Vec<&str> = planned.elements.iter().map(|e| e.id.as_str()).collect();
    assert_eq!(drawn[..4], ["strip", "rating.imdb", "rating.rt", "rating.lb"]);
    assert!(drawn.contains(&"info.cert") && drawn.contains(&"score") && drawn.contains(&"sash"));
    assert!(planned.dropped.contains(&"info.label".to_owned()), "{:?}", planned.dropped);
    assert!(!planned.dropped.iter().any(|id| id == "score" || id.starts_with("rating")));
    // Joined facts stand on the strip.
    let of = |id: &str| planned.elements.iter().find(|e| e.id == id).unwrap().rect;
    assert!(of("strip").contains(&of("info.cert")));
}

#[test]
fn a_name_that_cannot_be_written_is_english_and_what_is_too_wide_is_dropped() {
    let planned = full("info=cert&info_position=l&badge_size=xl");
    let texts: Vec<&str> = planned
        .layers
        .iter()
        .filter_map(|layer| match layer {
            Layer::Text(text) => Some(text.text.as_str()),
            _ => None,
        })
        .collect();
    assert!(!texts.iter().any(|text| text.contains('ア')), "{texts:?}");
    assert!(planned.dropped.contains(&"info.network".to_owned()), "{:?}", planned.dropped);
}

#[test]
fn a_caller_colours_are_drawn_as_given() {
    let planned = full("ratingBarColor=1f6feb&ratingBarOpacity=80&fontColor=ffd21f&awards=false");
    let panel = planned.layers.iter().find_map(|layer| match layer {
        Layer::Panel(panel) => Some((panel.colour, panel.opacity)),
        _ => None,
    });
    assert_eq!(panel, Some(([0x1F, 0x6F, 0xEB], 0.8)));
    let figure = planned.layers.iter().find_map(|layer| match layer {
        Layer::Text(text) if text.text == "8.7" => Some(text.colour),
        _ => None,
    });
    assert_eq!(figure, Some([0xFF, 0xD2, 0x1F]));
    assert!(!planned.layers.iter().any(|layer| matches!(layer, Layer::Scrim(_))));
}

/// Addresses as RPDB's clients write them: none of its parameters is passed over.
#[test]
fn every_parameter_of_rpdb_is_understood() {
    for query in [
        "lang=en&ratings=imdb,tomatoes-critics&order=imdb,tomatoes-critics,metacritic-critics",
        "order=letterboxd,rogerebert,myanimelist,tomatoes-audience,trakt,tmdb&fallback=true",
        "ratingBarPos=left-center&theme=rounded-blocks&posterType=textless&imageSize=large",
        "badges=commonsensegold%2C1080p%2C3d%2Chdr10plus_colorful%2Ch264%2Caudio51&badgeSize=small",
        "badges=4k,hdrcolor,dolbyvisioncolor,commonsense&badgeSize=large&badgePos=right",
        "certsPos=center&badgePos=left-bottom&label=Rewatch",
        "ratingBarColor=%23101010&ratingBarOpacity=60&fontColor=FFFFFF&fontScale=1.2",
    ] {
        // The helper refuses what is not understood.
        let planned = full(query);
        assert!(planned.elements.iter().any(|e| e.kind == ElementKind::Rating), "{query}");
    }
}
