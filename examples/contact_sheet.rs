//! Draws every family, style and size on sample artwork into PNG sheets:
//! `cargo run --release --example contact_sheet -- [--artwork DIR] [--out DIR] [SHEET…]`
//!
//! Without `--artwork` the demo catalogue's own pictures are used. With it, every
//! file of the folder whose name begins with `poster`, `backdrop`, `still` or
//! `logo` is drawn on. A tile is drawn at its own size; the sheets named
//! `*-tv` show it at the width of a TV grid's tile. `readme` writes the
//! pictures of the README into `docs/images`: all, or those whose names follow.

#[path = "contact_sheet/samples.rs"]
mod samples;
#[path = "contact_sheet/sheets.rs"]
mod sheets;

use std::path::PathBuf;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut artwork = None;
    let mut out = PathBuf::from("target/contact-sheets");
    let mut wanted = Vec::new();
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--artwork" => artwork = arguments.next().map(PathBuf::from),
            "--out" => out = arguments.next().map(PathBuf::from).unwrap_or(out),
            sheet => wanted.push(sheet.to_owned()),
        }
    }
    if let Some((first, names)) = wanted.split_first()
        && first == "readme"
    {
        return readme(names);
    }
    std::fs::create_dir_all(&out)?;
    let samples = samples::Samples::load(artwork.as_deref())?;
    let mut desk = sheets::Desk::default();
    for sheet in sheets::all() {
        if wanted.is_empty() || wanted.iter().any(|name| name == sheet.name) {
            let file = out.join(sheet.name).with_extension("png");
            sheet.draw(&samples, &mut desk)?.save(&file)?;
            eprintln!("{}", file.display());
        }
    }
    Ok(())
}

fn readme(names: &[String]) -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/images");
    std::fs::create_dir_all(&folder)?;
    let samples = samples::Samples::load(None)?;
    let mut desk = sheets::Desk::default();
    let is_wanted = |name: &str| names.is_empty() || names.iter().any(|wanted| wanted == name);
    for sheet in sheets::readme().into_iter().filter(|sheet| is_wanted(sheet.name)) {
        let file = folder.join(sheet.name).with_extension("jpg");
        std::fs::write(&file, sheets::jpeg(&sheet.draw(&samples, &mut desk)?)?)?;
        eprintln!("{}", file.display());
    }
    Ok(())
}
