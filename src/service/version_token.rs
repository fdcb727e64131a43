//! The token that clients cache a picture's address by.

use std::sync::Arc;

use super::Artworks;
use super::cached_picture::PictureRequest;
use super::spec::RENDER_VERSION;

impl Artworks {
    /// Eight hexadecimal digits that change with the version of this program, with the design in force and with the
    /// pixels of the whole picture in memory, where there is one. Asks nobody, fetches nothing.
    pub fn version_token(&self, request: &Arc<PictureRequest>) -> String {
        let picture = self.pipeline.cache.get(request).filter(|picture| !picture.provisional);
        let elements = picture.map_or_else(|| "0".to_owned(), |picture| picture.digest.to_string());
        token(env!("CARGO_PKG_VERSION"), request, &elements)
    }
}

fn token(version: &str, request: &PictureRequest, elements: &str) -> String {
    let mut hasher = blake3::Hasher::new();
    // Plain values always serialise.
    let design = serde_json::to_vec(&request.options).unwrap_or_default();
    let family = request.kind.family();
    let format = request.format.extension();
    hasher.update(format!("{version} {RENDER_VERSION} {family} {format} {elements} ").as_bytes());
    hasher.update(&design);
    hasher.finalize().to_hex()[..8].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ArtworkKind, ExternalId, ImageFormat, Language, TitleId, TmdbId};
    use crate::request::OptionsPatch;

    fn request(patch: OptionsPatch) -> PictureRequest {
        let id = TmdbId::new(603).unwrap();
        PictureRequest {
            kind: ArtworkKind::Poster,
            title: TitleId {
                external: ExternalId::Tmdb(id),
                media: None,
                season: None,
                episode: None,
            },
            format: ImageFormat::Jpeg,
            options: patch.into_options(ArtworkKind::Poster, Language::ENGLISH),
        }
    }

    #[test]
    fn a_token_follows_version_design_and_pixels() {
        let plain = request(OptionsPatch::default());
        let before = token("1.0.0", &plain, "0");
        assert!(before.len() == 8 && before.bytes().all(|byte| byte.is_ascii_hexdigit()));
        assert_eq!(before, token("1.0.0", &plain, "0"));
        assert_ne!(before, token("1.0.1", &plain, "0"));
        assert_ne!(before, token("1.0.0", &plain, "1f6c"));
        let blurred = request(OptionsPatch { blur: Some(true), ..OptionsPatch::default() });
        assert_ne!(before, token("1.0.0", &blurred, "0"));
    }
}
