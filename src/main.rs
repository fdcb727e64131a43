//! The `laurel` program; see `laurel --help`.

use std::process::ExitCode;

/// Rendering allocates and frees megabytes per picture, on many threads.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    laurel::cli::run()
}
