//! `laurel health`: the container's health check.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use super::serve::reachable;
use super::{CliError, load_config, say};

/// For connecting, and for each read and write.
const TIMEOUT: Duration = Duration::from_secs(2);

pub(super) fn run() -> Result<(), CliError> {
    let address = reachable(load_config()?.server.listen);
    let status = ask(address).map_err(|error| {
        CliError::Refused(format!("no answer from {address}: {}", error.kind()))
    })?;
    if status.starts_with("HTTP/1.1 200 ") {
        say("ok");
        return Ok(());
    }
    Err(CliError::Refused(format!("{address} does not answer as laurel does")))
}

/// The beginning of the answer of `/healthz`.
fn ask(address: SocketAddr) -> std::io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, TIMEOUT)?;
    stream.set_read_timeout(Some(TIMEOUT))?;
    stream.set_write_timeout(Some(TIMEOUT))?;
    stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: laurel\r\nConnection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    stream.take(64).read_to_end(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_line_is_read() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; 64];
            let length = stream.read(&mut request).unwrap();
            stream.write_all(b"HTTP/1.1 200 OK\r\n\r\nok\n").unwrap();
            String::from_utf8_lossy(&request[..length]).into_owned()
        });
        assert!(ask(address).unwrap().starts_with("HTTP/1.1 200 "));
        assert!(server.join().unwrap().starts_with("GET /healthz "));
        assert!(ask(address).is_err());
    }
}
