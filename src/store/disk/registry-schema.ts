import type { Schema } from './database.ts'

/** `came_with` is the id of a token, `at` Unix milliseconds. `packs` holds JSON. */
const FIRST = `
CREATE TABLE promised_ops (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  identity TEXT NOT NULL,
  envelope BLOB NOT NULL,
  came_with TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX promised_publishers ON promised_ops (identity);
CREATE INDEX promised_with ON promised_ops (came_with);

CREATE TABLE promised_blobs (
  digest TEXT NOT NULL,
  identity TEXT NOT NULL,
  name TEXT NOT NULL,
  version TEXT NOT NULL,
  PRIMARY KEY (digest, identity, name, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE packs (
  archive TEXT PRIMARY KEY,
  document TEXT NOT NULL
) STRICT, WITHOUT ROWID;
`

const UPLOADS = `
CREATE TABLE uploads (
  digest TEXT PRIMARY KEY,
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX uploads_by_age ON uploads (at);
`

/** The file of what a registry promised: every commit survives a power failure. */
export const REGISTRY_SCHEMA: Schema = {
  applicationId: 0x67_67_72_67,
  migrations: [FIRST, UPLOADS],
  synchronous: 'FULL',
  hint: 'restore registry.db from a backup; without it the registry does not know what it has promised to keep',
}
