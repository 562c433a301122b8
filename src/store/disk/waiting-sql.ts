/** Statements about ops that wait for co-signatures. */
export const NOW_WAITING = 'INSERT OR IGNORE INTO waiting_ops SELECT key FROM ops WHERE id = ?'
export const NO_MORE_WAITING = 'DELETE FROM waiting_ops WHERE op = (SELECT key FROM ops WHERE id = ?)'
/** All but so many. */
export const LONGEST_WAITING = 'DELETE FROM waiting_ops WHERE op <= (SELECT op FROM waiting_ops ORDER BY op DESC LIMIT 1 OFFSET ?)'
export const SOME_WAITING = 'SELECT id FROM waiting_ops JOIN ops ON ops.key = waiting_ops.op ORDER BY random() LIMIT ?'
