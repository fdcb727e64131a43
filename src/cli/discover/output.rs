//! Titles as lines that other programs read.

use std::collections::HashSet;
use std::io::{self, Write};

use crate::model::{MediaType, TmdbId};
use crate::upstream::tmdb::ListedTitle;

/// How titles are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ListFormat {
    /// An object a line.
    Json,
    /// With a heading; `raw`: also cells that a spreadsheet would run as they are.
    Csv { raw: bool },
}

const COLUMNS: [&str; 15] = [
    "media_type",
    "tmdb_id",
    "imdb_id",
    "title",
    "original_title",
    "release_date",
    "runtime",
    "budget",
    "revenue",
    "genres",
    "production_companies",
    "overview",
    "vote_average",
    "vote_count",
    "popularity",
];

/// First characters that make a spreadsheet run a cell.
/// Source: <https://owasp.org/www-community/attacks/CSV_Injection>.
const RUN: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// Writes each title once.
pub(super) struct TitleWriter {
    format: ListFormat,
    writer: Box<dyn Write + Send>,
    seen: HashSet<(MediaType, TmdbId)>,
    /// The first error; nothing is written after it.
    error: Option<io::Error>,
}

impl TitleWriter {
    pub(super) fn new(format: ListFormat, writer: Box<dyn Write + Send>) -> Self {
        let mut output = Self { format, writer, seen: HashSet::new(), error: None };
        if let ListFormat::Csv { .. } = format {
            output.line(&csv_line(&COLUMNS.map(str::to_owned)));
        }
        output
    }

    /// Whether a title was not seen before.
    pub(super) fn is_new(&mut self, title: &ListedTitle) -> bool {
        self.seen.insert((title.media_type, title.tmdb_id))
    }

    pub(super) fn write(&mut self, title: &ListedTitle) {
        let line = match self.format {
            ListFormat::Json => {
                let mut line = serde_json::to_vec(title).unwrap_or_default();
                line.push(b'\n');
                line
            }
            ListFormat::Csv { raw } => csv_line(&cells(title).map(|cell| guarded(cell, raw))),
        };
        self.line(&line);
    }

    fn line(&mut self, line: &[u8]) {
        if self.error.is_none() {
            self.error = self.writer.write_all(line).err();
        }
    }

    /// Whether anybody reads.
    pub(super) fn is_open(&self) -> bool {
        self.error.is_none()
    }

    /// A reader that has gone, as in `laurel discover | head`, is no error.
    pub(super) fn finish(mut self) -> io::Result<()> {
        let done = self.error.take().map_or_else(|| self.writer.flush(), Err);
        done.or_else(|error| match error.kind() {
            io::ErrorKind::BrokenPipe => Ok(()),
            _ => Err(error),
        })
    }
}

fn cells(title: &ListedTitle) -> [String; 15] {
    fn text<T: ToString>(value: Option<T>) -> String {
        value.map(|value| value.to_string()).unwrap_or_default()
    }
    [
        title.media_type.name().to_owned(),
        title.tmdb_id.to_string(),
        text(title.imdb_id),
        title.title.clone(),
        text(title.original_title.as_deref()),
        text(title.release_date),
        text(title.runtime),
        text(title.budget),
        text(title.revenue),
        title.genres.join("; "),
        title.production_companies.join("; "),
        text(title.overview.as_deref()),
        title.vote_average.to_string(),
        title.vote_count.to_string(),
        title.popularity.to_string(),
    ]
}

/// A mark in front tells spreadsheets that a cell is a text.
fn guarded(cell: String, raw: bool) -> String {
    if !raw && cell.starts_with(RUN) { format!("'{cell}") } else { cell }
}

fn csv_line(cells: &[String; 15]) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Writing to memory does not fail.
    let _ = writer.write_record(cells);
    writer.into_inner().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Memory(Arc<Mutex<Vec<u8>>>);

    impl Write for Memory {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn title(name: &str) -> ListedTitle {
        let json = serde_json::json!({
            "media_type": "movie", "tmdb_id": 603, "imdb_id": "tt0133093", "title": name,
            "genres": ["Action", "Drama"], "production_companies": [], "vote_average": 8.2,
            "vote_count": 9, "popularity": 1.5,
        });
        serde_json::from_value(json).unwrap()
    }

    fn written(format: ListFormat, name: &str) -> String {
        let memory = Memory::default();
        let mut output = TitleWriter::new(format, Box::new(memory.clone()));
        assert!(output.is_new(&title(name)));
        assert!(!output.is_new(&title(name)));
        output.write(&title(name));
        output.finish().unwrap();
        let bytes = memory.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn a_cell_that_a_spreadsheet_would_run_is_marked() {
        for name in ["=1+1", "+x", "-x", "@x", "\tx"] {
            let marked = written(ListFormat::Csv { raw: false }, name);
            assert!(marked.contains(&format!(",'{name},")), "{marked}");
            assert!(written(ListFormat::Csv { raw: true }, name).contains(&format!(",{name},")));
        }
        assert!(written(ListFormat::Csv { raw: false }, "'71").contains(",'71,"));
    }

    #[test]
    fn what_is_written_is_read_as_a_list() {
        for format in [ListFormat::Json, ListFormat::Csv { raw: false }] {
            let text = written(format, "A \"quoted\", title");
            let mut file = tempfile::NamedTempFile::new().unwrap();
            file.write_all(text.as_bytes()).unwrap();
            let path = file.path().display().to_string();
            let read = crate::cli::bulk::read_titles(&[path]).unwrap();
            assert_eq!(read[0].to_string(), "tt0133093", "{text}");
        }
    }
}
