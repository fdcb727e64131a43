//! Who may use whom: docs/ARCHITECTURE.md as a test.

use std::fs;
use std::path::{Path, PathBuf};

/// Any module may use these.
const EVERYWHERE: [&str; 3] = ["clock", "env", "telemetry"];

/// What each module may use besides itself. A module that is missing here fails the test.
const MAY_USE: &[(&str, &[&str])] = &[
    ("clock", &[]),
    ("budgets", &[]),
    ("memory", &[]),
    ("rate", &[]),
    ("model", &[]),
    ("env", &[]),
    ("telemetry", &[]),
    ("request", &["model"]),
    ("upstream", &["budgets", "memory", "model", "rate"]),
    ("datasets", &["model"]),
    ("identify", &["model"]),
    ("library", &["identify", "model"]),
    ("store", &["budgets", "model"]),
    ("codec", &["memory"]),
    ("plan", &["model", "request"]),
    // `request` for the words of fit and size, which plan takes from there, too.
    ("render", &["budgets", "memory", "model", "request", "plan", "codec"]),
    // `cache` for work that many wait for.
    ("stremio", &["cache", "model", "request"]),
    ("keys", &["model", "rate", "request", "store", "stremio"]),
    // `upstream` for the settings of its providers of ratings.
    ("config", &["budgets", "model", "keys", "upstream"]),
    ("cache", &["model", "upstream", "store"]),
    // `store` for the labels by which remembered answers are purged.
    ("gather", &["model", "request", "upstream", "datasets", "cache", "store"]),
    (
        "service",
        &[
            "budgets", "model", "request", "upstream", "gather", "plan", "render", "codec",
            "cache", "store",
        ],
    ),
    ("clients", &[]),
    // `upstream` for what TMDB's answers look like.
    ("plex", &["cache", "gather", "identify", "model", "request", "upstream"]),
    // `upstream` for its errors, which the one error map tells apart; `demo` for the page.
    (
        "http",
        &[
            "budgets", "model", "rate", "request", "upstream", "gather", "plex", "service",
            "store", "stremio", "clients", "keys", "demo",
        ],
    ),
    ("demo", &["model"]),
    (
        "app",
        &[
            "budgets", "model", "config", "cache", "datasets", "demo", "gather", "http", "keys",
            "render", "request", "service", "store", "stremio", "upstream",
        ],
    ),
    (
        "cli",
        &[
            "model", "config", "store", "keys", "app", "demo", "http", "identify", "library",
            "service", "upstream",
        ],
    ),
];

/// The only modules that know axum; `demo` is a small server of its own.
const KNOW_AXUM: [&str; 2] = ["http", "demo"];

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// Files of the program below `src`, as (module, path); tests know more.
fn files() -> Vec<(String, PathBuf)> {
    let mut files = Vec::new();
    let mut folders = vec![source()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            if path.is_dir() {
                folders.push(path);
            } else if !name.ends_with("tests") && name != "testing" && name != "samples" {
                let below = path.strip_prefix(source()).unwrap();
                let first = below.components().next().unwrap().as_os_str().to_string_lossy();
                files.push((first.trim_end_matches(".rs").to_owned(), path));
            }
        }
    }
    files.retain(|(module, _)| module != "lib" && module != "main");
    files
}

/// A file up to its tests.
fn program(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default().to_owned()
}

/// The modules that a text names after `crate::`.
fn used(text: &str) -> Vec<&str> {
    let rest = text.split("crate::").skip(1);
    rest.map(|rest| rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap())
        .collect()
}

#[test]
fn modules_only_use_what_the_architecture_lets_them() {
    let mut wrong = Vec::new();
    for (module, path) in files() {
        let Some((_, allowed)) = MAY_USE.iter().find(|(known, _)| *known == module) else {
            wrong.push(format!("{module} is not in the table"));
            continue;
        };
        for used in used(&program(&path)) {
            let fine = used == module || allowed.contains(&used) || EVERYWHERE.contains(&used);
            if !fine {
                wrong.push(format!("{} uses crate::{used}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "see docs/ARCHITECTURE.md:\n{}", wrong.join("\n"));
}

#[test]
fn only_the_web_knows_axum() {
    for (module, path) in files() {
        let knows = program(&path).contains("axum::");
        assert!(!knows || KNOW_AXUM.contains(&module.as_str()), "{}", path.display());
    }
}

#[test]
fn the_table_names_nothing_that_is_not_there() {
    let modules: Vec<String> = files().into_iter().map(|(module, _)| module).collect();
    for &(module, allowed) in MAY_USE {
        assert!(modules.iter().any(|known| known == module), "{module}");
        for used in allowed {
            let text = |(known, path): (String, PathBuf)| (known == module).then(|| program(&path));
            let uses = files().into_iter().filter_map(text).any(|text| {
                let used_there = self::used(&text);
                used_there.contains(used)
            });
            assert!(uses, "{module} no longer uses {used}");
        }
    }
}
