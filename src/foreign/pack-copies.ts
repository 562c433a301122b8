import { GgenError, isGgenError } from '#core'
import { type ContentRule, matchingRule, type PackPart } from './content-hash.ts'
import type { UpstreamLocked } from './upstream-lock.ts'

/** A place where a pack may lie. */
export interface PackCopy {
  /** For people. */
  readonly path: string
  /** All of its files. Throws `path-not-found`, `archive-unsafe`, `archive-broken`, `archive-too-large`, `denied` and `store-broken`. */
  read(signal: AbortSignal): Promise<readonly PackPart[]>
}

/** Where the packs of a lock may lie. */
export interface PackCopies {
  /** The places where one may lie, the likeliest first; none where it is nowhere. */
  find(pack: UpstreamLocked): Promise<readonly PackCopy[]>
}

/** What became of one pack of a lock. */
export interface CheckedPack {
  readonly name: string
  readonly source: string
  /** `unknown`: there is nothing to compare with, or no hash that can be. */
  readonly state: 'whole' | 'changed' | 'unknown'
  /** By which of upstream's two rules its hash is right. */
  readonly rule?: ContentRule
  /** Where it was found. */
  readonly path?: string
  readonly why?: string
}

/** Compares a pack with every copy that there is, until one is right. Throws `cancelled`. */
export const checkPack = async (pack: UpstreamLocked, copies: PackCopies, signal: AbortSignal): Promise<CheckedPack> => {
  const { name, source, hash } = pack
  if (hash === undefined) return { name, source, state: 'unknown', why: 'the lock names no BLAKE3 of it' }
  let other: CheckedPack = { name, source, state: 'unknown', why: 'it is not here' }
  for (const copy of await copies.find(pack)) {
    const found = await compare(copy, hash, signal)
    if ('rule' in found) return { name, source, state: 'whole', rule: found.rule, path: copy.path }
    if (other.state !== 'changed') other = { name, source, state: found.why === undefined ? 'changed' : 'unknown', path: copy.path, ...found }
  }
  return other
}

type Comparison = { readonly rule: ContentRule } | { readonly why?: string }

const compare = async (copy: PackCopy, hash: string, signal: AbortSignal): Promise<Comparison> => {
  try {
    const rule = matchingRule(await copy.read(signal), hash)
    return rule === undefined ? {} : { rule }
  } catch (error) {
    signal.throwIfAborted()
    if (!isGgenError(error)) throw error
    return { why: error.message }
  }
}

/** What a lock that is not wholly verified ends with; nothing when it is. */
export const packsFailure = (packs: readonly CheckedPack[]): GgenError | undefined => {
  const changed = packs.filter(({ state }) => state === 'changed')
  const unknown = packs.filter(({ state }) => state === 'unknown')
  if (changed.length > 0) {
    return new GgenError('files-changed', `${changed.length} of ${packs.length} packs are not as the lock names them`, {
      hint: 'restore them from version control, or let their program write the lock anew if you changed them yourself',
    })
  }
  if (unknown.length === 0) return undefined
  return new GgenError('path-not-found', `${unknown.length} of ${packs.length} packs could not be compared`, {
    hint: 'say where packs or their archives lie: ggen verify LOCKFILE --packs FOLDER',
  })
}
