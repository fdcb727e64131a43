//! The services that are played, each below a path of its own.

use laurel::model::Provider;

/// One service, as the settings tell them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Service {
    Tmdb,
    TmdbImages,
    Mdblist,
    Omdb,
    Trakt,
    Fanart,
    FanartImages,
    ImdbDatasets,
    Awards,
    AnimeMap,
    TmdbExports,
    Imgur,
    ImgurImages,
}

impl Service {
    pub(crate) const ALL: [Self; 13] = [
        Self::Tmdb,
        Self::TmdbImages,
        Self::Mdblist,
        Self::Omdb,
        Self::Trakt,
        Self::Fanart,
        Self::FanartImages,
        Self::ImdbDatasets,
        Self::Awards,
        Self::AnimeMap,
        Self::TmdbExports,
        Self::Imgur,
        Self::ImgurImages,
    ];

    /// The path that its base URL ends in, as at the real service.
    pub(crate) fn prefix(self) -> &'static str {
        match self {
            Self::Tmdb => "/tmdb/3",
            Self::TmdbImages => "/tmdb-images/t/p",
            Self::Mdblist => "/mdblist",
            Self::Omdb => "/omdb/",
            Self::Trakt => "/trakt",
            Self::Fanart => "/fanart/v3",
            Self::FanartImages => "/fanart-images",
            Self::ImdbDatasets => "/imdb",
            Self::Awards => "/awards",
            Self::AnimeMap => "/anime/anime-list-full.json",
            Self::TmdbExports => "/exports",
            Self::Imgur => "/imgur/3",
            Self::ImgurImages => "/imgur-images",
        }
    }

    /// The word in answers and metrics.
    fn name(self) -> &'static str {
        match self {
            Self::Tmdb => "tmdb",
            Self::TmdbImages => "tmdb_images",
            Self::Mdblist => "mdblist",
            Self::Omdb => "omdb",
            Self::Trakt => "trakt",
            Self::Fanart => "fanart",
            Self::FanartImages => "fanart_images",
            Self::ImdbDatasets => "imdb_datasets",
            Self::Awards => "awards",
            Self::AnimeMap => "anime_map",
            Self::TmdbExports => "tmdb_exports",
            Self::Imgur => "imgur",
            Self::ImgurImages => "imgur_images",
        }
    }

    /// The setting that takes its base URL.
    pub(crate) fn setting(self) -> &'static str {
        match self {
            Self::Tmdb => "LAUREL_TMDB_API_URL",
            Self::TmdbImages => "LAUREL_TMDB_IMAGE_URL",
            Self::Mdblist => "LAUREL_MDBLIST_URL",
            Self::Omdb => "LAUREL_OMDB_URL",
            Self::Trakt => "LAUREL_TRAKT_URL",
            Self::Fanart => "LAUREL_FANART_URL",
            Self::FanartImages => "LAUREL_FANART_IMAGE_URL",
            Self::ImdbDatasets => "LAUREL_IMDB_DATASETS_URL",
            Self::Awards => "LAUREL_AWARDS_URL",
            Self::AnimeMap => "LAUREL_ANIME_MAP_URL",
            Self::TmdbExports => "LAUREL_TMDB_EXPORTS_URL",
            Self::Imgur => "LAUREL_IMGUR_API_URL",
            Self::ImgurImages => "LAUREL_IMGUR_IMAGE_URL",
        }
    }

    /// The settings that switch services on, with keys that any stand-in takes.
    pub(crate) const KEYS: [(&'static str, &'static str); 5] = [
        ("TMDB_API_KEY", "0123456789abcdef0123456789abcdef"),
        ("MDBLIST_API_KEY", "mdblist-key"),
        ("OMDB_API_KEY", "omdb-key"),
        ("TRAKT_CLIENT_ID", "trakt-key"),
        ("FANART_API_KEY", "fanart-key"),
    ];

    /// The service a path belongs to, and the rest of the path.
    pub(crate) fn of_path(path: &str) -> Option<(Self, &str)> {
        Self::ALL.into_iter().find_map(|service| {
            let rest = path.strip_prefix(service.prefix().trim_end_matches('/'))?;
            (rest.is_empty() || rest.starts_with('/')).then_some((service, rest))
        })
    }
}

impl From<Provider> for Service {
    fn from(provider: Provider) -> Self {
        Self::ALL
            .into_iter()
            .find(|service| service.name() == provider.name())
            .unwrap_or_else(|| panic!("nobody plays {}", provider.name()))
    }
}
