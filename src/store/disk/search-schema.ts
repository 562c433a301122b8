/**
 * What search shows, and a full-text index over it. `entries.key` grows with every package that this node hears of, and stays: the older the
 * acquaintance, the smaller the key, and the index gives the smallest first. What ranking reads stands in front, so that it is read without the texts.
 *
 * The terms of `words` are made by `indexTerms`, and split by our own tokenizer before they get here: the `ascii` one only cuts at spaces,
 * because it takes every other character beyond ASCII as a letter. So the index and the twin in memory agree on every script. `contentless`:
 * the texts are in `entries` already. One column and `detail = none`: where a word stands is told by marked terms, so that each list is no longer
 * than what it answers. No prefix index: beginnings of words are looked up in the vocabulary.
 */
export const SEARCH_TABLES = `
CREATE TABLE entries (
  key INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  identity TEXT NOT NULL,
  spelling TEXT NOT NULL,
  at INTEGER NOT NULL,
  known INTEGER NOT NULL,
  deprecated INTEGER NOT NULL,
  scripts INTEGER NOT NULL,
  version TEXT NOT NULL,
  digest TEXT NOT NULL,
  op TEXT NOT NULL,
  kind TEXT NOT NULL,
  category TEXT NOT NULL,
  license TEXT NOT NULL,
  author TEXT NOT NULL,
  tags TEXT NOT NULL,
  title TEXT NOT NULL,
  description TEXT NOT NULL,
  UNIQUE (name, identity)
) STRICT;
CREATE INDEX entries_by_spelling ON entries (spelling);
CREATE INDEX entries_by_date ON entries (at);

CREATE VIRTUAL TABLE words USING fts5 (terms, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii');
`
