//! The fuzz targets on their corpus and on thousands of mutations of it: the
//! bounded run that needs no fuzzer. `cargo fuzz run TARGET` goes further.

use std::path::Path;

use laurel::codec::{RestartJpeg, Rgb};

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

/// Bases of our own encoder, so that they are whole whatever its tables are: one block, odd sides,
/// several rows, and the ends of the range of qualities.
fn bases() -> Vec<Vec<u8>> {
    let sizes = [(1, 1, 80), (16, 16, 100), (37, 53, 82), (64, 96, 1), (200, 130, 90)];
    let base = |(width, height, quality): (u32, u32, u8)| {
        let mut random = Random(u64::from(width * height));
        let pixels = (0..width * height * 3).map(|at| (at / 5 + random.below(40) as u32) as u8);
        let picture = Rgb::from_raw(width, height, pixels.collect()).unwrap();
        RestartJpeg::encode(&picture, quality).unwrap().into_bytes().to_vec()
    };
    sizes.map(base).into()
}

/// The corpus of a target; what is not kept in files is made here.
fn seeds(target: &str) -> Vec<Vec<u8>> {
    let mut seeds = corpus(target);
    if target == "restart_jpeg" {
        seeds.extend(bases());
    }
    seeds
}

#[test]
fn every_target_has_seeds() {
    for (name, _) in targets::TARGETS {
        assert!(!seeds(name).is_empty(), "{name}");
    }
}

#[test]
fn seeds_of_bases_decode_and_damaged_ones_get_as_far_as_the_decoder() {
    let (mut decoded, mut refused) = (0, 0);
    for (index, seed) in bases().iter().enumerate() {
        let whole = targets::read_base(seed);
        assert!(matches!(&whole, Some(Ok(pixels)) if pixels.height > 0), "seed {index}: {whole:?}");
        for round in 0..ROUNDS {
            let mut random = Random(round * 7919 + index as u64 + 1);
            let mut bytes = seed.clone();
            mutate(&mut bytes, &mut random);
            match targets::read_base(&bytes) {
                Some(_) => decoded += 1,
                None => refused += 1,
            }
        }
    }
    // Neither the checks of the file nor the decoder behind them go untested.
    assert!(decoded > 100 && refused > 100, "{decoded} reached the decoder, {refused} did not");
}

#[test]
fn no_target_panics_on_its_corpus_or_near_it() {
    for (name, target) in targets::TARGETS {
        let mut files = seeds(name);
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
