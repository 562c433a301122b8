import { type ErrorCode, GgenError } from '#core'

const CODES: Readonly<Record<string, ErrorCode>> = {
  ENOENT: 'path-not-found', ENOTDIR: 'path-not-found', EACCES: 'denied', EPERM: 'denied', ENOSPC: 'disk-full', EDQUOT: 'disk-full',
}

const WORDS: Partial<Readonly<Record<ErrorCode, string>>> = {
  'path-not-found': 'there is nothing there', denied: 'no permission', 'disk-full': 'the disk is full',
}

export const hasCode = (error: unknown, code: string): boolean => error instanceof Error && 'code' in error && error.code === code

/** The coded form of what the operating system says of a path; everything else stays as it is. */
export const onFile = (error: unknown, path: string): unknown => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (error instanceof GgenError || !/^E[A-Z0-9]+$/.test(code)) return error
  const kind = CODES[code] ?? 'store-broken'
  return new GgenError(kind, `${path}: ${WORDS[kind] ?? code}`, { cause: error, details: { path } })
}
