//! Why a data set could not be fetched, read or kept.

use std::io;

/// Why a refresh or a file was refused. No variant carries a URL or a path.
#[derive(Debug, thiserror::Error)]
pub enum DatasetError {
    #[error("this data set is switched off")]
    Off,
    #[error("the source address cannot be used")]
    Address,
    /// Has been through `without_url()`.
    #[error("the source could not be reached")]
    Transport(#[source] reqwest::Error),
    #[error("the source answered with status {0}")]
    Status(u16),
    #[error("the source has no such file")]
    Absent,
    #[error("the download is larger than {limit} bytes")]
    DownloadTooLarge { limit: u64 },
    #[error("the file inflates to more than {limit} bytes")]
    InflatesTooLarge { limit: u64 },
    #[error("the file is cut short")]
    Cut,
    #[error("the file is damaged")]
    Damaged,
    /// An error page, a renamed column, a list where a map was expected.
    #[error("not the expected file: {0}")]
    WrongShape(&'static str),
    #[error("the file is empty")]
    Empty,
    #[error("implausibly small: {rows} rows, {before} before")]
    Shrunk { rows: u64, before: u64 },
    #[error("more than {limit} rows")]
    TooManyRows { limit: u64 },
    #[error("{bad} of {rows} rows cannot be read")]
    TooManyBadRows { bad: u64, rows: u64 },
    #[error("the kept file is of another version")]
    OtherVersion,
    #[error("stopped")]
    Stopped,
    #[error("the data directory cannot be used")]
    Disk(#[source] io::Error),
    #[error("the data directory's name is not UTF-8")]
    Directory,
    #[error("the data set's tables cannot be used")]
    Tables(#[source] sqlx::Error),
}

impl From<sqlx::Error> for DatasetError {
    fn from(error: sqlx::Error) -> Self {
        let code = error.as_database_error().and_then(|error| error.code()?.parse::<u32>().ok());
        match code.map(|code| code & 0xFF) {
            // SQLITE_CORRUPT, SQLITE_NOTADB
            Some(11 | 26) => Self::Damaged,
            _ => Self::Tables(error),
        }
    }
}

impl DatasetError {
    /// An error while reading a file that somebody else has written: what is wrong with it?
    pub(super) fn reading(source: io::Error) -> Self {
        if let Some(TooLong { limit }) = source.get_ref().and_then(|inner| inner.downcast_ref()) {
            return Self::InflatesTooLarge { limit: *limit };
        }
        match source.kind() {
            io::ErrorKind::UnexpectedEof => Self::Cut,
            // flate2: a wrong header is invalid input, a wrong check sum invalid data.
            io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => Self::Damaged,
            _ => Self::Disk(source),
        }
    }

    /// The error and its causes on one line, for status pages and logs.
    pub(super) fn chain(&self) -> String {
        let mut text = self.to_string();
        let mut cause = std::error::Error::source(self);
        while let Some(inner) = cause {
            text.push_str(": ");
            text.push_str(&inner.to_string());
            cause = inner.source();
        }
        text
    }
}

/// Carried inside an [`io::Error`] by a reader that has given all it may give.
#[derive(Debug, thiserror::Error)]
#[error("more than {limit} bytes")]
pub(super) struct TooLong {
    pub(super) limit: u64,
}
