//! The documentation says what the code does: tables are made from the code's own, links lead
//! somewhere, names of hosts and machines that are nobody's business stay out.
//! `LAUREL_BLESS=1 cargo test docs::` writes the tables anew.

use std::path::{Path, PathBuf};

use laurel::http::{errors_markdown, openapi_document};
use laurel::request::{families_markdown, looks_markdown, options_markdown, sources_markdown};
use laurel::{config, telemetry};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Checks, or writes, the part of `file` between the markers of `name`.
#[track_caller]
fn assert_table(file: &str, name: &str, table: &str) {
    let path = root().join(file);
    let text = std::fs::read_to_string(&path).unwrap();
    let begin = format!("<!-- {name}:begin");
    let (before, rest) = text.split_once(&begin).expect("the marker where the table begins");
    let (marker, rest) = rest.split_once("-->\n").unwrap();
    let end = format!("<!-- {name}:end -->");
    let (_, after) = rest.split_once(&end).expect("the marker where the table ends");
    let expected = format!("{before}{begin}{marker}-->\n{table}{end}{after}");
    #[expect(clippy::disallowed_methods, reason = "whoever runs the tests decides")]
    if std::env::var_os("LAUREL_BLESS").is_some() {
        std::fs::write(&path, &expected).unwrap();
        return;
    }
    assert!(text == expected, "{file}: the table of {name} is old; LAUREL_BLESS=1 writes it anew");
}

#[test]
fn the_readme_lists_every_setting_and_look() {
    // One after the other: both are in one file.
    assert_table("README.md", "settings", &config::markdown());
    assert_table("README.md", "looks", &looks_markdown());
}

#[test]
fn the_api_lists_every_parameter_and_every_error() {
    // One after the other: all are in one file.
    assert_table("docs/api.md", "families", &families_markdown());
    assert_table("docs/api.md", "options", &options_markdown());
    assert_table("docs/api.md", "errors", &errors_markdown());
}

#[test]
fn the_page_on_profiles_lists_every_element() {
    assert_table("docs/profiles.md", "layout", &laurel::request::layout_markdown());
}

#[test]
fn the_page_on_clients_has_a_recipe_for_each() {
    assert_table("docs/clients.md", "clients", &laurel::clients::markdown());
}

#[test]
fn the_page_on_ratings_lists_every_source() {
    assert_table("docs/ratings.md", "sources", &sources_markdown());
}

#[test]
fn operations_list_every_metric_and_every_budget() {
    // One after the other: both are in one file.
    assert_table("docs/operations.md", "metrics", &telemetry::metrics::markdown());
    assert_table("docs/operations.md", "budgets", &laurel::budgets::markdown());
}

#[test]
fn the_page_on_libraries_lists_every_place() {
    assert_table("docs/library.md", "places", &laurel::library::places_markdown());
}

/// Everything that is read by people, from the root.
fn documents() -> Vec<PathBuf> {
    let in_folder = |folder: &str| {
        let files = std::fs::read_dir(root().join(folder)).unwrap();
        files.map(|file| file.unwrap().path())
    };
    let mut documents: Vec<PathBuf> = in_folder("").chain(in_folder("docs")).collect();
    documents.retain(|path| path.extension().is_some_and(|extension| extension == "md"));
    documents.push(root().join("assets/LICENSES.md"));
    documents
}

#[test]
fn links_and_pictures_lead_somewhere() {
    let documents = documents();
    assert!(documents.len() >= 8, "{documents:?}");
    for document in documents {
        let text = std::fs::read_to_string(&document).unwrap();
        let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        for target in targets.filter(|target| !target.contains("://")) {
            let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
            let file = match file {
                "" => document.clone(),
                file => document.parent().unwrap().join(file),
            };
            assert!(file.exists(), "{}: {target}", document.display());
            if !anchor.is_empty() {
                let linked = std::fs::read_to_string(&file).unwrap();
                let found = headings(&linked).any(|heading| heading == anchor);
                assert!(found, "{}: {target}", document.display());
            }
        }
    }
}

/// Anchors of the headings, as they are made of their words.
fn headings(text: &str) -> impl Iterator<Item = String> {
    text.lines().filter(|line| line.starts_with('#')).map(|line| {
        let words = line.trim_start_matches('#').trim().to_lowercase();
        let kept = words.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        kept.map(|c| if c == ' ' { '-' } else { c }).collect()
    })
}

#[test]
fn every_path_of_the_openapi_document_is_in_the_api() {
    let text = std::fs::read_to_string(root().join("docs/api.md")).unwrap();
    let document = openapi_document();
    for path in document["paths"].as_object().unwrap().keys() {
        assert!(text.contains(&format!("`{path}`")), "{path}");
    }
}
