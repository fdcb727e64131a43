use std::collections::HashMap;

use super::*;

fn env(pairs: &[(&str, &str)]) -> HashMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn load(pairs: &[(&str, &str)]) -> Result<Config, ConfigError> {
    Config::from_env(&env(pairs))
}

#[test]
fn nothing_set_gives_the_defaults_of_the_contract() {
    let config = load(&[]).unwrap();
    assert_eq!(config.server.listen.to_string(), "127.0.0.1:3000");
    assert_eq!(config.artwork.render_budget.as_millis(), 2500);
    assert_eq!(config.artwork.deadline.as_millis(), 4500);
    assert_eq!(config.storage.disk_cache_bytes, 2048 << 20);
    assert_eq!(config.upstream.tmdb.rate, CallRate { per_second: 40.0, burst: 80 });
    assert_eq!(config.upstream.ratings[&Provider::OMDB].url.as_str(), "https://www.omdbapi.com/");
    assert!(config.datasets.imdb.is_none() && config.datasets.awards.is_some());
    assert!(config.is_demo() && config.warnings.is_empty());
    assert!(config.keys.free_key, "the demo is for whoever comes by");
    assert!(!load(&[("TMDB_API_KEY", "key")]).unwrap().keys.free_key);
}

#[test]
fn empty_means_unset() {
    let config = load(&[("LAUREL_JPEG_QUALITY", ""), ("TMDB_API_KEY", " ")]).unwrap();
    assert_eq!(config.artwork.jpeg_quality, 85);
    assert!(config.is_demo());
}

#[test]
fn every_mistake_is_reported_at_once_by_name() {
    let error = load(&[
        ("LAUREL_LISTEN", "nowhere"),
        ("LAUREL_OPEN", "perhaps"),
        ("LAUREL_JPEG_QUALITY", "101"),
        ("LAUREL_TRUSTED_PROXIES", "10.0.0.0/8, house"),
        ("LAUREL_API_KEYS", "good,api,with space"),
        ("LAUREL_AWARDS_URL", "file:///etc/passwd"),
        ("LAUREL_TMDB_RATE", "NaN"),
        ("RUST_LOG", "laurel=loud"),
    ])
    .unwrap_err();
    let text = error.to_string();
    for name in [
        "LAUREL_LISTEN",
        "LAUREL_OPEN",
        "LAUREL_JPEG_QUALITY",
        "LAUREL_TRUSTED_PROXIES",
        "LAUREL_API_KEYS",
        "LAUREL_AWARDS_URL",
        "LAUREL_TMDB_RATE",
        "RUST_LOG",
    ] {
        assert!(text.contains(name), "{name} is missing in {text}");
    }
    assert!(text.starts_with("9 settings"), "{text}");
    assert!(!text.contains("with space"), "a key was echoed: {text}");
}

#[test]
fn a_deadline_before_the_budget_is_a_mistake() {
    let error = load(&[("LAUREL_DEADLINE_MS", "1000")]).unwrap_err();
    assert_eq!(error.0[0].name, "LAUREL_DEADLINE_MS");
}

#[test]
fn data_sets_can_be_on_off_or_elsewhere() {
    let config = load(&[
        ("LAUREL_IMDB_DATASETS_URL", "on"),
        ("LAUREL_AWARDS_URL", "OFF"),
        ("LAUREL_ANIME_MAP_URL", "http://127.0.0.1:9/map.json"),
    ])
    .unwrap();
    assert_eq!(config.datasets.imdb.unwrap().as_str(), "https://datasets.imdbws.com/");
    assert!(config.datasets.awards.is_none());
    assert_eq!(config.datasets.anime_map.unwrap().as_str(), "http://127.0.0.1:9/map.json");
}

#[test]
fn settings_without_effect_and_unknown_names_are_warned_about() {
    let config = load(&[
        ("LAUREL_REDIS_URL", "redis://:hush@host"),
        ("LAUREL_CDN", "true"),
        ("LAUREL_LISTNE", "x"),
        ("LAUREL_DATABASE_URL", ""),
    ])
    .unwrap();
    let text = config.warnings.join("\n");
    assert!(text.contains("LAUREL_REDIS_URL has no effect") && text.contains("LAUREL_CDN"));
    assert!(text.contains("LAUREL_LISTNE is not a setting"));
    assert!(!text.contains("LAUREL_DATABASE_URL") && !text.contains("hush"), "{text}");
}

#[test]
fn pools_proxies_and_addresses_are_parsed() {
    let config = load(&[
        ("MDBLIST_API_KEY", "one, two,"),
        ("LAUREL_TRUSTED_PROXIES", "127.0.0.1,10.0.0.0/8,::1"),
        ("LAUREL_PUBLIC_URL", "https://art.example/laurel"),
        ("LAUREL_LISTEN", "localhost:8080"),
    ])
    .unwrap();
    assert_eq!(config.upstream.ratings[&Provider::MDBLIST].keys.len(), 2);
    assert_eq!(config.server.trusted_proxies.len(), 3);
    assert_eq!(config.server.public_url.unwrap().as_str(), "https://art.example/laurel/");
    assert_eq!(config.server.listen.to_string(), "127.0.0.1:8080");
}

#[test]
fn debug_output_holds_no_secret() {
    let config = load(&[
        ("TMDB_API_KEY", "hush1"),
        ("LAUREL_API_KEYS", "hush2"),
        ("LAUREL_ADMIN_TOKEN", "hush3"),
        ("OMDB_API_KEY", "hush4,hush5"),
    ])
    .unwrap();
    assert!(!format!("{config:?}").contains("hush"));
}

#[test]
fn a_shared_folder_has_an_address() {
    let config = load(&[("LAUREL_STORE_URL", "file:///srv/pictures")]).unwrap();
    assert_eq!(config.storage.shared_folder.unwrap().to_str(), Some("/srv/pictures"));
    for wrong in ["s3://bucket/pictures", "/srv/pictures", "file://host/share"] {
        assert!(load(&[("LAUREL_STORE_URL", wrong)]).is_err(), "{wrong}");
    }
}
