/** Whether the header `if-none-match` names what is there: an asker that has it needs no second copy. Compared weakly, as RFC 9110 says. */
export const isUnchanged = (header: string | undefined, etag: string): boolean =>
  header !== undefined && (header.trim() === '*' || header.split(',').some((one) => one.trim().replace(/^W\//, '') === etag))

/** Whether a part may be given: `if-range` is absent, or names exactly what is there. Dates never do. */
export const mayResume = (header: string | undefined, etag: string): boolean => header === undefined || header.trim() === etag
