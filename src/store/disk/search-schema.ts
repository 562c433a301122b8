/**
 * What search shows, and a full-text index over it. `words` is split by our own tokenizer before it gets here: the `ascii` one only cuts
 * at spaces, because it takes every other character beyond ASCII as a letter. So the index and the twin in memory agree on every script.
 * `contentless`: the texts are in `entries` already.
 */
export const SEARCH_TABLES = `
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
