//! What a run will ask of each provider, said before it begins.

use serde_json::Value;

use crate::cli::bulk::{AdminClient, Failure, WorkProgress};

/// Providers that are called for every title, whatever others answer; the rest fill gaps.
const ALWAYS_ASKED: [&str; 2] = ["tmdb", "mdblist"];
/// Hosts of pictures, which count no calls.
const IMAGE_HOSTS: [&str; 2] = ["tmdb_images", "fanart_images"];

/// What is expected.
pub(super) struct Cost {
    pictures: usize,
    lines: Vec<String>,
}

impl Cost {
    /// Asks the server how its accounts stand.
    pub(super) async fn of(client: &AdminClient, pictures: usize) -> Result<Self, Failure> {
        let answer = client.json(&["providers"], "").await?;
        let providers = answer["providers"].as_array().map(Vec::as_slice).unwrap_or_default();
        let lines = providers.iter().filter_map(|provider| line(provider, pictures)).collect();
        Ok(Self { pictures, lines })
    }

    pub(super) fn say(&self, progress: &WorkProgress) {
        progress.say(&format!("{} pictures are to be made", self.pictures));
        for line in &self.lines {
            progress.say(line);
        }
    }
}

/// The most that a provider will be asked, beside what it has left today.
fn line(provider: &Value, pictures: usize) -> Option<String> {
    let name = provider["provider"].as_str()?;
    let on = provider["keys"].as_u64().unwrap_or_default() > 0;
    if !on || IMAGE_HOSTS.contains(&name) {
        return None;
    }
    let about =
        if ALWAYS_ASKED.contains(&name) { "up to" } else { "where ratings are missing, up to" };
    let left = provider["calls_left"].as_u64();
    let of = provider["daily_calls"].as_u64();
    let account = match (left, of) {
        (Some(left), Some(of)) if left < pictures as u64 => {
            format!(
                "{left} of {of} are left today: not enough, what is missing is made by a later run"
            )
        }
        (Some(left), Some(of)) => format!("{left} of {of} are left today"),
        _ => "no daily limit is known".to_owned(),
    };
    Some(format!("{name}: {about} {pictures} calls; {account}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_quota_that_will_not_do_is_said() {
        let provider = |name: &str, keys: u64, left: Option<u64>| json!({"provider": name, "keys": keys, "calls_left": left, "daily_calls": left.map(|_| 1000)});
        let few = line(&provider("mdblist", 1, Some(750)), 2000).unwrap();
        assert!(
            few.contains("up to 2000 calls; 750 of 1000") && few.contains("not enough"),
            "{few}"
        );
        assert!(!line(&provider("omdb", 1, Some(990)), 20).unwrap().contains("not enough"));
        assert!(line(&provider("tmdb", 1, None), 20).unwrap().contains("no daily limit"));
        assert_eq!(line(&provider("trakt", 0, None), 20), None);
        assert_eq!(line(&provider("tmdb_images", 0, None), 20), None);
    }
}
