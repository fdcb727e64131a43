//! The rows. What a client does with a line is written from its public code or its documentation, which `tests` repeat.

use super::{ClientLine, ClientRow};

const fn pattern(field: &'static str, text: &'static str, family: &'static str) -> ClientLine {
    ClientLine { field, text, family: Some(family) }
}

const fn other(field: &'static str, text: &'static str) -> ClientLine {
    ClientLine { field, text, family: None }
}

const POSTER_OF_TITLE: &str = "%BASE%/%KEY%/imdb/poster-default/tt0903747.jpg?v=%V%";
const BACKDROP_OF_TITLE: &str = "%BASE%/%KEY%/imdb/backdrop-default/tt0903747.jpg?v=%V%";

pub const CLIENTS: &[ClientRow] = &[
    ClientRow {
        id: "plex",
        name: "Plex",
        recipe: "Plex Media Server 1.43 and later. Settings → Metadata Agents → Add Provider, once for films and once for series; then \
                 Add Agent with each of them, and choose the agent in the library's settings.",
        lines: &[
            other("provider of films", "%BASE%/plex/%KEY%/movie"),
            other("provider of series", "%BASE%/plex/%KEY%/tv"),
        ],
        works: "Films, series, seasons and episodes with texts, people, ratings and rated pictures. A changed look is in the next \
                refresh of metadata and re-matches nothing.",
        limits: "Collections and theme music. Pictures that Plex has stored stay until metadata are refreshed.",
    },
    ClientRow {
        id: "stremio",
        name: "Stremio, Nuvio and others: any add-on",
        recipe: "Save the add-on's address with `POST /api/admin/stremio`, and install the `manifest_url` that is answered, with a key that \
                 has the scope `stremio` in the place of `{key}`.",
        lines: &[other("install", "%BASE%/stremio/%KEY%/{wrapper}/manifest.json")],
        works: "Catalogues, search, metas and episode thumbnails with our pictures, blurred against spoilers if asked; streams and \
                subtitles come from the add-on itself.",
        limits: "Titles by ids that only the add-on knows keep its pictures. Stremio's web and desktop apps install add-ons by https only.",
    },
    ClientRow {
        id: "aiometadata",
        name: "AIOMetadata",
        recipe: "Art Providers → Rating Posters: Custom, then the patterns below; or `POST /api/admin/clients/aiometadata`, which sets them \
                 through AIOMetadata's own API.",
        lines: &[
            pattern("poster", "%BASE%/%KEY%/imdb/poster-default/{imdb_id}.jpg?v=%V%", "poster"),
            pattern(
                "background",
                "%BASE%/%KEY%/imdb/backdrop-default/{imdb_id}.jpg?v=%V%",
                "backdrop",
            ),
            pattern("logo", "%BASE%/%KEY%/imdb/logo-default/{imdb_id}.png?v=%V%", "logo"),
            pattern(
                "episode thumbnail",
                "%BASE%/%KEY%/imdb/episode-default/{imdb_id}:{season}:{episode}.jpg?v=%V%",
                "episode",
            ),
        ],
        works: "All four families. `{tmdb_id}`, `{tvdb_id}`, `{kitsu_id}`, `{mal_id}` and `{type}` are filled in, too: \
                `…/tmdb/poster-default/{type}-{tmdb_id}.jpg`.",
        limits: "Titles without the id of the pattern keep AIOMetadata's own pictures.",
    },
    ClientRow {
        id: "aiostreams",
        name: "AIOStreams",
        recipe: "Services → Posters: OpenPosterDB, with the address, the key and, where it has the field, parameters.",
        lines: &[
            other("URL", "%BASE%"),
            other("API key", "%KEY%"),
            other("parameters", "badge_size=l&ratings_limit=4"),
        ],
        works: "Posters of all catalogues that go through AIOStreams; the key is checked.",
        limits: "Backgrounds, logos and thumbnails: AIOStreams replaces posters only.",
    },
    ClientRow {
        id: "nuvio",
        name: "Nuvio",
        recipe: "Settings → Layout → Custom posters.",
        lines: &[pattern(
            "poster pattern",
            "%BASE%/%KEY%/{id_type}/poster-default/{typed_id}.jpg?shape={shape}&v=%V%",
            "poster",
        )],
        works: "Posters in rows, library, search and details, by whatever id a title has; wide cards by `{shape}`.",
        limits: "Episode thumbnails and logos: Nuvio has no pattern for them. A title whose poster fails has the add-on's own.",
    },
    ClientRow {
        id: "rpdb",
        name: "Anything made for RPDB",
        recipe: "Where the host can be set, set it; the key is an API key of this server. Keys begin with `t3-`, which clients read as the \
                 largest plan. If a key has to stand where others see it, use its share form (`h.…`).",
        lines: &[
            other("host in place of https://api.ratingposterdb.com", "%BASE%"),
            other("API key", "%KEY%"),
            pattern(
                "or the whole pattern",
                "%BASE%/%KEY%/imdb/poster-default/{imdb_id}.jpg?fallback=true&v=%V%",
                "poster",
            ),
        ],
        works: "Posters, backdrops and logos, the check of the key, RPDB's parameters.",
        limits: "Clients whose host is fixed in their code.",
    },
    ClientRow {
        id: "jellyfin",
        name: "Jellyfin",
        recipe: "Install the plug-in OpenPosterDB from its repository, and enter this server in its settings; then refresh images, or put it \
                 first in the library's image fetchers.",
        lines: &[
            other("Base URL", "%BASE%"),
            other("API key", "%KEY%"),
            other("Extra query", "badge_size=l&imageSize=large"),
        ],
        works: "Posters, backdrops and logos of films and series, posters of seasons, pictures of episodes.",
        limits: "Jellyfin keeps pictures that it has until they are replaced: Refresh metadata → Replace images.",
    },
    ClientRow {
        id: "kometa",
        name: "Kometa",
        recipe: "In a metadata file, by title.",
        lines: &[
            pattern("url_poster:", POSTER_OF_TITLE, "poster"),
            pattern("url_background:", BACKDROP_OF_TITLE, "backdrop"),
        ],
        works: "Posters and backgrounds of films, series and seasons.",
        limits: "Kometa's own overlays are drawn on top: use one of the two. Kometa fetches an address again only when it changes, which \
                 `v` is good for.",
    },
    ClientRow {
        id: "kodi",
        name: "Kodi",
        recipe: "In a title's `.nfo` file; then refresh the title.",
        lines: &[
            pattern(
                "poster",
                "<thumb aspect=\"poster\">%BASE%/%KEY%/imdb/poster-default/tt0903747.jpg?v=%V%</thumb>",
                "poster",
            ),
            pattern(
                "clearlogo",
                "<thumb aspect=\"clearlogo\">%BASE%/%KEY%/imdb/logo-default/tt0903747.png?v=%V%</thumb>",
                "logo",
            ),
            pattern(
                "fanart",
                "<fanart><thumb>%BASE%/%KEY%/imdb/backdrop-default/tt0903747.jpg?v=%V%</thumb></fanart>",
                "backdrop",
            ),
        ],
        works: "All families; Kodi caches a picture by its address, which `v` changes. More parameters are joined by `&amp;` in XML.",
        limits: "Libraries scanned without `.nfo` files take their scraper's pictures.",
    },
    ClientRow {
        id: "emby",
        name: "Emby",
        recipe: "Emby takes pictures that lie beside the video: save them there.",
        lines: &[
            pattern(
                "poster",
                "curl -fo poster.jpg \"%BASE%/%KEY%/imdb/poster-default/tt0903747.jpg?v=%V%\"",
                "poster",
            ),
            pattern(
                "background",
                "curl -fo fanart.jpg \"%BASE%/%KEY%/imdb/backdrop-default/tt0903747.jpg?v=%V%\"",
                "backdrop",
            ),
            pattern(
                "logo",
                "curl -fo logo.png \"%BASE%/%KEY%/imdb/logo-default/tt0903747.png?v=%V%\"",
                "logo",
            ),
        ],
        works: "All families, in every client of Emby.",
        limits: "Ratings age in a saved file until it is fetched again.",
    },
    ClientRow {
        id: "tinymediamanager",
        name: "tinyMediaManager",
        recipe: "In the dialogue that chooses a poster or a fanart, enter the address below the pictures and add it.",
        lines: &[
            pattern("poster", POSTER_OF_TITLE, "poster"),
            pattern("fanart", BACKDROP_OF_TITLE, "backdrop"),
        ],
        works: "All families; tinyMediaManager saves them beside the video for Kodi, Emby, Jellyfin and Plex.",
        limits: "One title at a time: its scrapers are built in.",
    },
];
