//! Bytes ↔ pixels. Knows formats and colour; knows nothing of titles, requests or files.
//!
//! Sources are hostile: size in bytes, sides and area are checked before anything is allocated for
//! pixels, and a panic inside a third-party decoder becomes an error. What comes out is upright,
//! eight-bit sRGB; what goes out carries no metadata.

mod avif;
mod blur;
mod buffer_pool;
mod color;
mod decode;
mod demand;
mod error;
mod fit;
mod id;
mod jpeg;
mod picture;
mod plane_scale;
mod planes;
mod png;
mod svg;
mod webp;

pub(crate) use avif::{AVIF_ENABLED, encode_avif, encode_avif_alpha};
pub use blur::blur;
pub use decode::{DecodeOptions, Limits, decode, probe};
pub(crate) use decode::{SourceFormat, decode_planes};
pub(crate) use demand::demand;
pub use error::RestartError;
pub(crate) use error::{DecodeError, EncodeError};
pub use fit::{CropRect, crop_resize};
pub(crate) use fit::{crop_resize_alpha, crop_resize_planes};
pub(crate) use id::id;
pub use jpeg::{RestartJpeg, RowPatch, encode_jpeg};
pub(crate) use picture::Picture;
pub use picture::{Rgb, Rgba};
pub(crate) use planes::{Plane, Planes};
pub use png::{PngEffort, encode_png, encode_png_alpha};
pub use webp::encode_webp;
pub(crate) use webp::encode_webp_alpha;

#[cfg(test)]
mod samples;
