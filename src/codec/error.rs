//! What can go wrong between bytes and pixels.

/// Why bytes did not become a picture.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    #[error("not a picture in a format that is read here")]
    UnknownFormat,
    #[error("the file has {bytes} bytes, more than {limit}")]
    TooManyBytes { bytes: usize, limit: usize },
    #[error("the picture is {width}x{height}, more than the limits allow")]
    TooLarge { width: u32, height: u32 },
    #[error("the picture has no pixels")]
    Empty,
    /// More than a fiftieth of the picture is missing.
    #[error("the file ends before the picture does")]
    Truncated,
    #[error("the drawing asks for more work than is allowed")]
    TooComplex,
    #[error("unreadable: {0}")]
    Malformed(String),
    /// A decoder's own bug, met on this file.
    #[error("the decoder gave up on this file")]
    Panicked,
}

/// Why pixels did not become bytes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EncodeError {
    #[error("a picture of {width}x{height} does not fit the format")]
    Size { width: u32, height: u32 },
    #[error("the encoder failed: {0}")]
    Failed(String),
    /// The cargo feature named was off when this program was built.
    #[error("this build has no `{0}` feature")]
    NotBuilt(&'static str),
}

/// Why a stored base is of no use.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RestartError {
    /// Not written by this module, or damaged since.
    #[error("not a picture coded in restart rows")]
    NotRestartRows,
    #[error("no such rows")]
    Rows,
    #[error("a patch does not cover whole rows")]
    Patch,
    #[error(transparent)]
    Decode(#[from] DecodeError),
    #[error(transparent)]
    Encode(#[from] EncodeError),
}
