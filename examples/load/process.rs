//! Child processes and what the system says of them.

use std::error::Error;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Linux counts processor time for programs in hundredths of a second.
const TICKS_PER_SECOND: f64 = 100.0;
const START_TIMEOUT: Duration = Duration::from_mins(1);

/// A process that ends with its owner.
pub(crate) struct Process {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Drop for Process {
    fn drop(&mut self) {
        // Gone already, at worst.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Process {
    /// This very program in another role; it prints where it listens.
    pub(crate) fn own_role(arguments: &[String]) -> Result<Self, Box<dyn Error>> {
        let mut command = Command::new(std::env::current_exe()?);
        let mut child = command.args(arguments).stdout(Stdio::piped()).spawn()?;
        let output = child.stdout.take().ok_or("no output")?;
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        let address = line.trim().parse()?;
        Ok(Self { child, address })
    }

    /// A server with nothing cached that asks `upstream`, and how long it took to answer.
    pub(crate) async fn server(
        program: &Path,
        data_dir: &Path,
        upstream: SocketAddr,
        rates: Rates,
    ) -> Result<(Self, Duration), Box<dyn Error>> {
        // Free now; nobody else on a machine that measures takes it in between.
        let address = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let started = Instant::now();
        let child = Command::new(program)
            .arg("serve")
            .env_clear()
            .envs(settings(upstream, rates))
            .env("LAUREL_LISTEN", address.to_string())
            .env("LAUREL_DATA_DIR", data_dir)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let process = Self { child, address };
        while started.elapsed() < START_TIMEOUT {
            if let Ok(mut client) = crate::client::Client::connect(address).await
                && client.get("/healthz").await.is_ok_and(|answer| answer.status == 200)
            {
                return Ok((process, started.elapsed()));
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        Err("the server did not start".into())
    }

    /// Seconds of processor time so far, of all threads, also of those that have ended.
    pub(crate) fn cpu(&self) -> Result<f64, Box<dyn Error>> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        // The name before it may hold anything but a closing parenthesis at its end.
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or("").split_whitespace().collect();
        let ticks = |index: usize| fields.get(index).and_then(|text| text.parse::<f64>().ok());
        let (user, system) = ticks(11).zip(ticks(12)).ok_or("no processor time")?;
        Ok((user + system) / TICKS_PER_SECOND)
    }

    /// A figure such as `VmRSS` or `VmHWM` in MiB.
    pub(crate) fn memory(&self, name: &str) -> Result<f64, Box<dyn Error>> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        let kib = line.and_then(|line| line.split_whitespace().next()).ok_or("no such figure")?;
        Ok(kib.parse::<f64>()? / 1024.0)
    }
}

/// How fast the providers are asked, and which of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rates {
    /// As fast as can be, to see what the server itself takes.
    Unlimited,
    /// As the settings are by default, with a key of MDBList, of OMDb, or of both.
    Default { mdblist: bool, omdb: bool },
}

/// Default settings, but for who is asked and how fast.
fn settings(upstream: SocketAddr, rates: Rates) -> Vec<(String, String)> {
    let mut settings = vec![
        ("LAUREL_OPEN", "true".to_owned()),
        ("LAUREL_AWARDS_URL", format!("http://{upstream}/awards")),
        ("LAUREL_ANIME_MAP_URL", "off".to_owned()),
        ("TMDB_API_KEY", "0123456789abcdef0123456789abcdef".to_owned()),
        ("LAUREL_TMDB_API_URL", format!("http://{upstream}/3")),
        ("LAUREL_TMDB_IMAGE_URL", format!("http://{upstream}/t/p")),
        ("LAUREL_MDBLIST_URL", format!("http://{upstream}/mdblist")),
        ("LAUREL_OMDB_URL", format!("http://{upstream}/omdb/")),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect::<Vec<_>>();
    let (mdblist, omdb) = match rates {
        Rates::Unlimited => (true, true),
        Rates::Default { mdblist, omdb } => (mdblist, omdb),
    };
    let keys = [(mdblist, "MDBLIST_API_KEY"), (omdb, "OMDB_API_KEY")];
    for (_, name) in keys.into_iter().filter(|(is_there, _)| *is_there) {
        settings.push((name.to_owned(), "a-key".to_owned()));
    }
    let unlimited = ["TMDB", "MDBLIST", "OMDB"];
    for provider in unlimited.iter().filter(|_| rates == Rates::Unlimited) {
        settings.push((format!("LAUREL_{provider}_RATE"), "10000".to_owned()));
        settings.push((format!("LAUREL_{provider}_BURST"), "10000".to_owned()));
    }
    settings
}
