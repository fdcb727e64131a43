-- Add-ons of Stremio that are served with our pictures.

CREATE TABLE stremio_wrappers (
    -- 22 random letters and digits.
    id TEXT PRIMARY KEY,
    -- As src/stremio/wrapper.rs writes it; holds the add-on's secret address.
    document TEXT NOT NULL,
    -- Seconds since 1970.
    created_at INTEGER NOT NULL
) WITHOUT ROWID;
