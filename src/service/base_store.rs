//! Artwork fitted to frames, in memory over disk.

use std::sync::Arc;

use bytes::{BufMut, Bytes, BytesMut};
use moka::sync::Cache;
use serde::{Deserialize, Serialize};

use crate::codec::RestartJpeg;
use crate::plan::{Facts, Size};
use crate::render::Base;
use crate::store::{BlobStore, Digest, Labels, Tier};
use crate::telemetry::metrics::CACHE_LOOKUPS;

/// What a base takes in memory besides its JPEG, at most: 4 bytes a tone, 24 x 96 of them.
const FACTS_BYTES: usize = 6000;

/// Bases by their key. Cheap to clone: clones share what they hold.
#[derive(Clone, Debug)]
pub(super) struct BaseStore {
    memory: Cache<Digest, Arc<Base>>,
    blobs: BlobStore,
}

/// What is stored of a base beside its JPEG.
#[derive(Serialize, Deserialize)]
struct BaseHeader {
    facts: Facts,
    source: Size,
}

impl BaseStore {
    /// `capacity` in bytes of memory.
    pub(super) fn new(capacity: u64, blobs: BlobStore) -> Self {
        let weigh = |_: &Digest, base: &Arc<Base>| {
            u32::try_from(base.jpeg.bytes().len() + FACTS_BYTES).unwrap_or(u32::MAX)
        };
        let memory = Cache::builder().max_capacity(capacity).weigher(weigh).build();
        Self { memory, blobs }
    }

    pub(super) async fn get(&self, key: &Digest) -> Option<Arc<Base>> {
        let found = self.memory.get(key);
        let outcome = if found.is_some() { "hit" } else { "miss" };
        metrics::counter!(CACHE_LOOKUPS.name, "tier" => "base", "outcome" => outcome).increment(1);
        if found.is_some() {
            return found;
        }
        let base = Arc::new(unpack(self.blobs.get(Tier::Base, key).await?)?);
        self.memory.insert(*key, Arc::clone(&base));
        Some(base)
    }

    pub(super) fn put(&self, key: Digest, base: &Arc<Base>, labels: Labels) {
        self.memory.insert(key, Arc::clone(base));
        if let Some(packed) = pack(base) {
            self.blobs.put(Tier::Base, &key, packed, labels);
        }
    }

    /// Forgets what is in memory.
    pub(super) fn clear(&self) {
        self.memory.invalidate_all();
    }

    /// Bytes and entries in memory.
    pub(super) fn usage(&self) -> (u64, u64) {
        self.memory.run_pending_tasks();
        (self.memory.weighted_size(), self.memory.entry_count())
    }
}

/// A base as one blob: the header's length and the header as JSON, then the JPEG.
fn pack(base: &Base) -> Option<[Bytes; 2]> {
    let header = BaseHeader { facts: base.facts.clone(), source: base.source };
    let header = serde_json::to_vec(&header).ok()?;
    let mut start = BytesMut::with_capacity(4 + header.len());
    start.put_u32(u32::try_from(header.len()).ok()?);
    start.put_slice(&header);
    Some([start.freeze(), base.jpeg.bytes().clone()])
}

fn unpack(mut packed: Bytes) -> Option<Base> {
    let length = u32::from_be_bytes(*packed.first_chunk()?) as usize;
    let jpeg = packed.split_off(length.checked_add(4).filter(|end| *end <= packed.len())?);
    let header: BaseHeader = serde_json::from_slice(&packed[4..]).ok()?;
    let jpeg = RestartJpeg::from_bytes(jpeg).ok()?;
    Some(Base { jpeg, facts: header.facts, source: header.source })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::codec::Rgb;

    #[test]
    fn a_base_survives_being_packed() {
        let pixels = Rgb { width: 48, height: 64, data: vec![120; 48 * 64 * 3] };
        let frame = Size { width: 48, height: 64 };
        let jpeg = RestartJpeg::encode(&pixels, 85).unwrap();
        let base = Base { jpeg, facts: Facts::flat(frame, [9, 8, 7]), source: frame };
        let back = unpack(pack(&base).unwrap().concat().into()).unwrap();
        assert_eq!(back.jpeg.bytes(), base.jpeg.bytes());
        assert_eq!((back.facts, back.source), (base.facts, base.source));
    }

    proptest! {
        #[test]
        fn no_bytes_make_unpacking_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(unpack(Bytes::from(bytes)).is_none());
        }
    }
}
