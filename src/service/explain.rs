//! How a picture came about, told as JSON.

use std::sync::Arc;

use serde_json::{Value, json};
use tokio::time::Instant;

use super::inputs::{Inputs, RENDER_VERSION};
use super::{Artworks, PictureRequest, ServeError};
use crate::gather::{Completeness, Reading, ReadingState};
use crate::model::{Provider, Rating};
use crate::request::Options;

impl Artworks {
    /// Explains the picture of `wanted`; `ignored` are parameters that were not
    /// understood. Gathers what is needed, renders nothing.
    pub async fn explain(
        self: &Arc<Self>,
        wanted: &Arc<PictureRequest>,
        ignored: &[String],
    ) -> Result<Value, ServeError> {
        let started = Instant::now();
        let gathering = Inputs::gather(self, wanted, Completeness::Full);
        let gathered = tokio::time::timeout(self.render_budget, gathering).await;
        let inputs = if let Ok(inputs) = gathered {
            inputs?
        } else {
            // What is late is left out, as in the picture of this moment.
            let rest = self.deadline.saturating_sub(started.elapsed());
            let plain =
                tokio::time::timeout(rest, Inputs::gather(self, wanted, Completeness::Arrived))
                    .await;
            plain.map_err(|_| ServeError::Late)??
        };
        let digest = inputs.digest(wanted, self.jpeg_quality);
        Ok(json!({
            "requested": {
                "family": wanted.kind.family(),
                "id": wanted.title.to_string(),
                "format": wanted.format.extension(),
            },
            "title": title(&inputs),
            "artwork": artwork(&inputs),
            "ratings": ratings(&inputs),
            "ratings_late": inputs.data.late,
            "providers": &inputs.data.providers,
            "upstream": self.gatherer().providers().status(),
            "datasets": self.gatherer().datasets().status(),
            "awards": awards(&inputs),
            "design": design(&wanted.options),
            "ignored_parameters": ignored,
            "cache": self.cache_state(wanted, &inputs, &digest.to_string()),
            "timing": {
                "resolve_ms": inputs.data.timing.resolve_ms,
                "gather_ms": inputs.data.timing.gather_ms,
                "total_ms": started.elapsed().as_millis() as u64,
            },
        }))
    }

    fn cache_state(&self, wanted: &Arc<PictureRequest>, inputs: &Inputs, hash: &str) -> Value {
        let stamp = inputs.stamp();
        let finished = self.finished.get(wanted);
        let state = match (&finished, self.ready(wanted)) {
            (_, Some(_)) => "hit",
            (Some(_), None) => "stale",
            (None, None) => "miss",
        };
        json!({
            "state": state,
            "elements_hash": &hash[..16],
            "render_version": RENDER_VERSION,
            "provisional": stamp.provisional,
            "max_age_secs": stamp.max_age.as_secs(),
            "next_refresh": date(stamp.recheck_at),
            "size_bytes": finished.map(|finished| finished.image.bytes.len()),
        })
    }
}

fn title(inputs: &Inputs) -> Value {
    let resolved = &inputs.data.record.resolved;
    let details = inputs.data.details();
    let known = details.map(|details| &details.title);
    let ids = known.map(|title| title.ids);
    json!({
        "name": known.map(|title| title.name.as_str()),
        "media": resolved.media,
        "released": known.and_then(|title| title.released),
        "original_language": known.and_then(|title| title.original_language),
        "status": details.and_then(|details| details.status.as_deref()),
        "ids": {
            "tmdb": resolved.tmdb,
            "imdb": ids.and_then(|ids| ids.imdb).or(resolved.imdb),
            "tvdb": ids.and_then(|ids| ids.tvdb),
        },
        "episode": resolved.episode,
        "episode_name": inputs.data.episode().map(|episode| episode.name.as_str()),
        "season": resolved.season,
        "via": resolved.via,
        "ambiguity": resolved.ambiguity,
    })
}

fn artwork(inputs: &Inputs) -> Value {
    let chosen = &inputs.chosen;
    json!({
        "source": chosen.artwork.source,
        "path": chosen.artwork.path,
        "fetched_size": inputs.source.size.map(|size| size.to_string()),
        "width": chosen.width,
        "height": chosen.height,
        "chosen": chosen.pick,
        "details_read": inputs.data.record.details.as_ref().map(|known| date(known.entry.read_at)),
    })
}

fn ratings(inputs: &Inputs) -> Vec<Value> {
    let merged = &inputs.data.ratings;
    let position = |rating: &Rating| {
        inputs.data.showing.ratings.iter().position(|shown| shown.source == rating.source)
    };
    let told = merged.ratings.iter().map(|rating| {
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
            "read": date(rating.read_at),
            "age_secs": inputs.data.collected_at.saturating_sub(rating.read_at),
            "next_refresh": refresh_of(&inputs.data.providers, rating.provider).map(date),
            "shown_at": position(rating).map(|index| index + 1),
            "others": others,
        })
    });
    told.collect()
}

/// On a scale of 0 to 100, whatever the source's own.
fn score_of_hundred(rating: &Rating) -> f64 {
    (rating.score.value() / rating.source.scale().top() * 1000.0).round() / 10.0
}

fn refresh_of(readings: &[Reading], provider: Provider) -> Option<u64> {
    let reading = readings.iter().find(|reading| reading.provider == provider)?;
    match reading.state {
        ReadingState::Read { refresh_at, .. } | ReadingState::Absent { refresh_at } => {
            Some(refresh_at)
        }
        ReadingState::Failed { .. } | ReadingState::Late | ReadingState::NoId => None,
    }
}

fn awards(inputs: &Inputs) -> Value {
    let awards = &inputs.data.awards;
    let disagreements: Vec<Value> = awards
        .disagreements
        .iter()
        .map(|found| json!({"body": found.body, "lists": found.lists, "omdb": found.omdb}))
        .collect();
    json!({
        "known": awards.awards,
        "shown": inputs.data.showing.award,
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
