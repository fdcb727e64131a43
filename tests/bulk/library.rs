//! `laurel library`.

use std::collections::BTreeMap;
use std::path::Path;

use super::{files, run, settings, text};
use crate::soak::full;
use crate::support::{FakeEpisode, FakeTitle, FakeUpstream};

const FILMS: u32 = 12;
const SERIES: u32 = 4;

/// Films and series that can be told apart by name, and nobody's.
fn titles(films: u32, series: u32) -> FakeUpstream {
    let film = |n: u32| {
        FakeTitle::film(&format!("Wandering {}", word(n)), 30_000 + n, [n as u8, 60, 90])
            .imdb(5_000_000 + n)
            .released(&format!("{}-05-01", 1960 + n % 60))
            .voted(7.0, 500)
    };
    let show = |n: u32| {
        let colour = [200, n as u8, 40];
        FakeTitle::series(&format!("Harbour {}", word(n)), 40_000 + n, colour)
            .imdb(5_500_000 + n)
            .tvdb(600_000 + n)
            .voted(8.0, 700)
            .episode(FakeEpisode::new(1, 1, &format!("First of {n}"), colour))
            .episode(FakeEpisode::new(1, 2, &format!("Second of {n}"), colour))
    };
    FakeUpstream::new().titles((0..films).map(film)).titles((0..series).map(show))
}

/// A made-up word for a number: no two are alike.
fn word(n: u32) -> String {
    const PARTS: [&str; 10] = ["ba", "ke", "li", "mo", "nu", "ra", "se", "ti", "vo", "zu"];
    let syllables = [n / 1000, n / 100 % 10, n / 10 % 10, n % 10, 7 - n % 7];
    let word: String = syllables.iter().map(|part| PARTS[*part as usize % 10]).collect();
    format!("{}{}", word[..1].to_uppercase(), &word[1..])
}

fn write(root: &Path, path: &str, bytes: &str) {
    let path = root.join(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, bytes).unwrap();
}

/// A library in four styles: Plex' ids in braces, Jellyfin's in brackets, names with years, and scene names with an `.nfo`.
fn library(root: &Path, films: u32, series: u32) {
    for n in 0..films {
        let (name, year, imdb) = (format!("Wandering {}", word(n)), 1960 + n % 60, 5_000_000 + n);
        match n % 4 {
            0 => write(
                root,
                &format!("films/{name} ({year}) {{imdb-tt{imdb}}}/{name} ({year}).mkv"),
                "",
            ),
            1 => write(root, &format!("films/{name} [tmdbid-{}]/{name}.mkv", 30_000 + n), ""),
            2 => write(root, &format!("films/{name} ({year}).mkv"), ""),
            _ => {
                let scene = format!("{}.{year}.1080p.BluRay.x264-GRP", name.replace(' ', "."));
                let nfo = format!("<movie><uniqueid type=\"imdb\">tt{imdb}</uniqueid></movie>");
                write(root, &format!("films/{scene}/{scene}.nfo"), &nfo);
                write(root, &format!("films/{scene}/{scene}.mkv"), "");
            }
        }
    }
    for n in 0..series {
        let name = format!("Harbour {}", word(n));
        let folder = match n % 4 {
            0 => format!("series/{name} (2008)/Season 01"),
            1 => format!("series/{name} [tvdbid-{}]/Season 1", 600_000 + n),
            2 => format!("series/{name} {{tmdb-{}}}/S01", 40_000 + n),
            _ => format!("series/{name}"),
        };
        for episode in 1..=2 {
            write(root, &format!("{folder}/{name} - S01E0{episode}.mkv"), "");
        }
    }
}

/// Every file with its bytes.
fn contents(root: &Path) -> BTreeMap<String, Vec<u8>> {
    files(root)
        .into_iter()
        .map(|name| (name.clone(), std::fs::read(root.join(name)).unwrap()))
        .collect()
}

/// 300 films and 40 series with `LAUREL_SOAK=full`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_library_in_four_styles_ends_right_and_every_byte_comes_back() {
    let (films, series) = if full() { (300, 40) } else { (FILMS, SERIES) };
    let upstream = titles(films, series).start().await;
    let dir = tempfile::tempdir().unwrap();
    let (root, settings) = (dir.path().join("media"), settings(&upstream));
    library(&root, films, series);
    let theirs = root.join(format!("films/Wandering {} [tmdbid-30001]/poster.png", word(1)));
    std::fs::write(&theirs, "theirs").unwrap();
    let before = contents(&root);
    let arguments = ["library", "media", "--for", "jellyfin", "--query", "imageSize=small"];

    let dry: Vec<&str> = arguments.iter().copied().chain(["--dry-run"]).collect();
    let output = run(dir.path(), &settings, &dry, "").await;
    assert!(
        output.status.success() && text(&output).contains("would be written"),
        "{}",
        text(&output)
    );
    assert_eq!(contents(&root), before);

    let output = run(dir.path(), &settings, &arguments, "").await;
    assert!(output.status.success(), "{}", text(&output));
    let after = contents(&root);
    // Poster, backdrop and logo of each; of a series also a season and two episodes. One poster is theirs.
    let expected = before.len() + films as usize * 3 - 1 + series as usize * 6;
    assert_eq!(after.len(), expected, "{:?}\n{}", after.keys(), text(&output));
    assert_eq!(after[&format!("films/Wandering {} [tmdbid-30001]/poster.png", word(1))], b"theirs");
    let name = format!("films/Wandering {} (1962)", word(2));
    for ending in ["-poster.jpg", "-backdrop.jpg", "-logo.png"] {
        assert!(after.contains_key(&format!("{name}{ending}")), "{ending}");
    }
    let folder = format!("series/Harbour {} (2008)", word(0));
    for picture in [
        "poster.jpg".to_owned(),
        "season01-poster.jpg".to_owned(),
        format!("Season 01/Harbour {} - S01E02-thumb.jpg", word(0)),
    ] {
        assert!(after.contains_key(&format!("{folder}/{picture}")), "{picture}");
    }

    let ledger = contents(&dir.path().join("data/library"));
    let again = run(dir.path(), &settings, &arguments, "").await;
    assert!(again.status.success() && text(&again).contains("0 written"), "{}", text(&again));
    assert_eq!(contents(&root), after);
    assert_eq!(contents(&dir.path().join("data/library")).len(), ledger.len());

    let undo = run(dir.path(), &settings, &["library", "media", "--undo"], "").await;
    assert!(undo.status.success(), "{}", text(&undo));
    assert_eq!(contents(&root), before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pictures_of_others_are_replaced_when_told_and_given_back() {
    let upstream = titles(1, 0).start().await;
    let dir = tempfile::tempdir().unwrap();
    let (root, settings) = (dir.path().join("media"), settings(&upstream));
    let folder = format!("Wandering {} (1960)", word(0));
    write(&root, &format!("{folder}/film.mkv"), "");
    write(&root, &format!("{folder}/poster.jpg"), "theirs");
    #[cfg(unix)]
    std::os::unix::fs::symlink("/etc/hosts", root.join(&folder).join("fanart.jpg")).unwrap();
    write(&root, "Nobody Knows This (1999)/x.mkv", "");
    let before = contents(&root);
    let arguments =
        ["library", "media", "--for", "kodi", "--family", "poster,backdrop", "--overwrite"];
    let output = run(dir.path(), &settings, &arguments, "").await;
    assert_eq!(output.status.code(), Some(3), "{}", text(&output));
    assert!(text(&output).contains("no such title is known"), "{}", text(&output));
    assert!(text(&output).contains("1 written"), "{}", text(&output));
    assert!(root.join(&folder).join("fanart.jpg").is_symlink());
    assert_ne!(contents(&root), before);
    // Changed by somebody since: it is not ours to take back.
    let poster = root.join(&folder).join("poster.jpg");
    let ours = std::fs::read(&poster).unwrap();
    std::fs::write(&poster, "theirs again").unwrap();
    let undo = run(dir.path(), &settings, &["library", "media", "--undo"], "").await;
    assert_eq!(undo.status.code(), Some(3), "{}", text(&undo));
    assert_eq!(std::fs::read(&poster).unwrap(), b"theirs again");
    std::fs::write(&poster, ours).unwrap();
    for wrong in [&["library", "media"][..], &["library", "nowhere", "--for", "kodi"]] {
        assert_eq!(run(dir.path(), &settings, wrong, "").await.status.code(), Some(2), "{wrong:?}");
    }
}
