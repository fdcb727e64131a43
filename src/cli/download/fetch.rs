//! From an address to a file in its place.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::failed;
use super::jobs::{FileJob, FileSource};
use crate::cli::bulk::{AdminClient, Failure, WebClient, WorkOutcome};
use crate::library::{FileType, Manifest, ManifestRow, NewFile, is_plain_folder};

/// Fetches files.
pub(super) struct Fetch<'a> {
    pub(super) client: &'a AdminClient,
    /// For what the server does not have.
    pub(super) web: Option<&'a WebClient>,
    pub(super) manifest: &'a Manifest,
    pub(super) out: &'a Path,
    pub(super) overwrite: bool,
}

impl Fetch<'_> {
    pub(super) async fn file(&self, job: &FileJob) -> WorkOutcome {
        let there = self.manifest.row(&job.key);
        if there.is_some_and(|row| !row.provisional && self.out.join(&row.path).is_file()) {
            return WorkOutcome::Unchanged;
        }
        if let Some(other) = self.others_file(job) {
            return WorkOutcome::Skipped(format!("{other} is there, and not ours"));
        }
        match self.fetch(job).await {
            Ok(outcome) => outcome,
            Err(failure) => failed(&failure),
        }
    }

    async fn fetch(&self, job: &FileJob) -> Result<WorkOutcome, Failure> {
        let folder = self.out.join(&job.folder);
        std::fs::create_dir_all(&folder)?;
        if !is_plain_folder(self.out, &folder) {
            return Ok(WorkOutcome::Failed("its folder is a link".to_owned()));
        }
        let mut file = NewFile::create(&folder, &job.stem)?;
        let picture = match &job.source {
            FileSource::Server { path, query } => {
                let path: Vec<&str> = path.iter().map(String::as_str).collect();
                self.client.picture(&path, query, None, &mut file).await?
            }
            FileSource::Web(url) => {
                let web = self.web.ok_or(Failure::Unusable)?;
                web.file(url, &mut file).await?;
                None
            }
        };
        let Some(kind) = kind_of(file.path())? else { return Err(Failure::Unusable) };
        let name = format!("{}.{}", job.stem, kind.extension());
        file.put(&folder.join(&name))?;
        let provisional = picture.is_some_and(|picture| picture.provisional);
        let path = format!("{}/{name}", job.folder);
        let (key, title) = (job.key.clone(), job.title.clone());
        self.manifest.add(ManifestRow { key, title, path: path.clone(), provisional })?;
        Ok(if provisional { WorkOutcome::Provisional(path) } else { WorkOutcome::Written(path) })
    }

    /// A file of this name that no run of ours wrote.
    fn others_file(&self, job: &FileJob) -> Option<String> {
        if self.overwrite {
            return None;
        }
        let names =
            FileType::ALL.map(|kind| format!("{}/{}.{}", job.folder, job.stem, kind.extension()));
        names.into_iter().find(|path| {
            let there = std::fs::symlink_metadata(self.out.join(path)).is_ok();
            there && !self.manifest.owns(path)
        })
    }
}

fn kind_of(path: &Path) -> std::io::Result<Option<FileType>> {
    let mut head = Vec::new();
    File::open(path)?.take(FileType::HEAD_BYTES as u64).read_to_end(&mut head)?;
    Ok(FileType::of(&head))
}
