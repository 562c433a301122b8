import { EMPTY_FINGERPRINT } from '#store'
import type { Schema } from './database.ts'
import { SEARCH_TABLES } from './search-schema.ts'

/** `packages` numbers the (identity, name) pairs; the name '' stands for the identity's own chain. */
const OP_TABLES = `
CREATE TABLE packages (
  key INTEGER PRIMARY KEY,
  identity TEXT NOT NULL,
  name TEXT NOT NULL,
  UNIQUE (identity, name)
) STRICT;
CREATE INDEX packages_by_name ON packages (name, identity);

CREATE TABLE ops (
  key INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  at INTEGER NOT NULL,
  package INTEGER NOT NULL REFERENCES packages (key),
  envelope BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX ops_by_time ON ops (at, id);
CREATE INDEX ops_by_package ON ops (package);

CREATE TABLE totals (
  key INTEGER PRIMARY KEY,
  ops INTEGER NOT NULL,
  packages INTEGER NOT NULL,
  releases INTEGER NOT NULL,
  fingerprint TEXT NOT NULL
) STRICT;
INSERT INTO totals VALUES (1, 0, 0, 0, '${EMPTY_FINGERPRINT}');
`

/** The file of ops and search index. It may lose its last commits in a power failure: they are synced again. */
export const CATALOGUE_SCHEMA: Schema = {
  applicationId: 0x67_67_63_61,
  migrations: [OP_TABLES + SEARCH_TABLES],
  synchronous: 'NORMAL',
  hint: 'restart the node: a damaged catalogue is put aside and synced anew',
}
