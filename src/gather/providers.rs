//! The providers that are switched on.

use crate::upstream::{Fanart, Mdblist, Omdb, ProviderStatus, Tmdb, Trakt};

/// One field per provider; `None` is off.
#[derive(Clone, Debug)]
pub struct Providers {
    pub tmdb: Tmdb,
    pub mdblist: Option<Mdblist>,
    pub omdb: Option<Omdb>,
    pub trakt: Option<Trakt>,
    pub fanart: Option<Fanart>,
}

impl Providers {
    /// The state of every host that is asked.
    pub fn status(&self) -> Vec<ProviderStatus> {
        let mut all = self.tmdb.status();
        all.extend(self.mdblist.as_ref().map(Mdblist::status));
        all.extend(self.omdb.as_ref().map(Omdb::status));
        all.extend(self.trakt.as_ref().map(Trakt::status));
        all.extend(self.fanart.iter().flat_map(Fanart::status));
        all
    }
}
