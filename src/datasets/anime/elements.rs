//! The elements of a JSON array, one by one, as bytes.
//!
//! The anime map is one array of some 40,000 small objects. Cutting it into elements first
//! means that a broken object is one broken element, and that memory holds one at a time.

use std::io::BufRead;

use super::super::error::DatasetError;

/// Elements of the map are of some 400 bytes. A longer one is passed over.
const MAX_ELEMENT_BYTES: usize = 16 * 1024;

/// Reads `[ a, b, … ]`.
pub(super) struct Elements<R> {
    reader: R,
    element: Vec<u8>,
    state: ElementState,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum ElementState {
    Before,
    Within,
    After,
}

/// Where the scan stands inside an element.
#[derive(Default)]
struct ElementScan {
    depth: u32,
    in_string: bool,
    escaped: bool,
}

impl ElementScan {
    /// Takes a byte; false if it lies outside the element.
    fn take(&mut self, byte: u8) -> bool {
        if self.in_string {
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' => self.escaped = true,
                b'"' => self.in_string = false,
                _ => {}
            }
            return true;
        }
        match byte {
            b'"' => self.in_string = true,
            b'{' | b'[' => self.depth = self.depth.saturating_add(1),
            b',' | b']' if self.depth == 0 => return false,
            b'}' | b']' => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        true
    }
}

impl<R: BufRead> Elements<R> {
    pub(super) fn new(reader: R) -> Self {
        Self { reader, element: Vec::new(), state: ElementState::Before }
    }

    /// The next element's bytes, empty for one that is too long; `None` after the last.
    pub(super) fn next(&mut self) -> Result<Option<&[u8]>, DatasetError> {
        match self.state {
            ElementState::After => return Ok(None),
            ElementState::Before => self.open()?,
            ElementState::Within => {}
        }
        self.element.clear();
        let (mut scan, mut long) = (ElementScan::default(), false);
        loop {
            let byte = self.byte()?.ok_or(DatasetError::Cut)?;
            if !scan.take(byte) {
                if byte == b']' {
                    self.state = ElementState::After;
                    if !long && self.element.trim_ascii().is_empty() {
                        // `[]`, or a comma before the end.
                        return Ok(None);
                    }
                }
                break;
            }
            long |= self.element.len() >= MAX_ELEMENT_BYTES;
            if !long {
                self.element.push(byte);
            }
        }
        if long {
            self.element.clear();
        }
        Ok(Some(self.element.trim_ascii()))
    }

    fn open(&mut self) -> Result<(), DatasetError> {
        loop {
            match self.byte()?.ok_or(DatasetError::Empty)? {
                b'[' => break,
                byte if byte.is_ascii_whitespace() => {}
                // The byte order mark some editors put first.
                0xef | 0xbb | 0xbf => {}
                _ => return Err(DatasetError::WrongShape("not a JSON array")),
            }
        }
        self.state = ElementState::Within;
        Ok(())
    }

    fn byte(&mut self) -> Result<Option<u8>, DatasetError> {
        let byte = self.reader.fill_buf().map_err(DatasetError::reading)?.first().copied();
        if byte.is_some() {
            self.reader.consume(1);
        }
        Ok(byte)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all(text: &[u8]) -> Result<Vec<String>, DatasetError> {
        let mut elements = Elements::new(text);
        let mut all = Vec::new();
        while let Some(element) = elements.next()? {
            all.push(String::from_utf8_lossy(element).into_owned());
        }
        Ok(all)
    }

    #[test]
    fn elements_are_cut_at_the_commas_between_them_and_no_others() {
        let text = br#" [ {"a": [1, 2], "b": "x, ] \" }"}, 7 ,"s" ] "#;
        assert_eq!(all(text).unwrap(), [r#"{"a": [1, 2], "b": "x, ] \" }"}"#, "7", "\"s\""]);
        assert!(all(b"[]").unwrap().is_empty());
    }

    #[test]
    fn a_broken_element_does_not_spoil_the_next() {
        assert_eq!(all(b"[{oops: 1e999}, {\"a\": 1}]").unwrap()[1], "{\"a\": 1}");
    }

    #[test]
    fn an_endless_element_is_passed_over() {
        let long = format!("[\"{}\", 1]", "x".repeat(MAX_ELEMENT_BYTES * 3));
        assert_eq!(all(long.as_bytes()).unwrap(), ["", "1"]);
    }

    #[test]
    fn a_cut_array_and_anything_else_are_errors() {
        assert!(matches!(all(b"[1, 2"), Err(DatasetError::Cut)));
        assert!(matches!(all(b"[1, \"a]"), Err(DatasetError::Cut)));
        assert!(matches!(all(b"<html>"), Err(DatasetError::WrongShape(_))));
        assert!(matches!(all(b"{}"), Err(DatasetError::WrongShape(_))));
        assert!(matches!(all(b""), Err(DatasetError::Empty)));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = all(&bytes);
        }

        #[test]
        fn written_arrays_come_back(texts in prop::collection::vec(any::<String>(), 0..20)) {
            let json = serde_json::to_vec(&texts).unwrap();
            let read: Vec<String> =
                all(&json).unwrap().iter().map(|text| serde_json::from_str(text).unwrap()).collect();
            prop_assert_eq!(read, texts);
        }
    }
}
