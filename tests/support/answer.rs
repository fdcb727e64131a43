//! What a server answered, read whole.
#![allow(clippy::disallowed_methods, reason = "pictures of our own server need no limits")]

use bytes::Bytes;
use image::{DynamicImage, GenericImageView};

#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) async fn read(response: reqwest::Response) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = response.bytes().await.unwrap();
        Self { status, headers, body }
    }

    /// A header's text, empty where there is none.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// `X-Cache-Status`.
    pub(crate) fn cache(&self) -> &str {
        self.header("x-cache-status")
    }

    /// The picture of a 200.
    #[track_caller]
    pub(crate) fn picture(&self) -> DynamicImage {
        assert_eq!(self.status, 200, "{}", self.text());
        let decoded = image::load_from_memory(&self.body);
        decoded.unwrap_or_else(|error| panic!("{error}: {:?}", self.headers))
    }

    #[track_caller]
    pub(crate) fn size(&self) -> (u32, u32) {
        self.picture().dimensions()
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.text()))
    }

    /// The whole body as text; [`text`](Self::text) is cut for messages.
    pub(crate) fn text_whole(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body[..self.body.len().min(2000)]).into_owned()
    }

    /// The word of a JSON error.
    #[track_caller]
    pub(crate) fn code(&self) -> String {
        assert!(self.body.len() < 500, "a small error: {}", self.text());
        let json = self.json();
        assert!(json["error"]["message"].is_string(), "{json}");
        json["error"]["code"].as_str().unwrap().to_owned()
    }

    /// Status and word of an error.
    #[track_caller]
    pub(crate) fn refusal(&self) -> (u16, String) {
        (self.status, self.code())
    }

    /// `max-age` in seconds, where it may be kept.
    pub(crate) fn max_age(&self) -> Option<u64> {
        let policy = self.header("cache-control");
        policy.split(", ").find_map(|part| part.strip_prefix("max-age="))?.parse().ok()
    }

    /// It may be better in a moment, and says so to caches.
    pub(crate) fn is_provisional(&self) -> bool {
        self.max_age().is_some_and(|age| age <= 60) && self.header("x-accel-expires") == "0"
    }

    /// The colour in the middle of the upper half, where nothing is drawn by default.
    #[track_caller]
    pub(crate) fn colour(&self) -> [u8; 3] {
        let picture = self.picture();
        let (width, height) = picture.dimensions();
        let [r, g, b, _] = picture.get_pixel(width / 2, height * 2 / 5).0;
        [r, g, b]
    }

    /// Whether that colour is a title's.
    #[track_caller]
    pub(crate) fn is_of(&self, colour: [u8; 3]) -> bool {
        near(self.colour(), colour)
    }

    /// Whether badges are drawn at the bottom, where a poster has them by default.
    #[track_caller]
    pub(crate) fn is_rated(&self, colour: [u8; 3]) -> bool {
        let picture = self.picture().into_rgb8();
        let (width, height) = picture.dimensions();
        let lowest = (height * 4 / 5..height).flat_map(|y| (0..width).map(move |x| (x, y)));
        let other = lowest.filter(|(x, y)| !near(picture.get_pixel(*x, *y).0, colour)).count();
        other as u32 > width * height / 100
    }
}

fn near(a: [u8; 3], b: [u8; 3]) -> bool {
    a.iter().zip(b).all(|(a, b)| a.abs_diff(b) <= 14)
}
