/** The name under which an identity's own chain is kept among its packages: no package has it. */
export const CHAIN = ''
/** What an identity says of another one is kept under that one's id with this before it. No package has such a name: those begin with a digit or later. */
export const OPINED = '!'

const OF_IDENTITY = 'identity = (SELECT key FROM identities WHERE id = ?)'
export const ENVELOPES = `SELECT envelope FROM packages JOIN ops ON ops.package = packages.key WHERE ${OF_IDENTITY} AND name = ? AND envelope IS NOT NULL`
export const PUBLISHERS =
  'SELECT id, key AS place, feed_bytes AS bytes FROM identities INDEXED BY publishers WHERE feed_bytes > 0 AND key < ? ORDER BY key DESC LIMIT ?'
export const HELD = 'SELECT ops.key, ifnull(length(envelope), 0) AS bytes, identity FROM ops JOIN packages ON packages.key = ops.package WHERE id = ?'
/** Sorts all ops of one publisher: its quota bounds them. */
export const NEWEST_WHOLE = `SELECT ops.key, length(envelope) AS bytes, name, identity FROM packages JOIN ops ON ops.package = packages.key
  WHERE ${OF_IDENTITY} AND name <> '${CHAIN}' AND envelope IS NOT NULL ORDER BY ops.key DESC LIMIT ?`
export const NAMES = `SELECT name FROM packages WHERE ${OF_IDENTITY} AND name >= '0' ORDER BY name`
export const OPINED_BY = `SELECT name FROM packages WHERE ${OF_IDENTITY} AND name >= '!' AND name < '0' ORDER BY name LIMIT ?`
/** Sorts all that one publisher says of another: its quota bounds it. */
export const OPINIONS = `${ENVELOPES} ORDER BY ops.at DESC, ops.id DESC LIMIT ?`
export const CLAIMANTS = 'SELECT id FROM packages JOIN identities ON identities.key = packages.identity WHERE name = ?'
/** Of its own chain and of what it says of others: both stand before the names of packages. Which ones they are, the index alone says. */
export const WORDS = `SELECT key, id, envelope IS NOT NULL AS isWhole FROM ops WHERE key IN (
  SELECT ops.key FROM packages JOIN ops ON ops.package = packages.key WHERE ${OF_IDENTITY} AND name < '0' AND ops.key > ? ORDER BY ops.key LIMIT ?
) ORDER BY key`
