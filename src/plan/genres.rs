//! Names of genres for pictures.

/// TMDB's genres in English, for names whose letters cannot be drawn. Source: `/genre/movie/list` and `/genre/tv/list`
/// of <https://developer.themoviedb.org/reference>, numbers as they have stood since 2016.
const GENRES: [(u32, &str); 27] = [
    (12, "Adventure"),
    (14, "Fantasy"),
    (16, "Animation"),
    (18, "Drama"),
    (27, "Horror"),
    (28, "Action"),
    (35, "Comedy"),
    (36, "History"),
    (37, "Western"),
    (53, "Thriller"),
    (80, "Crime"),
    (99, "Documentary"),
    (878, "Science Fiction"),
    (9648, "Mystery"),
    (10402, "Music"),
    (10749, "Romance"),
    (10751, "Family"),
    (10752, "War"),
    (10759, "Action & Adventure"),
    (10762, "Kids"),
    (10763, "News"),
    (10764, "Reality"),
    (10765, "Sci-Fi & Fantasy"),
    (10766, "Soap"),
    (10767, "Talk"),
    (10768, "War & Politics"),
    (10770, "TV Movie"),
];

/// A genre's name in English.
pub(super) fn english_genre(id: u32) -> Option<&'static str> {
    GENRES.into_iter().find(|(known, _)| *known == id).map(|(_, name)| name)
}
