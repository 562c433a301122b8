import type { Schema } from './database.ts'

/**
 * The empty `name` and `feed` stand for the identity's own chain, and the name `!ID` for an opinion, which is a chain of its own. `position` is the order in
 * which things came.
 */
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
CREATE INDEX pins_by_identity ON pins (identity);
`

/** Releases whose blobs stay. `since` is Unix milliseconds; `kept_blobs` are those beside the archive, in their order. */
const KEPT = `
CREATE TABLE kept_packages (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  version TEXT NOT NULL,
  identity TEXT NOT NULL,
  reason TEXT NOT NULL CHECK (reason IN ('pin', 'own')),
  digest TEXT NOT NULL,
  since INTEGER NOT NULL,
  UNIQUE (identity, name, version, reason)
) STRICT;

CREATE TABLE kept_blobs (
  package INTEGER NOT NULL REFERENCES kept_packages (position) ON DELETE CASCADE,
  place INTEGER NOT NULL,
  digest TEXT NOT NULL,
  PRIMARY KEY (package, place)
) STRICT, WITHOUT ROWID;
`

/** Why a name was bound to a publisher; what was seen of packages that were installed, as JSON; whose word on others counts. */
const MEMORY = `
ALTER TABLE pins ADD COLUMN how TEXT NOT NULL DEFAULT 'first-use';

CREATE TABLE seen_packages (
  identity TEXT NOT NULL,
  name TEXT NOT NULL,
  seen TEXT NOT NULL,
  PRIMARY KEY (identity, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE followed (
  identity TEXT PRIMARY KEY,
  since INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`

/** What domains said. Times are Unix milliseconds; `place` keeps the order of claims, `since` is missing where they have no date. */
const DOMAINS = `
CREATE TABLE domains (
  domain TEXT PRIMARY KEY,
  asked_at INTEGER NOT NULL,
  https TEXT NOT NULL CHECK (https IN ('found', 'absent', 'malformed', 'unknown')),
  https_why TEXT,
  txt TEXT NOT NULL CHECK (txt IN ('found', 'absent', 'malformed', 'unknown')),
  txt_why TEXT,
  is_bound INTEGER NOT NULL CHECK (is_bound IN (0, 1))
) STRICT, WITHOUT ROWID;
CREATE INDEX domains_to_drop ON domains (is_bound, asked_at, domain);

CREATE TABLE domain_claims (
  domain TEXT NOT NULL REFERENCES domains (domain) ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind IN ('https', 'txt', 'bound', 'rival')),
  place INTEGER NOT NULL,
  prefix TEXT NOT NULL,
  identity TEXT NOT NULL,
  since INTEGER,
  PRIMARY KEY (domain, kind, place),
  CHECK ((since IS NULL) = (kind IN ('https', 'txt')))
) STRICT, WITHOUT ROWID;
`

/** Bans and allowed peers. `since` is Unix milliseconds; a ban without `for_ms` has no end. */
const ACCESS = `
CREATE TABLE bans (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  subject TEXT NOT NULL UNIQUE,
  reason TEXT NOT NULL,
  made_by TEXT NOT NULL CHECK (made_by IN ('user', 'node')),
  since INTEGER NOT NULL,
  for_ms INTEGER,
  count INTEGER NOT NULL
) STRICT;

CREATE TABLE allowed_peers (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  peer TEXT NOT NULL UNIQUE,
  since INTEGER NOT NULL
) STRICT;
`

/** What the user wants nothing of: a publisher, or with a name one package of it. `since` is Unix milliseconds. */
const BLOCKED = `
CREATE TABLE blocked (
  identity TEXT NOT NULL,
  name TEXT NOT NULL,
  why TEXT,
  since INTEGER NOT NULL,
  PRIMARY KEY (identity, name)
) STRICT, WITHOUT ROWID;
`

/** Which own ops a registry has still to be handed, in their order. `since` is Unix milliseconds. */
const DELIVERIES = `
CREATE TABLE deliveries (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  registry TEXT NOT NULL,
  op TEXT NOT NULL,
  since INTEGER NOT NULL,
  UNIQUE (registry, op)
) STRICT;
CREATE INDEX deliveries_in_order ON deliveries (registry, position);
`

/** Who alone is told of an op: empty for everybody, else `p2p`, `central` or the address of a registry. */
const TELLS = "ALTER TABLE intents ADD COLUMN tells TEXT NOT NULL DEFAULT ''"

/** Archives of npm packages that stay, and for which reasons. `since` is Unix milliseconds. */
const ARCHIVES = `
CREATE TABLE kept_archives (
  reason TEXT NOT NULL,
  digest TEXT NOT NULL,
  sha512 TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  since INTEGER NOT NULL,
  PRIMARY KEY (reason, digest)
) STRICT, WITHOUT ROWID;
`

/** How many copies of what stays are wanted on other nodes. */
const COPIES = 'ALTER TABLE kept_archives ADD COLUMN copies INTEGER NOT NULL DEFAULT 0'

/** The file that must never be lost: nothing in it can be had from elsewhere. */
export const TRUST_SCHEMA: Schema = {
  applicationId: 0x67_67_74_72,
  migrations: [FIRST, KEPT, MEMORY, DOMAINS, ACCESS, BLOCKED, DELIVERIES, TELLS, ARCHIVES, COPIES],
  synchronous: 'FULL',
  hint: 'check the disk, and restore this file from a backup; do not delete it: it holds what this node has signed',
}
