//! How a picture came about, as JSON.

use std::sync::Arc;

use serde_json::{Value, json};
use tokio::time::Instant;

use super::cached_picture::{PictureRequest, Stamp};
use super::pipeline::{Draft, Pipeline};
use super::spec::{PixelSource, RENDER_VERSION};
use crate::gather::{ArtworkPreference, Basis, Gatherer, ProviderReport, TitleData};
use crate::model::{ArtworkRef, Candidate, Country, Provider, Rating};
use crate::plan::{DrawnElement, RenderPlan};
use crate::request::Options;

/// Pictures that are listed at most, best first.
const MAX_CANDIDATES: usize = 100;

/// What is known of a request's picture.
#[derive(Debug)]
pub(super) struct Told<'a> {
    pub(super) draft: &'a Draft,
    /// Where everything stands, if that is known without a render.
    pub(super) plan: Option<RenderPlan>,
    /// Parameters that were not understood.
    pub(super) ignored: &'a [String],
    pub(super) started: Instant,
}

/// The explanation of a request's picture.
pub(super) fn document(
    pipeline: &Pipeline,
    request: &Arc<PictureRequest>,
    told: &Told<'_>,
) -> Value {
    let Told { draft, plan, ignored, started } = told;
    let (gatherer, data) = (pipeline.gatherer(), &draft.data);
    json!({
        "requested": {
            "family": request.kind.family(),
            "id": request.title.to_string(),
            "format": request.format.extension(),
        },
        "title": title(data),
        "artwork": artwork(gatherer, request, draft),
        "ratings": ratings(data, pipeline.clock.unix_secs()),
        "ratings_late": data.is_late(),
        "providers": &data.providers,
        "upstream": gatherer.providers().status(),
        "datasets": gatherer.datasets().status(),
        "awards": awards(data),
        "facts": facts(data, request.options.beyond.country),
        "beyond": &data.showing.extras,
        "elements": plan.as_ref().map(elements),
        "dropped": plan.as_ref().map(|plan| &plan.dropped),
        "design": design(&request.options),
        "ignored_parameters": ignored,
        "cache": cache_state(pipeline, request, draft),
        "timing": {
            "resolve_ms": data.timing.resolve_ms,
            "gather_ms": data.timing.gather_ms,
            "total_ms": started.elapsed().as_millis() as u64,
        },
    })
}

/// Everything drawn, in fractions of the frame.
fn elements(plan: &RenderPlan) -> Vec<Value> {
    let (width, height) = (f64::from(plan.frame.width), f64::from(plan.frame.height));
    let share = |length: f64, whole: f64| (length / whole * 1e5).round() / 1e5;
    let elements = plan.elements.iter().map(|DrawnElement { id, kind, rect }| {
        json!({
            "id": id,
            "kind": kind,
            "x": share(rect.x.into(), width),
            "y": share(rect.y.into(), height),
            "width": share(rect.width.into(), width),
            "height": share(rect.height.into(), height),
        })
    });
    elements.collect()
}

fn cache_state(pipeline: &Pipeline, request: &Arc<PictureRequest>, draft: &Draft) -> Value {
    let now = pipeline.clock.unix_secs();
    let stamp = Stamp::new(&draft.data, draft.spec.provisional, now);
    let cached = pipeline.cache.get(request);
    let state = match (&cached, pipeline.cache.current(request)) {
        (_, Some(_)) => "hit",
        (Some(_), None) => "stale",
        (None, None) => "miss",
    };
    json!({
        "state": state,
        "elements_hash": &draft.spec.picture_key().to_string()[..16],
        "render_version": RENDER_VERSION,
        "provisional": stamp.provisional,
        "max_age_secs": stamp.max_age.as_secs(),
        "next_refresh": date(stamp.recheck_at),
        "size_bytes": cached.map(|picture| picture.image.bytes.len()),
    })
}

fn title(data: &TitleData) -> Value {
    let resolved = &data.record.resolved;
    let details = data.details();
    let known = details.map(|details| &details.title);
    let ids = known.map(|title| title.ids);
    json!({
        "name": known.map(|title| title.name.as_str()),
        "media": if resolved.is_collection { json!(resolved.section().path()) } else { json!(resolved.media) },
        "released": known.and_then(|title| title.released),
        "original_language": known.and_then(|title| title.original_language),
        "status": details.and_then(|details| details.status.as_deref()),
        "ids": {
            "tmdb": resolved.tmdb,
            "imdb": ids.and_then(|ids| ids.imdb).or(resolved.imdb),
            "tvdb": ids.and_then(|ids| ids.tvdb),
        },
        "episode": resolved.episode,
        "episode_name": data.episode().map(|episode| episode.name.as_str()),
        "season": resolved.season,
        "season_name": data.season().map(|season| season.name.as_str()),
        "films": films(data),
        "via": resolved.via,
        "ambiguity": resolved.ambiguity,
    })
}

/// The films of a collection; `null` of anything else.
fn films(data: &TitleData) -> Option<Vec<Value>> {
    let films = data.details().filter(|_| data.record.resolved.is_collection)?.films.iter();
    let told = films.map(|film| {
        json!({
            "tmdb": film.id, "name": film.name, "released": film.released,
            "vote_average": film.vote_average, "votes": film.votes,
        })
    });
    Some(told.collect())
}

/// What the details say beside ratings and artwork. Streaming services come from JustWatch through TMDB, who want it named.
fn facts(data: &TitleData, country: Country) -> Value {
    let Some(details) = &data.record.details else { return Value::Null };
    let Some(facts) = data.details().map(|details| &details.facts) else { return Value::Null };
    let certificate = facts.certificate(country);
    json!({
        "source": "tmdb",
        "read": date(details.entry.read_at),
        "certificate": certificate.map(|(country, text)| json!({"country": country, "text": text})),
        "genres": facts.genres,
        "runtime_minutes": facts.runtime_minutes,
        "status": facts.status,
        "last_aired": facts.last_aired,
        "next_episode": facts.next_episode,
        "networks": facts.networks,
        "original_language": facts.original_language,
        "origin": facts.origin,
        "in_cinemas": facts.in_cinemas(country),
        "at_home": facts.at_home,
        "rank": data.rank.map(|place| json!({"place": place, "source": "imdb_datasets", "approximate": true})),
        "streaming": {
            "country": country,
            "services": facts.streaming.of(country).collect::<Vec<_>>(),
            "source": "JustWatch",
        },
    })
}

fn artwork(gatherer: &Gatherer, request: &PictureRequest, draft: &Draft) -> Value {
    let chosen = &draft.chosen;
    let preference = ArtworkPreference::of(request.kind, &request.options);
    let known = gatherer.candidates(&draft.data.record, &preference);
    let candidates: Vec<Value> = known
        .iter()
        .take(MAX_CANDIDATES)
        .map(|candidate| candidate_document(candidate, &chosen.artwork))
        .collect();
    let fetched_size = match &draft.spec.source {
        PixelSource::File(file) => file.size.map(|size| size.to_string()),
        PixelSource::Base(_) => None,
    };
    json!({
        "source": chosen.artwork.source,
        "path": chosen.artwork.path,
        "fetched_size": fetched_size,
        "width": chosen.width,
        "height": chosen.height,
        "chosen": chosen.pick,
        "clearlogo": draft.spec.clearlogo.as_ref().map(|logo| &logo.file.artwork),
        "override": draft.data.record.applied.path,
        "candidates_known": known.len(),
        "candidates": candidates,
        "details_read": draft.data.record.details.as_ref().map(|known| date(known.entry.read_at)),
    })
}

fn candidate_document(candidate: &Candidate, chosen: &ArtworkRef) -> Value {
    json!({
        "source": candidate.artwork.source,
        "path": candidate.artwork.path,
        "language": candidate.language,
        "width": candidate.width,
        "height": candidate.height,
        "vote_average": candidate.vote_average,
        "votes": candidate.votes,
        "chosen": candidate.artwork == *chosen,
    })
}

fn ratings(data: &TitleData, now: u64) -> Vec<Value> {
    let merged = &data.ratings;
    let position = |rating: &Rating| {
        data.showing.ratings.iter().position(|shown| shown.source == rating.source)
    };
    let explained = merged.ratings.iter().map(|rating| {
        let others = merged.alternatives.iter().filter(|other| other.source == rating.source);
        let others: Vec<Value> = others
            .map(|other| json!({"provider": other.provider, "text": other.text(), "votes": other.votes}))
            .collect();
        json!({
            "source": rating.source,
            "text": rating.text(),
            "value": rating.score.value(),
            "score": score_of_hundred(rating),
            "votes": rating.votes,
            "verdict": rating.verdict,
            "provider": rating.provider,
            "of": basis_of(&data.providers, rating.provider),
            "read": date(rating.read_at),
            "age_secs": now.saturating_sub(rating.read_at),
            "next_refresh": refresh_of(&data.providers, rating.provider).map(date),
            "shown_at": position(rating).map(|index| index + 1),
            "others": others,
        })
    });
    explained.collect()
}

/// On a scale of 0 to 100, whatever the source's own.
fn score_of_hundred(rating: &Rating) -> f64 {
    (rating.score.value() / rating.source.scale().top() * 1000.0).round() / 10.0
}

fn refresh_of(reports: &[ProviderReport], provider: Provider) -> Option<u64> {
    reports.iter().find(|report| report.provider == provider)?.refresh_at()
}

/// What was rated, where it is not the title itself.
fn basis_of(reports: &[ProviderReport], provider: Provider) -> Option<Basis> {
    reports.iter().find(|report| report.provider == provider)?.basis
}

fn awards(data: &TitleData) -> Value {
    let awards = &data.awards;
    let disagreements: Vec<Value> = awards
        .disagreements
        .iter()
        .map(|found| json!({"body": found.body, "lists": found.lists, "omdb": found.omdb}))
        .collect();
    json!({
        "known": awards.awards,
        "shown": data.showing.award,
        "disagreements": disagreements,
    })
}

/// The design in force.
fn design(options: &Options) -> Value {
    serde_json::to_value(options).unwrap_or(Value::Null)
}

/// A time as people and programs read it.
fn date(secs: u64) -> String {
    httpdate::fmt_http_date(std::time::UNIX_EPOCH + std::time::Duration::from_secs(secs))
}
