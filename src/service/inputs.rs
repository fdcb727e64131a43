//! Everything that decides about a picture's pixels, gathered.

use std::time::Duration;

use futures::future::Either;
use tokio::time::Instant;
use tracing::Instrument;

use super::cached_picture::{PictureRequest, Stamp};
use super::source::SourceKey;
use super::{Artworks, ServeError};
use crate::cache::{Watch, freshness};
use crate::gather::ratings::{OrderSpec, order};
use crate::gather::title::Resolved;
use crate::gather::{self, ArtworkPreference, Chosen, GatherError, Gathered, Readings, awards};
use crate::model::{
    ArtworkKind, ArtworkRef, ArtworkSource, AwardBody, ExternalId, MediaType, RatingSource,
};
use crate::plan::{self, Showing};
use crate::request::Options;
use crate::store::Digest;
use crate::telemetry::metrics::STEP_SECONDS;

/// Raise when the same request should give other pixels: a moved badge, a new font.
pub(super) const RENDER_VERSION: u16 = 1;

/// Shortest time between two looks at the data of one picture, in seconds.
const MIN_RECHECK_SECS: u64 = 30;

/// How long the plain picture, which is late already, waits for TMDB's details where
/// it can do without.
const PLAIN_TIMEOUT: Duration = Duration::from_millis(400);

/// What a picture is made of.
#[derive(Clone, Debug)]
pub(super) struct Inputs {
    pub(super) gathered: Gathered,
    pub(super) readings: Readings,
    pub(super) chosen: Chosen,
    pub(super) source: SourceKey,
    pub(super) showing: Showing,
    /// Artwork that could not be used.
    pub(super) failed: Vec<ArtworkRef>,
    /// Made without its ratings, which are late.
    pub(super) plain: bool,
    pub(super) timing: Timing,
    /// Since before anything was gathered.
    pub(super) watch: Watch,
}

/// How long the steps took.
#[derive(Clone, Copy, Debug, Default, serde::Serialize)]
pub(super) struct Timing {
    pub(super) resolve_ms: u64,
    pub(super) gather_ms: u64,
}

impl Inputs {
    /// Asks for everything at once, as far as one thing does not need another.
    pub(super) async fn gather(
        artworks: &Artworks,
        wanted: &PictureRequest,
    ) -> Result<Self, ServeError> {
        let started = Instant::now();
        let gather = artworks.gatherer();
        let asks = asks_providers(wanted);
        let ahead = async {
            // An episode's own rating is asked by an id that is not known yet.
            if let (true, ExternalId::Imdb(imdb), None) =
                (asks, wanted.title.external, wanted.title.episode)
            {
                gather.read_ahead(imdb).await;
            }
        };
        let rest = std::pin::pin!(Self::gather_rest(artworks, wanted, asks));
        // What is read ahead is remembered; nobody waits for it here.
        let inputs = match futures::future::select(rest, std::pin::pin!(ahead)).await {
            Either::Left((inputs, _)) => inputs,
            Either::Right(((), rest)) => rest.await,
        };
        step("gather", wanted.kind, started);
        inputs
    }

    async fn gather_rest(
        artworks: &Artworks,
        wanted: &PictureRequest,
        asks: bool,
    ) -> Result<Self, ServeError> {
        let started = Instant::now();
        let gather = artworks.gatherer();
        let resolved = gather
            .resolve(&wanted.title, wanted.kind)
            .instrument(tracing::debug_span!("resolve"))
            .await?;
        step("resolve", wanted.kind, started);
        let resolve_ms = started.elapsed().as_millis() as u64;
        let gone = resolved.clone();
        let watch = artworks.generations.watch(&gather::labels_of(&resolved));
        let (gathered, readings) = match Self::of_title(artworks, wanted, resolved, asks).await {
            // The number may have been merged into another since its id was looked up.
            Err(GatherError::UnknownTitle) => {
                let again = gather.resolve_again(&wanted.title, wanted.kind, &gone).await?;
                let resolved = again.ok_or(ServeError::UnknownTitle)?;
                Self::of_title(artworks, wanted, resolved, asks).await?
            }
            found => found?,
        };
        let timing =
            Timing { resolve_ms, gather_ms: started.elapsed().as_millis() as u64 - resolve_ms };
        let showing = showing(wanted, &readings, gathered.resolved.media);
        Self::choose(artworks, wanted, Draft { gathered, readings, showing, timing, watch }).await
    }

    /// Details and ratings of a resolved title, at once.
    async fn of_title(
        artworks: &Artworks,
        wanted: &PictureRequest,
        resolved: Resolved,
        asks: bool,
    ) -> Result<(Gathered, Readings), GatherError> {
        let gather = artworks.gatherer();
        artworks.fetch_guess(&resolved, wanted).await;
        let subject = gather::subject(&resolved, wanted.kind);
        let (told, known) = tokio::sync::oneshot::channel();
        let gathered = async {
            let gathered = gather.gathered(resolved, wanted.kind).await;
            // Without listeners where no ratings are read.
            let _ = told.send(gathered.as_ref().ok().cloned());
            gathered
        };
        let readings = async {
            if !asks {
                return Readings::default();
            }
            gather.readings(subject, async { known.await.ok().flatten() }).await
        };
        let span = tracing::debug_span!("gather");
        let (gathered, readings) = futures::future::join(gathered, readings).instrument(span).await;
        Ok((gathered?, readings))
    }

    /// The artwork alone: no rating is waited for.
    pub(super) async fn plain(
        artworks: &Artworks,
        wanted: &PictureRequest,
    ) -> Result<Self, ServeError> {
        let gather = artworks.gatherer();
        let resolved = gather.resolve(&wanted.title, wanted.kind).await?;
        let watch = artworks.generations.watch(&gather::labels_of(&resolved));
        let named = resolved.guess.of(wanted.kind).is_some();
        let gathering = gather.gathered(resolved.clone(), wanted.kind);
        let gathered = match tokio::time::timeout(PLAIN_TIMEOUT, gathering).await {
            Ok(gathered) => gathered?,
            // A picture that was named on the way can be made without the details.
            Err(_) if named => Gathered { resolved, details: None, episode: None },
            Err(_) => gather.gathered(resolved, wanted.kind).await?,
        };
        let draft = Draft {
            gathered,
            readings: Readings::default(),
            showing: Showing::default(),
            timing: Timing::default(),
            watch,
        };
        let inputs = Self::choose(artworks, wanted, draft).await?;
        Ok(Self { plain: true, ..inputs })
    }

    async fn choose(
        artworks: &Artworks,
        wanted: &PictureRequest,
        draft: Draft,
    ) -> Result<Self, ServeError> {
        let Draft { gathered, readings, showing, timing, watch } = draft;
        let wish = ArtworkPreference::of(wanted.kind, &wanted.options);
        let chosen = artworks.gatherer().choose(&gathered, &wish, &[]).await?;
        let source = artworks.source_of(&chosen, wanted).await;
        let failed = Vec::new();
        Ok(Self {
            gathered,
            readings,
            chosen,
            source,
            showing,
            failed,
            plain: false,
            timing,
            watch,
        })
    }

    /// The same with the next best artwork, after this one could not be used. Where
    /// it was `host_fault`, the other source's comes first.
    pub(super) async fn with_other_artwork(
        mut self,
        artworks: &Artworks,
        wanted: &PictureRequest,
        host_fault: bool,
    ) -> Result<Self, ServeError> {
        let mut wish = ArtworkPreference::of(wanted.kind, &wanted.options);
        if host_fault {
            wish.source = match self.chosen.artwork.source {
                ArtworkSource::Tmdb => ArtworkSource::Fanart,
                ArtworkSource::Fanart => ArtworkSource::Tmdb,
            };
        }
        self.failed.push(self.chosen.artwork.clone());
        self.chosen = artworks.gatherer().choose(&self.gathered, &wish, &self.failed).await?;
        self.source = artworks.source_of(&self.chosen, wanted).await;
        Ok(self)
    }

    /// Ratings were wanted, and there is none.
    pub(super) fn lacks_ratings(&self, wanted: &PictureRequest) -> bool {
        wanted.options.ratings.limit > 0 && self.showing.ratings.is_empty()
    }

    /// Names the pixels: everything they depend on, and nothing else.
    pub(super) fn digest(&self, wanted: &PictureRequest, jpeg_quality: u8) -> Digest {
        let PictureRequest { kind, title: _, format, options } = wanted;
        let look = look_of(options);
        let shown: Vec<_> = self
            .showing
            .ratings
            .iter()
            .map(|rating| (rating.source, rating.score, rating.verdict))
            .collect();
        let all = (
            RENDER_VERSION,
            kind,
            format,
            jpeg_quality,
            &self.source,
            look,
            shown,
            self.showing.award,
        );
        Digest::of(format!("{all:?}").as_bytes())
    }

    /// How long a picture made of this is good.
    pub(super) fn stamp(&self) -> Stamp {
        let now = freshness::now();
        let title = freshness::of_title(self.gathered.released(), now);
        let missing =
            self.plain || self.readings.is_provisional() || self.gathered.is_provisional();
        let provisional = missing || !self.failed.is_empty();
        let stale = self.readings.is_stale()
            || self.gathered.details.as_ref().is_some_and(|details| details.stale);
        let details_at = self.gathered.details.as_ref().map(|details| details.refresh_at);
        let refresh_at = self.readings.refresh_at().into_iter().chain(details_at).min();
        let soonest = now + MIN_RECHECK_SECS;
        let latest = now + title.data.as_secs();
        let recheck_at = refresh_at.unwrap_or(latest).clamp(soonest, latest.max(soonest));
        Stamp {
            max_age: if provisional { Duration::from_mins(1) } else { title.max_age },
            provisional,
            stale,
            recheck_at: if provisional { soonest } else { recheck_at },
            watch: self.watch,
        }
    }
}

/// Inputs before the artwork is chosen.
struct Draft {
    gathered: Gathered,
    readings: Readings,
    showing: Showing,
    timing: Timing,
    watch: Watch,
}

/// The part of the options that reaches the pixels once data have been chosen.
fn look_of(options: &Options) -> impl std::fmt::Debug {
    // No `..`: a new option has to be decided on.
    let Options {
        image_size,
        ratings: _,
        badge_style,
        badge_size,
        badge_shape,
        badge_background,
        label_style,
        position,
        direction,
        split,
        edge_inset_x,
        edge_inset_y,
        image_source: _,
        language: _,
        textless_first: _,
        textless: _,
        fit,
        blur,
        awards: _,
        fallback: _,
    } = options.clone();
    (
        (image_size, badge_style, badge_size, badge_shape, badge_background, label_style),
        (position, direction, split, edge_inset_x, edge_inset_y, fit, blur),
    )
}

/// Whether anything but TMDB has to be asked for this picture.
fn asks_providers(wanted: &PictureRequest) -> bool {
    let awards = wanted.options.awards != crate::request::AwardSet::NONE;
    wanted.options.ratings.limit > 0 || awards
}

/// What is drawn: ratings in order, and the first award that is wanted and won.
fn showing(wanted: &PictureRequest, readings: &Readings, media: MediaType) -> Showing {
    let wish = &wanted.options.ratings;
    let exclude: Vec<RatingSource> =
        RatingSource::ALL.into_iter().filter(|source| wish.exclude.contains(*source)).collect();
    let spec = OrderSpec {
        order: &wish.order,
        exclude: &exclude,
        limit: usize::from(wish.limit),
        only: wish.only,
    };
    let award = AwardBody::ALL.into_iter().find(|body| {
        // Films have Oscars, series Emmys, whatever else they were given.
        let fits = match body {
            AwardBody::Oscar => media == MediaType::Movie,
            AwardBody::Emmy => media == MediaType::Series,
            _ => true,
        };
        fits && wanted.options.awards.contains(*body)
            && awards::has_won(&readings.awards.awards, *body)
    });
    Showing { ratings: order(&readings.merged.ratings, &spec), award }
}

pub(super) fn step(step: &'static str, kind: ArtworkKind, started: Instant) {
    metrics::histogram!(STEP_SECONDS.name, "step" => step, "family" => kind.family())
        .record(started.elapsed());
}

impl Artworks {
    /// Which file of the chosen artwork is fetched: the smallest that suffices.
    pub(super) async fn source_of(&self, chosen: &Chosen, wanted: &PictureRequest) -> SourceKey {
        let size = match chosen.artwork.source {
            ArtworkSource::Fanart => None,
            ArtworkSource::Tmdb => {
                let sizes = self.gatherer().providers().tmdb.sizes().await;
                let width = plan::width_of(wanted.kind, wanted.options.image_size);
                let original = (chosen.width > 0).then_some(chosen.width);
                let kind = match chosen.pick {
                    gather::Pick::SeriesBackdrop(_) => ArtworkKind::Backdrop,
                    _ => wanted.kind,
                };
                Some(sizes.pick(kind, width, original))
            }
        };
        SourceKey { artwork: chosen.artwork.clone(), size }
    }

    /// Starts fetching the artwork that the look-up has named, while details
    /// and ratings are asked for: mostly it is the one that will be chosen.
    async fn fetch_guess(&self, resolved: &Resolved, wanted: &PictureRequest) {
        let Some(guess) = resolved.guess.of(wanted.kind) else {
            return;
        };
        let options = &wanted.options;
        let likely = options.image_source == ArtworkSource::Tmdb
            && !options.textless
            && resolved.season.is_none()
            && !self.gatherer().knows_details(resolved);
        if likely {
            let chosen =
                Chosen { artwork: guess.clone(), width: 0, height: 0, pick: gather::Pick::Named };
            let source = self.source_of(&chosen, wanted).await;
            drop(self.sources.fetch(self.gatherer().providers(), &source));
        }
    }
}
