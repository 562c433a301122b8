const PLAIN = /^[\w@%+=:,./~-]+$/

/** A path as one word of a command line, quoted where it must be. */
export const shellWord = (path: string): string => (PLAIN.test(path) ? path : `'${path.replaceAll('\'', String.raw`'\''`)}'`)
