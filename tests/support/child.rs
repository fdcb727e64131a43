//! The built program as a process of its own.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// A program that runs until it is dropped; then it is killed at once.
pub(crate) struct Laurel {
    child: Child,
    stdout: Receiver<String>,
    /// Lines that were printed before the address.
    pub(crate) greeting: Vec<String>,
    /// `http://127.0.0.1:…/`
    pub(crate) base: String,
}

/// The program with exactly these settings, in an empty place.
pub(crate) fn laurel(dir: &Path, settings: &[(String, String)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_laurel"));
    command.env_clear().current_dir(dir).stdin(Stdio::null());
    command.envs(settings.iter().cloned());
    command
}

/// Runs a command of the program to its end.
pub(crate) fn run(dir: &Path, settings: &[(String, String)], arguments: &[&str]) -> Output {
    laurel(dir, settings).args(arguments).output().unwrap()
}

impl Laurel {
    /// Starts the server and waits until it listens.
    pub(crate) fn serve(dir: &Path, settings: &[(String, String)]) -> Self {
        // A file that may not grow ends a process, unless the signal is ignored beforehand.
        let program = laurel(dir, settings);
        let mut command = Command::new("sh");
        command.args(["-c", "trap '' XFSZ; exec \"$0\" serve"]).arg(program.get_program());
        command.env_clear().current_dir(dir).stdin(Stdio::null());
        command.envs(settings.iter().cloned());
        command.env("LAUREL_LISTEN", "127.0.0.1:0").env("LAUREL_DATA_DIR", dir.join("data"));
        let log = std::fs::File::create(dir.join("log")).unwrap();
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let (lines, stdout) = channel();
        let out = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                // Nobody listening any more is fine.
                let _ = lines.send(line);
            }
        });
        let mut laurel = Self { child, stdout, greeting: Vec::new(), base: String::new() };
        while laurel.base.is_empty() {
            let line = laurel.stdout.recv_timeout(Duration::from_secs(30)).expect("it listens");
            if let Some(base) = line.strip_prefix("laurel listens on ") {
                base.clone_into(&mut laurel.base);
            }
            laurel.greeting.push(line);
        }
        laurel
    }

    /// Everything printed within a moment after the address.
    pub(crate) fn printed(&mut self) -> String {
        while let Ok(line) = self.stdout.recv_timeout(Duration::from_millis(500)) {
            self.greeting.push(line);
        }
        self.greeting.join("\n")
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// As `kill -9`.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// As a supervisor stops it; the exit code, `None` after 20 s.
    pub(crate) fn terminate(mut self) -> Option<i32> {
        let id = self.id().to_string();
        Command::new("kill").args(["-TERM", &id]).status().unwrap();
        for _ in 0..400 {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        None
    }
}

impl Drop for Laurel {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a server wrote to its log.
pub(crate) fn log(dir: &Path) -> String {
    let mut text = String::new();
    std::fs::File::open(dir.join("log")).unwrap().read_to_string(&mut text).unwrap();
    text
}
