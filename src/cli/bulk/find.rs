//! Titles by name and by id, asked of the server.

use serde_json::Value;

use super::client::{AdminClient, Failure};
use crate::identify::{ParsedName, Ranked, SURE, SearchHit, rank};
use crate::model::{MediaType, TmdbId, Words};

/// Candidates that are named where none is sure.
const MAX_NAMED: usize = 5;

/// A title at TMDB.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::cli) struct MatchedTitle {
    pub(in crate::cli) media: MediaType,
    /// `movie-603`, `tv-1396`.
    pub(in crate::cli) id: String,
    pub(in crate::cli) name: String,
    pub(in crate::cli) year: Option<i16>,
    pub(in crate::cli) imdb: Option<String>,
}

impl MatchedTitle {
    fn read(row: &Value) -> Option<Self> {
        Some(Self {
            media: MediaType::from_word(row["type"].as_str()?)?,
            id: row["id"].as_str()?.to_owned(),
            name: row["name"].as_str()?.to_owned(),
            year: row["year"].as_i64().and_then(|year| year.try_into().ok()),
            imdb: row["imdb_id"].as_str().map(str::to_owned),
        })
    }

    /// `The Matrix (1999)`.
    pub(in crate::cli) fn label(&self) -> String {
        match self.year {
            Some(year) => format!("{} ({year})", self.name),
            None => self.name.clone(),
        }
    }

    /// What tells it from a namesake: `[tmdbid-603]`.
    pub(in crate::cli) fn mark(&self) -> String {
        format!("[tmdbid-{}]", self.id.rsplit('-').next().unwrap_or_default())
    }
}

/// The title that an id means; a failure that is an absence where there is none.
pub(in crate::cli) async fn title_of(
    client: &AdminClient,
    id_type: &str,
    id: &str,
    query: &str,
) -> Result<MatchedTitle, Failure> {
    let row = client.json(&["titles", id_type, id], query).await?;
    MatchedTitle::read(&row).ok_or(Failure::Unusable)
}

/// What a search has found for a name: the sure one, or those that it may be.
pub(in crate::cli) async fn find_by_name(
    client: &AdminClient,
    name: &ParsedName,
    media: Option<MediaType>,
) -> Result<Result<(MatchedTitle, u8), Vec<(MatchedTitle, u8)>>, Failure> {
    let mut found = search(client, &name.title, name.year, media).await?;
    let mut ranked = best(name, &found);
    // Release years differ by one between countries, and some names hold a wrong one.
    let is_sure =
        |ranked: &[(MatchedTitle, u8)]| ranked.first().is_some_and(|(_, sure)| *sure >= SURE);
    if !is_sure(&ranked) && name.year.is_some() {
        found = search(client, &name.title, None, media).await?;
        ranked = best(name, &found);
    }
    for other in name.alternatives.iter().filter(|other| !other.trim().is_empty()) {
        if is_sure(&ranked) {
            break;
        }
        let more = search(client, other, name.year, media).await?;
        found.extend(more);
        ranked = best(name, &found);
    }
    match is_sure(&ranked) {
        true => Ok(Ok(ranked.swap_remove(0))),
        false => Ok(Err(ranked)),
    }
}

async fn search(
    client: &AdminClient,
    title: &str,
    year: Option<i16>,
    media: Option<MediaType>,
) -> Result<Vec<Value>, Failure> {
    if title.trim().is_empty() {
        return Ok(Vec::new());
    }
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("q", title);
    if let Some(year) = year {
        query.append_pair("year", &year.to_string());
    }
    if let Some(media) = media {
        query.append_pair("type", media.name());
    }
    query.append_pair("priority", "background");
    let answer = client.json(&["search"], &query.finish()).await?;
    Ok(answer["titles"].as_array().cloned().unwrap_or_default())
}

fn best(name: &ParsedName, rows: &[Value]) -> Vec<(MatchedTitle, u8)> {
    let known: Vec<(MatchedTitle, SearchHit)> =
        rows.iter().filter_map(|row| Some((MatchedTitle::read(row)?, candidate(row)?))).collect();
    let candidates: Vec<SearchHit> = known.iter().map(|(_, candidate)| candidate.clone()).collect();
    let mut seen = Vec::new();
    let ranked = rank(name, &candidates).into_iter();
    let ranked = ranked.map(|Ranked { index, confidence }| (known[index].0.clone(), confidence));
    ranked
        .filter(|(title, _)| {
            let is_new = !seen.contains(&title.id);
            seen.push(title.id.clone());
            is_new
        })
        .take(MAX_NAMED)
        .collect()
}

fn candidate(row: &Value) -> Option<SearchHit> {
    let number: u32 = row["id"].as_str()?.rsplit('-').next()?.parse().ok()?;
    let texts = ["name", "original_name"].into_iter().filter_map(|name| row[name].as_str());
    Some(SearchHit {
        media: MediaType::from_word(row["type"].as_str()?)?,
        tmdb: TmdbId::new(number)?,
        imdb: None,
        tvdb: None,
        titles: texts.map(str::to_owned).collect(),
        year: row["year"].as_i64().and_then(|year| year.try_into().ok()),
        votes: row["votes"].as_u64().and_then(|votes| votes.try_into().ok()).unwrap_or_default(),
    })
}

/// Which titles it may be.
pub(in crate::cli) fn unsure(candidates: &[(MatchedTitle, u8)]) -> String {
    if candidates.is_empty() {
        return "no such title is known".to_owned();
    }
    let name =
        |(title, sure): &(MatchedTitle, u8)| format!("{} {} ({sure} %)", title.id, title.label());
    let names: Vec<String> = candidates.iter().map(name).collect();
    format!("not sure which one: {}", names.join("; "))
}
