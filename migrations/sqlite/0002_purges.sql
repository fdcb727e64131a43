-- How `laurel purge` asks a running server to drop what it keeps in memory and on disk.
CREATE TABLE purges (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    -- As PurgeScope writes itself: 'all', 'tier:render', 'family:poster', 'title:tt0903747'.
    scope TEXT NOT NULL,
    requested_at INTEGER NOT NULL,
    -- Set by the server when done, with the number of blobs removed.
    finished_at INTEGER,
    removed INTEGER
);
