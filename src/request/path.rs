//! A whole artwork URL, parsed.

use percent_encoding::percent_decode_str;

use super::id::{self, IdRefusal, IdType};
use super::options::{Options, OptionsPatch};
use super::style::{Style, StyleError, Variant};
use super::table;
use crate::model::{ArtworkKind, ImageFormat, Language, TitleId, Words};

/// The three path segments after the key, still percent-encoded.
#[derive(Clone, Copy, Debug)]
pub struct ArtworkPath<'a> {
    pub id_type: &'a str,
    pub style: &'a str,
    /// With or without extension.
    pub id: &'a str,
}

/// What the extension asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Output {
    Image(ImageFormat),
    /// `.json`: how the picture came about.
    Explain,
}

/// What was asked, fully parsed, defaults applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArtworkRequest {
    pub kind: ArtworkKind,
    pub title: TitleId,
    pub output: Output,
    pub options: Options,
    /// Names for `X-Ignored-Parameters`: parameters, and a profile nobody saved.
    pub ignored: Vec<String>,
}

/// Why a URL asks for no artwork.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    #[error("unknown id type; expected one of {}", IdType::names().collect::<Vec<_>>().join(", "))]
    IdType,
    #[error(transparent)]
    Style(#[from] StyleError),
    #[error(transparent)]
    Id(#[from] IdRefusal),
}

impl ArtworkRequest {
    /// Reads a path and its raw query. `server` is what the server sets below
    /// everything else; `language` its language.
    pub fn parse(
        path: ArtworkPath<'_>,
        query: &str,
        server: &OptionsPatch,
        language: Language,
    ) -> Result<Self, RequestError> {
        let id_type = decode(path.id_type).and_then(|word| IdType::from_word(&word));
        let id_type = id_type.ok_or(RequestError::IdType)?;
        let style = Style::parse(&decode(path.style).ok_or(StyleError::Malformed)?)?;
        let id = decode(path.id).ok_or(IdRefusal::Malformed)?;
        let (id, extension) = split_extension(&id);
        let mut title = id::parse(id_type, id)?;

        let mut patch = OptionsPatch::default();
        let mut ignored: Vec<String> =
            table::apply_query(&mut patch, query).into_iter().map(str::to_owned).collect();
        if let Variant::Profile(name) = style.variant {
            ignored.push(name);
        }
        title.media = title.media.or(patch.media);
        let options =
            server.clone().under(style.patch).under(patch).into_options(style.kind, language);
        let output = extension.unwrap_or(Output::Image(style.kind.row().format));
        Ok(Self { kind: style.kind, title, output, options, ignored })
    }

    /// The format of the picture, also of one that is only explained.
    pub fn format(&self) -> ImageFormat {
        match self.output {
            Output::Image(format) => format,
            Output::Explain => self.kind.row().format,
        }
    }
}

fn decode(segment: &str) -> Option<String> {
    percent_decode_str(segment).decode_utf8().ok().map(std::borrow::Cow::into_owned)
}

/// Takes off a known extension, in any case.
fn split_extension(id: &str) -> (&str, Option<Output>) {
    let Some((stem, extension)) = id.rsplit_once('.') else {
        return (id, None);
    };
    let output = match ImageFormat::from_word(extension) {
        Some(format) => Output::Image(format),
        None if extension.eq_ignore_ascii_case("json") => Output::Explain,
        None => return (id, None),
    };
    (stem, Some(output))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::MediaType;
    use crate::request::ImageSize;

    fn parse(path: &str, query: &str) -> Result<ArtworkRequest, RequestError> {
        let mut parts = path.splitn(3, '/');
        let mut next = || parts.next().unwrap_or_default();
        let path = ArtworkPath { id_type: next(), style: next(), id: next() };
        ArtworkRequest::parse(path, query, &OptionsPatch::default(), Language::ENGLISH)
    }

    #[test]
    fn real_clients_urls_are_understood() {
        for (path, kind, format, id) in [
            (
                "imdb/poster-default/tt0903747.jpg",
                ArtworkKind::Poster,
                ImageFormat::Jpeg,
                "tt0903747",
            ),
            ("imdb/poster-default/tt0903747", ArtworkKind::Poster, ImageFormat::Jpeg, "tt0903747"),
            ("imdb/logo-default/tt0903747", ArtworkKind::Logo, ImageFormat::Png, "tt0903747"),
            (
                "tmdb/backdrop-default/series-1396.webp",
                ArtworkKind::Backdrop,
                ImageFormat::Webp,
                "tmdb:tv:1396",
            ),
            (
                "imdb/episode-default/tt0903747%3A1%3A1.jpg",
                ArtworkKind::Still,
                ImageFormat::Jpeg,
                "tt0903747:1:1",
            ),
            (
                "tmdb/thumbnail-default/episode-1396-S1E1.JPG",
                ArtworkKind::Still,
                ImageFormat::Jpeg,
                "tmdb:tv:1396:1:1",
            ),
            (
                "tvdb/poster-default/series-81189.png",
                ArtworkKind::Poster,
                ImageFormat::Png,
                "tvdb:81189",
            ),
            ("auto/default/tmdb:1396.jpeg", ArtworkKind::Poster, ImageFormat::Jpeg, "tmdb:1396"),
        ] {
            let request = parse(path, "fallback=true").unwrap();
            assert_eq!((request.kind, request.format()), (kind, format), "{path}");
            assert_eq!(request.title.to_string(), id, "{path}");
        }
    }

    #[test]
    fn the_type_parameter_says_what_a_bare_number_is() {
        let request = parse("tmdb/poster-default/603.jpg", "type=movie").unwrap();
        assert_eq!(request.title.media, Some(MediaType::Movie));
        // What the id itself says is not overruled.
        let request = parse("tmdb/poster-default/tv-603.jpg", "type=movie").unwrap();
        assert_eq!(request.title.media, Some(MediaType::Series));
    }

    #[test]
    fn an_unknown_variant_renders_default_and_is_named() {
        let request = parse("imdb/poster-clean/tt0903747.jpg", "imageSize=enormous").unwrap();
        assert_eq!(request.options.image_size, ImageSize::Medium);
        assert_eq!(request.ignored, ["imageSize", "clean"]);
    }

    #[test]
    fn refusals_are_told_apart() {
        assert_eq!(parse("isbn/poster-default/1.jpg", ""), Err(RequestError::IdType));
        assert_eq!(
            parse("imdb/fancy/tt1.jpg", ""),
            Err(RequestError::Style(StyleError::UnknownProfile))
        );
        assert_eq!(
            parse("imdb/poster-default/{imdb_id}.jpg", ""),
            Err(RequestError::Id(IdRefusal::Unfilled))
        );
        assert_eq!(
            parse("imdb/poster-default/tt1.gif", ""),
            Err(RequestError::Id(IdRefusal::Malformed))
        );
    }

    proptest! {
        #[test]
        fn any_path_and_query_are_survived(path in ".{0,120}", query in ".{0,120}") {
            let _ = parse(&path, &query);
        }
    }
}
