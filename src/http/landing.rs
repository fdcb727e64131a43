//! The page at `/`: what this is, the demo's posters, and a field to try an address.

use std::fmt::Write;
use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{Html, IntoResponse, Response};

use super::state::Showcase;
use crate::demo;
use crate::keys::{FREE_KEY, Keys};

/// A series that everybody knows, where the demo catalogue is not served.
pub const SAMPLE_ID: &str = "tt0903747";

pub(super) async fn page(
    State(keys): State<Arc<Keys>>,
    State(showcase): State<Showcase>,
) -> Response {
    // With it accepted, whether by name or because any key is, visitors need none of their own.
    let public_key = keys.check(FREE_KEY).is_ok().then_some(FREE_KEY);
    let nonce = format!("{:032x}", rand::random::<u128>());
    let page = include_str!("landing.html")
        .replace("{{gallery}}", &gallery(showcase, public_key))
        .replace("{{key}}", public_key.unwrap_or_default())
        .replace("{{sample}}", &sample(showcase))
        .replace("{{nonce}}", &nonce);
    ([(header::CONTENT_SECURITY_POLICY, policy(&nonce))], Html(page)).into_response()
}

/// Nothing is loaded from anywhere else; style and script are the page's own.
fn policy(nonce: &str) -> HeaderValue {
    let policy = format!(
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'nonce-{nonce}'; \
         img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'"
    );
    HeaderValue::try_from(policy).expect("ASCII words and digits are a header value")
}

fn sample(showcase: Showcase) -> String {
    match (showcase, demo::titles().first()) {
        (Showcase::Demo, Some(title)) => title.imdb.to_string(),
        _ => SAMPLE_ID.to_owned(),
    }
}

/// The demo's posters; empty places until the visitor has given a key, where one is needed.
fn gallery(showcase: Showcase, public_key: Option<&str>) -> String {
    if showcase == Showcase::Nothing {
        return String::new();
    }
    let note = match public_key {
        Some(_) => "",
        None => " Enter your key below to see them here.",
    };
    let mut html = format!(
        "<h2>The demo catalogue</h2>\n<p>TMDB_API_KEY is not set, so this server shows titles that \
         do not exist, by the same way as real ones.{note}</p>\n<ul class=\"gallery\">\n"
    );
    for title in demo::titles() {
        let path = format!("imdb/poster-default/{}.jpg", title.imdb);
        let source = match public_key {
            Some(key) => format!("src=\"{key}/{path}\""),
            None => format!("data-path=\"{path}\""),
        };
        let (name, shows) = (escaped(&title.name), escaped(&title.shows));
        // Writing to a String does not fail.
        let _ = writeln!(
            html,
            "<li><figure><img {source} alt=\"\" width=\"580\" height=\"870\" loading=\"lazy\">\
             <figcaption>{name} <span><code>{}</code><br>{shows}</span></figcaption></figure></li>",
            title.imdb,
        );
    }
    html.push_str("</ul>");
    html
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_shown_only_with_a_key_that_everybody_has() {
        let open = gallery(Showcase::Demo, Some(FREE_KEY));
        assert!(open.contains("src=\"t0-free-rpdb/imdb/poster-default/tt"), "{open}");
        let closed = gallery(Showcase::Demo, None);
        assert!(!closed.contains("src=") && closed.contains("Enter your key"), "{closed}");
        assert_eq!(closed.matches("<li>").count(), demo::titles().len());
        assert_eq!(gallery(Showcase::Nothing, Some(FREE_KEY)), "");
    }

    #[test]
    fn the_page_is_filled_in_wholly() {
        let page = include_str!("landing.html");
        let known = ["{{gallery}}", "{{key}}", "{{sample}}", "{{nonce}}"];
        let filled = known.iter().fold(page.to_owned(), |page, name| page.replace(name, ""));
        assert!(!filled.contains("{{"), "{filled}");
        assert_eq!(escaped("a<b>&\"c\""), "a&lt;b&gt;&amp;&quot;c&quot;");
    }
}
