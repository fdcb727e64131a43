//! Everything that any test's server logs, watched for secrets.

use std::io::Write;
use std::sync::{LazyLock, Mutex, Once};

use super::app::KEY;
use super::service::Service;

/// The first log line with a secret in it.
static LEAK: LazyLock<Mutex<Option<String>>> = LazyLock::new(Mutex::default);

struct Watch;

impl Write for Watch {
    fn write(&mut self, line: &[u8]) -> std::io::Result<usize> {
        let text = String::from_utf8_lossy(line);
        if leaks(&text) {
            LEAK.lock().unwrap().get_or_insert_with(|| text.into_owned());
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// What clients and add-ons tell us that is nobody else's business.
const PRIVATE: [&str; 3] =
    ["u5er-s3cret-of-the-addon", "pa55word-of-aiometadata", "The-Name-Of-A-Private-File"];

/// Whether a text holds a key, ours or a provider's, or something private.
pub(crate) fn leaks(text: &str) -> bool {
    PRIVATE.iter().any(|secret| text.contains(secret))
        || text.contains(KEY)
        || Service::KEYS.iter().any(|(_, key)| text.contains(key))
}

/// Watches from now on.
pub(crate) fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let filter = laurel::telemetry::log_filter("debug,laurel=trace");
        let subscriber =
            tracing_subscriber::fmt().json().with_env_filter(filter).with_writer(|| Watch);
        // Another subscriber would be another test's mistake.
        subscriber.try_init().unwrap();
    });
}

/// The first secret that was logged so far.
pub(crate) fn leak() -> Option<String> {
    LEAK.lock().unwrap().clone()
}
