#pragma once

namespace mux::inline v0::ingest {

/// `application_id` of a journal: "MUXJ".
inline constexpr int journal_application_id = 0x4D55584A;
/// `user_version`: raised when a file of this version cannot be read by an earlier program.
inline constexpr int journal_version = 1;

/// Instants are milliseconds since 1970 of the server's clock. `state` is `row_state`; a row has an asset
/// exactly in the states created (3), uploading (4), ready (5) and errored (6).
inline constexpr char journal_schema[] = R"sql(
CREATE TABLE meta (
  name  TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE rows (
  id              INTEGER PRIMARY KEY,
  key             BLOB    NOT NULL UNIQUE CHECK (length(key) = 32),
  marker          TEXT    NOT NULL UNIQUE CHECK (length(marker) = 26),
  state           INTEGER NOT NULL DEFAULT 0 CHECK (state BETWEEN 0 AND 8),
  line            INTEGER NOT NULL,
  col             INTEGER NOT NULL,
  url             TEXT,             -- null if it holds a query or user-info: the manifest is read again
  shown_url       TEXT    NOT NULL, -- without them
  title           TEXT,
  external_id     TEXT,
  creator_id      TEXT,
  passthrough     TEXT,
  playback_policy TEXT,
  video_quality   TEXT,
  sends           INTEGER NOT NULL DEFAULT 0 CHECK (sends >= 0),
  first_intent    INTEGER,
  asset_id        TEXT,
  reason          TEXT,
  CHECK ((state IN (3, 4, 5, 6)) = (asset_id IS NOT NULL))
) STRICT;

CREATE INDEX rows_by_state ON rows (state, id);

CREATE TABLE attempts (
  row        INTEGER NOT NULL REFERENCES rows (id),
  number     INTEGER NOT NULL CHECK (number >= 1),
  intent_at  INTEGER,
  settled_at INTEGER,
  outcome    INTEGER CHECK (outcome BETWEEN 0 AND 8), -- the state after it; null: still open
  status     INTEGER,                                 -- of HTTP
  request_id TEXT,
  PRIMARY KEY (row, number)
) STRICT, WITHOUT ROWID;
)sql";

}  // namespace mux::inline v0::ingest
