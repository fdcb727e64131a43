//! The fuzz targets on their corpus and on thousands of mutations of it: the
//! bounded run that needs no fuzzer. `cargo fuzz run TARGET` goes further.

use std::path::Path;

#[path = "../fuzz/targets.rs"]
mod targets;

/// Mutations of every file of the corpus.
const ROUNDS: u64 = 300;

/// A small generator that is the same everywhere (Marsaglia's xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound.max(1) as u64) as usize
    }
}

/// Changes, cuts, doubles or swaps a few bytes.
fn mutate(bytes: &mut Vec<u8>, random: &mut Random) {
    for _ in 0..=random.below(4) {
        let at = random.below(bytes.len());
        match random.below(6) {
            0 if !bytes.is_empty() => bytes[at] ^= 1 << random.below(8),
            1 if !bytes.is_empty() => {
                bytes[at] = [0, 0xFF, 0x7F, b'"', b'{', b'9'][random.below(6)];
            }
            2 => bytes.truncate(at),
            3 => bytes.insert(at, random.below(256) as u8),
            4 => {
                let end = (at + random.below(64)).min(bytes.len());
                let copy = bytes[at..end].to_vec();
                bytes.splice(at..at, copy);
            }
            _ => {
                let end = (at + random.below(16)).min(bytes.len());
                bytes.drain(at..end);
            }
        }
    }
}

fn corpus(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let mut files: Vec<_> = std::fs::read_dir(&folder)
        .into_iter()
        .flatten()
        .filter_map(|f| Some(f.ok()?.path()))
        .collect();
    files.sort();
    files.iter().map(|file| std::fs::read(file).unwrap()).collect()
}

#[test]
fn no_target_panics_on_its_corpus_or_near_it() {
    for (name, target) in targets::TARGETS {
        let mut files = corpus(name);
        files.push(Vec::new());
        for (index, file) in files.iter().enumerate() {
            target(file);
            for round in 0..ROUNDS {
                let mut random = Random(round * 7919 + index as u64 + 1);
                let mut bytes = file.clone();
                mutate(&mut bytes, &mut random);
                target(&bytes);
            }
        }
    }
}
