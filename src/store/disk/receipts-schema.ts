import type { Schema } from './database.ts'

/** `receipt` is JSON. `position` is the order in which they came. */
const FIRST = `
CREATE TABLE receipts (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  digest TEXT NOT NULL UNIQUE,
  receipt TEXT NOT NULL
) STRICT;
`

/** The file of receipts: nice to have, so it may lose the last ones. */
export const RECEIPTS_SCHEMA: Schema = {
  applicationId: 0x67_67_72_63,
  migrations: [FIRST],
  synchronous: 'NORMAL',
  hint: 'check the disk; this file only says who gave what, and may be deleted',
}
