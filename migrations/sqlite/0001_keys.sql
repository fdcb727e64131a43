-- API keys are kept as hashes only; see src/store/api_keys.rs for how they are made.
CREATE TABLE api_keys (
    id INTEGER PRIMARY KEY,
    key_hash BLOB NOT NULL UNIQUE CHECK (length(key_hash) = 32),
    share_hash BLOB NOT NULL UNIQUE CHECK (length(share_hash) = 32),
    -- The first characters of the key, to recognise it by.
    prefix TEXT NOT NULL,
    label TEXT NOT NULL,
    -- Seconds since 1970.
    created_at INTEGER NOT NULL,
    revoked_at INTEGER,
    requests INTEGER NOT NULL DEFAULT 0
);

-- Small facts about this installation, such as the hash of the admin token.
CREATE TABLE facts (
    name TEXT PRIMARY KEY,
    value BLOB NOT NULL
) WITHOUT ROWID;

-- Rises whenever the set of usable keys changes, so that a running server notices cheaply.
CREATE TABLE key_generation (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    generation INTEGER NOT NULL
);
INSERT INTO key_generation VALUES (1, 0);

CREATE TRIGGER api_keys_added AFTER INSERT ON api_keys
BEGIN UPDATE key_generation SET generation = generation + 1; END;

CREATE TRIGGER api_keys_changed AFTER UPDATE OF key_hash, share_hash, revoked_at ON api_keys
BEGIN UPDATE key_generation SET generation = generation + 1; END;

CREATE TRIGGER api_keys_removed AFTER DELETE ON api_keys
BEGIN UPDATE key_generation SET generation = generation + 1; END;
