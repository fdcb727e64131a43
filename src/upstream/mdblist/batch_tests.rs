//! Gathering on a real socket; the server answers slowly enough for titles to meet.

use serde_json::{Value, json};

use super::*;
use crate::env::Secret;
use crate::model::Provider;
use crate::upstream::testing::{Reply, Server};
use crate::upstream::{KeyPool, ProviderSettings, Transport};

fn client(server: &Server) -> Mdblist {
    let keys = KeyPool::new([Secret::new("k")]);
    let settings = ProviderSettings::api(Provider::MDBLIST, server.url.clone(), keys);
    Mdblist::new(&Transport::new([]).unwrap(), settings)
}

fn body(number: u32) -> Value {
    let id = ImdbId::new(number).unwrap().to_string();
    json!({"type": "movie", "ids": {"imdb": id, "tmdb": number}, "score": score_of(number)})
}

/// Never 0, which would be none.
fn score_of(number: u32) -> u32 {
    number % 90 + 5
}

fn score(answer: &Answer) -> f64 {
    answer.as_ref().unwrap().ratings[0].value
}

/// Answers for one or for many; odd numbers are unknown. Bodies of posts are not read by
/// the server, so it answers all titles that the test asks for.
fn answers(head: &str) -> Reply {
    if head.starts_with("POST") {
        let known: Vec<Value> = (1..=200).filter(|n| n % 2 == 0).map(body).collect();
        return Reply::json(json!(known).to_string());
    }
    let path = head.split(['?', ' ']).nth(1).unwrap_or("");
    let number = path.rsplit(['/', 't']).next().and_then(|n| n.parse::<u32>().ok()).unwrap_or(1);
    match number % 2 {
        0 => Reply::json(body(number).to_string()),
        _ => Reply::status(404),
    }
}

async fn ask_all(client: &Mdblist, numbers: impl Iterator<Item = u32>) -> Vec<Answer> {
    let ask = |number| async move {
        client.by_imdb(MediaType::Movie, ImdbId::new(number).unwrap()).await
    };
    futures::future::join_all(numbers.map(ask)).await
}

#[tokio::test]
async fn a_title_that_waits_alone_goes_out_alone_and_at_once() {
    let server = Server::start(|_, head| answers(head)).await;
    let client = client(&server);
    for number in [2, 4, 6] {
        let answer = client.by_imdb(MediaType::Movie, ImdbId::new(number).unwrap()).await;
        assert!((score(&answer) - f64::from(score_of(number))).abs() < 0.1);
    }
    assert!(server.asked().iter().all(|head| head.starts_with("GET")));
    assert_eq!(server.asked().len(), 3);
    let state = client.queue.lock();
    assert!(state.alone == 0 && state.lanes.is_empty());
}

#[tokio::test]
async fn titles_that_wait_together_share_a_call_and_the_unknown_are_absent() {
    let server = Server::start(|_, head| answers(head)).await;
    let answers = ask_all(&client(&server), 1..=150).await;
    for (number, answer) in (1_u32..).zip(&answers) {
        match number % 2 {
            0 => assert!((score(answer) - f64::from(score_of(number))).abs() < 0.1),
            _ => assert!(answer.as_ref().unwrap_err().is_not_found(), "{number}"),
        }
    }
    // One alone, then a hundred, then the rest.
    assert_eq!(server.asked().len(), 3, "{:?}", server.targets());
}

#[tokio::test]
async fn films_and_series_and_both_kinds_of_ids_never_share_a_call() {
    let server = Server::start(|_, head| answers(head)).await;
    let client = client(&server);
    let (movie, series) = (MediaType::Movie, MediaType::Series);
    let (imdb, tmdb) = (|n| ImdbId::new(n).unwrap(), |n| TmdbId::new(n).unwrap());
    let _ = tokio::join!(
        client.by_imdb(movie, imdb(2)),
        client.by_imdb(movie, imdb(4)),
        client.by_imdb(movie, imdb(6)),
        client.by_imdb(series, imdb(8)),
        client.by_imdb(series, imdb(10)),
        client.by_tmdb(movie, tmdb(12)),
        client.by_tmdb(movie, tmdb(14)),
    );
    let mut targets = server.targets();
    targets.sort_unstable();
    let starts = ["/imdb/movie/tt0000002?", "/imdb/movie?", "/imdb/show?", "/tmdb/movie?"];
    assert_eq!(targets.len(), starts.len(), "{targets:?}");
    for start in starts {
        assert!(targets.iter().any(|target| target.starts_with(start)), "{start}: {targets:?}");
    }
}

#[tokio::test]
async fn a_batch_that_fails_costs_no_title_its_ratings() {
    for reply in [Reply::status(405), Reply::status(404), Reply::json("\"?\"")] {
        let reply = std::sync::Mutex::new(Some(reply));
        let server = Server::start(move |_, head| match head.starts_with("POST") {
            true => reply.lock().unwrap().take().unwrap_or_else(|| Reply::status(500)),
            false => answers(head),
        })
        .await;
        let client = client(&server);
        for answer in ask_all(&client, [2, 4, 6, 8].into_iter()).await {
            answer.unwrap();
        }
        // The next ones are not tried together for a while.
        let posts = || server.asked().iter().filter(|head| head.starts_with("POST")).count();
        let before = posts();
        for answer in ask_all(&client, [12, 14, 16].into_iter()).await {
            answer.unwrap();
        }
        assert_eq!(posts(), before);
    }
}

#[tokio::test]
async fn a_batch_that_is_refused_for_the_key_is_not_repeated_one_by_one() {
    let server = Server::start(|_, head| match head.starts_with("POST") {
        true => Reply::json(r#"{"error": "API Limit Reached!", "response": false}"#),
        false => answers(head),
    })
    .await;
    let answers = ask_all(&client(&server), [2, 4, 6, 8].into_iter()).await;
    let spent = answers
        .iter()
        .filter(|answer| answer.as_ref().is_err_and(|error| error.outcome() == "quota_spent"));
    assert_eq!(spent.count(), 3);
    assert_eq!(server.asked().len(), 2);
}

#[tokio::test]
async fn a_title_without_a_name_in_the_answer_is_asked_for_again() {
    let server = Server::start(|_, head| match head.starts_with("POST") {
        true => Reply::json(json!([body(4), {"type": "movie", "score": 9}]).to_string()),
        false => answers(head),
    })
    .await;
    let answers = ask_all(&client(&server), [2, 4, 6].into_iter()).await;
    assert!(answers.iter().all(Result::is_ok));
    assert_eq!(server.asked().len(), 3, "{:?}", server.targets());
}

#[tokio::test]
async fn a_caller_that_goes_away_takes_nobody_along() {
    let server = Server::start(|_, head| answers(head)).await;
    let client = client(&server);
    let impatient = ask_all(&client, [2, 4].into_iter());
    drop(tokio::time::timeout(Duration::from_millis(1), impatient).await);
    let answers = ask_all(&client, [6, 8].into_iter()).await;
    assert!(answers.iter().all(Result::is_ok));
}
