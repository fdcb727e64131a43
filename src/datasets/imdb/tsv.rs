//! IMDb's tab-separated files, as bytes.
//!
//! One header line, tabs between fields, no quoting (titles hold bare quotes), `\N` for
//! nothing, a line feed after every line. Source: IMDb's page on its non-commercial data sets.

use std::io::BufRead;

use crate::model::ImdbId;

use super::super::error::DatasetError;

/// The lines we read are of some 30 bytes; this leaves room for columns to come.
const MAX_LINE_BYTES: usize = 4096;

/// Lines of a reader, each bounded in length.
pub(super) struct Lines<R> {
    reader: R,
    line: Vec<u8>,
}

impl<R: BufRead> Lines<R> {
    pub(super) fn new(reader: R) -> Self {
        Self { reader, line: Vec::with_capacity(128) }
    }

    /// The next line without its end. A last line that is not ended was cut.
    pub(super) fn next(&mut self) -> Result<Option<&[u8]>, DatasetError> {
        use std::io::Read as _;
        self.line.clear();
        let mut bounded = self.reader.by_ref().take(MAX_LINE_BYTES as u64 + 1);
        bounded.read_until(b'\n', &mut self.line).map_err(DatasetError::reading)?;
        match self.line.as_slice() {
            [] => Ok(None),
            [line @ .., b'\r', b'\n'] | [line @ .., b'\n'] => Ok(Some(line)),
            long if long.len() > MAX_LINE_BYTES => Err(DatasetError::WrongShape("a long line")),
            _ => Err(DatasetError::Cut),
        }
    }
}

/// Where the wanted columns are, found by name: IMDb may add others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Columns<const N: usize>([usize; N]);

impl<const N: usize> Columns<N> {
    /// Reads the header line; a page of HTML has none of the names.
    pub(super) fn find(header: &[u8], names: [&str; N]) -> Result<Self, DatasetError> {
        let mut at = [0; N];
        for (at, name) in at.iter_mut().zip(names) {
            *at = header
                .split(|&b| b == b'\t')
                .position(|field| field == name.as_bytes())
                .ok_or(DatasetError::WrongShape("the header names other columns"))?;
        }
        Ok(Self(at))
    }

    /// The wanted fields of a line, in the order asked for; `None` where one is missing.
    pub(super) fn fields<'a>(&self, line: &'a [u8]) -> Option<[&'a [u8]; N]> {
        let mut found: [Option<&[u8]>; N] = [None; N];
        for (index, field) in line.split(|&b| b == b'\t').enumerate() {
            for (slot, &at) in found.iter_mut().zip(&self.0) {
                if at == index {
                    *slot = Some(field);
                }
            }
        }
        let mut fields = [line; N];
        for (field, found) in fields.iter_mut().zip(found) {
            *field = found?;
        }
        Some(fields)
    }
}

/// IMDb's way to say nothing.
pub(super) fn is_null(field: &[u8]) -> bool {
    field == b"\\N"
}

/// A decimal number of one to nine digits, so that it cannot overflow.
pub(super) fn number(field: &[u8]) -> Option<u32> {
    if !(1..=9).contains(&field.len()) {
        return None;
    }
    field
        .iter()
        .try_fold(0, |sum, byte| byte.is_ascii_digit().then(|| sum * 10 + u32::from(byte - b'0')))
}

/// A title id: `tt` and digits.
pub(super) fn title(field: &[u8]) -> Option<ImdbId> {
    number(field.strip_prefix(b"tt")?).and_then(ImdbId::new)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all(bytes: &[u8]) -> Result<Vec<Vec<u8>>, DatasetError> {
        let mut lines = Lines::new(bytes);
        let mut all = Vec::new();
        while let Some(line) = lines.next()? {
            all.push(line.to_vec());
        }
        Ok(all)
    }

    #[test]
    fn lines_end_with_a_line_feed_or_are_cut() {
        assert_eq!(all(b"a\tb\nc\r\n").unwrap(), [b"a\tb".to_vec(), b"c".to_vec()]);
        assert!(matches!(all(b"a\nb"), Err(DatasetError::Cut)));
        assert!(all(b"").unwrap().is_empty());
    }

    #[test]
    fn a_line_without_end_is_not_collected() {
        assert!(matches!(all(&vec![b'x'; 1 << 20]), Err(DatasetError::WrongShape(_))));
    }

    #[test]
    fn columns_are_found_by_name_in_any_order() {
        let columns = Columns::find(b"new\tvotes\ttconst", ["tconst", "votes"]).unwrap();
        assert_eq!(columns.fields(b"x\t12\ttt1\ty"), Some([&b"tt1"[..], &b"12"[..]]));
        assert_eq!(columns.fields(b"x\t12"), None);
        assert!(Columns::find(b"<html>", ["tconst"]).is_err());
    }

    #[test]
    fn ids_are_tt_and_digits() {
        assert_eq!(title(b"tt0000001").map(ImdbId::number), Some(1));
        for wrong in [&b"nm0000001"[..], b"tt", b"tt0", b"0000001", b"tt12345678901", b"tt1x"] {
            assert_eq!(title(wrong), None);
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let _ = all(&bytes);
            if let Ok(columns) = Columns::find(b"a\tb\tc", ["c", "a"]) {
                let _ = columns.fields(&bytes);
            }
            let _ = (number(&bytes), title(&bytes));
        }

        #[test]
        fn numbers_and_ids_come_back(n in 1_u32..1_000_000_000) {
            prop_assert_eq!(number(n.to_string().as_bytes()), Some(n));
            let id = ImdbId::new(n).unwrap();
            prop_assert_eq!(title(id.to_string().as_bytes()), Some(id));
        }
    }
}
