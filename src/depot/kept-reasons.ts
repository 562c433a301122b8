/** Reasons of archives that stay begin so: for a lock file, by its path, and for another node, by its peer id. */
export const LOCK = 'lock '
export const FOR = 'for '
