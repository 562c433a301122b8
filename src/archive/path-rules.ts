import { LIMITS } from '#core'
import { tooLarge, unsafe } from './archive-fault.ts'

/** What terminals act upon, what turns the direction of text, and what Windows cannot store. */
const FORBIDDEN = new RegExp('[\\u{0}-\\u{1F}\\u{7F}-\\u{9F}\\u{61C}\\u{200E}\\u{200F}\\u{2028}-\\u{202E}\\u{2066}-\\u{2069}\\u{FEFF}' + '\\\\:*?"<>|]', 'u')
const RESERVED = /^(?:con|prn|aux|nul|clock\$|conin\$|conout\$|com[0-9\u00b9\u00b2\u00b3]|lpt[0-9\u00b9\u00b2\u00b3]) *(?:\.|$)/iu
/** Characters that some file systems do not see in names. */
const INVISIBLE = new RegExp(
  '[\\u{AD}\\u{34F}\\u{180B}-\\u{180F}\\u{200B}-\\u{200F}\\u{202A}-\\u{202E}' + '\\u{2060}-\\u{206F}\\u{FE00}-\\u{FE0F}\\u{FEFF}\\u{E0000}-\\u{E0FFF}]',
  'gu',
)

/** Throws `archive-unsafe` with the rule that one part of a path breaks; `path` is the whole for the message. */
export const checkPathSegment = (segment: string, path: string): void => {
  const visible = segment.replace(INVISIBLE, '')
  if (visible === '..') throw unsafe('parent', 'leads out of its folder', path)
  if (visible === '' || visible === '.') throw unsafe('segment', 'has an empty part', path)
  if (FORBIDDEN.test(segment)) throw unsafe('character', 'holds a character that names may not have: \\ : * ? " < > | or a control character', path)
  if (RESERVED.test(segment)) throw unsafe('reserved', 'is a name that Windows reserves', path)
  if (/[. ]$/.test(segment)) throw unsafe('ending', 'has a part that ends with a dot or a space', path)
}

/** Throws `archive-unsafe` unless the path, relative to the root of a package and without a slash at the end, fits every file system. */
export const checkPath = (path: string): void => {
  if (path.startsWith('/')) throw unsafe('absolute', 'is an absolute path', path)
  if (!path.isWellFormed()) throw unsafe('encoding', 'is not valid Unicode', path)
  if (path.normalize('NFC') !== path) throw unsafe('normal-form', 'is not in Unicode normal form C; rename it', path)
  if (Buffer.byteLength(path) > LIMITS.archivePathBytes) throw unsafe('length', `is longer than ${LIMITS.archivePathBytes} bytes`, path)
  const segments = path.split('/')
  if (segments.length > LIMITS.archivePathDepth) throw unsafe('depth', `is nested deeper than ${LIMITS.archivePathDepth} folders`, path)
  for (const segment of segments) checkPathSegment(segment, path)
}

/** The form in which two names are one on a file system that ignores case, spelling of accents or invisible characters. */
const foldPath = (path: string): string => path.replace(INVISIBLE, '').normalize('NFC').toUpperCase().toLowerCase().normalize('NFC')

type Occupant = { readonly path: string; kind: 'file' | 'folder' | 'parent' }

/** Every path of one package: refuses what is unsafe, what would land on something else, and more than `LIMITS.archiveFiles`. */
export class PathLedger {
  readonly #occupants = new Map<string, Occupant>()

  /** Takes a path; throws `archive-unsafe` or `archive-too-large`. Folders on the way count too. */
  add(path: string, kind: 'file' | 'folder'): void {
    checkPath(path)
    for (let slash = path.indexOf('/'); slash !== -1; slash = path.indexOf('/', slash + 1)) this.#occupy(path.slice(0, slash), 'parent', path)
    this.#occupy(path, kind, path)
  }

  #occupy(path: string, kind: Occupant['kind'], whole: string): void {
    const folded = foldPath(path)
    const there = this.#occupants.get(folded)
    if (there === undefined) {
      if (this.#occupants.size >= LIMITS.archiveFiles) throw tooLarge(`more than ${LIMITS.archiveFiles} files and folders`, LIMITS.archiveFiles)
      this.#occupants.set(folded, { path, kind })
      return
    }
    if (there.path !== path) throw unsafe('collision', `is the same as ${JSON.stringify(there.path)} on some file systems`, whole)
    if ((there.kind === 'file') !== (kind === 'file')) throw unsafe('file-and-folder', 'is a file and a folder', path)
    if (kind === 'parent') return
    if (there.kind !== 'parent') throw unsafe('duplicate', 'is there twice', path)
    there.kind = kind
  }
}
