//! The pictures of the README are made by the code that is beside them.

#[path = "../examples/contact_sheet/samples.rs"]
#[allow(dead_code, reason = "the contact sheets use the rest")]
mod samples;
#[path = "../examples/contact_sheet/sheets.rs"]
#[allow(dead_code, reason = "the contact sheets use the rest")]
mod sheets;

use std::path::Path;

use laurel::codec::Rgb;

use crate::golden::check::worst_block;

/// Both are JPEGs of the same quality; builds with another encoder differ a little more.
const TOLERANCE: f64 = 6.0;

fn decoded(bytes: &[u8]) -> Rgb {
    let picture = image::load_from_memory_with_format(bytes, image::ImageFormat::Jpeg).unwrap();
    let picture = picture.to_rgb8();
    Rgb::from_raw(picture.width(), picture.height(), picture.into_raw()).unwrap()
}

#[test]
fn the_pictures_of_the_readme_are_current() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/images");
    let samples = samples::Samples::load(None).unwrap();
    let mut desk = sheets::Desk::default();
    for sheet in sheets::readme() {
        let bytes = std::fs::read(folder.join(sheet.name).with_extension("jpg")).unwrap();
        assert!(bytes.len() <= 300 << 10, "{}: {} bytes", sheet.name, bytes.len());
        let now = sheets::jpeg(&sheet.draw(&samples, &mut desk).unwrap()).unwrap();
        let apart = worst_block(&decoded(&bytes), &decoded(&now));
        assert!(
            apart <= TOLERANCE,
            "{} is stale by {apart:.1}: cargo run --example contact_sheet -- readme",
            sheet.name
        );
    }
}
