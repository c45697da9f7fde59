#pragma once

namespace mux::inline v0::ingest {

/// `application_id` of a journal: "MUXJ".
inline constexpr int journal_application_id = 0x4D55584A;
/// `user_version`: raised when a file of this version cannot be read by an earlier program.
inline constexpr int journal_version = 2;

/// Instants are milliseconds since 1970 of the server's clock, but for `runs`, whose clock is the local one,
/// and `modified`, which is the file system's, in nanoseconds. `state` is `row_state`; a row has an asset
/// exactly in the states created (3), ready (5) and errored (6), and an upload if it is uploading (4).
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
  settings        TEXT,             -- the other fields of the create, JSON
  file            TEXT,             -- a local file; then there is no URL
  size            INTEGER,          -- of the file, bytes
  modified        INTEGER,          -- of the file when its upload began
  upload_id       TEXT,             -- of the direct upload; its address is a secret and is asked for again
  checksum        TEXT,             -- SHA-256 of the bytes that were uploaded
  sends           INTEGER NOT NULL DEFAULT 0 CHECK (sends >= 0),
  first_intent    INTEGER,
  asset_id        TEXT,
  playback_id     TEXT,
  reason          TEXT,
  CHECK ((state IN (3, 5, 6)) = (asset_id IS NOT NULL)),
  CHECK (state != 4 OR upload_id IS NOT NULL),
  CHECK (url IS NULL OR file IS NULL)
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

CREATE TABLE runs (
  id       INTEGER PRIMARY KEY,
  begun_at INTEGER NOT NULL,
  ended_at INTEGER,                 -- null: under way or killed
  ending   INTEGER
) STRICT;

CREATE TABLE samples (
  run       INTEGER NOT NULL REFERENCES runs (id),
  elapsed   INTEGER NOT NULL,       -- milliseconds since the run began
  done      INTEGER NOT NULL,       -- rows that have their asset
  failed    INTEGER NOT NULL,
  refused   INTEGER NOT NULL,       -- answers 429 in this run
  allowed   REAL    NOT NULL,       -- creates a second that the limit lets through
  bytes     INTEGER NOT NULL,       -- of local files, durable at Mux
  PRIMARY KEY (run, elapsed)
) STRICT, WITHOUT ROWID;
)sql";

}  // namespace mux::inline v0::ingest
