import type { Schema } from './database.ts'

/** The empty `name` and `feed` stand for the identity's own chain. `position` is the order in which things came. */
const FIRST = `
CREATE TABLE own_ops (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  identity TEXT NOT NULL,
  name TEXT NOT NULL,
  feed TEXT NOT NULL,
  seq INTEGER NOT NULL,
  envelope BLOB NOT NULL,
  UNIQUE (identity, name, feed, seq)
) STRICT;

CREATE TABLE intents (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  identity TEXT NOT NULL,
  name TEXT NOT NULL,
  feed TEXT NOT NULL,
  version TEXT NOT NULL,
  seq INTEGER NOT NULL,
  payload BLOB NOT NULL,
  envelope BLOB,
  state TEXT NOT NULL CHECK (state = 'prepared' OR state = 'signed' AND envelope IS NOT NULL),
  created_at INTEGER NOT NULL,
  UNIQUE (identity, name, feed, seq)
) STRICT;

CREATE TABLE pins (
  name TEXT PRIMARY KEY,
  identity TEXT NOT NULL,
  since INTEGER NOT NULL
) STRICT;
`

/** The file that must never be lost: nothing in it can be had from elsewhere. */
export const TRUST_SCHEMA: Schema = {
  applicationId: 0x67_67_74_72,
  migrations: [FIRST],
  synchronous: 'FULL',
  hint: 'check the disk, and restore this file from a backup; do not delete it: it holds what this node has signed',
}
