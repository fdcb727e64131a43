//! A whole artwork URL, parsed.

use percent_encoding::percent_decode_str;

use super::id::{self, IdRefusal, IdType};
use super::look::KeyLook;
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
    #[error("this key is not good for this family")]
    Family,
    #[error("this key is not good for this size")]
    Size,
}

impl ArtworkRequest {
    /// Reads a path and its raw query. `server` is what the server sets below
    /// everything else; `language` its language; `look` what the key changes.
    pub fn parse(
        path: ArtworkPath<'_>,
        query: &str,
        server: &OptionsPatch,
        language: Language,
        look: &KeyLook,
    ) -> Result<Self, RequestError> {
        let id_type = decode(path.id_type).and_then(|word| IdType::from_word(&word));
        let id_type = id_type.ok_or(RequestError::IdType)?;
        let style = decode(path.style).ok_or(StyleError::Malformed)?;
        let style = Style::parse(&style, look.profiles())?;
        let named = style.kind;
        let id = decode(path.id).ok_or(IdRefusal::Malformed)?;
        let (id, extension) = split_extension(&id);
        let mut title = id::parse(id_type, id, named.row().of)?;
        if !look.allows_family(named) {
            return Err(RequestError::Family);
        }

        let mut query_patch = OptionsPatch::default();
        let takes = |name: &str| look.leaves_free(name);
        let refused = table::apply_query_where(&mut query_patch, query, takes);
        let mut ignored: Vec<String> = refused.into_iter().map(str::to_owned).collect();
        title.media = title.media.or(query_patch.media);
        let layers = |style: Style, ignored: &mut Vec<String>| {
            // A named look comes beneath the rest of its own layer, and over the layers before.
            let kind = style.kind;
            let patch = server.clone().expanded(kind).under(look.patch(kind));
            let named = style_patch(style, look, ignored).expanded(kind);
            patch.under(named).under(query_patch.clone().expanded(kind))
        };
        let mut patch = layers(style.clone(), &mut ignored);
        let kind = patch.shape.map_or(named, |shape| named.tiled(shape));
        // A square is a poster's tile; a landscape is the backdrop, with all that is said of backdrops.
        if kind == ArtworkKind::Backdrop && kind != named {
            if !look.allows_family(kind) {
                return Err(RequestError::Family);
            }
            patch = layers(Style { kind, ..style }, &mut Vec::new());
        }
        let asked_size = patch.image_size;
        let mut options = patch.into_options(kind, language);
        match asked_size {
            Some(size) if !look.allows_size(size) => return Err(RequestError::Size),
            _ => options.image_size = look.size_in_place_of(options.image_size),
        }
        let output = extension.unwrap_or(Output::Image(kind.row().format));
        Ok(Self { kind, title, output, options, ignored })
    }

    /// The format of the picture, also of one that is only explained.
    pub fn format(&self) -> ImageFormat {
        match self.output {
            Output::Image(format) => format,
            Output::Explain => self.kind.row().format,
        }
    }
}

/// What the style sets over the key's look; names in `ignored` what has no effect.
fn style_patch(style: Style, look: &KeyLook, ignored: &mut Vec<String>) -> OptionsPatch {
    let named = match style.variant {
        Variant::BuiltIn => None,
        Variant::Profile(name) => Some(name),
    };
    if look.is_locked() {
        ignored.extend(named);
        return OptionsPatch::default();
    }
    let Some(name) = named else { return style.patch };
    let design = look.profiles().find(&name).and_then(|profile| profile.family(style.kind));
    let Some(design) = design else {
        ignored.push(name);
        return style.patch;
    };
    style.patch.under(design.patch())
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

    use std::sync::Arc;

    use serde_json::json;

    use super::*;
    use crate::model::MediaType;
    use crate::request::{
        BadgeSize, FieldReader, ImageSize, LookSettings, Place, Profile, Profiles, SavedOptions,
    };

    fn parse(path: &str, query: &str) -> Result<ArtworkRequest, RequestError> {
        let mut parts = path.splitn(3, '/');
        let mut next = || parts.next().unwrap_or_default();
        let path = ArtworkPath { id_type: next(), style: next(), id: next() };
        parse_under(&KeyLook::default(), path, query)
    }

    fn parse_under(
        look: &KeyLook,
        path: ArtworkPath<'_>,
        query: &str,
    ) -> Result<ArtworkRequest, RequestError> {
        ArtworkRequest::parse(path, query, &OptionsPatch::default(), Language::ENGLISH, look)
    }

    /// A look of these key settings, with a profile `night` for posters.
    fn look(options: &serde_json::Value, settings: LookSettings) -> KeyLook {
        let document = serde_json::json!({"version": 1, "families": {"poster": {"options":
            {"badge_size": "xl", "blur": true}}}});
        let night = Profile::read(&document).unwrap();
        let profiles = Arc::new(Profiles::new([("night".parse().unwrap(), night)]));
        let mut reader = FieldReader::default();
        let options = SavedOptions::read(&mut reader, Place::ROOT, options, None);
        let options = reader.finish(options).unwrap();
        KeyLook::new(LookSettings { options, ..settings }, &profiles)
    }

    fn poster(style: &str) -> ArtworkPath<'_> {
        ArtworkPath { id_type: "imdb", style, id: "tt0903747.jpg" }
    }

    #[test]
    fn later_layers_win_over_earlier_ones() {
        use BadgeSize::{ExtraLarge, ExtraSmall, Small};
        let options = json!({"badge_size": "s", "split": true, "badge_shape": "p"});
        let plain = look(&options, LookSettings::default());
        let of = |look: &KeyLook, style, query| parse_under(look, poster(style), query).unwrap();
        let told = |request: ArtworkRequest| {
            let options = request.options;
            (options.badge_size, options.split, options.blur, request.ignored.join(","))
        };
        let none = String::new();
        // The key's options, the profile in the address, the query.
        assert_eq!(told(of(&plain, "poster-default", "")), (Small, true, false, none.clone()));
        assert_eq!(told(of(&plain, "poster-night", "")), (ExtraLarge, true, true, none.clone()));
        assert_eq!(told(of(&plain, "Night", "")), (ExtraLarge, true, true, none.clone()));
        let queried = of(&plain, "poster-night", "badge_size=xs&split=false");
        assert_eq!(told(queried), (ExtraSmall, false, true, none.clone()));
        // The key's profile lies over the key's options.
        let profile = Some("night".parse().unwrap());
        let dark = look(&options, LookSettings { profile, ..LookSettings::default() });
        assert_eq!(told(of(&dark, "poster-default", "")), (ExtraLarge, true, true, none.clone()));
        // A family that the profile lacks takes the default, and says so.
        let backdrop = of(&plain, "backdrop-night", "");
        assert_eq!(told(backdrop), (Small, false, false, "night".to_owned()));
        assert_eq!(of(&plain, "poster-day", "").ignored, ["day"]);
        let day = parse_under(&plain, poster("day"), "");
        assert_eq!(day, Err(RequestError::Style(StyleError::UnknownProfile)));
    }

    #[test]
    fn a_locked_look_takes_only_what_is_no_design() {
        let settings = LookSettings { locked: true, ..LookSettings::default() };
        let locked = look(&json!({"badge_size": "s"}), settings);
        let query = "badge_size=xl&imageSize=large&lang=de&blur=true";
        for style in ["poster-night", "night", "textless-rt"] {
            let request = parse_under(&locked, poster(style), query).unwrap();
            let options = &request.options;
            assert_eq!((options.badge_size, options.blur), (BadgeSize::Small, false), "{style}");
            assert_eq!((options.textless, options.ratings.only), (false, false), "{style}");
            assert_eq!(options.image_size, ImageSize::Large);
            assert_eq!(request.ignored[..2], ["badge_size", "blur"]);
        }
    }

    #[test]
    fn a_key_may_be_for_some_families_and_sizes_only() {
        let settings = LookSettings {
            families: Some(vec![ArtworkKind::Poster]),
            sizes: Some(vec![ImageSize::Small, ImageSize::Large]),
            ..LookSettings::default()
        };
        let look = look(&json!({}), settings);
        let of = |style, query| parse_under(&look, poster(style), query);
        assert_eq!(of("backdrop-default", ""), Err(RequestError::Family));
        assert_eq!(of("poster-default", "imageSize=medium"), Err(RequestError::Size));
        assert_eq!(of("poster-default", "").unwrap().options.image_size, ImageSize::Small);
        let large = of("poster-default", "imageSize=large").unwrap();
        assert_eq!(large.options.image_size, ImageSize::Large);
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
    fn a_tiles_shape_picks_the_family() {
        use crate::model::Position::{BottomCenter, TopRight};
        let of = |path: &str, query: &str| {
            let request = parse(path, query).unwrap();
            (request.kind, request.options.position, request.options.textless)
        };
        let poster = "imdb/poster-default/tt0903747.jpg";
        let (landscape, square) = ("shape=landscape", "shape=square");
        assert_eq!(of(poster, "shape=poster"), (ArtworkKind::Poster, BottomCenter, false));
        assert_eq!(of(poster, landscape), (ArtworkKind::Backdrop, TopRight, false));
        assert_eq!(of(poster, square), (ArtworkKind::Square, BottomCenter, true));
        let season = "imdb/season-default/tt0903747-S1.jpg";
        assert_eq!(of(season, square).0, ArtworkKind::Season, "has no other shapes");
        let logo = "imdb/logo-default/tt0903747.png";
        assert_eq!(of(logo, landscape).0, ArtworkKind::Logo);
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
