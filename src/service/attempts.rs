//! Which artwork is tried, in order: the best and the next best from their hosts, then whatever of
//! the title is stored, in any size and at last of another family. Any artwork is better than none.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use super::cached_picture::PictureRequest;
use super::error::ServeError;
use super::pipeline::Pipeline;
use super::source::SourceKey;
use super::spec::{Content, PixelSource, RenderSpec, base_key};
use crate::gather::{ArtworkPreference, Chosen, TitleData};
use crate::model::{ArtworkKind, ArtworkRef, ArtworkSource, Language};
use crate::plan::SeasonName;
use crate::plan::words::Wording;
use crate::render::Framing;
use crate::request::{Fit, ImageSize};

/// After so many files that cannot be used, no more are fetched for now.
const MAX_FETCHED: usize = 3;
/// So many of the title's pictures are looked for on disk, best first.
const MAX_LOOKED_FOR: usize = 16;
/// For the next choice among what is stored: it may depend on a list that a provider does not give
/// just now.
const CHOICE_TIMEOUT: Duration = Duration::from_millis(200);
/// One picture to try.
#[derive(Clone, Debug)]
pub(super) struct Attempt {
    pub(super) spec: Arc<RenderSpec>,
    pub(super) chosen: Chosen,
}

/// Where artwork is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// On disk, else at its host.
    Hosts,
    /// In memory and on disk, in any size, at last of another family.
    Stored,
}

/// The attempts of one request at one origin.
#[derive(Debug)]
pub(super) struct Attempts<'a> {
    pub(super) pipeline: &'a Pipeline,
    pub(super) request: &'a PictureRequest,
    pub(super) data: &'a TitleData,
    pub(super) origin: Origin,
    queue: VecDeque<Attempt>,
    /// Families whose stored artwork is still to be looked for.
    families: VecDeque<ArtworkKind>,
    /// Artwork that was tried: its host does not give it, or it cannot be decoded, or nothing of it
    /// is stored.
    pub(super) tried: Vec<ArtworkRef>,
    /// Where the last file failed for a reason that concerns its host rather than it.
    failed_host: Option<ArtworkSource>,
    first_error: Option<ServeError>,
}

impl<'a> Attempts<'a> {
    pub(super) fn new(
        pipeline: &'a Pipeline,
        request: &'a PictureRequest,
        data: &'a TitleData,
        origin: Origin,
    ) -> Self {
        let kind = request.kind;
        Self {
            pipeline,
            request,
            data,
            origin,
            queue: VecDeque::new(),
            families: std::iter::once(kind).chain(kind.row().stand_ins.iter().copied()).collect(),
            tried: Vec::new(),
            failed_host: None,
            first_error: None,
        }
    }

    /// The next attempt, after all before it have failed.
    pub(super) async fn next(&mut self) -> Option<Attempt> {
        loop {
            if let Some(attempt) = self.queue.pop_front() {
                return Some(attempt);
            }
            let more = match self.origin {
                Origin::Hosts => self.queue_fetched().await,
                Origin::Stored => self.queue_stored().await,
            };
            if !more {
                return None;
            }
        }
    }

    /// An attempt came to nothing. A file whose width was refused is tried in another; otherwise its
    /// artwork is not tried again.
    pub(super) async fn note_failure(&mut self, attempt: &Attempt, error: ServeError) {
        if self.origin == Origin::Hosts
            && let Some(other) = self.in_other_width(attempt).await
        {
            self.queue.push_front(other);
            return;
        }
        let of_host = matches!(&error, ServeError::Upstream(e) if !e.is_not_found());
        self.failed_host = of_host.then_some(attempt.chosen.artwork.source);
        self.first_error.get_or_insert(error);
    }

    /// The same artwork in the width that is chosen now, where that is another than it was tried in.
    async fn in_other_width(&self, attempt: &Attempt) -> Option<Attempt> {
        let Attempt { chosen, spec } = attempt;
        let size = self.request.options.image_size;
        let choice = self.pipeline.file_of(chosen, self.request.kind, size).await;
        let source = PixelSource::File(choice.file);
        let is_other = source != spec.source;
        is_other.then(|| {
            let content = self.content(chosen, spec.provisional, choice.min_width);
            let content = Content { clearlogo: spec.clearlogo.clone(), ..content };
            let spec = RenderSpec::new(self.request, source, spec.framing, content);
            Attempt { spec: Arc::new(spec), chosen: chosen.clone() }
        })
    }

    /// Why there is no picture: what was wrong with the first choice.
    pub(super) fn into_error(self) -> ServeError {
        self.first_error.unwrap_or(ServeError::NoArtwork)
    }

    /// Queues the best artwork that was not tried; false where there is none.
    async fn queue_fetched(&mut self) -> bool {
        if self.tried.len() >= MAX_FETCHED {
            return false;
        }
        let mut preference = ArtworkPreference::of(self.request.kind, &self.request.options);
        if let Some(source) = self.failed_host {
            preference.source = match source {
                ArtworkSource::Tmdb => ArtworkSource::Fanart,
                ArtworkSource::Fanart => ArtworkSource::Tmdb,
            };
        }
        let (chosen, clearlogo) = match self.choose(&preference).await {
            Ok(chosen) => chosen,
            Err(error) => {
                self.first_error.get_or_insert(error.into());
                return false;
            }
        };
        let size = self.request.options.image_size;
        let choice = self.pipeline.file_of(&chosen, self.request.kind, size).await;
        let framing = self.pipeline.framing(self.request);
        let content = self.content(&chosen, !self.tried.is_empty(), choice.min_width);
        let content = Content { clearlogo, ..content };
        let source = PixelSource::File(choice.file);
        let spec = Arc::new(RenderSpec::new(self.request, source, framing, content));
        self.tried.push(chosen.artwork.clone());
        self.queue.push_back(Attempt { spec, chosen });
        true
    }

    /// Queues everything that may be stored of the next artwork, at last of another family; false
    /// where there is no other.
    async fn queue_stored(&mut self) -> bool {
        let Some(kind) = self.families.front().copied() else {
            return false;
        };
        let next =
            if self.tried.len() < MAX_LOOKED_FOR { self.next_stored(kind).await } else { None };
        let Some(chosen) = next else {
            self.families.pop_front();
            self.tried.clear();
            return true;
        };
        self.tried.push(chosen.artwork.clone());
        let mut framing = self.pipeline.framing(self.request);
        if kind != self.request.kind {
            // In its own ratio, on a blurred ground.
            framing.fit = Fit::Blur;
        }
        for source in self.stored_sources(&chosen, kind).await {
            let content = self.content(&chosen, true, 0);
            let spec = Arc::new(RenderSpec::new(self.request, source, framing, content));
            self.queue.push_back(Attempt { spec, chosen: chosen.clone() });
        }
        true
    }

    /// The best that was not looked for yet, at last the one that was used before details were
    /// known.
    async fn next_stored(&self, kind: ArtworkKind) -> Option<Chosen> {
        let preference = ArtworkPreference::of(kind, &self.request.options);
        let choice = self.pipeline.gatherer().choose(&self.data.record, &preference, &self.tried);
        if let Ok(Ok(chosen)) = tokio::time::timeout(CHOICE_TIMEOUT, choice).await {
            return Some(chosen);
        }
        let named = self.data.record.resolved.guess.of(kind)?.clone();
        let untried = !self.tried.contains(&named);
        untried.then(|| Chosen::named(named, kind))
    }

    /// Everything that this server may have stored of an artwork: the file in each width that one of
    /// its image sizes takes, then the bases in these sizes.
    async fn stored_sources(&self, chosen: &Chosen, kind: ArtworkKind) -> Vec<PixelSource> {
        let mut files: Vec<(ImageSize, SourceKey)> = Vec::new();
        for size in nearest_first(self.request.options.image_size) {
            files.push((size, self.pipeline.file_of(chosen, kind, size).await.file));
        }
        let mut sources: Vec<PixelSource> = Vec::new();
        let mut add = |source: PixelSource| {
            if !sources.contains(&source) {
                sources.push(source);
            }
        };
        for (_, file) in &files {
            add(PixelSource::File(file.clone()));
        }
        if !kind.is_lettering() {
            let own = self.pipeline.framing(self.request);
            for (size, file) in files {
                let file = PixelSource::File(file);
                for fit in [own.fit, Fit::Native] {
                    // A blurred one could not be made sharp.
                    let framing = Framing { kind, size, fit, blur: false, ..own };
                    add(PixelSource::Base(base_key(&file, &framing)));
                }
            }
        }
        sources
    }

    fn content(&self, chosen: &Chosen, provisional: bool, min_width: u32) -> Content {
        Content {
            showing: self.data.showing.clone(),
            labels: self.data.labels(),
            provisional: provisional || self.data.is_provisional(),
            min_width,
            season: self.unnamed_season(chosen),
            clearlogo: None,
        }
    }

    /// The season of a season's picture whose artwork is the series'.
    fn unnamed_season(&self, chosen: &Chosen) -> Option<SeasonName> {
        let is_unnamed = self.request.kind.is_of_season() && !chosen.is_of_season();
        let number = self.data.record.resolved.season.filter(|_| is_unnamed)?;
        let original = || self.data.details()?.title.original_language;
        let language = self.request.options.language.code().or_else(original);
        let wording = Wording::of(language.unwrap_or(Language::ENGLISH));
        Some(SeasonName { number, wording })
    }
}

/// The size itself, the larger ones, then the smaller ones.
fn nearest_first(size: ImageSize) -> impl Iterator<Item = ImageSize> {
    let own = ImageSize::ALL.iter().position(|other| *other == size).unwrap_or_default();
    let (smaller, larger) = ImageSize::ALL.split_at(own);
    larger.iter().chain(smaller.iter().rev()).copied()
}
