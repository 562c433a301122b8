import { GgenError } from '#core'
import { quote } from './display-text.ts'

/** The rule of the archive profile that an archive breaks; docs/reference/archive.md explains each. */
export type ArchiveRule =
  | 'gzip-member'
  | 'root'
  | 'encoding'
  | 'absolute'
  | 'parent'
  | 'segment'
  | 'character'
  | 'reserved'
  | 'ending'
  | 'normal-form'
  | 'length'
  | 'depth'
  | 'duplicate'
  | 'collision'
  | 'file-and-folder'
  | 'link'
  | 'type'
  | 'extension'
  | 'after-end'

/** The refusal `archive-unsafe` with details `{path, rule}`; `path` is empty where the rule is about the whole archive. */
export const unsafe = (rule: ArchiveRule, message: string, path = ''): GgenError =>
  new GgenError('archive-unsafe', path === '' ? message : `${quote(path)}: ${message}`, { details: { path: path.slice(0, 300), rule } })

/** The refusal `archive-broken`: not one complete gzip-compressed tar file. */
export const broken = (message: string, cause?: unknown): GgenError => new GgenError('archive-broken', message, { cause })

/** The refusal `archive-too-large` with the limit that was passed. */
export const tooLarge = (message: string, limit: number): GgenError => new GgenError('archive-too-large', message, { details: { limit } })
