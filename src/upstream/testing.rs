//! A provider for tests: real bytes on a real socket, faults included.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

/// What the server does with one request.
pub(crate) enum Reply {
    /// A whole answer: status, content type, extra header lines, body.
    Answer(u16, &'static str, String, Vec<u8>),
    /// Announces more bytes than it sends, then closes.
    Truncated(&'static str),
    /// Closes without a word.
    Reset,
    /// Never answers.
    Silent,
    /// A head, then a byte every 20 ms without end.
    Drip,
    /// A body without end and without `Content-Length`.
    Endless,
}

impl Reply {
    pub(crate) fn json(body: impl Into<String>) -> Self {
        Self::Answer(200, "application/json", String::new(), body.into().into_bytes())
    }

    pub(crate) fn status(status: u16) -> Self {
        Self::Answer(status, "application/json", String::new(), b"{}".to_vec())
    }

    /// An extra header line.
    pub(crate) fn with(self, line: &str) -> Self {
        match self {
            Self::Answer(status, kind, lines, body) => {
                Self::Answer(status, kind, format!("{lines}{line}\r\n"), body)
            }
            other => other,
        }
    }
}

/// Answers as told and remembers what it was asked.
pub(crate) struct Server {
    pub(crate) url: Url,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// `answer` gets the number of the request, from 0, and its head.
    pub(crate) async fn start(
        answer: impl Fn(usize, &str) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (log, answer) = (Arc::clone(&asked), Arc::new(answer));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (log, answer) = (Arc::clone(&log), Arc::clone(&answer));
                tokio::spawn(async move { serve(stream, &log, &*answer).await });
            }
        });
        Self { url, asked }
    }

    /// The heads of the requests so far.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    /// The request targets so far: path and query.
    pub(crate) fn targets(&self) -> Vec<String> {
        let target = |head: &String| head.split(' ').nth(1).unwrap_or("").to_owned();
        self.asked().iter().map(target).collect()
    }
}

async fn serve(
    mut stream: TcpStream,
    log: &Mutex<Vec<String>>,
    answer: &(dyn Fn(usize, &str) -> Reply + Send + Sync),
) -> Option<()> {
    let head = read_head(&mut stream).await?;
    let number = {
        let mut log = log.lock().unwrap();
        log.push(head.clone());
        log.len() - 1
    };
    match answer(number, &head) {
        Reply::Answer(status, kind, lines, body) => {
            let length = body.len();
            let head = format!(
                "HTTP/1.1 {status} x\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n{lines}connection: close\r\n\r\n"
            );
            stream.write_all(head.as_bytes()).await.ok()?;
            stream.write_all(&body).await.ok()?;
        }
        Reply::Truncated(body) => {
            let head =
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 9999\r\n\r\n";
            stream.write_all(format!("{head}{body}").as_bytes()).await.ok()?;
        }
        Reply::Reset => stream.set_zero_linger().ok()?,
        Reply::Silent => std::future::pending().await,
        Reply::Drip => {
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n").await.ok()?;
            loop {
                stream.write_all(b" ").await.ok()?;
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
        Reply::Endless => {
            stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.ok()?;
            loop {
                stream.write_all(&[b' '; 1024]).await.ok()?;
            }
        }
    }
    stream.shutdown().await.ok()
}

async fn read_head(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    while !head.windows(4).any(|w| w == b"\r\n\r\n") {
        let mut buffer = [0; 1024];
        let read = stream.read(&mut buffer).await.ok().filter(|n| *n > 0)?;
        head.extend_from_slice(&buffer[..read]);
    }
    String::from_utf8(head).ok()
}
