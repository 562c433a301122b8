import { EMPTY_FINGERPRINT } from '#store'
import type { Schema } from './database.ts'

/**
 * `packages` numbers the (identity, name) pairs; the name '' stands for the identity's own chain. `words` is split by our own tokenizer
 * before it gets here: the `ascii` one only cuts at spaces, because it takes every other character beyond ASCII as a letter. So the index
 * and the twin in memory agree on every script. `contentless`: the texts are in `entries` already.
 */
const FIRST = `
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

CREATE TABLE entries (
  key INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  identity TEXT NOT NULL,
  version TEXT NOT NULL,
  digest TEXT NOT NULL,
  title TEXT NOT NULL,
  description TEXT NOT NULL,
  tags TEXT NOT NULL,
  category TEXT NOT NULL,
  license TEXT NOT NULL,
  author TEXT NOT NULL,
  at INTEGER NOT NULL,
  op TEXT NOT NULL,
  UNIQUE (name, identity)
) STRICT;

CREATE VIRTUAL TABLE words USING fts5 (
  name, title, tags, category, author, description, facets,
  content = '', contentless_delete = 1, detail = column, prefix = '2 3', tokenize = 'ascii'
);
`

/** The file of ops and search index. It may lose its last commits in a power failure: they are synced again. */
export const CATALOGUE_SCHEMA: Schema = {
  applicationId: 0x67_67_63_61,
  migrations: [FIRST],
  synchronous: 'NORMAL',
  hint: 'restart the node: a damaged catalogue is put aside and synced anew',
}
