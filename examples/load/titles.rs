//! What TMDB, MDBList and OMDb say of any number of invented titles.
//!
//! Title `n` is the film `tt1000000 + n` and TMDB's film `n`; TMDB's series `n` is `tt5000000 + n`.

use std::fmt::Write;

const FILMS: u32 = 1_000_000;
const SERIES: u32 = 5_000_000;

/// What is long and the same for all titles.
pub(crate) struct Titles {
    /// Pictures that every title has besides its own: what makes real answers long.
    other_images: String,
}

impl Titles {
    pub(crate) fn new() -> Self {
        Self { other_images: other_images() }
    }

    /// The answer to a path, its query and the JSON sent with it.
    pub(crate) fn json(&self, path: &str, query: &str, body: &[u8]) -> Option<String> {
        let parts: Vec<&str> = path.split('/').skip(1).collect();
        match parts.as_slice() {
            ["3", "configuration"] => Some(CONFIGURATION.to_owned()),
            ["3", "find", imdb] => Some(find(number_of(imdb)?)),
            ["3", media @ ("movie" | "tv"), id] => {
                Some(self.details(*media == "movie", id.parse().ok()?))
            }
            ["3", "tv", id, "season", season, "episode", episode] => {
                Some(episode_of(id.parse().ok()?, season, episode))
            }
            ["mdblist", id_type, media, id] => mdblist(id_type, media, id),
            ["mdblist", id_type, media] => mdblist_batch(id_type, media, body),
            ["omdb", ..] => {
                let imdb = query.split('&').find_map(|pair| pair.strip_prefix("i="))?;
                Some(omdb(imdb))
            }
            _ => None,
        }
    }

    fn details(&self, film: bool, id: u32) -> String {
        let imdb = if film { FILMS + id } else { SERIES + id };
        // TMDB's own choice is not always the one with most votes.
        let posters = match id % 3 {
            0 => image('p', 800_000 + id, 2000, 3000, "\"en\"", 120) + ",",
            _ => String::new(),
        };
        format!(
            "{{{},\"imdb_id\":\"tt{imdb}\",\"status\":\"Released\",\"runtime\":120,\"seasons\":[],\
             \"external_ids\":{{\"imdb_id\":\"tt{imdb}\",\"tvdb_id\":{id}}},\
             \"images\":{{\"posters\":[{posters}{}{}],\"backdrops\":[{}{}],\"logos\":[{}]}}}}",
            about(film, id),
            image('p', id, 2000, 3000, "\"en\"", 90),
            self.other_images,
            image('b', id, 3840, 2160, "null", 90),
            self.other_images,
            image('l', id, 1804, 389, "\"en\"", 20).replace(".jpg", ".png"),
        )
    }
}

fn number_of(imdb: &str) -> Option<u32> {
    imdb.strip_prefix("tt")?.parse().ok()
}

fn find(imdb: u32) -> String {
    let (films, series) = match imdb.checked_sub(SERIES) {
        Some(id) => (String::new(), format!("{{{}}}", about(false, id))),
        None => (format!("{{{}}}", about(true, imdb.saturating_sub(FILMS))), String::new()),
    };
    format!(
        "{{\"movie_results\":[{films}],\"person_results\":[],\"tv_results\":[{series}],\
         \"tv_episode_results\":[],\"tv_season_results\":[]}}"
    )
}

/// The fields that `/find` and details share, without braces.
fn about(film: bool, id: u32) -> String {
    let (name, day) = if film { ("title", "release_date") } else { ("name", "first_air_date") };
    format!(
        "\"adult\":false,\"id\":{id},\"{name}\":\"Title {id}\",\"original_{name}\":\"Title {id}\",\
         \"original_language\":\"en\",\"{day}\":\"2009-05-12\",\"vote_average\":8.2,\
         \"vote_count\":9120,\"popularity\":50.7,\"overview\":\"{OVERVIEW}\",\
         \"poster_path\":\"/p{id}.jpg\",\"backdrop_path\":\"/b{id}.jpg\""
    )
}

fn episode_of(series: u32, season: &str, episode: &str) -> String {
    format!(
        "{{\"id\":{series},\"name\":\"Episode {episode}\",\"season_number\":{season},\
         \"episode_number\":{episode},\"air_date\":\"2009-05-12\",\"vote_average\":8.1,\
         \"vote_count\":310,\"still_path\":\"/s{series}.jpg\",\
         \"external_ids\":{{\"imdb_id\":\"tt{}\"}},\"images\":{{\"stills\":[{}]}}}}",
        SERIES + 2_000_000 + series,
        image('s', series, 1920, 1080, "null", 4),
    )
}

fn image(kind: char, id: u32, width: u32, height: u32, language: &str, votes: u32) -> String {
    format!(
        "{{\"aspect_ratio\":0.667,\"height\":{height},\"iso_639_1\":{language},\
         \"iso_3166_1\":null,\"file_path\":\"/{kind}{id}.jpg\",\"vote_average\":6.4,\
         \"vote_count\":{votes},\"width\":{width}}}"
    )
}

/// 150 rows each for posters and backdrops: about 55 KB, as of a well-known film.
fn other_images() -> String {
    let mut rows = String::new();
    for row in 0..150_u32 {
        let language = ["\"de\"", "\"fr\"", "\"pt\"", "\"ja\"", "\"ru\""][row as usize % 5];
        let image = image('x', 900_000 + row, 1000, 1500, language, row % 7);
        // Writing to a `String` cannot fail.
        let _ = write!(rows, ",{image}");
    }
    rows
}

/// By either id; both are known.
fn mdblist(id_type: &str, media: &str, id: &str) -> Option<String> {
    let first = if media == "movie" { FILMS } else { SERIES };
    let number = match id_type {
        "imdb" => number_of(id)?.checked_sub(first)?,
        _ => id.parse().ok()?,
    };
    let rows = [
        ("imdb", 8.7, 87, 673_852),
        ("metacritic", 74.0, 74, 41),
        ("trakt", 86.0, 86, 14_033),
        ("tomatoes", 92.0, 92, 210),
        ("popcorn", 85.0, 85, 25_000),
        ("tmdb", 82.0, 82, 9120),
        ("letterboxd", 4.1, 82, 88_000),
    ];
    let rows = rows.map(|(source, value, score, votes)| {
        format!(
            "{{\"source\":\"{source}\",\"value\":{value},\"score\":{score},\"votes\":{votes},\
             \"url\":null}}"
        )
    });
    Some(format!(
        "{{\"title\":\"Title {number}\",\"year\":2009,\"released\":\"2009-05-12\",\
         \"ids\":{{\"imdb\":\"tt{}\",\"tmdb\":{number}}},\
         \"description\":\"{OVERVIEW}\",\"type\":\"{media}\",\"score\":84,\"ratings\":[{}]}}",
        first + number,
        rows.join(",")
    ))
}

/// Many titles in one answer: `{"ids":[…]}` names them.
fn mdblist_batch(id_type: &str, media: &str, body: &[u8]) -> Option<String> {
    let body: serde_json::Value = serde_json::from_slice(body).ok()?;
    let ids = body["ids"].as_array()?;
    let texts = ids.iter().map(|id| id.as_str().map_or_else(|| id.to_string(), str::to_owned));
    let bodies: Vec<String> = texts.filter_map(|id| mdblist(id_type, media, &id)).collect();
    Some(format!("[{}]", bodies.join(",")))
}

fn omdb(imdb: &str) -> String {
    format!(
        "{{\"Title\":\"Title\",\"Year\":\"2009\",\"Genre\":\"Drama\",\"Plot\":\"{OVERVIEW}\",\
         \"Awards\":\"Won 2 Oscars. 20 wins & 40 nominations total\",\"Ratings\":[\
         {{\"Source\":\"Internet Movie Database\",\"Value\":\"8.7/10\"}},\
         {{\"Source\":\"Rotten Tomatoes\",\"Value\":\"92%\"}},\
         {{\"Source\":\"Metacritic\",\"Value\":\"74/100\"}}],\"Metascore\":\"74\",\
         \"imdbRating\":\"8.7\",\"imdbVotes\":\"673,852\",\"imdbID\":\"{imdb}\",\
         \"Type\":\"movie\",\"Response\":\"True\"}}"
    )
}

const OVERVIEW: &str = "An unsuspecting keeper of a lighthouse is asked for more light than there \
    is, and finds out what it costs to make it, and who pays, and why nobody has asked before.";

const CONFIGURATION: &str = r#"{"images":{"base_url":"http://image.tmdb.org/t/p/",
"secure_base_url":"https://image.tmdb.org/t/p/",
"backdrop_sizes":["w300","w780","w1280","original"],
"logo_sizes":["w45","w92","w154","w185","w300","w500","original"],
"poster_sizes":["w92","w154","w185","w342","w500","w780","original"],
"profile_sizes":["w45","w185","h632","original"],
"still_sizes":["w92","w185","w300","original"]}}"#;
