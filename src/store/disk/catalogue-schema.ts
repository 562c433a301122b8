import type { Schema } from './database.ts'
import { SPAN_TABLES } from './op-spans.ts'
import { SEARCH_TABLES } from './search-schema.ts'

/**
 * `packages` numbers the (identity, name) pairs; the name '' stands for the identity's own chain, and `!ID` for what it says of that other one. The id of
 * an op is the hash inside it: its bytes are what the set is ordered by. An op without envelope was dropped for room and keeps its place in the set.
 * `since` is Unix milliseconds; bytes are those of envelopes, for identities of their own chains and of the rest. `totals` has one row.
 */
const OP_TABLES = `
CREATE TABLE identities (
  key INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE,
  since INTEGER NOT NULL,
  chain_bytes INTEGER NOT NULL,
  feed_bytes INTEGER NOT NULL
) STRICT;
CREATE INDEX publishers ON identities (key) WHERE feed_bytes > 0;

CREATE TABLE packages (
  key INTEGER PRIMARY KEY,
  identity INTEGER NOT NULL REFERENCES identities (key),
  name TEXT NOT NULL,
  UNIQUE (identity, name)
) STRICT;
CREATE INDEX packages_by_name ON packages (name, identity);

CREATE TABLE ops (
  key INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE,
  at INTEGER NOT NULL,
  package INTEGER NOT NULL REFERENCES packages (key),
  envelope BLOB
) STRICT;
CREATE UNIQUE INDEX ops_by_time ON ops (at, id);
CREATE INDEX ops_by_package ON ops (package);

CREATE TABLE totals (
  key INTEGER PRIMARY KEY,
  ops INTEGER NOT NULL,
  packages INTEGER NOT NULL,
  releases INTEGER NOT NULL,
  bytes INTEGER NOT NULL
) STRICT;
INSERT INTO totals VALUES (1, 0, 0, 0, 0);

CREATE TABLE taken_chunks (digest BLOB PRIMARY KEY) STRICT, WITHOUT ROWID;
`

/** When this node was in step with others, Unix milliseconds, and the last op that it had then. Ops that wait for co-signatures. */
const STEPS = `
CREATE TABLE steps (at INTEGER PRIMARY KEY, last INTEGER NOT NULL) STRICT;

CREATE TABLE waiting_ops (op INTEGER PRIMARY KEY REFERENCES ops (key)) STRICT;
`

/** The file of ops and search index. It may lose its last commits in a power failure: they are synced again. */
export const CATALOGUE_SCHEMA: Schema = {
  applicationId: 0x67_67_63_61,
  migrations: [OP_TABLES + SPAN_TABLES + SEARCH_TABLES, STEPS],
  synchronous: 'NORMAL',
  checkedBytes: 256 * 1024 * 1024,
  hint: 'restart the node: a damaged catalogue is put aside and synced anew',
}
