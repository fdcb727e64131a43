//! The pictures of an Imgur album.
//!
//! Source: <https://apidocs.imgur.com/>, "Album".

use serde_json::Value;
use url::Url;

use super::failed;
use super::jobs::{DownloadJob, FileJob, FileSource};
use crate::cli::CliError;
use crate::cli::bulk::{WebClient, WorkOutcome};
use crate::config::BulkConfig;
use crate::env::Secret;
use crate::library::{Manifest, safe_name};

/// Where Imgur's own pictures are, whatever host the settings name in its place.
const IMAGE_HOST: &str = "i.imgur.com";
/// Imgur's ids are five to seven letters and digits.
const MAX_ID: usize = 16;

/// An album by its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Album(String);

impl Album {
    /// `imgur:q6i58`, `imgur:https://imgur.com/a/q6i58`, `https://imgur.com/gallery/some-title-q6i58`; `None` for what is no
    /// album's name, an error for one that cannot be understood.
    pub(super) fn parse(text: &str) -> Option<Result<Self, CliError>> {
        let (named, rest) = match text.strip_prefix("imgur:") {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let id = match Url::parse(rest) {
            Ok(url) => {
                let host = url.host_str().unwrap_or_default();
                let host = host.trim_start_matches("www.").trim_start_matches("m.");
                if host != "imgur.com" {
                    let wrong = || CliError::Usage(format!("{text}: no album of Imgur's"));
                    return named.then(|| Err(wrong()));
                }
                let parts: Vec<&str> =
                    url.path_segments()?.filter(|part| !part.is_empty()).collect();
                match parts[..] {
                    ["a" | "gallery", slug, ..] => {
                        slug.rsplit('-').next().unwrap_or(slug).to_owned()
                    }
                    _ => String::new(),
                }
            }
            Err(_) if named => rest.to_owned(),
            Err(_) => return None,
        };
        let plain =
            (1..=MAX_ID).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric());
        Some(match plain {
            true => Ok(Self(id)),
            false => Err(CliError::Usage(format!("{text}: no album of Imgur's"))),
        })
    }
}

/// Asks Imgur for albums.
pub(super) struct Imgur {
    web: WebClient,
    api: Url,
    images: Url,
}

impl Imgur {
    pub(super) fn new(config: &BulkConfig) -> Result<Self, CliError> {
        let missing = "IMGUR_CLIENT_ID is not set: imgur.com gives client ids for nothing";
        let id = config.imgur_client_id.as_ref();
        let id = id.ok_or_else(|| CliError::Usage(missing.to_owned()))?;
        let web = WebClient::new(Some(Secret::new(format!("Client-ID {}", id.expose()))))?;
        Ok(Self { web, api: config.imgur_api.clone(), images: config.imgur_images.clone() })
    }

    pub(super) fn web(&self) -> &WebClient {
        &self.web
    }

    /// What is to be fetched of an album.
    pub(super) async fn jobs(&self, album: &Album, manifest: &Manifest) -> Vec<DownloadJob> {
        let item = format!("imgur:{}", album.0);
        let mut url = self.api.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(["album", &album.0]);
        }
        let document = match self.web.json(&url).await {
            Ok(document) => document,
            Err(failure) => return vec![DownloadJob::Known { item, outcome: failed(&failure) }],
        };
        let data = &document["data"];
        let Some(images) = data["images"].as_array() else {
            let outcome = WorkOutcome::Failed("Imgur sent no album".to_owned());
            return vec![DownloadJob::Known { item, outcome }];
        };
        let name = data["title"].as_str().filter(|title| !title.trim().is_empty());
        let name = safe_name(name.unwrap_or(&album.0));
        let title = format!("imgur-{}", album.0);
        let folder = manifest.claim(&name, &title, &format!("[imgur-{}]", album.0));
        let mut jobs = Vec::new();
        for (index, image) in images.iter().enumerate() {
            let item = format!("{name} {}", index + 1);
            jobs.push(match self.address(image) {
                Ok(url) => DownloadJob::Fetch(FileJob {
                    item,
                    key: format!("{title} {}", image["id"].as_str().unwrap_or_default()),
                    title: title.clone(),
                    folder: folder.clone(),
                    stem: format!("{:03}", index + 1),
                    source: FileSource::Web(url),
                }),
                Err(why) => {
                    DownloadJob::Known { item, outcome: WorkOutcome::Skipped(why.to_owned()) }
                }
            });
        }
        jobs
    }

    /// Where a picture is; else why it is left out.
    fn address(&self, image: &Value) -> Result<Url, &'static str> {
        let is_video = image["type"].as_str().is_some_and(|mime| mime.starts_with("video/"));
        if is_video {
            return Err("a video");
        }
        let link = image["link"].as_str().and_then(|link| Url::parse(link).ok());
        let link = link.ok_or("without an address")?;
        if link.host_str() != Some(IMAGE_HOST) {
            return Err("on another host");
        }
        let file = link.path_segments().and_then(Iterator::last).unwrap_or_default();
        let mut url = self.images.clone();
        url.path_segments_mut().map_err(|()| "without an address")?.pop_if_empty().push(file);
        Ok(url)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn albums_are_named_by_id_or_address() {
        let parse = |text: &str| Album::parse(text).map(|album| album.ok().map(|album| album.0));
        for text in [
            "imgur:q6i58",
            "imgur:https://imgur.com/a/q6i58",
            "https://imgur.com/a/q6i58",
            "https://www.imgur.com/a/wallpapers-q6i58/",
            "https://imgur.com/gallery/some-title-q6i58",
        ] {
            assert_eq!(parse(text), Some(Some("q6i58".to_owned())), "{text}");
        }
        for text in
            ["imgur:", "imgur:../x", "imgur:https://example.org/a/x", "https://imgur.com/a/"]
        {
            assert_eq!(parse(text), Some(None), "{text}");
        }
        for text in ["tt0133093", "list.csv", "https://example.org/a/q6i58"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn videos_and_other_hosts_are_left_out() {
        let config =
            BulkConfig { imgur_client_id: Some(Secret::new("x")), ..BulkConfig::default() };
        let imgur = Imgur::new(&config).unwrap();
        let image = |link: &str, mime: &str| json!({"id": "a", "link": link, "type": mime});
        let fine = imgur.address(&image("https://i.imgur.com/a.jpg", "image/jpeg")).unwrap();
        assert_eq!(fine.as_str(), "https://i.imgur.com/a.jpg");
        assert!(imgur.address(&image("https://i.imgur.com/a.mp4", "video/mp4")).is_err());
        assert!(imgur.address(&image("http://10.0.0.1/a.jpg", "image/jpeg")).is_err());
        assert!(imgur.address(&json!({})).is_err());
    }
}
