//! Answers with something wrong somewhere: in the JSON, in the bytes, in the type, in the status.

use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use serde_json::{Value, json};

use super::http::Reply;

/// The same number tampers the same way.
pub(super) fn with(reply: Reply, number: u64) -> Reply {
    const TYPES: [&str; 6] =
        ["application/json", "image/jpeg", "image/png", "image/svg+xml", "text/html", "x"];
    let mut dice = StdRng::seed_from_u64(number);
    let json = serde_json::from_slice::<Value>(&reply.body).ok();
    let body = match (json, dice.random_range(0..8)) {
        (_, 0) => nested(dice.random_range(100..60_000)),
        (Some(mut value), 1..6) => {
            for _ in 0..dice.random_range(1..4) {
                spoil(&mut value, &mut dice);
            }
            value.to_string().into_bytes()
        }
        _ => bytes(reply.body.to_vec(), &mut dice),
    };
    let status = if dice.random_bool(0.9) { reply.status } else { dice.random_range(200..600) };
    let content_type =
        if dice.random_bool(0.9) { reply.content_type } else { TYPES.choose(&mut dice).unwrap() };
    Reply { body: body.into(), content_type, ..reply }.with_status(status)
}

/// So many brackets within each other.
fn nested(depth: usize) -> Vec<u8> {
    let mut text = "[".repeat(depth);
    text.push_str(&"]".repeat(depth));
    text.into_bytes()
}

/// Another value at some place.
fn spoil(value: &mut Value, dice: &mut StdRng) {
    let below: Option<&mut Value> = match value {
        Value::Array(items) if !items.is_empty() => {
            let at = dice.random_range(0..items.len());
            items.get_mut(at)
        }
        Value::Object(fields) if !fields.is_empty() => {
            let at = dice.random_range(0..fields.len());
            fields.values_mut().nth(at)
        }
        _ => None,
    };
    match below {
        Some(below) if dice.random_bool(0.8) => spoil(below, dice),
        _ => *value = odd(dice),
    }
}

fn odd(dice: &mut StdRng) -> Value {
    match dice.random_range(0..14) {
        0 => Value::Null,
        1 => json!(-1),
        2 => json!(u64::MAX),
        3 => json!(1e308),
        4 => json!(""),
        5 => json!("\u{0}\r\nX-Injected: 1"),
        6 => json!("/../../../../etc/passwd"),
        7 => json!("http://169.254.169.254/latest"),
        8 => json!("9".repeat(4000)),
        9 => json!([[], {}, null]),
        10 => json!({"a": {"b": []}}),
        11 => json!("/x.svg"),
        12 => json!(true),
        _ => json!("2026-02-31"),
    }
}

/// Some bytes are others, missing, or there twice.
fn bytes(mut bytes: Vec<u8>, dice: &mut StdRng) -> Vec<u8> {
    for _ in 0..dice.random_range(1..12) {
        if bytes.is_empty() {
            break;
        }
        // Headers are where it hurts.
        let end = if dice.random_bool(0.7) { bytes.len().min(700) } else { bytes.len() };
        let at = dice.random_range(0..end);
        match dice.random_range(0..5) {
            0 | 1 => bytes[at] = dice.random(),
            2 => bytes[at] = *[0, 0xff, 0x7f, 0x80].choose(dice).unwrap(),
            3 => drop(bytes.drain(at..(at + 9).min(end))),
            _ => bytes.insert(at, dice.random()),
        }
    }
    if dice.random_bool(0.1) {
        let half = bytes.len() / 2;
        bytes.truncate(half);
    }
    bytes
}
