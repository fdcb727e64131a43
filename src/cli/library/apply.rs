//! From a title to its pictures in their places.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::cli::bulk::{AdminClient, Failure, WorkOutcome};
use crate::library::{
    FileType, Ledger, LibraryItem, MediaServer, NewFile, Ours, Owner, PicturePlace, PlaceKind,
    TitleMatch, is_plain_folder, places,
};

/// Writes pictures.
pub(super) struct Apply<'a> {
    pub(super) client: &'a AdminClient,
    pub(super) root: &'a Path,
    pub(super) ledger: Mutex<&'a mut Ledger>,
    pub(super) server: MediaServer,
    pub(super) kinds: Vec<PlaceKind>,
    pub(super) query: &'a str,
    pub(super) overwrite: bool,
    pub(super) dry_run: bool,
}

/// One picture to be written.
#[derive(Clone, Debug)]
pub(super) struct PlaceJob {
    pub(super) place: PicturePlace,
    style: String,
    id: String,
    label: String,
}

impl<'a> Apply<'a> {
    /// The pictures of an item.
    pub(super) fn jobs(&self, item: &LibraryItem, found: &TitleMatch) -> Vec<PlaceJob> {
        let job = |place: PicturePlace| PlaceJob {
            style: format!("{}-default", place.kind.name()),
            id: format!("{}{}", found.title, place.part),
            label: found.label.clone(),
            place,
        };
        places(self.server, item, &self.kinds).into_iter().map(job).collect()
    }

    pub(super) async fn one(&self, job: &PlaceJob) -> WorkOutcome {
        let place = self.root.join(&job.place.path);
        let folder = place.parent().unwrap_or(self.root).to_owned();
        if !is_plain_folder(self.root, &folder) {
            return WorkOutcome::Skipped("a link leads there".to_owned());
        }
        let ours = self.ledger().ours(&job.place.path);
        if ours.is_none()
            && let Some(other) = self.others_file(&place)
        {
            return WorkOutcome::Skipped(format!("{other} is there, and not ours"));
        }
        if self.dry_run {
            return match ours {
                Some(_) => WorkOutcome::Unchanged,
                None => WorkOutcome::Skipped(format!("would be written for {}", job.label)),
            };
        }
        match self.fetch(job, ours, &folder).await {
            Ok(outcome) => outcome,
            Err(failure) if failure.is_absence() => WorkOutcome::Skipped(failure.to_string()),
            Err(failure) if failure.is_full_disk() => WorkOutcome::Fatal(failure.to_string()),
            Err(failure) => WorkOutcome::Failed(failure.to_string()),
        }
    }

    async fn fetch(
        &self,
        job: &PlaceJob,
        ours: Option<Ours>,
        folder: &Path,
    ) -> Result<WorkOutcome, Failure> {
        let path = &job.place.path;
        // The extension of the place is asked for: servers go by it.
        let extension = path.rsplit('.').next().unwrap_or("jpg");
        let id = format!("{}.{extension}", job.id);
        let key = format!("{} {id} {}", job.style, self.query);
        let etag = ours.as_ref().filter(|ours| ours.key == key).and_then(|ours| ours.etag.clone());
        let mut file = NewFile::create(folder, path)?;
        let segments = ["artwork", "tmdb", &job.style, &id];
        let fetched =
            self.client.picture(&segments, self.query, etag.as_deref(), &mut file).await?;
        let Some(picture) = fetched else { return Ok(WorkOutcome::Unchanged) };
        let etag = picture.etag.filter(|_| !picture.provisional);
        let new = Ours { hash: file.hash(), key, etag };
        if ours.is_some_and(|ours| ours.hash == new.hash) {
            self.ledger().confirm(path, new);
            return Ok(WorkOutcome::Unchanged);
        }
        Owner::of(&self.root.join(&job.place.neighbour)).give(file.path());
        self.ledger().put(path, file, new)?;
        Ok(match picture.provisional {
            true => WorkOutcome::Provisional(job.label.clone()),
            false => WorkOutcome::Written(job.label.clone()),
        })
    }

    /// A picture that is there and not ours: in the place itself, or beside it in another format.
    fn others_file(&self, place: &Path) -> Option<String> {
        let there = |path: &PathBuf| std::fs::symlink_metadata(path).ok();
        let names = FileType::ALL.map(FileType::extension).into_iter().chain(["jpeg", "tbn"]);
        let found = names.map(|extension| place.with_extension(extension)).find_map(|path| {
            let found = there(&path)?;
            let below = path.strip_prefix(self.root).ok()?.to_str()?.to_owned();
            let is_ours = self.ledger().ours(&below).is_some();
            // A link is never replaced, told to or not.
            (found.is_symlink() || (!self.overwrite && !is_ours)).then_some(path)
        })?;
        found.file_name().map(|name| name.to_string_lossy().into_owned())
    }

    fn ledger(&self) -> MutexGuard<'_, &'a mut Ledger> {
        // A panic in between leaves records that the journal says better.
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
