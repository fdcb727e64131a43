//! What each long-lived part says about itself: the difference between degraded and broken.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use serde::Serialize;

/// How a part of the server is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "state", content = "reason", rename_all = "lowercase")]
pub enum Health {
    Ready,
    /// Pictures are served, but something is worse than it should be.
    Degraded(String),
    /// No picture can be made.
    Broken(String),
}

type Check = Box<dyn Fn() -> Health + Send + Sync>;

/// The parts' own reports, asked for at each `/readyz`. Cheap to clone.
#[derive(Clone, Default)]
pub struct Readiness {
    parts: Arc<RwLock<BTreeMap<&'static str, Check>>>,
}

impl Readiness {
    /// Adds a part, or replaces the one of that name. `check` must not block.
    pub fn add(&self, part: &'static str, check: impl Fn() -> Health + Send + Sync + 'static) {
        let mut parts = self.parts.write().unwrap_or_else(PoisonError::into_inner);
        parts.insert(part, Box::new(check));
    }

    pub fn report(&self) -> ReadinessReport {
        let parts = self.parts.read().unwrap_or_else(PoisonError::into_inner);
        ReadinessReport { parts: parts.iter().map(|(name, check)| (*name, check())).collect() }
    }
}

impl fmt::Debug for Readiness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Readiness").field("report", &self.report()).finish()
    }
}

/// One moment's answer of every part.
#[derive(Clone, Debug, Serialize)]
pub struct ReadinessReport {
    pub parts: BTreeMap<&'static str, Health>,
}

impl ReadinessReport {
    /// `ready`, `degraded` or `broken`: the worst of the parts.
    pub fn status(&self) -> &'static str {
        match self.parts.values().max() {
            None | Some(Health::Ready) => "ready",
            Some(Health::Degraded(_)) => "degraded",
            Some(Health::Broken(_)) => "broken",
        }
    }

    pub fn is_broken(&self) -> bool {
        self.parts.values().any(|health| matches!(health, Health::Broken(_)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_part_decides() {
        let readiness = Readiness::default();
        assert_eq!(readiness.report().status(), "ready");
        readiness.add("disk", || Health::Degraded("full".into()));
        readiness.add("keys", || Health::Ready);
        assert_eq!(readiness.report().status(), "degraded");
        assert!(!readiness.report().is_broken());
        readiness.add("keys", || Health::Broken("gone".into()));
        assert_eq!(readiness.report().status(), "broken");
    }
}
