//! From a title to the files that are wanted of it.

use std::collections::HashMap;
use std::path::Path;

use url::Url;

use super::failed;
use crate::cli::bulk::{
    AdminClient, Failure, MatchedTitle, TitleRef, WorkOutcome, find_by_name, title_of, unsure,
};
use crate::identify::ParsedName;
use crate::library::{FileType, Manifest, safe_name};
use crate::model::{MediaType, Words};

/// What of each title.
#[derive(Debug)]
pub(super) enum WantedArtwork {
    /// A picture of each style.
    Styles { styles: Vec<String>, query: String, plain: bool },
    /// Every picture of these kinds; of all where none is named.
    All(Vec<&'static str>),
}

/// A step of the work.
#[derive(Debug)]
pub(super) enum DownloadJob {
    /// Nothing is to be fetched.
    Known {
        item: String,
        outcome: WorkOutcome,
    },
    Fetch(FileJob),
}

/// A file to be fetched.
#[derive(Debug)]
pub(super) struct FileJob {
    /// What it is called while it is under way.
    pub(super) item: String,
    pub(super) key: String,
    /// Whose folder it goes into.
    pub(super) title: String,
    pub(super) folder: String,
    /// Without extension.
    pub(super) stem: String,
    pub(super) source: FileSource,
}

/// Where a file is had from.
#[derive(Debug)]
pub(super) enum FileSource {
    /// The server: segments below `/api/admin`, and the query.
    Server {
        path: Vec<String>,
        query: String,
    },
    Web(Url),
}

/// Finds out which files are wanted.
pub(super) struct Expand<'a> {
    pub(super) client: &'a AdminClient,
    pub(super) manifest: &'a Manifest,
    pub(super) wanted: &'a WantedArtwork,
    pub(super) out: &'a Path,
}

impl Expand<'_> {
    pub(super) async fn jobs(&self, title: TitleRef) -> Vec<DownloadJob> {
        let item = title.to_string();
        let jobs = match self.wanted {
            WantedArtwork::Styles { .. } => self.styles(&title).await,
            WantedArtwork::All(kinds) => self.all(&title, kinds).await,
        };
        jobs.unwrap_or_else(|outcome| vec![DownloadJob::Known { item, outcome }])
    }

    async fn styles(&self, title: &TitleRef) -> Result<Vec<DownloadJob>, WorkOutcome> {
        let WantedArtwork::Styles { styles, query, plain } = self.wanted else {
            return Ok(Vec::new());
        };
        let form = if *plain { "plain" } else { "artwork" };
        let key = |style: &str| format!("{form} {title} {style} {query}");
        let (there, missing): (Vec<&String>, Vec<&String>) =
            styles.iter().partition(|style| self.is_there(&key(style)));
        let mut jobs: Vec<DownloadJob> = there
            .into_iter()
            .map(|style| DownloadJob::Known {
                item: format!("{title} {style}"),
                outcome: WorkOutcome::Unchanged,
            })
            .collect();
        if missing.is_empty() {
            return Ok(jobs);
        }
        let (found, id_type, id) = self.find(title).await?;
        let folder = self.folder(&found);
        let part = part_of(&id).map(|part| format!("-{part}")).unwrap_or_default();
        jobs.extend(missing.into_iter().map(|style| {
            let stem = safe_name(&format!("{}{part}", style.trim_end_matches("-default")));
            let path = [form, &id_type, &style_of(style), &id].map(str::to_owned).into();
            DownloadJob::Fetch(FileJob {
                item: format!("{} {style}{part}", found.label()),
                key: key(style),
                title: found.id.clone(),
                folder: folder.clone(),
                stem,
                source: FileSource::Server { path, query: query.clone() },
            })
        }));
        Ok(jobs)
    }

    async fn all(&self, title: &TitleRef, kinds: &[&str]) -> Result<Vec<DownloadJob>, WorkOutcome> {
        let (found, id_type, id) = self.find(title).await?;
        let folder = self.folder(&found);
        let listed = self.client.json(&["images", &id_type, &id], "").await;
        let listed = listed.map_err(|failure| failed(&failure))?;
        let images = listed["images"].as_array().map(Vec::as_slice).unwrap_or_default();
        let mut numbers: HashMap<String, u32> = HashMap::new();
        let mut jobs = Vec::new();
        for image in images {
            let text = |name: &str| image[name].as_str();
            let (Some(kind), Some(file)) = (text("kind"), text("file")) else { continue };
            if !kinds.is_empty() && !kinds.contains(&kind) {
                continue;
            }
            let key = format!("image {file}");
            let item = format!("{} {file}", found.label());
            if self.is_there(&key) {
                jobs.push(DownloadJob::Known { item, outcome: WorkOutcome::Unchanged });
                continue;
            }
            let series = format!("{kind}-{}", text("language").unwrap_or("none"));
            let number = numbers.entry(series.clone()).or_default();
            let stem = self.free_stem(&folder, &series, number);
            let path = vec!["image".to_owned(), file.to_owned()];
            let source = FileSource::Server { path, query: String::new() };
            let (title, folder) = (found.id.clone(), folder.clone());
            jobs.push(DownloadJob::Fetch(FileJob { item, key, title, folder, stem, source }));
        }
        Ok(jobs)
    }

    /// The next number of a series of pictures that no earlier file has.
    fn free_stem(&self, folder: &str, series: &str, number: &mut u32) -> String {
        loop {
            *number += 1;
            let stem = safe_name(&format!("{series}-{number:03}"));
            let taken = FileType::ALL
                .iter()
                .any(|kind| self.manifest.owns(&format!("{folder}/{stem}.{}", kind.extension())));
            if !taken {
                return stem;
            }
        }
    }

    /// Whether an earlier run left nothing to do.
    fn is_there(&self, key: &str) -> bool {
        let row = self.manifest.row(key);
        row.is_some_and(|row| !row.provisional && self.out.join(&row.path).is_file())
    }

    fn folder(&self, found: &MatchedTitle) -> String {
        self.manifest.claim(&safe_name(&found.label()), &found.id, &found.mark())
    }

    /// The title, and the id by which its pictures are asked for.
    async fn find(&self, title: &TitleRef) -> Result<(MatchedTitle, String, String), WorkOutcome> {
        let failed = |failure: Failure| failed(&failure);
        match title {
            TitleRef::Id { id_type, id } => {
                let found = title_of(self.client, id_type, id, "").await.map_err(failed)?;
                Ok((found, (*id_type).to_owned(), id.clone()))
            }
            TitleRef::Name { name, year, media } => {
                let year = year.and_then(|year| year.try_into().ok());
                let parsed = ParsedName { title: name.clone(), year, ..ParsedName::default() };
                let media = media.as_deref().and_then(MediaType::from_word);
                let found = find_by_name(self.client, &parsed, media).await.map_err(failed)?;
                let (found, _) = found.map_err(|others| WorkOutcome::Failed(unsure(&others)))?;
                let id = found.id.clone();
                Ok((found, "tmdb".to_owned(), id))
            }
        }
    }
}

/// A bare family is its default look.
fn style_of(style: &str) -> String {
    if style.contains('-') { style.to_owned() } else { format!("{style}-default") }
}

/// `S01E02` of `tt0903747:1:2`, `S02` of `series-1396-S2`; `None` where the id is a whole title's.
fn part_of(id: &str) -> Option<String> {
    let mut head = id;
    let mut numbers: Vec<u32> = Vec::new();
    while numbers.len() < 2 {
        let Some((before, last)) = head.rsplit_once([':', '-']) else { break };
        if !before.contains(|c: char| c.is_ascii_digit()) {
            break;
        }
        let found = match last.strip_prefix(['s', 'S']).map(|rest| rest.split_once(['e', 'E'])) {
            Some(Some((season, episode))) => vec![season.parse().ok()?, episode.parse().ok()?],
            Some(None) => vec![last[1..].parse().ok()?],
            None => vec![last.parse().ok()?],
        };
        numbers.splice(0..0, found);
        head = before;
    }
    match numbers[..] {
        [season, episode, ..] => Some(format!("S{season:02}E{episode:02}")),
        [season] => Some(format!("S{season:02}")),
        [] => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_part_of_an_id_is_in_the_name() {
        for (id, part) in [
            ("tt0903747", None),
            ("movie-603", None),
            ("tmdb:603", None),
            ("kitsu:7442", None),
            ("tt0903747:1:2", Some("S01E02")),
            ("episode-1396-S1E12", Some("S01E12")),
            ("tmdb:1396:2:3", Some("S02E03")),
            ("series-1396-S2", Some("S02")),
            ("kitsu:7442:5", Some("S05")),
        ] {
            assert_eq!(part_of(id).as_deref(), part, "{id}");
        }
    }

    #[test]
    fn styles_have_a_variant() {
        assert_eq!(style_of("poster"), "poster-default");
        assert_eq!(style_of("poster-minimal"), "poster-minimal");
    }
}
