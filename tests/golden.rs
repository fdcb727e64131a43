//! Every value of every parameter that shows, on every family: pixels before
//! encoding against golden pictures, and against each other.

#[path = "support/golden.rs"]
pub(crate) mod check;
#[path = "support/drawn.rs"]
pub(crate) mod drawn;

use std::collections::BTreeMap;

use laurel::codec::{PngEffort, Rgb, encode_png_alpha};
use laurel::model::{
    ArtworkKind, AwardBody, Date, ImageFormat, RatingSource, Sash, SashMark, Words,
};
use laurel::plan::{ElementKind, Rect};
use laurel::render::LogoOrder;
use laurel::request::{OPTIONS, OptionSpec, ValueKind};

use drawn::{Drawn, options, painter, ratings};

/// Parameters that choose artwork or failures, not pixels.
const NOT_PAINTED: &[&str] = &[
    "image_source",
    "poster",
    "backdrop",
    "logo",
    "lang",
    "textless",
    "shape",
    "clean",
    "fallback",
    "type",
    "posterType",
    "v",
];

/// What is asked besides, so that a parameter beyond ratings has something to show.
const BESIDE: &[(&str, &str)] = &[
    ("info_style", "info=cert,year,runtime&"),
    ("info_position", "info=cert,year&"),
    ("score_sources", "score=number&"),
    ("score_thresholds", "score=ring&"),
    ("score_colors", "score=bar&"),
    ("score_position", "score=ring&"),
    ("quality", "info=quality&"),
    ("country", "info=cert&"),
    ("badgeSize", "badges=4k,dv&"),
    ("badgePos", "badges=4k,dv&"),
];

/// Parameters whose value decides where something stands: shown whole.
const PLACES: &[&str] = &[
    "fit",
    "blur",
    "imageSize",
    "position",
    "awards",
    "split",
    "edge_inset",
    "edge_inset_x",
    "edge_inset_y",
    "info_position",
    "score_position",
    "badgePos",
    "sash",
    "look",
];

/// Golden pictures are shown at most this wide.
const SHOWN: u32 = 300;

/// The values of a parameter that golden pictures show.
fn words(spec: &OptionSpec) -> Vec<String> {
    // Other words for `quality`, of which each has its picture.
    if spec.name == "badges" {
        return ["4k", "hdr10+", "remux"].map(str::to_owned).into();
    }
    let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    match spec.value {
        ValueKind::Words(words) => owned(words),
        ValueKind::Boolean => owned(&["true", "false"]),
        ValueKind::Number { max: 10, .. } => (0..=10).map(|n: u8| n.to_string()).collect(),
        ValueKind::Number { .. } => owned(&["0", "10", "50"]),
        ValueKind::Sources => RatingSource::ALL.iter().map(|s| s.key().to_owned()).collect(),
        ValueKind::Awards => AwardBody::ALL
            .iter()
            .map(|body| body.name().to_owned())
            .chain(["false".to_owned()])
            .collect(),
        ValueKind::List(words) => owned(words),
        ValueKind::Sashes => SashMark::ALL.iter().map(|mark| mark.name().to_owned()).collect(),
        ValueKind::Weights => owned(&["imdb,rt", "imdb:9,lb"]),
        ValueKind::Thresholds => owned(&["40,60,75", "50,90,95"]),
        ValueKind::Colours => {
            owned(&["d55e00,e69f00,009e73,56b4e9", "331111,773322,996633,ccaa55"])
        }
        ValueKind::Colour => owned(&["1f6feb", "f4f1de"]),
        ValueKind::Country => owned(&["US", "DE", "GB", "BR", "FR", "AU"]),
        ValueKind::Factor { .. } => owned(&["0.5", "1", "2"]),
        ValueKind::Text { .. } => owned(&["New", "Family night"]),
        ValueKind::Language | ValueKind::Path => Vec::new(),
    }
}

/// What is asked besides, so that the parameter has something to show.
fn context(kind: ArtworkKind, name: &str) -> &'static str {
    match (kind, name) {
        (_, "ratings_limit" | "limit")
        | (ArtworkKind::Poster | ArtworkKind::Backdrop, _)
        | (ArtworkKind::Season | ArtworkKind::Square, _) => "",
        (ArtworkKind::Logo, _) => "ratings_limit=3&",
        (ArtworkKind::Still, _) => "ratings_limit=2&",
    }
}

/// Draws one value of one parameter.
fn draw(kind: ArtworkKind, spec: &OptionSpec, word: &str) -> Rgb {
    let size = if spec.name == "imageSize" { "" } else { "imageSize=small&" };
    let beside = BESIDE.iter().find(|(name, _)| *name == spec.name).map_or("", |(_, query)| query);
    let value = word.replace('+', "%2B");
    let query = format!("{size}{}{beside}{}={value}", context(kind, spec.name), spec.name);
    let award = match spec.value {
        ValueKind::Awards => AwardBody::ALL.into_iter().find(|body| body.name() == word),
        _ => Some(AwardBody::Oscar),
    };
    let options = options(kind, &query);
    let mut showing = drawn::chosen(&options, award);
    if spec.name == "sash" {
        showing.extras.sash = Some(sash(word));
    }
    if kind == ArtworkKind::Logo {
        return logo(&query, &showing);
    }
    // A square, so that every fit shows.
    let square = spec.name == "fit";
    let drawn = Drawn::new(kind, &options, square);
    let planned = drawn.plan(&options, &showing);
    let pixels = drawn.paint(&planned);
    if PLACES.contains(&spec.name) {
        return check::part(&pixels, (0, 0, pixels.width, pixels.height), 200);
    }
    let around = |kinds: &[ElementKind]| {
        let elements = planned.elements.iter().filter(|element| kinds.contains(&element.kind));
        elements.map(|element| element.rect).reduce(|a, b| a.union(&b))
    };
    // Facts and scores alone, else the ratings.
    let own = around(&[ElementKind::InfoStrip, ElementKind::Score]);
    let whole = own.or_else(|| around(&[ElementKind::Strip]));
    let rect = whole.unwrap_or(Rect { x: 0, y: 0, width: 64, height: 64 }).grown(10);
    check::part(&pixels, inside(&rect, &pixels), SHOWN)
}

/// What a title says of which a mark holds.
fn sash(word: &str) -> Sash {
    let date: Date = "2026-06-18".parse().unwrap();
    match SashMark::from_word(word).unwrap() {
        SashMark::NewSeason => Sash::NewSeason { season: 2 },
        SashMark::Premiere => Sash::Premiere { date, ahead: true },
        SashMark::Returning => Sash::Returning { date },
        SashMark::Ended => Sash::Ended,
        SashMark::Cinema => Sash::InCinemas,
        SashMark::Trending => Sash::Trending { place: 4 },
        SashMark::Top250 => Sash::Top250 { place: 118 },
        SashMark::Festival => Sash::Festival { award: AwardBody::Venice },
        SashMark::Oscar => Sash::Oscar,
        SashMark::Emmy => Sash::Emmy,
    }
}

fn inside(rect: &Rect, picture: &Rgb) -> (u32, u32, u32, u32) {
    let (x, y) = (rect.x.max(0) as u32, rect.y.max(0) as u32);
    let right = (rect.right().max(0) as u32).min(picture.width);
    let bottom = (rect.bottom().max(0) as u32).min(picture.height);
    (x, y, right - x, bottom - y)
}

/// A logo as it comes, laid on grey.
fn logo(query: &str, showing: &laurel::plan::Showing) -> Rgb {
    let options = options(ArtworkKind::Logo, query);
    let layout = laurel::plan::built_in(ArtworkKind::Logo, &options);
    let order = LogoOrder {
        layout: &layout,
        showing,
        size: options.image_size,
        format: ImageFormat::Png,
        quality: 85,
    };
    let artwork = encode_png_alpha(&drawn::wordmark(), PngEffort::Fast).unwrap();
    let made = painter().logo(&artwork, &order).unwrap();
    let logo = image::load_from_memory_with_format(&made.bytes, image::ImageFormat::Png).unwrap();
    let logo = logo.to_rgba8();
    let size = (logo.width(), logo.height());
    let data = logo
        .pixels()
        .flat_map(|p| {
            let alpha = u32::from(p.0[3]);
            [0, 1, 2].map(|c: usize| ((u32::from(p.0[c]) * alpha + 96 * (255 - alpha)) / 255) as u8)
        })
        .collect();
    let picture = Rgb::from_raw(size.0, size.1, data).unwrap();
    check::part(&picture, (0, 0, size.0, size.1), SHOWN)
}

/// Draws everything a family honours, compares it, and sees that values differ.
fn everything(kind: ArtworkKind) {
    let mut wrong = Vec::new();
    for spec in OPTIONS {
        if NOT_PAINTED.contains(&spec.name) || !spec.is_honoured_by(kind) {
            continue;
        }
        let mut seen: BTreeMap<Vec<u8>, String> = BTreeMap::new();
        let words = words(spec);
        for word in &words {
            let name = file_name(kind, spec, word);
            let picture = draw(kind, spec, word);
            wrong.extend(check::check(&name, &picture).err());
            let mut pixels = picture.data;
            pixels.extend(picture.width.to_le_bytes());
            if let Some(other) = seen.insert(pixels, word.clone())
                && !same_by_nature(kind, spec.name, [&other, word])
            {
                wrong.push(format!("{name} looks like {other}"));
            }
        }
        if seen.len() < 2 {
            wrong.push(format!("{} {} changes nothing", kind.family(), spec.name));
        }
    }
    assert!(wrong.is_empty(), "{}\n", wrong.join("\n"));
}

/// Of a golden picture; without the signs that file names do not have.
fn file_name(kind: ArtworkKind, spec: &OptionSpec, word: &str) -> String {
    let word = word.replace([',', ':', ' ', '.'], "_").replace('+', "plus");
    format!("{}-{}-{word}", kind.family(), spec.name)
}

/// Values that mean the same where they are asked.
fn same_by_nature(kind: ArtworkKind, name: &str, pair: [&str; 2]) -> bool {
    let is = |a: &str, b: &str| pair.contains(&a) && pair.contains(&b);
    match name {
        // By family is one of the two.
        "badge_style" | "direction" => pair.contains(&"d"),
        // Wide frames are always 16:9.
        "fit" => is("native", "cover"),
        // Both stand for all ten where the limit is none's.
        "imageSize" => kind == ArtworkKind::Backdrop && is("large", "very-large"),
        // RPDB's words for one place each.
        "badgePos" => {
            is("left", "left-center") || is("right", "right-center") || is("center", "top")
        }
        // What is excluded or put first may not have been shown, or stood first.
        "ratings_exclude" | "ratings_order" => true,
        // A column may be as high as its logo.
        "position" => {
            let side = |word: &str| word.trim_matches(['t', 'b']).to_owned();
            kind == ArtworkKind::Logo && side(pair[0]) == side(pair[1])
        }
        // The strip of a logo comes in only when it has to.
        "edge_inset_x" => kind == ArtworkKind::Logo && is("0", "10"),
        _ => false,
    }
}

#[test]
fn posters_look_as_they_did() {
    everything(ArtworkKind::Poster);
}

#[test]
fn backdrops_look_as_they_did() {
    everything(ArtworkKind::Backdrop);
}

#[test]
fn stills_look_as_they_did() {
    everything(ArtworkKind::Still);
}

#[test]
fn logos_look_as_they_did() {
    everything(ArtworkKind::Logo);
}

/// A season's poster looks as any poster does: pictures of its own would double what is kept.
#[test]
fn seasons_look_as_posters_do() {
    for spec in OPTIONS.iter().filter(|spec| spec.is_honoured_by(ArtworkKind::Season)) {
        assert!(spec.is_honoured_by(ArtworkKind::Poster), "{}", spec.name);
        for word in words(spec) {
            let query = format!("{}={word}", spec.name);
            let [poster, season] = [ArtworkKind::Poster, ArtworkKind::Season].map(|kind| {
                let mut layout = laurel::plan::built_in(kind, &options(kind, &query));
                layout.elements.retain(|e| !matches!(e, laurel::plan::Element::Statuette(_)));
                layout
            });
            assert_eq!(poster, season, "{query}");
        }
    }
    assert_eq!(ArtworkKind::Poster.row().frames, ArtworkKind::Season.row().frames);
}

/// Seasons that golden pictures name on the artwork of their series: number, language, what is asked.
const SEASON_NAMES: [(u16, &str, &str); 12] = [
    (1, "en", ""),
    (12, "en", ""),
    (2019, "de", ""),
    (2, "es", ""),
    (3, "cs", ""),
    (4, "ru", ""),
    (0, "en", ""),
    (0, "pl", ""),
    (5, "en", "badge_background=n"),
    (6, "fr", "badge_background=t"),
    (7, "en", "position=tl"),
    (8, "en", "position=tc"),
];

fn season_name((number, language, query): (u16, &str, &str)) -> String {
    let of = query.replace("badge_", "").replace('=', "-");
    format!("season-name-{number}-{language}{}{of}", if of.is_empty() { "" } else { "-" })
}

#[test]
fn the_names_of_seasons_look_as_they_did() {
    let mut wrong = Vec::new();
    for case in SEASON_NAMES {
        let (number, language, query) = case;
        let options = options(ArtworkKind::Season, &format!("imageSize=small&{query}"));
        let drawn = Drawn::new(ArtworkKind::Season, &options, false);
        let wording = laurel::plan::words::Wording::of(language.parse().unwrap());
        let layout = laurel::plan::built_in(ArtworkKind::Season, &options)
            .naming(laurel::plan::SeasonName { number, wording });
        let showing = drawn::chosen(&options, None);
        let planned = laurel::plan::plan(&layout, &showing, &drawn.base.facts, painter());
        let name = season_name(case);
        let tab = planned.season.unwrap_or_else(|| panic!("{name}: not drawn"));
        assert!(planned.frame.rect().contains(&tab), "{name}");
        assert!(!planned.strips.iter().any(|strip| strip.intersects(&tab)), "{name}");
        let pixels = drawn.paint(&planned);
        let shown = check::part(&pixels, (0, 0, pixels.width, pixels.height), 200);
        wrong.extend(check::check(&name, &shown).err());
    }
    assert!(wrong.is_empty(), "{}\n", wrong.join("\n"));
}

/// Clean artwork and tiles: the family, what is asked, and the colour of the clearlogo, if any.
const CLEAN: [(ArtworkKind, &str, Option<[u8; 3]>); 8] = [
    (ArtworkKind::Poster, "", Some([250, 240, 200])),
    (ArtworkKind::Poster, "ratings_limit=0", Some([16, 14, 40])),
    (ArtworkKind::Poster, "ratings_limit=7", Some([220, 30, 40])),
    (ArtworkKind::Backdrop, "", Some([250, 240, 200])),
    (ArtworkKind::Backdrop, "position=bl", Some([250, 240, 200])),
    (ArtworkKind::Square, "", Some([250, 240, 200])),
    (ArtworkKind::Square, "", None),
    (ArtworkKind::Square, "ratings_limit=10", None),
];

fn clean_name((kind, query, ink): (ArtworkKind, &str, Option<[u8; 3]>)) -> String {
    let what = if ink.is_some() { "clean" } else { "tile" };
    let of = query.replace("ratings_", "").replace('=', "-");
    format!("{what}-{}{}{of}", kind.family(), if of.is_empty() { "" } else { "-" })
}

#[test]
fn clean_artwork_and_tiles_look_as_they_did() {
    let mut wrong = Vec::new();
    for case in CLEAN {
        let (kind, query, ink) = case;
        let options = options(kind, &format!("imageSize=small&{query}"));
        let layout = laurel::plan::built_in(kind, &options);
        let showing = drawn::chosen(&options, None);
        let mut base = (*Drawn::new(kind, &options, false).base).clone();
        if let Some(ink) = ink {
            let mut logo = drawn::wordmark();
            logo.data.chunks_exact_mut(4).for_each(|pixel| pixel[..3].copy_from_slice(&ink));
            let bytes = encode_png_alpha(&logo, PngEffort::Fast).unwrap();
            let planned = laurel::plan::plan(&layout, &showing, &base.facts, painter());
            let room = laurel::plan::ClearlogoRoom::beside(&planned, kind.row().shape);
            base = base.with_clearlogo(&bytes, kind, room).unwrap();
        }
        let planned = laurel::plan::plan(&layout, &showing, &base.facts, painter());
        let mut pixels = base.pixels;
        let width = pixels.width;
        let canvas = &mut laurel::render::Canvas::opaque(&mut pixels.data, width, 0);
        painter().paint(&planned, canvas);
        let shown = check::part(&pixels, (0, 0, pixels.width, pixels.height), 240);
        wrong.extend(check::check(&clean_name(case), &shown).err());
    }
    assert!(wrong.is_empty(), "{}\n", wrong.join("\n"));
}

#[test]
fn every_source_in_every_dress_looks_as_it_did() {
    let mut wrong = Vec::new();
    for background in ["d", "k", "t", "n"] {
        for label in ["o", "i", "t"] {
            for shape in ["r", "p"] {
                let query = format!(
                    "imageSize=small&ratings_limit=10&badge_background={background}\
                     &label_style={label}&badge_shape={shape}"
                );
                let options = options(ArtworkKind::Poster, &query);
                let drawn = Drawn::new(ArtworkKind::Poster, &options, false);
                let showing = laurel::plan::Showing {
                    ratings: ratings(10),
                    award: None,
                    ..laurel::plan::Showing::default()
                };
                let planned = drawn.plan(&options, &showing);
                let rect = planned.strips[0].grown(8);
                let pixels = drawn.paint(&planned);
                let shown = check::part(&pixels, inside(&rect, &pixels), SHOWN);
                let name = format!("dress-{background}-{label}-{shape}");
                wrong.extend(check::check(&name, &shown).err());
            }
        }
    }
    assert!(wrong.is_empty(), "{}\n", wrong.join("\n"));
}

#[test]
fn no_golden_picture_is_heavy_or_forgotten() {
    let mut known: Vec<String> = Vec::new();
    for kind in ArtworkKind::ALL {
        for spec in OPTIONS.iter().filter(|spec| spec.is_honoured_by(kind)) {
            known.extend(words(spec).iter().map(|word| file_name(kind, spec, word)));
        }
    }
    known.extend(SEASON_NAMES.map(season_name));
    known.extend(CLEAN.map(clean_name));
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden");
    for file in std::fs::read_dir(folder).unwrap() {
        let file = file.unwrap().path();
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        assert!(std::fs::metadata(&file).unwrap().len() <= 64 << 10, "{name} is heavy");
        assert!(name.starts_with("dress-") || known.contains(&name), "{name} is nobody's");
    }
}
