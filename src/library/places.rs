//! Where each media server looks for pictures: server × family × file name.
//!
//! Sources: <https://kodi.wiki/view/Artwork/Accessing>, <https://jellyfin.org/docs/general/server/media/movies/>,
//! <https://support.plex.tv/articles/200220677-local-media-assets-movies/>, <https://emby.media/support/articles/Movie-Naming.html>.

use std::fmt::Write;

use super::item::{EpisodeFile, ItemForm, LibraryItem, join, parent, stem};
use crate::model::words;

words!(
    /// Whose names pictures have.
    #[serde(rename_all = "lowercase")]
    MediaServer {
        Kodi = "kodi",
        Jellyfin = "jellyfin",
        Plex = "plex",
        Emby = "emby",
    }
);

words!(
    /// What a picture in a library shows, by the family that it is asked for in.
    #[serde(rename_all = "lowercase")]
    PlaceKind {
        Poster = "poster",
        Backdrop = "backdrop" | "fanart",
        Logo = "logo" | "clearlogo",
        Season = "season",
        Episode = "episode",
    }
);

/// Names of one server. `{file}` is the video's name without extension, `{NN}` a season of two digits.
struct PlaceNames {
    /// In the folder of a film or a series: poster, backdrop, logo.
    own: [&'static str; 3],
    /// Beside a film that has no folder of its own.
    beside: [&'static str; 3],
    season: &'static str,
    specials: &'static str,
    /// In the season's folder; else in the series'.
    season_apart: bool,
    episode: &'static str,
}

fn names(server: MediaServer) -> PlaceNames {
    const KODI: PlaceNames = PlaceNames {
        own: ["poster.jpg", "fanart.jpg", "clearlogo.png"],
        beside: ["{file}-poster.jpg", "{file}-fanart.jpg", "{file}-clearlogo.png"],
        season: "season{NN}-poster.jpg",
        specials: "season-specials-poster.jpg",
        season_apart: false,
        episode: "{file}-thumb.jpg",
    };
    match server {
        MediaServer::Kodi => KODI,
        MediaServer::Jellyfin => PlaceNames {
            own: ["poster.jpg", "backdrop.jpg", "logo.png"],
            beside: ["{file}-poster.jpg", "{file}-backdrop.jpg", "{file}-logo.png"],
            ..KODI
        },
        MediaServer::Emby => PlaceNames {
            own: ["poster.jpg", "fanart.jpg", "logo.png"],
            beside: ["{file}-poster.jpg", "{file}-fanart.jpg", "{file}-logo.png"],
            ..KODI
        },
        MediaServer::Plex => PlaceNames {
            own: ["poster.jpg", "fanart.jpg", "clearlogo.png"],
            beside: ["{file}.jpg", "{file}-fanart.jpg", "{file}-clearlogo.png"],
            season: "Season{NN}.jpg",
            specials: "season-specials-poster.jpg",
            season_apart: true,
            episode: "{file}.jpg",
        },
    }
}

/// A picture and where it goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PicturePlace {
    pub kind: PlaceKind,
    /// Below the root, with `/`.
    pub path: String,
    /// What stands behind the title's id in an address: `-S02`, `:1:2`, or nothing.
    pub part: String,
    /// A file or folder beside it, whose owner it gets.
    pub neighbour: String,
}

/// The pictures of an item, in order.
pub fn places(server: MediaServer, item: &LibraryItem, kinds: &[PlaceKind]) -> Vec<PicturePlace> {
    let names = names(server);
    let mut places = match &item.form {
        ItemForm::FilmFolder { folder, video } => of_title(&names.own, folder, video),
        ItemForm::FilmFile { video } => of_title(&names.beside, parent(video), video),
        ItemForm::Series { folder, episodes, seasons } => {
            let mut places = of_title(&names.own, folder, folder);
            for (season, season_folder) in seasons {
                let name = if *season == 0 { names.specials } else { names.season };
                let name = name.replace("{NN}", &format!("{season:02}"));
                let folder = if names.season_apart { season_folder } else { folder };
                places.push(PicturePlace {
                    kind: PlaceKind::Season,
                    path: join(folder, &name),
                    part: format!("-S{season}"),
                    neighbour: folder.clone(),
                });
            }
            places.extend(episodes.iter().map(|episode| of_episode(&names, episode)));
            places
        }
    };
    places.retain(|place| kinds.contains(&place.kind));
    places
}

fn of_title(names: &[&str; 3], folder: &str, video: &str) -> Vec<PicturePlace> {
    let kinds = [PlaceKind::Poster, PlaceKind::Backdrop, PlaceKind::Logo];
    let place = |(kind, name): (PlaceKind, &&str)| PicturePlace {
        kind,
        path: join(folder, &named(name, video)),
        part: String::new(),
        neighbour: video.to_owned(),
    };
    kinds.into_iter().zip(names).map(place).collect()
}

fn of_episode(names: &PlaceNames, episode: &EpisodeFile) -> PicturePlace {
    let EpisodeFile { video, season, number } = episode;
    PicturePlace {
        kind: PlaceKind::Episode,
        path: join(parent(video), &named(names.episode, video)),
        part: format!(":{season}:{number}"),
        neighbour: video.clone(),
    }
}

fn named(name: &str, video: &str) -> String {
    let file = video.rsplit('/').next().unwrap_or(video);
    name.replace("{file}", stem(file))
}

/// The table for the documentation.
pub fn places_markdown() -> String {
    let mut text = String::from(
        "| | folder of a film or series | film without a folder | season | specials | episode |\n\
         |---|---|---|---|---|---|\n",
    );
    for server in MediaServer::ALL {
        let PlaceNames { own, beside, season, specials, season_apart, episode } = names(server);
        let list = |names: [&str; 3]| names.map(|name| format!("`{name}`")).join(" ");
        let place = if season_apart { "season's folder" } else { "series' folder" };
        // Writing to a String does not fail.
        let _ = writeln!(
            text,
            "| {} | {} | {} | `{season}` in the {place} | `{specials}` | `{episode}` |",
            server.name(),
            list(own),
            list(beside),
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::identify::ParsedName;

    fn paths(server: MediaServer, form: ItemForm) -> Vec<String> {
        let item = LibraryItem { path: String::new(), name: ParsedName::default(), form };
        let places = places(server, &item, PlaceKind::ALL.as_slice());
        places.into_iter().map(|place| place.path).collect()
    }

    #[test]
    fn every_server_finds_its_own_names() {
        let film = || ItemForm::FilmFile { video: "Films/Heat (1995).mkv".to_owned() };
        assert_eq!(
            paths(MediaServer::Plex, film()),
            [
                "Films/Heat (1995).jpg",
                "Films/Heat (1995)-fanart.jpg",
                "Films/Heat (1995)-clearlogo.png"
            ]
        );
        let series = || ItemForm::Series {
            folder: "Show".to_owned(),
            episodes: vec![EpisodeFile {
                video: "Show/Season 1/e.mkv".to_owned(),
                season: 1,
                number: 2,
            }],
            seasons: BTreeMap::from([
                (0, "Show/Specials".to_owned()),
                (1, "Show/Season 1".to_owned()),
            ]),
        };
        assert_eq!(
            paths(MediaServer::Jellyfin, series()),
            [
                "Show/poster.jpg",
                "Show/backdrop.jpg",
                "Show/logo.png",
                "Show/season-specials-poster.jpg",
                "Show/season01-poster.jpg",
                "Show/Season 1/e-thumb.jpg",
            ]
        );
        assert_eq!(
            paths(MediaServer::Plex, series())[3..],
            [
                "Show/Specials/season-specials-poster.jpg",
                "Show/Season 1/Season01.jpg",
                "Show/Season 1/e.jpg"
            ]
        );
    }

    #[test]
    fn no_two_pictures_of_an_item_have_one_place() {
        for server in MediaServer::ALL {
            let all =
                paths(server, ItemForm::FilmFolder { folder: "a".into(), video: "a/b.mkv".into() });
            let distinct: std::collections::HashSet<_> = all.iter().collect();
            assert_eq!(distinct.len(), all.len());
        }
        assert_eq!(places_markdown().lines().count(), 6);
    }
}
