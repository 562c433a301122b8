import type { Schema } from './database.ts'

/**
 * Hashes are their bytes, `at` is Unix milliseconds, `head` and `served` are JSON. `position` is the order in which they came, `used` the order in which
 * documents were used last. The bytes of documents lie apart, so that looking for what goes does not read them.
 */
const FIRST = `
CREATE TABLE tarballs (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  sha512 BLOB NOT NULL UNIQUE,
  sha1 BLOB NOT NULL,
  digest BLOB NOT NULL,
  bytes INTEGER NOT NULL,
  is_private INTEGER NOT NULL
) STRICT;
CREATE INDEX tarballs_by_sha1 ON tarballs (sha1);
CREATE INDEX tarballs_by_digest ON tarballs (digest, is_private);

CREATE TABLE releases (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  source TEXT NOT NULL,
  name TEXT NOT NULL,
  version TEXT NOT NULL,
  sha512 BLOB NOT NULL,
  UNIQUE (source, name, version)
) STRICT;

CREATE TABLE seen_releases (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  source TEXT NOT NULL,
  name TEXT NOT NULL,
  version TEXT NOT NULL,
  at INTEGER NOT NULL,
  UNIQUE (source, name, version)
) STRICT;

CREATE TABLE documents (
  key INTEGER PRIMARY KEY,
  source TEXT NOT NULL,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  head TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  used INTEGER NOT NULL,
  UNIQUE (source, name, kind)
) STRICT;
CREATE INDEX documents_by_use ON documents (used, bytes);

CREATE TABLE forms (
  key INTEGER PRIMARY KEY,
  document INTEGER NOT NULL REFERENCES documents (key) ON DELETE CASCADE,
  form TEXT NOT NULL,
  bytes BLOB NOT NULL,
  UNIQUE (document, form)
) STRICT;

CREATE TABLE signing (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  source TEXT NOT NULL UNIQUE,
  signed INTEGER NOT NULL,
  unsigned INTEGER NOT NULL
) STRICT;

CREATE TABLE served (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  served TEXT NOT NULL
) STRICT;
CREATE INDEX served_by_time ON served (at);
`

/** The keys that sources sign with: who shows others later is not believed. */
const SECOND = `
CREATE TABLE source_keys (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  source TEXT NOT NULL UNIQUE,
  keys TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;
`

/** The file of what is known of npm registries: all of it can be had again, so it may lose its last commits in a power failure. */
export const NPM_SCHEMA: Schema = {
  applicationId: 0x67_67_6e_70,
  migrations: [FIRST, SECOND],
  synchronous: 'NORMAL',
  checkedBytes: 64 * 1024 * 1024,
  hint: 'restart the node: a damaged file is put aside, and what was in it is fetched again',
}
