//! SVG, rasterised at the size that is needed. No text, no raster images, nothing external.

mod cost;
mod work;

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{self, ImageHrefResolver, Tree, roxmltree};

use super::{DecodeError, DecodeOptions, Rgba};

/// Longest document; clearlogos are a tenth of it.
const MAX_BYTES: usize = 2 * 1024 * 1024;

/// The drawing's own size, rounded up.
pub(super) fn probe(bytes: &[u8]) -> Result<(u32, u32), DecodeError> {
    let size = parse(bytes)?.size();
    Ok((whole(size.width()), whole(size.height())))
}

/// Draws at the smallest scale that covers `need`, or at the drawing's own size. What would be too
/// much work so large is drawn at its own size, and has to be enlarged.
pub(super) fn decode(bytes: &[u8], options: &DecodeOptions) -> Result<Rgba, DecodeError> {
    let tree = parse(bytes)?;
    let size = tree.size();
    let scale = match options.need {
        Some((width, height)) if width > 0 || height > 0 => {
            (width as f32 / size.width()).max(height as f32 / size.height())
        }
        _ => 1.0,
    };
    match draw(&tree, scale, options) {
        Err(DecodeError::TooComplex) if scale > 1.0 => draw(&tree, 1.0, options),
        drawn => drawn,
    }
}

fn draw(tree: &Tree, scale: f32, options: &DecodeOptions) -> Result<Rgba, DecodeError> {
    let size = tree.size();
    let (width, height) = (whole(size.width() * scale), whole(size.height() * scale));
    options.limits.check_size(width, height)?;
    work::check(tree, scale, (width, height))?;
    let mut pixmap = Pixmap::new(width, height).ok_or(DecodeError::Empty)?;
    resvg::render(tree, Transform::from_scale(scale, scale), &mut pixmap.as_mut());
    Ok(Rgba { width, height, data: straight(pixmap.take()) })
}

/// Undoes the rasteriser's premultiplication.
fn straight(mut data: Vec<u8>) -> Vec<u8> {
    for pixel in data.chunks_exact_mut(4) {
        let alpha = u32::from(pixel[3]);
        if alpha != 0 && alpha != 255 {
            for channel in &mut pixel[..3] {
                *channel = ((u32::from(*channel) * 255 + alpha / 2) / alpha).min(255) as u8;
            }
        }
    }
    data
}

/// A length in whole pixels: up, but not for the noise of a float product.
fn whole(length: f32) -> u32 {
    ((length - 1e-3).ceil() as u32).max(1)
}

/// Reads a document after weighing what it asks for.
fn parse(bytes: &[u8]) -> Result<Tree, DecodeError> {
    if bytes.len() > MAX_BYTES {
        return Err(DecodeError::TooComplex);
    }
    let malformed = |reason: String| DecodeError::Malformed(reason);
    let text = std::str::from_utf8(bytes)
        .map_err(|_| malformed("a drawing that is not UTF-8".to_owned()))?;
    let parsing = roxmltree::ParsingOptions {
        // Files by Adobe Illustrator declare namespaces as entities; roxmltree bounds expansion.
        allow_dtd: true,
        nodes_limit: cost::MAX_NODES,
        ..roxmltree::ParsingOptions::default()
    };
    let document =
        roxmltree::Document::parse_with_options(text, parsing).map_err(|error| match error {
            roxmltree::Error::NodesLimitReached => DecodeError::TooComplex,
            error => malformed(error.to_string()),
        })?;
    cost::check(&document)?;
    Tree::from_xmltree(&document, &settings()).map_err(|error| malformed(error.to_string()))
}

/// Everything that would reach outside the document is refused.
fn settings() -> usvg::Options<'static> {
    usvg::Options {
        resources_dir: None,
        image_href_resolver: ImageHrefResolver {
            resolve_data: Box::new(|_, _, _| None),
            resolve_string: Box::new(|_, _| None),
        },
        ..usvg::Options::default()
    }
}

#[cfg(test)]
mod tests;
