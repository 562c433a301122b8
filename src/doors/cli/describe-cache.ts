import type { CacheCheckReply, CacheReply, ClearedReply } from '#doors/control'
import type { Outcome } from './commands/outcome.ts'
import type { Look } from './look.ts'
import { count, sizeText } from './quantities.ts'
import { fieldsText } from './table.ts'

/** What the node holds, and what of it stays whatever else has to go. */
export const cacheText = ({ count: blobs, bytes, partialBytes, quotaBytes, kept }: CacheReply, look: Look): string =>
  fieldsText([
    ['held', `${sizeText(bytes)} in ${count(blobs, 'blob')}`],
    ['kept', `${sizeText(kept.bytes)} in ${count(kept.count, 'blob')}`],
    ...(partialBytes === 0 ? [] : [['arriving', sizeText(partialBytes)] as const]),
    ['quota', quotaBytes === undefined ? 'none' : sizeText(quotaBytes)],
  ], look)

export const clearedText = ({ count: blobs, bytes }: ClearedReply): string => `dropped ${sizeText(bytes)} in ${count(blobs, 'blob')}\n`

export const cacheCheckedText = ({ count: blobs, bytes, damaged }: CacheCheckReply): string => {
  const lost = damaged.map(({ digest, sizeBytes, isKept }) => `damaged ${digest} (${sizeText(sizeBytes)}${isKept ? ', should stay here' : ''})\n`)
  const verdict = damaged.length === 0 ? 'all as they should be' : `${damaged.length} damaged`
  return `hashed ${sizeText(bytes)} in ${count(blobs, 'blob')}: ${verdict}\n${lost.join('')}`
}

type CacheOutcome = Extract<Outcome, { readonly kind: 'cache' | 'cache-cleared' | 'cache-checked' }>

/** What people see of everything that has to do with the bytes that a node holds. */
export const cacheOutcomeText = (outcome: CacheOutcome, look: Look): string => {
  if (outcome.kind === 'cache') return cacheText(outcome.value, look)
  return outcome.kind === 'cache-cleared' ? clearedText(outcome.value) : cacheCheckedText(outcome.value)
}
