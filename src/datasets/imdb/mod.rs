//! IMDb's daily files: ratings of titles, which episode of which series a title is, and the places that follow from ratings.

mod episodes;
mod ranks;
mod ratings;
mod tsv;

pub(super) use episodes::Episodes;
pub(super) use ranks::Ranks;
pub(super) use ratings::Ratings;

/// Any bytes as each of IMDb's files.
pub(super) fn read_any(bytes: &[u8]) {
    ratings::read_any(bytes);
    episodes::read_any(bytes);
    ranks::read_any(bytes);
}

/// Files with more unreadable rows than this share are not what they should be.
const MAX_BAD_PERCENT: u64 = 1;
/// So few unreadable rows say nothing, however small the file.
const FEW_BAD_ROWS: u64 = 10;

fn too_many_bad(bad: u64, rows: u64) -> bool {
    bad > FEW_BAD_ROWS && bad * 100 > rows * MAX_BAD_PERCENT
}
