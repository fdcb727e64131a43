//! TMDB's lists: search by name, discovery by day.

use serde_json::{Value, json};

use super::http::Asked;
use super::titles::FakeTitle;
use super::tmdb::summary;

const ROWS: usize = 20;
/// TMDB answers no page behind this one.
const MAX_PAGES: usize = 500;

/// Titles that share a word of three letters or more with the query, of the year if one is asked for.
pub(super) fn search(titles: &[FakeTitle], word: &str, asked: &Asked) -> Value {
    let words = |text: &str| -> Vec<String> {
        let lower = text.to_lowercase();
        let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| word.len() > 2);
        words.map(str::to_owned).collect()
    };
    let query = words(asked.query("query").unwrap_or_default());
    let year = asked.query("year").or(asked.query("first_air_date_year"));
    let found = titles.iter().filter(|title| {
        title.media.tmdb_path() == word
            && words(&title.name).iter().any(|word| query.contains(word))
            && year.is_none_or(|year| title.released.starts_with(year))
    });
    let rows: Vec<Value> = found.take(ROWS).map(|title| row(title, asked)).collect();
    json!({"page": 1, "total_pages": 1, "total_results": rows.len(), "results": rows})
}

/// Titles by the day of their release, 20 a page, as many pages as TMDB gives.
pub(super) fn discover(titles: &[FakeTitle], word: &str, asked: &Asked) -> Value {
    let day = if word == "movie" { "primary_release_date" } else { "first_air_date" };
    let bound = |end: &str| asked.query(&format!("{day}.{end}")).unwrap_or_default().to_owned();
    let (from, to) = (bound("gte"), bound("lte"));
    let votes: u64 = asked.query("vote_count.gte").and_then(|n| n.parse().ok()).unwrap_or_default();
    let mut found: Vec<&FakeTitle> = titles
        .iter()
        .filter(|title| {
            title.media.tmdb_path() == word
                && (from.as_str()..=to.as_str()).contains(&title.released.as_str())
                && title.vote_count.as_u64().unwrap_or_default() >= votes
        })
        .collect();
    found.sort_by(|a, b| (&a.released, a.tmdb).cmp(&(&b.released, b.tmdb)));
    if asked
        .query("sort_by")
        .and_then(|order| order.split_once('.'))
        .is_some_and(|by| by.1 == "desc")
    {
        found.reverse();
    }
    let page: usize = asked.query("page").and_then(|page| page.parse().ok()).unwrap_or(1);
    let pages = found.len().div_ceil(ROWS);
    let rows: Vec<Value> = match (1..=MAX_PAGES).contains(&page) {
        true => found.iter().skip((page - 1) * ROWS).take(ROWS).map(|t| row(t, asked)).collect(),
        false => Vec::new(),
    };
    json!({"page": page, "total_pages": pages, "total_results": found.len(), "results": rows})
}

fn row(title: &FakeTitle, asked: &Asked) -> Value {
    Value::Object(summary(title, asked))
}
