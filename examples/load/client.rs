//! A small HTTP client that keeps its connection and costs little.

use std::collections::VecDeque;
use std::error::Error;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

type Failure = Box<dyn Error + Send + Sync>;

/// A response.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (known, value) = line.split_once(':')?;
            known.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

/// One connection.
pub(crate) struct Client {
    stream: TcpStream,
    read: Vec<u8>,
}

impl Client {
    pub(crate) async fn connect(address: SocketAddr) -> Result<Self, Failure> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, read: Vec::with_capacity(1 << 20) })
    }

    pub(crate) async fn get(&mut self, path: &str) -> Result<Answer, Failure> {
        let request = format!("GET {path} HTTP/1.1\r\nHost: laurel\r\n\r\n");
        self.stream.write_all(request.as_bytes()).await?;
        let end = loop {
            if let Some(end) = self.read.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
                break end + 4;
            }
            self.fill().await?;
        };
        let head = String::from_utf8_lossy(&self.read[..end]).into_owned();
        let status = head.split(' ').nth(1).and_then(|text| text.parse().ok());
        let mut answer = Answer { status: status.ok_or("no status")?, head, body: Vec::new() };
        let length = answer.header("content-length").map_or(Ok(0), str::parse::<usize>)?;
        while self.read.len() < end + length {
            self.fill().await?;
        }
        answer.body = self.read[end..end + length].to_vec();
        self.read.drain(..end + length);
        Ok(answer)
    }

    async fn fill(&mut self) -> Result<(), Failure> {
        match self.stream.read_buf(&mut self.read).await? {
            0 => Err("the connection was closed".into()),
            _ => Ok(()),
        }
    }
}

/// What came of asking for many pictures.
#[derive(Default)]
pub(crate) struct Outcome {
    /// Of each picture, in milliseconds, sorted.
    pub(crate) latencies: Vec<f64>,
    pub(crate) bytes: usize,
    /// Refused: another status than 200.
    pub(crate) refused: usize,
    /// 200, but without the ratings.
    pub(crate) unrated: usize,
    pub(crate) took: Duration,
}

impl Outcome {
    /// For a title: how many of how many failed, in which way.
    pub(crate) fn faults(&self) -> String {
        format!(
            "{} answered, {} refused, {} unrated",
            self.latencies.len(),
            self.refused,
            self.unrated
        )
    }

    /// Milliseconds within which a share of the pictures came.
    pub(crate) fn percentile(&self, share: f64) -> f64 {
        let last = self.latencies.len().saturating_sub(1);
        let at = (last as f64 * share).round() as usize;
        self.latencies.get(at).copied().unwrap_or(f64::NAN)
    }

    pub(crate) fn per_second(&self) -> f64 {
        self.latencies.len() as f64 / self.took.as_secs_f64()
    }

    pub(crate) fn mean_bytes(&self) -> f64 {
        self.bytes as f64 / self.latencies.len().max(1) as f64
    }
}

/// Asks for every path, `parallel` at a time, each on a connection of its own.
pub(crate) async fn fetch_all(
    address: SocketAddr,
    paths: Vec<String>,
    parallel: usize,
) -> Result<Outcome, Failure> {
    let queue = Arc::new(Mutex::new(VecDeque::from(paths)));
    let started = Instant::now();
    let mut tasks = Vec::new();
    for _ in 0..parallel {
        let queue = Arc::clone(&queue);
        tasks.push(tokio::spawn(async move { fetch_from(address, &queue).await }));
    }
    let mut all = Outcome::default();
    for task in tasks {
        let part = task.await??;
        all.latencies.extend(part.latencies);
        all.bytes += part.bytes;
        all.refused += part.refused;
        all.unrated += part.unrated;
    }
    all.took = started.elapsed();
    all.latencies.sort_by(f64::total_cmp);
    Ok(all)
}

async fn fetch_from(
    address: SocketAddr,
    queue: &Mutex<VecDeque<String>>,
) -> Result<Outcome, Failure> {
    let mut client = Client::connect(address).await?;
    let mut part = Outcome::default();
    loop {
        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        let Some(path) = next else { return Ok(part) };
        let started = Instant::now();
        let answer = client.get(&path).await?;
        if answer.status == 200 {
            part.latencies.push(started.elapsed().as_secs_f64() * 1000.0);
            part.bytes += answer.body.len();
            let plain = answer.header("x-cache-status") == Some("MISS-FALLBACK");
            part.unrated += usize::from(plain);
        } else {
            part.refused += 1;
        }
    }
}

/// Asks for one path over and over on 64 connections; how many answers came per second.
pub(crate) async fn hammer(
    address: SocketAddr,
    path: &str,
    time: Duration,
) -> Result<f64, Failure> {
    let until = Instant::now() + time;
    let mut tasks = Vec::new();
    for _ in 0..64 {
        let path = path.to_owned();
        tasks.push(tokio::spawn(async move {
            let mut client = Client::connect(address).await?;
            let mut answers = 0_u64;
            while Instant::now() < until {
                client.get(&path).await?;
                answers += 1;
            }
            Ok::<u64, Failure>(answers)
        }));
    }
    let mut answers = 0;
    for task in tasks {
        answers += task.await??;
    }
    Ok(answers as f64 / time.as_secs_f64())
}
