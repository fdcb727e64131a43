//! The bytes of one blob file.
//!
//! | offset | bytes | what |
//! |---:|---:|---|
//! | 0 | 4 | `LRLB` |
//! | 4 | 1 | version |
//! | 5 | 1 | family: 0 none, else the family's number |
//! | 6 | 2 | length of the titles, little-endian |
//! | 8 | 8 | length of the payload, little-endian |
//! | 16 | 32 | BLAKE3 over tier, digest, the 16 bytes above, titles and payload |
//! | 48 | … | titles, separated by spaces; then the payload |
//!
//! The checksum covers the file's own name, so a file moved to another name is as bad as a torn
//! one: a picture never comes out under the wrong title.

use bytes::{BufMut, Bytes, BytesMut};

use super::{Digest, Labels, Payload, Tier};

const MAGIC: &[u8; 4] = b"LRLB";
const VERSION: u8 = 1;
pub(super) const HEADER_BYTES: usize = 48;
/// What has to be read for the labels: titles are at most 15 labels of 64 characters.
pub(super) const START_BYTES: u64 = HEADER_BYTES as u64 + 1024;
/// The part of the header before the checksum.
const FACTS_BYTES: usize = 16;

/// Why a file is not the blob it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum FormatError {
    #[error("not a blob of this version")]
    Unknown,
    #[error("length and header disagree")]
    Length,
    #[error("checksum and content disagree")]
    Checksum,
}

/// What the header says; nothing in it is verified but its shape.
#[derive(Clone, Copy, Debug)]
struct BlobHeader {
    family: u8,
    titles: usize,
    payload: u64,
    checksum: [u8; 32],
}

impl BlobHeader {
    fn parse(file: &[u8]) -> Result<Self, FormatError> {
        let header = file.first_chunk::<HEADER_BYTES>().ok_or(FormatError::Unknown)?;
        let [m0, m1, m2, m3, version, family, t0, t1, ..] = *header;
        if [m0, m1, m2, m3] != *MAGIC || version != VERSION {
            return Err(FormatError::Unknown);
        }
        let mut payload = [0; 8];
        payload.copy_from_slice(&header[8..FACTS_BYTES]);
        let mut checksum = [0; 32];
        checksum.copy_from_slice(&header[FACTS_BYTES..]);
        Ok(Self {
            family,
            titles: usize::from(u16::from_le_bytes([t0, t1])),
            payload: u64::from_le_bytes(payload),
            checksum,
        })
    }

    fn file_bytes(&self) -> Option<u64> {
        ((HEADER_BYTES + self.titles) as u64).checked_add(self.payload)
    }

    fn labels(&self, titles: &[u8]) -> Labels {
        let titles = String::from_utf8_lossy(titles);
        Labels {
            titles: titles.split_ascii_whitespace().map(str::to_owned).collect(),
            family: self.family.try_into().ok(),
        }
    }
}

/// What stands before a payload in its file: header and titles.
pub(super) fn head(tier: Tier, digest: &Digest, payload: &Payload, labels: &Labels) -> Bytes {
    let titles = labels.joined_titles();
    let mut file = BytesMut::with_capacity(HEADER_BYTES + titles.len());
    file.put_slice(MAGIC);
    file.put_u8(VERSION);
    file.put_u8(labels.family.map_or(0, |kind| kind.row().number));
    file.put_u16_le(titles.len() as u16);
    file.put_u64_le(payload.len());
    let [first, second] = &payload.0;
    let sum = checksum(tier, digest, &file, [titles.as_bytes(), first, second]);
    file.put_slice(&sum);
    file.put_slice(titles.as_bytes());
    file.freeze()
}

/// The payload of a file that was stored as `tier` and `digest`, without copying it.
pub(super) fn decode(tier: Tier, digest: &Digest, file: &Bytes) -> Result<Bytes, FormatError> {
    let header = BlobHeader::parse(file)?;
    if header.file_bytes() != Some(file.len() as u64) {
        return Err(FormatError::Length);
    }
    let start = HEADER_BYTES + header.titles;
    let sum = checksum(tier, digest, &file[..FACTS_BYTES], [&file[HEADER_BYTES..], &[], &[]]);
    if sum != header.checksum {
        return Err(FormatError::Checksum);
    }
    Ok(file.slice(start..))
}

/// The labels in the first bytes of a file of `file_bytes`; the payload is not looked at.
pub(super) fn read_labels(start: &[u8], file_bytes: u64) -> Result<Labels, FormatError> {
    let header = BlobHeader::parse(start)?;
    if header.file_bytes() != Some(file_bytes) {
        return Err(FormatError::Length);
    }
    let titles = start.get(HEADER_BYTES..HEADER_BYTES + header.titles);
    Ok(header.labels(titles.ok_or(FormatError::Length)?))
}

/// `rest` is what follows the header, in pieces.
fn checksum(tier: Tier, digest: &Digest, facts: &[u8], rest: [&[u8]; 3]) -> [u8; 32] {
    let mut hash = blake3::Hasher::new();
    hash.update(&[tier.number()]).update(digest.as_bytes()).update(facts);
    for piece in rest {
        hash.update(piece);
    }
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::ArtworkKind;

    fn labels() -> Labels {
        Labels {
            titles: vec!["tt0903747".into(), "tv-1396".into()],
            family: Some(ArtworkKind::Poster),
        }
    }

    /// A whole file.
    fn encode(tier: Tier, digest: &Digest, payload: &[u8], labels: &Labels) -> Bytes {
        let (first, second) = payload.split_at(payload.len() / 3);
        let pieces = [first, second].map(Bytes::copy_from_slice);
        let head = head(tier, digest, &pieces.into(), labels);
        [&head, payload].concat().into()
    }

    #[test]
    fn a_blob_under_another_name_or_tier_is_refused() {
        let (one, two) = (Digest::of(b"one"), Digest::of(b"two"));
        let file = encode(Tier::Base, &one, b"pixels", &labels());
        assert_eq!(decode(Tier::Base, &one, &file).as_deref(), Ok(&b"pixels"[..]));
        assert_eq!(decode(Tier::Base, &two, &file), Err(FormatError::Checksum));
        assert_eq!(decode(Tier::Render, &one, &file), Err(FormatError::Checksum));
    }

    proptest! {
        #[test]
        fn every_payload_and_its_labels_come_back(
            payload in prop::collection::vec(any::<u8>(), 0..2000),
        ) {
            let digest = Digest::of(&payload);
            let file = encode(Tier::Inputs, &digest, &payload, &labels());
            prop_assert_eq!(decode(Tier::Inputs, &digest, &file).unwrap(), payload);
            let start = &file[..file.len().min(200)];
            prop_assert_eq!(read_labels(start, file.len() as u64).unwrap(), labels());
        }

        #[test]
        fn a_cut_or_changed_file_is_refused(
            payload in prop::collection::vec(any::<u8>(), 0..300),
            at in any::<prop::sample::Index>(),
            bit in 0_u8..8,
        ) {
            let digest = Digest::of(b"name");
            let file = encode(Tier::Artwork, &digest, &payload, &labels());
            let cut = file.slice(..at.index(file.len()));
            prop_assert!(decode(Tier::Artwork, &digest, &cut).is_err());
            let mut changed = file.to_vec();
            changed[at.index(file.len())] ^= 1 << bit;
            prop_assert!(decode(Tier::Artwork, &digest, &changed.into()).is_err());
        }

        #[test]
        fn garbage_is_refused(garbage in prop::collection::vec(any::<u8>(), 0..300)) {
            let garbage = Bytes::from(garbage);
            prop_assert!(decode(Tier::Base, &Digest::of(b"name"), &garbage).is_err());
            let _ = read_labels(&garbage, garbage.len() as u64);
        }
    }
}
