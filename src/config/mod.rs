//! The settings of one process as plain values, read once at start.

mod in_force;
mod reader;
mod settings;

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;
use tracing_subscriber::EnvFilter;
use url::Url;

pub use in_force::SettingInForce;
pub use reader::Problem;
use reader::SettingsReader;
use settings::{RATING_PROVIDER_SETTINGS, RatingProviderSettings};
pub use settings::{SETTINGS, Setting, SettingKind, SettingStatus, markdown};

use crate::budgets::Budgets;
use crate::env::{Env, Secret};
use crate::keys::KeyPolicy;
use crate::model::{Country, Language, Provider};

/// Everything that can be set. [`Default`] is the server with nothing set.
#[derive(Clone, Debug, Default)]
pub struct Config {
    pub server: ServerConfig,
    pub storage: StorageConfig,
    pub keys: KeyPolicy,
    pub artwork: ArtworkConfig,
    pub upstream: UpstreamConfig,
    pub datasets: DatasetSources,
    /// What only commands ask.
    pub bulk: BulkConfig,
    /// `RUST_LOG`, a valid filter.
    pub log_filter: LogFilter,
    /// What works but is probably not meant; to be logged at start.
    pub warnings: Vec<String>,
    /// All settings with their values, secrets masked.
    pub in_force: Vec<SettingInForce>,
}

#[derive(Clone, Debug)]
pub struct ServerConfig {
    pub listen: SocketAddr,
    /// Always ends in `/`; `None`: from the request.
    pub public_url: Option<Url>,
    /// Peers whose forwarding headers count.
    pub trusted_proxies: Vec<IpNet>,
    /// Where wrapped add-ons may stand beside the public internet.
    pub stremio_allow: Vec<IpNet>,
}

impl Default for ServerConfig {
    fn default() -> Self {
        let listen = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 3000);
        Self { listen, public_url: None, trusted_proxies: Vec::new(), stremio_allow: Vec::new() }
    }
}

#[derive(Clone, Debug)]
pub struct StorageConfig {
    pub data_dir: PathBuf,
    pub memory_cache_bytes: u64,
    /// 0: no disk cache.
    pub disk_cache_bytes: u64,
}

impl StorageConfig {
    /// What follows from the memory setting.
    pub fn budgets(&self) -> Budgets {
        Budgets::of(self.memory_cache_bytes)
    }
}

impl Default for StorageConfig {
    fn default() -> Self {
        Self {
            data_dir: PathBuf::from("./data"),
            memory_cache_bytes: 256 << 20,
            disk_cache_bytes: 2048 << 20,
        }
    }
}

#[derive(Clone, Debug)]
pub struct ArtworkConfig {
    pub language: Language,
    /// Whose certificates and cinemas count, unless the request or a region in its language says otherwise.
    pub country: Option<Country>,
    /// Contract section 7: past it the plain artwork goes out.
    pub render_budget: Duration,
    /// Contract section 7: past it the request fails. At least `render_budget`.
    pub deadline: Duration,
    /// 1 to 100.
    pub jpeg_quality: u8,
}

impl Default for ArtworkConfig {
    fn default() -> Self {
        Self {
            language: Language::ENGLISH,
            country: None,
            render_budget: Duration::from_millis(2500),
            deadline: Duration::from_millis(4500),
            jpeg_quality: 85,
        }
    }
}

/// How often a provider may be called.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CallRate {
    pub per_second: f64,
    /// Calls that may go out at once after a pause; at least 1.
    pub burst: u32,
}

/// A provider with a pool of keys; without keys it is off.
#[derive(Clone, Debug)]
pub struct ProviderConfig {
    pub keys: Vec<Secret>,
    pub url: Url,
    pub rate: CallRate,
}

#[derive(Clone, Debug)]
pub struct TmdbConfig {
    /// v3 key or v4 token; `None`: the demo catalogue.
    pub key: Option<Secret>,
    pub url: Url,
    /// Overrides `/configuration`.
    pub image_url: Option<Url>,
    pub rate: CallRate,
}

#[derive(Clone, Debug)]
pub struct FanartConfig {
    pub provider: ProviderConfig,
    /// When set, replaces scheme and host of the picture URLs in Fanart.tv's answers.
    pub image_url: Option<Url>,
}

#[derive(Clone, Debug)]
pub struct UpstreamConfig {
    pub tmdb: TmdbConfig,
    pub ratings: BTreeMap<Provider, ProviderConfig>,
    pub fanart: FanartConfig,
}

impl Default for UpstreamConfig {
    fn default() -> Self {
        read_upstream(&mut SettingsReader::new(&std::collections::HashMap::new()))
    }
}

/// Where the data sets come from; `None`: off.
#[derive(Clone, Debug)]
pub struct DatasetSources {
    pub imdb: Option<Url>,
    pub awards: Option<Url>,
    pub anime_map: Option<Url>,
}

impl Default for DatasetSources {
    fn default() -> Self {
        read_datasets(&mut SettingsReader::new(&std::collections::HashMap::new()))
    }
}

/// Services that commands ask by themselves.
#[derive(Clone, Debug)]
pub struct BulkConfig {
    /// Root of TMDB's daily id exports.
    pub tmdb_exports: Url,
    pub imgur_client_id: Option<Secret>,
    pub imgur_api: Url,
    /// Pictures come from this host only.
    pub imgur_images: Url,
}

impl Default for BulkConfig {
    fn default() -> Self {
        read_bulk(&mut SettingsReader::new(&std::collections::HashMap::new()))
    }
}

/// Text that `tracing_subscriber` accepts as a filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogFilter(String);

impl LogFilter {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for LogFilter {
    fn default() -> Self {
        Self("info".to_owned())
    }
}

/// Every setting that cannot be used, in the order of reading.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{} setting{} cannot be used:\n{}", .0.len(), if .0.len() == 1 { "" } else { "s" }, lines(.0))]
pub struct ConfigError(pub Vec<Problem>);

fn lines(problems: &[Problem]) -> String {
    let lines: Vec<String> = problems.iter().map(|problem| format!("  {problem}")).collect();
    lines.join("\n")
}

impl Config {
    /// Reads every setting.
    ///
    /// # Errors
    /// All mistakes at once, each with the variable's name.
    pub fn from_env(env: &dyn Env) -> Result<Self, ConfigError> {
        let mut reader = SettingsReader::new(env);
        let mut config = Self {
            server: read_server(&mut reader),
            storage: read_storage(&mut reader),
            keys: read_keys(&mut reader),
            artwork: read_artwork(&mut reader),
            upstream: read_upstream(&mut reader),
            datasets: read_datasets(&mut reader),
            bulk: read_bulk(&mut reader),
            log_filter: read_log_filter(&mut reader),
            warnings: warnings(env),
            in_force: in_force::in_force(env),
        };
        // Titles that do not exist are for whoever comes by; the limits on new pictures hold.
        config.keys.free_key |= config.is_demo();
        match reader.problems {
            problems if problems.is_empty() => Ok(config),
            problems => Err(ConfigError(problems)),
        }
    }

    /// Whether the embedded demo catalogue stands in for TMDB.
    pub fn is_demo(&self) -> bool {
        self.upstream.tmdb.key.is_none()
    }
}

fn read_server(reader: &mut SettingsReader) -> ServerConfig {
    let default = ServerConfig::default();
    let listen = reader.parse("LAUREL_LISTEN", "an address like 127.0.0.1:3000", |text| {
        let numeric = match text.strip_prefix("localhost:") {
            Some(port) => format!("127.0.0.1:{port}"),
            None => text.to_owned(),
        };
        numeric.parse().ok()
    });
    let public_url = reader.url("LAUREL_PUBLIC_URL").map(with_trailing_slash);
    let trusted_proxies = networks(reader, "LAUREL_TRUSTED_PROXIES");
    let stremio_allow = networks(reader, "LAUREL_STREMIO_ALLOW");
    let listen = listen.unwrap_or(default.listen);
    ServerConfig { listen, public_url, trusted_proxies, stremio_allow }
}

fn networks(reader: &mut SettingsReader, name: &'static str) -> Vec<IpNet> {
    let mut networks = Vec::new();
    for member in reader.list(name) {
        let network = member.parse::<IpNet>().ok();
        match network.or_else(|| member.parse::<IpAddr>().ok().map(IpNet::from)) {
            Some(network) => networks.push(network),
            None => reader.problem(
                name,
                format!("expected addresses or networks like 10.0.0.0/8, got {member:?}"),
            ),
        }
    }
    networks
}

/// So that joining a relative path keeps the last segment of the prefix.
fn with_trailing_slash(mut url: Url) -> Url {
    if !url.path().ends_with('/') {
        let path = format!("{}/", url.path());
        url.set_path(&path);
    }
    url
}

fn read_storage(reader: &mut SettingsReader) -> StorageConfig {
    // 16 TiB: past any disk this runs on, and far from overflow.
    const MAX_MB: u64 = 1 << 24;
    let data_dir = reader.text("LAUREL_DATA_DIR").map(PathBuf::from);
    StorageConfig {
        data_dir: data_dir.unwrap_or_else(|| StorageConfig::default().data_dir),
        memory_cache_bytes: reader.number("LAUREL_MEMORY_CACHE_MB", 1..=MAX_MB, 256) << 20,
        disk_cache_bytes: reader.number("LAUREL_DISK_CACHE_MB", 0..=MAX_MB, 2048) << 20,
    }
}

fn read_keys(reader: &mut SettingsReader) -> KeyPolicy {
    const NAME: &str = "LAUREL_API_KEYS";
    let mut fixed = Vec::new();
    for (index, member) in reader.list(NAME).into_iter().enumerate() {
        match member.parse() {
            Ok(key) => fixed.push(key),
            Err(error) => reader.problem(NAME, format!("key {}: {error}", index + 1)),
        }
    }
    KeyPolicy {
        fixed,
        open: reader.switch("LAUREL_OPEN"),
        free_key: reader.switch("LAUREL_FREE_KEY"),
        admin_token: reader.secret("LAUREL_ADMIN_TOKEN"),
    }
}

fn read_artwork(reader: &mut SettingsReader) -> ArtworkConfig {
    let default = ArtworkConfig::default();
    let language =
        reader.parse("LAUREL_LANG", "a language like de or pt-BR", |text| text.parse().ok());
    let country =
        reader.parse("LAUREL_COUNTRY", "a country like DE or US", |text| text.parse().ok());
    let budget_ms = reader.number("LAUREL_RENDER_BUDGET_MS", 1..=60_000, 2500);
    let deadline_ms = reader.number("LAUREL_DEADLINE_MS", 1..=60_000, 4500);
    if deadline_ms < budget_ms {
        reader.problem("LAUREL_DEADLINE_MS", "must not be less than LAUREL_RENDER_BUDGET_MS");
    }
    ArtworkConfig {
        language: language.unwrap_or(default.language),
        country,
        render_budget: Duration::from_millis(budget_ms),
        deadline: Duration::from_millis(deadline_ms),
        jpeg_quality: reader.number("LAUREL_JPEG_QUALITY", 1..=100, default.jpeg_quality),
    }
}

/// The setting, else its default in the table.
fn url_or_default(reader: &mut SettingsReader, name: &'static str) -> Url {
    let default = Setting::named(name).map_or("", |setting| setting.default);
    let set = reader.url(name);
    set.unwrap_or_else(|| default.parse().expect("the defaults in SETTINGS are addresses"))
}

/// The settings, else their defaults in the table.
fn call_rate(reader: &mut SettingsReader, [rate, burst]: [&'static str; 2]) -> CallRate {
    fn default<T: std::str::FromStr>(name: &str) -> Option<T> {
        Setting::named(name)?.default.parse().ok()
    }
    CallRate {
        per_second: reader.number(rate, 0.01..=10_000.0, default(rate).unwrap_or(1.0)),
        burst: reader.number(burst, 1..=100_000, default(burst).unwrap_or(1)),
    }
}

impl RatingProviderSettings {
    fn read(&self, reader: &mut SettingsReader) -> ProviderConfig {
        ProviderConfig {
            keys: reader.secrets(self.keys),
            url: url_or_default(reader, self.url),
            rate: call_rate(reader, [self.rate, self.burst]),
        }
    }
}

fn read_upstream(reader: &mut SettingsReader) -> UpstreamConfig {
    UpstreamConfig {
        tmdb: TmdbConfig {
            key: reader.secret("TMDB_API_KEY"),
            url: url_or_default(reader, "LAUREL_TMDB_API_URL"),
            image_url: reader.url("LAUREL_TMDB_IMAGE_URL"),
            rate: call_rate(reader, ["LAUREL_TMDB_RATE", "LAUREL_TMDB_BURST"]),
        },
        ratings: RATING_PROVIDER_SETTINGS
            .iter()
            .map(|row| (row.provider, row.read(reader)))
            .collect(),
        fanart: FanartConfig {
            provider: ProviderConfig {
                keys: reader.secrets("FANART_API_KEY"),
                url: url_or_default(reader, "LAUREL_FANART_URL"),
                rate: call_rate(reader, ["LAUREL_FANART_RATE", "LAUREL_FANART_BURST"]),
            },
            image_url: reader.url("LAUREL_FANART_IMAGE_URL"),
        },
    }
}

fn read_datasets(reader: &mut SettingsReader) -> DatasetSources {
    /// IMDb's own root; see <https://developer.imdb.com/non-commercial-datasets/>.
    const IMDB_DATASETS: &str = "https://datasets.imdbws.com";
    DatasetSources {
        imdb: data_set(reader, "LAUREL_IMDB_DATASETS_URL", IMDB_DATASETS),
        awards: data_set(reader, "LAUREL_AWARDS_URL", ""),
        anime_map: data_set(reader, "LAUREL_ANIME_MAP_URL", ""),
    }
}

fn read_bulk(reader: &mut SettingsReader) -> BulkConfig {
    BulkConfig {
        tmdb_exports: url_or_default(reader, "LAUREL_TMDB_EXPORTS_URL"),
        imgur_client_id: reader.secret("IMGUR_CLIENT_ID"),
        imgur_api: url_or_default(reader, "LAUREL_IMGUR_API_URL"),
        imgur_images: url_or_default(reader, "LAUREL_IMGUR_IMAGE_URL"),
    }
}

/// `off`, `on` (the `usual` address, or the default in the table) or an address.
fn data_set(reader: &mut SettingsReader, name: &'static str, usual: &str) -> Option<Url> {
    let default = Setting::named(name).map_or("", |setting| setting.default);
    let on = if usual.is_empty() { default } else { usual };
    let text = reader.text(name).unwrap_or_else(|| default.to_owned());
    match text.to_ascii_lowercase().as_str() {
        "off" => None,
        "on" => on.parse().ok(),
        _ if text == default => text.parse().ok(),
        _ => reader.url(name),
    }
}

fn read_log_filter(reader: &mut SettingsReader) -> LogFilter {
    let read = |text: &str| EnvFilter::try_new(text).ok().map(|_| LogFilter(text.to_owned()));
    reader.parse("RUST_LOG", "a level or target=level pairs", read).unwrap_or_default()
}

/// Settings without effect in this version, and names that look like settings but are none.
fn warnings(env: &dyn Env) -> Vec<String> {
    let is_set = |name: &str| !matches!(env.text(name), Ok(None));
    let later = SETTINGS.iter().filter(|s| s.status == SettingStatus::NoEffectYet);
    let mut warnings: Vec<String> = later
        .filter(|setting| is_set(setting.name))
        .map(|setting| format!("{} has no effect in this version", setting.name))
        .collect();
    let mut unknown: Vec<String> = env.names();
    unknown.retain(|name| {
        name.starts_with("LAUREL_") && Setting::named(name).is_none() && is_set(name)
    });
    unknown.sort();
    warnings.extend(unknown.iter().map(|name| format!("{name} is not a setting of laurel")));
    warnings
}

#[cfg(test)]
mod tests;
