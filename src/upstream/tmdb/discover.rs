//! Lists of titles: TMDB's `/discover`, and what one call tells of a title that a list leaves out.

use serde::{Deserialize, Serialize};

use super::{Tmdb, wire};
use crate::model::{Candidate, Date, ImageList, ImdbId, MediaType, TmdbId};
use crate::upstream::loose::{Loose, Many, Part};
use crate::upstream::{Call, UpstreamError};

/// The last page that TMDB gives, with 20 rows each.
/// Source: <https://developer.themoviedb.org/reference/discover-movie>.
pub const MAX_DISCOVER_PAGES: u32 = 500;

/// Which titles are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DiscoverQuery {
    pub media: MediaType,
    /// First and last day of the first release, both included.
    pub from: Date,
    pub to: Date,
    pub min_votes: u32,
    /// The newest first; else the oldest.
    pub newest_first: bool,
    /// From 1 to [`MAX_DISCOVER_PAGES`].
    pub page: u32,
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DiscoverPage {
    pub page: u32,
    /// May be more than can be asked for, and other than a moment ago.
    pub total_pages: u32,
    pub total_results: u32,
    pub titles: Vec<ListedTitle>,
}

/// A title in one shape, wherever it comes from; `None` is what was not asked for or nobody knows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ListedTitle {
    pub media_type: MediaType,
    pub tmdb_id: TmdbId,
    pub imdb_id: Option<ImdbId>,
    pub title: String,
    pub original_title: Option<String>,
    pub release_date: Option<Date>,
    /// Minutes.
    pub runtime: Option<u32>,
    /// US dollars.
    pub budget: Option<u64>,
    pub revenue: Option<u64>,
    pub genres: Vec<String>,
    pub production_companies: Vec<String>,
    pub overview: Option<String>,
    /// 0 to 10.
    pub vote_average: f32,
    pub vote_count: u32,
    pub popularity: f64,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct DiscoverList {
    page: Loose,
    total_pages: Loose,
    total_results: Loose,
    results: Many<ListedRow>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ListedRow {
    id: Loose,
    title: Loose,
    name: Loose,
    original_title: Loose,
    original_name: Loose,
    release_date: Loose,
    first_air_date: Loose,
    runtime: Loose,
    episode_run_time: Many<Loose>,
    budget: Loose,
    revenue: Loose,
    genres: Many<NamedRow>,
    production_companies: Many<NamedRow>,
    overview: Loose,
    imdb_id: Loose,
    external_ids: Part<wire::ExternalIds>,
    vote_average: Loose,
    vote_count: Loose,
    popularity: Loose,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct NamedRow {
    name: Loose,
}

impl Tmdb {
    /// A page of the titles that were first released within some days: one call.
    pub async fn discover(&self, query: &DiscoverQuery) -> Result<DiscoverPage, UpstreamError> {
        let (day, video) = match query.media {
            MediaType::Movie => ("primary_release_date", true),
            MediaType::Series => ("first_air_date", false),
        };
        let (from, to) = match query.media {
            MediaType::Movie => ("primary_release_date.gte", "primary_release_date.lte"),
            MediaType::Series => ("first_air_date.gte", "first_air_date.lte"),
        };
        let order = if query.newest_first { "desc" } else { "asc" };
        let call = Call::get(["discover", query.media.tmdb_path()])
            .query(from, query.from.to_string())
            .query(to, query.to.to_string())
            .query("vote_count.gte", query.min_votes.to_string())
            .query("sort_by", format!("{day}.{order}"))
            .query("include_adult", "false")
            .query("page", query.page.to_string());
        let call = if video { call.query("include_video", "false") } else { call };
        let page: DiscoverList = self.api.get_json(call).await?;
        let total_pages = page.total_pages.whole();
        let (Some(total_pages), Some(_)) = (total_pages, page.page.whole()) else {
            return Err(self.api.unusable("a page of no list"));
        };
        Ok(DiscoverPage {
            page: query.page,
            total_pages,
            total_results: page.total_results.whole().unwrap_or_default(),
            titles: page.results.0.iter().filter_map(|row| row.listed(query.media)).collect(),
        })
    }

    /// Every picture of a title, in all languages: one call.
    pub async fn all_images(
        &self,
        media: MediaType,
        id: TmdbId,
    ) -> Result<Vec<(ImageList, Candidate)>, UpstreamError> {
        let call = Call::get([media.tmdb_path(), &id.to_string(), "images"]);
        let images: wire::ImageLists = self.api.get_json(call).await?;
        let lists = [
            (ImageList::Posters, &images.posters),
            (ImageList::Backdrops, &images.backdrops),
            (ImageList::Logos, &images.logos),
        ];
        let of = |(list, images)| {
            wire::all_candidates(images).into_iter().map(move |image| (list, image))
        };
        Ok(lists.into_iter().flat_map(of).collect())
    }

    /// All fields of a title: one call.
    pub async fn listed(&self, media: MediaType, id: TmdbId) -> Result<ListedTitle, UpstreamError> {
        let call = Call::get([media.tmdb_path(), &id.to_string()])
            .query("append_to_response", "external_ids");
        let row: ListedRow = self.api.get_json(call).await?;
        row.listed(media).ok_or_else(|| self.api.unusable("details of no title"))
    }
}

impl ListedRow {
    fn listed(&self, media: MediaType) -> Option<ListedTitle> {
        let (title, original, day) = match media {
            MediaType::Movie => (&self.title, &self.original_title, &self.release_date),
            MediaType::Series => (&self.name, &self.original_name, &self.first_air_date),
        };
        let external = self.external_ids.0.as_ref();
        let of_episode = || self.episode_run_time.0.first().and_then(Loose::whole);
        let runtime = self.runtime.whole().or_else(of_episode);
        Some(ListedTitle {
            media_type: media,
            tmdb_id: wire::tmdb(&self.id)?,
            imdb_id: wire::imdb(&self.imdb_id).or(external.and_then(wire::ExternalIds::imdb)),
            title: title.text().or(original.text()).unwrap_or_default().to_owned(),
            original_title: original.text().map(str::to_owned),
            release_date: day.date(),
            runtime: runtime.filter(|minutes| *minutes > 0),
            budget: money(&self.budget),
            revenue: money(&self.revenue),
            genres: names(&self.genres),
            production_companies: names(&self.production_companies),
            overview: self.overview.text().map(str::to_owned),
            vote_average: wire::vote_average(&self.vote_average),
            vote_count: self.vote_count.whole().unwrap_or_default(),
            popularity: self.popularity.number().filter(|n| *n >= 0.0).unwrap_or_default(),
        })
    }
}

/// TMDB writes 0 for what it does not know.
fn money(value: &Loose) -> Option<u64> {
    value.number().filter(|n| *n >= 1.0 && *n < 1e15).map(|n| n as u64)
}

fn names(rows: &Many<NamedRow>) -> Vec<String> {
    rows.0.iter().filter_map(|row| row.name.text()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(json: &str) -> Option<ListedTitle> {
        serde_json::from_str::<ListedRow>(json).unwrap().listed(MediaType::Movie)
    }

    #[test]
    fn a_row_of_a_list_and_details_have_one_shape() {
        let listed = row(
            r#"{"id":603,"title":"The Matrix","original_title":"The Matrix","release_date":"1999-03-31",
            "vote_average":8.2,"vote_count":26000,"popularity":80.5,"genre_ids":[28],"overview":"A hacker."}"#,
        )
        .unwrap();
        assert_eq!((listed.tmdb_id.number(), listed.runtime, listed.imdb_id), (603, None, None));
        let details = row(
            r#"{"id":603,"title":"The Matrix","runtime":136,"budget":63000000,"revenue":463517383,
            "genres":[{"id":28,"name":"Action"},{"name":null}],"production_companies":[{"name":"Village"}],
            "imdb_id":"tt0133093","external_ids":{"imdb_id":"tt0133093"}}"#,
        )
        .unwrap();
        assert_eq!(details.imdb_id.unwrap().to_string(), "tt0133093");
        assert_eq!((details.runtime, details.budget), (Some(136), Some(63_000_000)));
        assert_eq!(details.genres, ["Action"]);
        assert_eq!(details.release_date, None);
    }

    #[test]
    fn what_is_no_title_or_odd_is_left_out() {
        assert_eq!(row(r#"{"id":0,"title":"x"}"#), None);
        assert_eq!(row(r#"{"title":"x"}"#), None);
        let odd = row(
            r#"{"id":"7","title":null,"budget":0,"revenue":"a lot","runtime":0,"release_date":"soon","popularity":-3}"#,
        )
        .unwrap();
        assert_eq!(
            (odd.budget, odd.revenue, odd.runtime, odd.release_date),
            (None, None, None, None)
        );
        assert!(odd.popularity.abs() < f64::EPSILON);
    }

    #[test]
    fn a_row_is_read_back_as_it_is_written() {
        let listed = row(r#"{"id":1,"title":"ö","release_date":"2001-02-03"}"#).unwrap();
        let text = serde_json::to_string(&listed).unwrap();
        assert_eq!(serde_json::from_str::<ListedTitle>(&text).unwrap(), listed);
    }
}
