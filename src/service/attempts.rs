//! Which artwork is tried, in order: the best and the next best from their hosts, then whatever of
//! the title is stored, in any size and at last of another family. Any artwork is better than none.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::cached_picture::PictureRequest;
use super::error::ServeError;
use super::pipeline::Pipeline;
use super::source::SourceKey;
use super::spec::{Content, PixelSource, RenderSpec, base_key};
use crate::gather::{ArtworkPreference, Chosen, Completeness, Pick, TitleData};
use crate::model::{ArtworkKind, ArtworkRef, ArtworkSource};
use crate::render::Framing;
use crate::request::{Fit, ImageSize};

/// After so many files that cannot be used, no more are fetched for now.
const MAX_FETCHED: usize = 3;
/// So many of the title's pictures are looked for on disk, best first.
const MAX_LOOKED_FOR: usize = 16;
/// For the next choice among what is stored: it may depend on a list that a provider does not give
/// just now.
const CHOICE_TIMEOUT: Duration = Duration::from_millis(200);
/// How long a picture that is late already waits for its artwork before another that is stored will
/// do.
const HOSTS_TIMEOUT: Duration = Duration::from_millis(400);

/// One picture to try.
#[derive(Clone, Debug)]
pub(super) struct Attempt {
    pub(super) spec: Arc<RenderSpec>,
    pub(super) chosen: Chosen,
    /// Hosts may be asked.
    pub(super) fetches: bool,
    /// Until when it is waited for.
    pub(super) until: Option<Instant>,
}

/// Where artwork is looked for.
#[derive(Clone, Copy, Debug)]
enum Stage {
    Hosts {
        until: Option<Instant>,
    },
    /// Artwork of this family that is in memory or on disk.
    Stored(ArtworkKind),
}

/// The attempts of one request.
#[derive(Debug)]
pub(super) struct Attempts<'a> {
    pipeline: &'a Pipeline,
    request: &'a PictureRequest,
    data: &'a TitleData,
    stages: VecDeque<Stage>,
    queue: VecDeque<Attempt>,
    /// Artwork that its host does not give, or that cannot be decoded.
    failed: Vec<ArtworkRef>,
    /// Artwork of the present stage that was looked for on disk.
    seen: Vec<ArtworkRef>,
    /// The last file failed for a reason that concerns its host rather than it.
    host_failed: Option<ArtworkSource>,
    first_error: Option<ServeError>,
}

impl<'a> Attempts<'a> {
    pub(super) fn new(
        pipeline: &'a Pipeline,
        request: &'a PictureRequest,
        data: &'a TitleData,
        completeness: Completeness,
    ) -> Self {
        let mut stages = VecDeque::new();
        if completeness == Completeness::Arrived {
            stages.push_back(Stage::Hosts { until: Some(Instant::now() + HOSTS_TIMEOUT) });
            stages.extend(stored_stages(request.kind));
            stages.push_back(Stage::Hosts { until: None });
        } else {
            stages.push_back(Stage::Hosts { until: None });
            stages.extend(stored_stages(request.kind));
        }
        Self {
            pipeline,
            request,
            data,
            stages,
            queue: VecDeque::new(),
            failed: Vec::new(),
            seen: Vec::new(),
            host_failed: None,
            first_error: None,
        }
    }

    /// The next attempt, after all before it have failed.
    pub(super) async fn next(&mut self) -> Option<Attempt> {
        loop {
            if let Some(attempt) = self.queue.pop_front() {
                return Some(attempt);
            }
            let stage = *self.stages.front()?;
            let more = match stage {
                Stage::Hosts { until } => self.queue_fetched(until).await,
                Stage::Stored(kind) => self.queue_stored(kind).await,
            };
            if !more {
                self.leave_stage();
            }
        }
    }

    /// An attempt came to nothing: its artwork is not tried again where it came from.
    pub(super) fn note_failure(&mut self, attempt: &Attempt, error: ServeError) {
        if attempt.fetches {
            let of_host = matches!(&error, ServeError::Upstream(e) if !e.is_not_found());
            self.host_failed = of_host.then_some(attempt.chosen.artwork.source);
            self.failed.push(attempt.chosen.artwork.clone());
        }
        self.first_error.get_or_insert(error);
    }

    /// The hosts are late: on to what is stored.
    pub(super) fn leave_stage(&mut self) {
        self.stages.pop_front();
        self.seen.clear();
    }

    /// Why there is no picture: what was wrong with the first choice.
    pub(super) fn into_error(self) -> ServeError {
        self.first_error.unwrap_or(ServeError::NoArtwork)
    }

    /// Queues the best artwork that has not failed; false where there is none.
    async fn queue_fetched(&mut self, until: Option<Instant>) -> bool {
        if self.failed.len() >= MAX_FETCHED {
            return false;
        }
        let mut preference = ArtworkPreference::of(self.request.kind, &self.request.options);
        if let Some(source) = self.host_failed {
            preference.source = match source {
                ArtworkSource::Tmdb => ArtworkSource::Fanart,
                ArtworkSource::Fanart => ArtworkSource::Tmdb,
            };
        }
        let gatherer = self.pipeline.gatherer();
        let chosen = match gatherer.choose(&self.data.record, &preference, &self.failed).await {
            Ok(chosen) => chosen,
            Err(error) => {
                if self.failed.is_empty() {
                    // A title without such artwork: nothing stored can stand in for it.
                    self.first_error = Some(error.into());
                    self.stages.clear();
                }
                return false;
            }
        };
        let size = self.request.options.image_size;
        let file = self.pipeline.file_of(&chosen, self.request.kind, size).await;
        let provisional = !self.failed.is_empty();
        let framing = self.pipeline.framing(self.request);
        let spec = self.spec(PixelSource::File(file), framing, provisional);
        self.queue.push_back(Attempt { spec, chosen, fetches: true, until });
        true
    }

    /// Queues everything that may be stored of the next artwork of a family.
    async fn queue_stored(&mut self, kind: ArtworkKind) -> bool {
        if self.seen.len() >= MAX_LOOKED_FOR {
            return false;
        }
        let Some(chosen) = self.next_stored(kind).await else {
            return false;
        };
        self.seen.push(chosen.artwork.clone());
        let own = kind == self.request.kind;
        let mut framing = self.pipeline.framing(self.request);
        if !own {
            // In its own ratio, on a blurred ground.
            framing.fit = Fit::Blur;
        }
        for source in self.stored_sources(&chosen, kind).await {
            let spec = self.spec(source, framing, true);
            let chosen = chosen.clone();
            self.queue.push_back(Attempt { spec, chosen, fetches: false, until: None });
        }
        true
    }

    /// The best that was not looked for yet, at last the one that was used before details were
    /// known.
    async fn next_stored(&self, kind: ArtworkKind) -> Option<Chosen> {
        let preference = ArtworkPreference::of(kind, &self.request.options);
        let choice = self.pipeline.gatherer().choose(&self.data.record, &preference, &self.seen);
        if let Ok(Ok(chosen)) = tokio::time::timeout(CHOICE_TIMEOUT, choice).await {
            return Some(chosen);
        }
        let named = self.data.record.resolved.guess.of(kind)?.clone();
        let unseen = !self.seen.contains(&named);
        unseen.then_some(Chosen { artwork: named, width: 0, height: 0, pick: Pick::Named })
    }

    /// Everything that this server may have stored of an artwork: the file in each width that one of
    /// its image sizes takes, then the bases in these sizes.
    async fn stored_sources(&self, chosen: &Chosen, kind: ArtworkKind) -> Vec<PixelSource> {
        let mut files: Vec<(ImageSize, SourceKey)> = Vec::new();
        for size in nearest_first(self.request.options.image_size) {
            files.push((size, self.pipeline.file_of(chosen, kind, size).await));
        }
        let mut sources: Vec<PixelSource> = Vec::new();
        let mut add = |source: PixelSource| {
            if !sources.contains(&source) {
                sources.push(source);
            }
        };
        files.iter().for_each(|(_, file)| add(PixelSource::File(file.clone())));
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

    fn spec(&self, source: PixelSource, framing: Framing, provisional: bool) -> Arc<RenderSpec> {
        let content = Content {
            showing: self.data.showing.clone(),
            labels: self.data.labels(),
            provisional: provisional || self.data.is_provisional(),
        };
        Arc::new(RenderSpec::new(self.request, source, framing, content))
    }
}

/// A family and those whose stored artwork may stand in for it, best first.
fn stored_stages(kind: ArtworkKind) -> impl Iterator<Item = Stage> {
    std::iter::once(kind).chain(kind.row().stand_ins.iter().copied()).map(Stage::Stored)
}

/// The size itself, the larger ones, then the smaller ones.
fn nearest_first(size: ImageSize) -> impl Iterator<Item = ImageSize> {
    let own = ImageSize::ALL.iter().position(|other| *other == size).unwrap_or_default();
    let (smaller, larger) = ImageSize::ALL.split_at(own);
    larger.iter().chain(smaller.iter().rev()).copied()
}
