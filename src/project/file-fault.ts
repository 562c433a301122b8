import { type ErrorCode, GgenError } from '#core'

const CODES: Readonly<Record<string, ErrorCode>> = {
  ENOENT: 'path-not-found',
  ENOTDIR: 'path-not-found',
  EACCES: 'denied',
  EPERM: 'denied',
  ENOSPC: 'disk-full',
  EDQUOT: 'disk-full',
}

const WORDS: Partial<Readonly<Record<ErrorCode, string>>> = {
  'path-not-found': 'there is nothing there',
  denied: 'no permission',
  'disk-full': 'the disk is full',
}

/** The code that the operating system gives an error, `''` where it gives none. */
export const systemCode = (error: unknown): string => (error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '')

/** The coded form of a failed file operation on `path`; what did not come from the operating system stays as it is. */
export const fileFault = (error: unknown, path: string): unknown => {
  const code = systemCode(error)
  if (error instanceof GgenError || !/^E[A-Z0-9]+$/.test(code)) return error
  const kind = CODES[code] ?? 'store-broken'
  return new GgenError(kind, `${path}: ${WORDS[kind] ?? code}`, { cause: error, details: { path } })
}

/** What `action` resolves to; its failure in coded form. */
export const coded = async <T>(path: string, action: () => Promise<T>): Promise<T> => {
  try {
    return await action()
  } catch (error) {
    throw fileFault(error, path)
  }
}
