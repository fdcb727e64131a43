//! What every fuzzer does with its bytes. The targets of `cargo fuzz` and the
//! bounded run among the tests share this file.

use bytes::Bytes;
use laurel::codec::{self, DecodeOptions, Limits, RestartError, RestartJpeg, Rgb};
use laurel::model::Language;
use laurel::request::{ArtworkPath, ArtworkRequest, KeyLook, OptionsPatch};

/// What a fuzzer does with its bytes.
pub(crate) type Target = fn(&[u8]);

/// A target's name and what it does.
pub(crate) const TARGETS: &[(&str, Target)] = &[
    ("request", request),
    ("decode", decode),
    ("restart_jpeg", restart_jpeg),
    ("upstream", laurel::upstream::read_any),
    ("datasets", laurel::datasets::read_any),
    ("awards_text", awards_text),
];

/// Path segments and query, separated by line ends.
pub(crate) fn request(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut lines = text.splitn(4, '\n');
    let mut next = || lines.next().unwrap_or_default();
    let path = ArtworkPath { id_type: next(), style: next(), id: next() };
    let query = next();
    let _ = ArtworkRequest::parse(
        path,
        query,
        &OptionsPatch::default(),
        Language::ENGLISH,
        &KeyLook::default(),
    );
}

/// Any bytes as artwork, within limits that keep a run short.
pub(crate) fn decode(bytes: &[u8]) {
    let limits = Limits { max_pixels: 1 << 20, ..Limits::default() };
    let _ = codec::probe(bytes);
    let _ = codec::decode(bytes, &DecodeOptions { limits, need: Some((64, 96)) });
}

/// Any bytes as a base from the disk.
pub(crate) fn restart_jpeg(bytes: &[u8]) {
    let _ = read_base(bytes);
}

/// How far a reader of bases comes with some bytes: the pixels of the first rows where they are
/// a base, and its coded data are whole.
pub(crate) fn read_base(bytes: &[u8]) -> Option<Result<Rgb, RestartError>> {
    let base = RestartJpeg::from_bytes(Bytes::copy_from_slice(bytes)).ok()?;
    let small = u64::from(base.width()) * u64::from(base.height()) <= 1 << 20;
    small.then(|| base.decode_rows(0..base.mcu_rows().min(2)))
}

/// Any text as OMDb's awards.
pub(crate) fn awards_text(bytes: &[u8]) {
    let _ = laurel::gather::awards::parse(
        &String::from_utf8_lossy(bytes),
        laurel::model::Provider::OMDB,
    );
}
