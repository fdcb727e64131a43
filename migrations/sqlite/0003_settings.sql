-- Keys get unique names, settings and monthly usage; profiles and overrides of artwork join them.

CREATE TABLE keys (
    id INTEGER PRIMARY KEY,
    -- 1 to 40 characters.
    name TEXT NOT NULL,
    -- The first characters of the key, to recognise it by.
    prefix TEXT NOT NULL,
    -- A JSON object; see src/keys/settings.rs.
    settings TEXT NOT NULL,
    -- Seconds since 1970.
    created_at INTEGER NOT NULL,
    revoked_at INTEGER,
    last_used_at INTEGER,
    -- Of all months together.
    requests INTEGER NOT NULL
);

-- A key without a usable label, or with one that others have, is named after its id.
INSERT INTO keys (id, name, prefix, settings, created_at, revoked_at, last_used_at, requests)
SELECT id,
       CASE
           WHEN length(trim(label)) BETWEEN 1 AND 40
               AND trim(label) NOT LIKE 'key-%'
               AND NOT EXISTS (
                   SELECT 1 FROM api_keys other
                   WHERE other.id <> api_keys.id AND trim(other.label) = trim(api_keys.label)
               )
           THEN trim(label)
           ELSE 'key-' || id
       END,
       prefix, '{}', created_at, revoked_at, NULL, requests
FROM api_keys;

CREATE UNIQUE INDEX key_names ON keys (name) WHERE revoked_at IS NULL;

-- Only hashes of keys are kept; see src/store/key_hash.rs. A rotated key has two pairs for a while.
CREATE TABLE key_hashes (
    hash BLOB PRIMARY KEY CHECK (length(hash) = 32),
    key_id INTEGER NOT NULL REFERENCES keys (id),
    -- 1: the share form.
    share INTEGER NOT NULL,
    -- Seconds since 1970; without one for as long as the key is in use.
    valid_until INTEGER
) WITHOUT ROWID;

INSERT INTO key_hashes SELECT key_hash, id, 0, NULL FROM api_keys;
INSERT INTO key_hashes SELECT share_hash, id, 1, NULL FROM api_keys;
CREATE INDEX key_hashes_by_key ON key_hashes (key_id);

CREATE TABLE key_usage (
    key_id INTEGER NOT NULL REFERENCES keys (id),
    -- UTC, as 2026-11.
    month TEXT NOT NULL,
    requests INTEGER NOT NULL,
    -- Pictures that were not there and were made for this key.
    made INTEGER NOT NULL,
    PRIMARY KEY (key_id, month)
) WITHOUT ROWID;

DROP TABLE api_keys;
DROP TABLE key_generation;

-- Rises with every change of keys, profiles, overrides and the admin token, so that a running
-- server notices cheaply.
CREATE TABLE settings_revision (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    revision INTEGER NOT NULL
);
INSERT INTO settings_revision VALUES (1, 1);

CREATE TABLE profiles (
    name TEXT PRIMARY KEY,
    -- As the admin API takes and gives it.
    document TEXT NOT NULL,
    -- 1 for the first version, then one more with each change.
    revision INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) WITHOUT ROWID;

-- Artwork that the admin has chosen for one title.
CREATE TABLE artwork_overrides (
    -- As PurgeScope spells titles: movie-603, tv-1396.
    title TEXT NOT NULL,
    -- The family's word in addresses.
    family TEXT NOT NULL,
    -- TMDB's file path or the path of Fanart.tv's picture.
    path TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (title, family)
) WITHOUT ROWID;
