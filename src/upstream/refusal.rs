//! Why a body is not the answer asked for.

use std::time::Duration;

use super::Complaint;

/// Rest of a key whose calls for the day are spent. Some count anew at
/// midnight UTC, others 24 hours after the first call; one futile call an
/// hour finds out, and also finds a plan that was extended meanwhile.
const SPENT_REST: Duration = Duration::from_hours(1);
/// Rest of a key that was too fast. Windows of five minutes are the longest seen.
const FAST_REST: Duration = Duration::from_mins(1);

/// What a provider's own words amount to.
///
/// Some say "no" in a JSON body, often with status 200, so the
/// status alone decides nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The provider knows no such title.
    UnknownTitle,
    /// The key's allowance is used up; asking again soon is useless.
    QuotaSpent,
    /// Too many calls in a short time.
    TooFast,
    /// The key is not accepted.
    BadKey,
    /// An error of the provider's own, or no body this program can read.
    Unreadable,
}

impl Refusal {
    /// What the shared client has to know of it: whether the key is to rest.
    /// Nothing for an unreadable body, which is judged by its status.
    pub(super) fn complaint(self) -> Option<Complaint> {
        match self {
            Self::UnknownTitle => Some(Complaint::NotFound),
            Self::QuotaSpent => Some(Complaint::QuotaSpent(SPENT_REST)),
            Self::TooFast => Some(Complaint::QuotaSpent(FAST_REST)),
            Self::BadKey => Some(Complaint::InvalidKey),
            Self::Unreadable => None,
        }
    }

    /// Reads an error text.
    ///
    /// Texts seen: `API Limit Reached!`, `API Rate Limit Reached!`,
    /// `Item not found`, `Invalid API key!`, `Request limit reached!`,
    /// `Daily request limit reached!`, `Movie not found!`,
    /// `Series or episode not found!`, `Incorrect IMDb ID.`,
    /// `Invalid API key!`, `No API key provided.`, `Error getting data.`
    pub(super) fn of(text: &str) -> Self {
        let text = text.to_ascii_lowercase();
        let says = |word: &str| text.contains(word);
        if says("limit") {
            if says("rate limit") { Self::TooFast } else { Self::QuotaSpent }
        } else if says("api key") || says("apikey") || says("unauthorized") {
            Self::BadKey
        } else if says("not found") || says("incorrect imdb id") {
            Self::UnknownTitle
        } else {
            Self::Unreadable
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_known_error_text_is_understood() {
        let table = [
            ("API Limit Reached!", Refusal::QuotaSpent),
            ("API Rate Limit Reached!", Refusal::TooFast),
            ("Request limit reached!", Refusal::QuotaSpent),
            ("Daily request limit reached!", Refusal::QuotaSpent),
            ("Item not found", Refusal::UnknownTitle),
            ("Movie not found!", Refusal::UnknownTitle),
            ("Series or episode not found!", Refusal::UnknownTitle),
            ("Incorrect IMDb ID.", Refusal::UnknownTitle),
            ("Invalid API key!", Refusal::BadKey),
            ("No API key provided.", Refusal::BadKey),
            ("Error getting data.", Refusal::Unreadable),
            ("", Refusal::Unreadable),
        ];
        for (text, refusal) in table {
            assert_eq!(Refusal::of(text), refusal, "{text}");
        }
    }
}
