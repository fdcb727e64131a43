//! Addresses of our own pictures, as answers to other protocols hold them.

use std::sync::Arc;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::form_urlencoded;

use super::public_url::PublicUrl;
use super::state::RequestDefaults;
use crate::model::{ArtworkKind, ImageFormat, Words};
use crate::request::{ArtworkPath, ArtworkRequest, KeyLook, OptionSpec};
use crate::service::{Artworks, PictureRequest};

/// What an id in a path need not be encoded for.
const IN_ID: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b':').remove(b'.');

/// What addresses say about the design: a variant (`default`, a look or a profile) and parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct AddressDesign {
    pub(super) variant: String,
    pub(super) query: Vec<(String, String)>,
}

impl Default for AddressDesign {
    fn default() -> Self {
        Self { variant: "default".to_owned(), query: Vec::new() }
    }
}

impl AddressDesign {
    /// With parameters as a query writes them, those that are none of ours left out.
    pub(super) fn of_query(query: &str) -> Self {
        let pairs = form_urlencoded::parse(query.as_bytes()).into_owned();
        // The version token is ours to say.
        let known =
            pairs.filter(|(name, _)| OptionSpec::named(name).is_some_and(|spec| spec.name != "v"));
        Self { query: known.collect(), ..Self::default() }
    }

    pub(super) fn says(&self, option: &str) -> bool {
        self.query.iter().any(|(name, _)| {
            OptionSpec::named(name).is_some_and(|spec| spec.name.eq_ignore_ascii_case(option))
        })
    }
}

/// Makes addresses below one key.
#[derive(Clone, Copy)]
pub(super) struct PictureAddresses<'a> {
    pub(super) base: &'a PublicUrl,
    pub(super) key: &'a str,
    pub(super) look: &'a KeyLook,
    pub(super) defaults: &'a RequestDefaults,
    pub(super) artworks: &'a Artworks,
    pub(super) design: &'a AddressDesign,
}

impl PictureAddresses<'_> {
    /// The address of a picture with a version token; `None` where the key is not good for it, there is no
    /// such family, or the id can be none.
    pub(super) fn of(
        &self,
        family: &str,
        (id_type, id): (&str, &str),
        more: &[(&str, &str)],
    ) -> Option<String> {
        let kind = ArtworkKind::from_word(family)?;
        let style = format!("{family}-{}", self.design.variant);
        let extension = match kind.is_lettering() {
            true => ImageFormat::Png.extension(),
            false => ImageFormat::Jpeg.extension(),
        };
        let file = format!("{}.{extension}", utf8_percent_encode(id, IN_ID));
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(&self.design.query).extend_pairs(more);
        let query = query.finish();
        let path = ArtworkPath { id_type, style: &style, id: &file };
        let RequestDefaults { options, language } = self.defaults;
        let request = ArtworkRequest::parse(path, &query, options, *language, self.look).ok()?;
        let token = self.artworks.version_token(&Arc::new(PictureRequest::from(&request)));
        let and = if query.is_empty() { "" } else { "&" };
        let (base, key) = (&self.base.0, self.key);
        Some(format!("{base}/{key}/{id_type}/{style}/{file}?{query}{and}v={token}"))
    }
}
