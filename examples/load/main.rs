//! Puts load on a built server and prints what it did: images per second, latencies, processor
//! time per image, memory. Everything runs on this machine and ends by itself:
//!
//! `cargo build --release && cargo run --release --example load`
//!
//! A stand-in for TMDB, MDBList and OMDb and a bare route of the same web framework run in
//! processes of their own. Times depend on the machine; the columns of ratios, taken in the same
//! run, do not. See `docs/performance.md`.

mod artwork;
mod client;
mod naive;
mod process;
mod report;
mod rounds;
mod titles;
mod upstream;
mod wall;

use std::error::Error;
use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Parser, Subcommand};

/// Measures a built server.
#[derive(Debug, Parser)]
pub(crate) struct Arguments {
    /// The server; by default the one that was built beside this program.
    #[arg(long)]
    server: Option<PathBuf>,
    /// Cold pictures per round.
    #[arg(long, default_value_t = 160)]
    titles: u32,
    /// Seconds per hot round.
    #[arg(long, default_value_t = 4)]
    seconds: u64,
    /// Only rounds whose name holds this.
    #[arg(long, default_value = "")]
    only: String,
    /// A folder of photographs named `poster…`, `backdrop…` and `still….jpg`, of which artwork is made.
    #[arg(long, global = true)]
    photographs: Option<PathBuf>,
    #[command(subcommand)]
    role: Option<Role>,
}

/// What the program runs itself as.
#[derive(Debug, Subcommand)]
enum Role {
    #[command(hide = true)]
    Upstream,
    #[command(hide = true)]
    Bare { body: PathBuf },
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    match &arguments.role {
        Some(Role::Upstream) => upstream::run(arguments.photographs.as_deref()).await,
        Some(Role::Bare { body }) => upstream::run_bare(std::fs::read(body)?).await,
        None => rounds::run(&arguments).await,
    }
}

/// The same error, without the promise that threads may share it.
fn plainly(error: Box<dyn Error + Send + Sync>) -> Box<dyn Error> {
    error
}

/// Tells the process that started this one where it listens.
#[expect(clippy::print_stdout, reason = "read by the parent process")]
fn announce(address: SocketAddr) -> std::io::Result<()> {
    println!("{address}");
    std::io::stdout().flush()
}
