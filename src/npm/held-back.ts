import { type DenyRule, isDenied } from './deny-rule.ts'
import { leaveOut, publishedAt } from './leave-out.ts'
import type { PackageDocument } from './package-document.ts'

/** What of a package is not offered to clients. */
export interface HeldBack {
  /** Rules about this package. */
  readonly denied: readonly DenyRule[]
  /** Only versions from before this time, Unix milliseconds; absent: of any age. */
  readonly before?: number
}

export const NOTHING_HELD_BACK: HeldBack = { denied: [] }

/** Versions whose time of publishing nobody says are of any age, as with `npm --before`. */
const isHeldBack = (document: PackageDocument, version: string, { denied, before }: HeldBack): boolean => {
  if (denied.some((rule) => isDenied(rule, version))) return true
  const at = before === undefined ? undefined : publishedAt(document, version)
  return before !== undefined && at !== undefined && at > before
}

/** The same document without what is held back, as if it were not there. */
export const withoutHeldBack = (document: PackageDocument, heldBack: HeldBack): PackageDocument =>
  leaveOut(document, new Set(Object.keys(document.versions).filter((version) => isHeldBack(document, version, heldBack))))
