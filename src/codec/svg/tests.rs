use std::fmt::Write;

use proptest::prelude::*;

use super::*;
use crate::codec::decode::Probe;
use crate::codec::{Limits, Picture, SourceFormat, decode as decode_any, probe as probe_any};

const XMLNS: &str =
    r#"xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink""#;

fn drawing(attributes: &str, body: &str) -> String {
    format!("<svg {XMLNS} {attributes}>{body}</svg>")
}

fn draw(document: &str, need: Option<(u32, u32)>) -> Result<Rgba, DecodeError> {
    let options = DecodeOptions { need, ..DecodeOptions::default() };
    decode_any(document.as_bytes(), &options).map(Picture::into_alpha)
}

const RED: &str = r##"<rect width="24" height="24" fill="#f00"/>"##;

#[test]
fn a_viewbox_alone_gives_the_size() {
    let document = drawing(r#"viewBox="0 0 24 12""#, RED);
    let expected = Probe { format: SourceFormat::Svg, width: 24, height: 12 };
    assert_eq!(probe_any(document.as_bytes()), Ok(expected));
}

#[test]
fn a_drawing_is_drawn_at_the_size_that_is_needed() {
    let document = drawing(r#"viewBox="0 0 24 12""#, RED);
    for (need, size) in [
        (None, (24, 12)),
        (Some((480, 0)), (480, 240)),
        (Some((0, 240)), (480, 240)),
        (Some((100, 240)), (480, 240)),
        (Some((6, 3)), (6, 3)),
        (Some((0, 0)), (24, 12)),
    ] {
        let picture = draw(&document, need).unwrap();
        assert_eq!((picture.width, picture.height), size, "{need:?}");
        assert_eq!(picture.data[..4], [255, 0, 0, 255]);
    }
}

#[test]
fn alpha_comes_out_straight() {
    let body = r##"<rect width="9" height="9" fill="#c86432" fill-opacity="0.5"/>"##;
    let picture = draw(&drawing(r#"width="9" height="9""#, body), None).unwrap();
    let expected = [200, 100, 50, 128];
    let near = picture.data[..4].iter().zip(expected).all(|(a, b): (&u8, u8)| a.abs_diff(b) <= 1);
    assert!(near, "{:?}", &picture.data[..4]);
}

#[test]
fn a_comment_and_a_declaration_may_come_first() {
    let body = drawing(r#"width="2" height="2""#, RED);
    let document = format!("\u{feff}<?xml version=\"1.0\"?>\n<!-- made by hand -->\n{body}");
    assert!(draw(&document, None).is_ok());
    assert_eq!(draw("<html><body/></html>", None), Err(DecodeError::UnknownFormat));
}

#[test]
fn nothing_outside_the_document_is_read() {
    let pixel = "data:image/svg+xml;base64,PHN2Zy8+";
    for target in ["file:///etc/passwd", "/etc/hostname", "http://localhost/x.png", pixel] {
        let body = format!(r#"<image width="9" height="9" xlink:href="{target}"/>"#);
        let picture = draw(&drawing(r#"width="9" height="9""#, &body), None).unwrap();
        assert!(picture.data.iter().all(|value| *value == 0), "{target}");
    }
    let entity = r#"<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>"#;
    let document = format!("{entity}{}", drawing(r#"width="9" height="9""#, "&x;"));
    assert!(matches!(draw(&document, None), Err(DecodeError::Malformed(_))));
}

#[test]
fn references_that_multiply_are_refused() {
    // Ten copies of ten copies of … : a kilobyte that asks for 10^12 rectangles.
    let mut body = format!(r#"<g id="a0">{RED}</g>"#);
    for level in 1..12 {
        let copies = format!(r##"<use xlink:href="#a{}"/>"##, level - 1).repeat(10);
        write!(body, r#"<g id="a{level}">{copies}</g>"#).unwrap();
    }
    assert_eq!(
        draw(&drawing(r#"width="9" height="9""#, &body), None),
        Err(DecodeError::TooComplex)
    );
}

#[test]
fn patterns_in_patterns_are_counted_too() {
    let mut body = String::new();
    for level in 1..12 {
        let copies =
            format!(r#"<rect width="9" height="9" fill="url(#p{})"/>"#, level - 1).repeat(10);
        write!(body, r#"<pattern id="p{level}" width="1" height="1">{copies}</pattern>"#).unwrap();
    }
    body.push_str(r#"<rect width="9" height="9" style="fill:url('#p11')"/>"#);
    assert_eq!(
        draw(&drawing(r#"width="9" height="9""#, &body), None),
        Err(DecodeError::TooComplex)
    );
}

#[test]
fn entities_that_multiply_are_refused() {
    let mut entities = r#"<!ENTITY a0 "ha">"#.to_owned();
    for level in 1..12 {
        let copies = format!("&a{};", level - 1).repeat(10);
        write!(entities, r#"<!ENTITY a{level} "{copies}">"#).unwrap();
    }
    let body = drawing(r#"width="9" height="9""#, "<title>&a11;</title>");
    assert!(draw(&format!("<!DOCTYPE svg [{entities}]>{body}"), None).is_err());
}

#[test]
fn deep_nesting_is_refused() {
    for depth in [200, 900, 50_000] {
        let body = format!("{}{RED}{}", "<g>".repeat(depth), "</g>".repeat(depth));
        assert!(draw(&drawing(r#"width="9" height="9""#, &body), None).is_err(), "{depth}");
    }
    // One reference to the next: shallow as XML, deep when followed.
    let mut chain = String::new();
    for i in 0..400 {
        write!(chain, r##"<g id="c{i}"><use xlink:href="#c{}"/></g>"##, i + 1).unwrap();
    }
    assert_eq!(
        draw(&drawing(r#"width="9" height="9""#, &chain), None),
        Err(DecodeError::TooComplex)
    );
}

#[test]
fn effects_without_a_bound_are_refused() {
    let body = r#"<filter id="f"><feTurbulence numOctaves="4000000000"/></filter>
        <rect width="9" height="9" filter="url(#f)"/>"#;
    assert_eq!(draw(&drawing(r#"width="9" height="9""#, body), None), Err(DecodeError::TooComplex));
}

#[test]
fn a_reference_to_itself_is_survived() {
    let body = format!(r##"<g id="a">{RED}<use xlink:href="#a"/></g>"##);
    let _ = draw(&drawing(r#"width="9" height="9""#, &body), None);
}

#[test]
fn size_is_limited_before_drawing() {
    let huge = drawing(r#"width="1e7" height="1e7""#, RED);
    assert!(matches!(draw(&huge, None), Err(DecodeError::TooLarge { .. })));
    let thin = drawing(r#"viewBox="0 0 1 1000000""#, RED);
    assert!(matches!(draw(&thin, Some((100, 0))), Err(DecodeError::TooLarge { .. })));
    let long = drawing(r#"width="9" height="9""#, &" ".repeat(MAX_BYTES));
    assert_eq!(draw(&long, None), Err(DecodeError::TooComplex));
}

/// A shaded logo of 60 outlines, each filtered or all at once.
fn shaded(each: bool) -> String {
    let style = if each { ".a{fill:url(#g);filter:url(#s)}" } else { ".a{fill:url(#g)}" };
    let group = if each { "" } else { r#"filter="url(#s)""# };
    let mut body = format!(
        r#"<style>{style}</style>
        <linearGradient id="g"><stop offset="0"/><stop offset="1" stop-color="red"/></linearGradient>
        <filter id="s"><feGaussianBlur stdDeviation="2"/><feMerge><feMergeNode/></feMerge></filter>
        <g {group}>"#
    );
    for i in 0..60 {
        let curves = "C 1 2 3 4 50 30 ".repeat(30);
        write!(body, r#"<path class="a" d="M{i} 0 L 9 9 {curves} z"/>"#).unwrap();
    }
    drawing(r#"width="90" height="40""#, &format!("{body}</g>"))
}

#[test]
fn an_ordinary_logo_is_not_refused() {
    assert!(draw(&shaded(false), Some((780, 0))).is_ok());
}

#[test]
fn filters_cost_by_their_area_and_what_is_too_much_is_drawn_at_its_own_size() {
    assert_eq!(draw(&shaded(true), Some((3000, 0))).map(|drawn| drawn.width), Ok(90));
    assert_eq!(draw(&shaded(false), Some((780, 0))).map(|drawn| drawn.width), Ok(780));
    assert_eq!(draw(&shaded(true), Some((45, 0))).map(|drawn| drawn.width), Ok(45));
}

#[test]
fn a_tile_larger_than_any_picture_is_refused() {
    let body = format!(
        r#"<pattern id="p" width="9e5" height="9e5" patternUnits="userSpaceOnUse">{RED}</pattern>
        <rect width="9" height="9" fill="url(#p)"/>"#
    );
    assert_eq!(
        draw(&drawing(r#"width="9" height="9""#, &body), None),
        Err(DecodeError::TooComplex)
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn a_mutated_document_never_panics(at in 0_usize..600, value in any::<u8>()) {
        let body = r##"<defs><path id="p" d="M0 0L9 4 C1 2 3 4 5 6z"/></defs><use xlink:href="#p"
            fill="#123" transform="rotate(9) scale(1e3)" stroke-dasharray="1 2" stroke="red"/>"##;
        let mut bytes = drawing(r#"width="20" height="20" viewBox="0 0 9 9""#, body).into_bytes();
        let len = bytes.len();
        bytes[at % len] = value;
        let limits = Limits { max_bytes: 1 << 20, max_pixels: 10_000, max_side: 100 };
        let result = decode_any(&bytes, &DecodeOptions { limits, need: None });
        prop_assert_ne!(result.err(), Some(DecodeError::Panicked));
    }
}
