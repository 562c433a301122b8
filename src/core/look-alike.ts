import type { IdentityId } from './op-id.ts'
import type { PackageName } from './package-name.ts'

/** In what way a name can be taken for another one. The most telling first. */
export const LOOK_ALIKE_KINDS = ['separators', 'scope', 'digits', 'doubled', 'swapped', 'letter', 'affix'] as const

/**
 * `separators`: `crossenv` for `cross-env` · `scope`: `types-node` or `@tpyes/node` for `@types/node` · `digits`: `l0dash` for `lodash` · `doubled`:
 * `expresss` · `swapped`: `lodahs` · `letter`: one more, one less or another one · `affix`: `jquery.js` for `jquery`
 */
export type LookAlikeKind = (typeof LOOK_ALIKE_KINDS)[number]

/** Why a name counts as known, the strongest reason first. */
export const KNOWN_BECAUSE = ['bound', 'configured', 'vouched', 'proven', 'older'] as const

/**
 * `bound`: it is bound to its publisher here · `configured`: the configuration names its publisher · `vouched`: publishers that are followed vouch for
 * that one · `proven`: the domain of the name did · `older`: this node has known it for much longer than the name that is asked for
 */
export type KnownBecause = (typeof KNOWN_BECAUSE)[number]

/** A known name that another one can be taken for. Plain JSON. */
export interface LookAlike {
  readonly known: PackageName
  readonly kind: LookAlikeKind
  readonly because: KnownBecause
  /** Whose the known name is. */
  readonly identity: IdentityId
}

const KINDS: Readonly<Record<LookAlikeKind, string>> = {
  separators: 'only the separators differ',
  scope: 'the scope is another one',
  digits: 'digits stand for letters',
  doubled: 'a letter stands twice, or only once',
  swapped: 'two letters changed places',
  letter: 'one letter is another one, missing or too many',
  affix: 'only what stands around it differs',
}

const REASONS: Readonly<Record<KnownBecause, string>> = {
  bound: 'which is bound here',
  configured: 'which is in the configuration',
  vouched: 'which publishers you follow vouch for',
  proven: 'which its domain proved',
  older: 'which has been known here for much longer',
}

/** In plain words: `can be taken for lodash: two letters changed places (which is bound here)`. */
export const lookAlikeText = ({ known, kind, because }: LookAlike): string => `can be taken for ${known}: ${KINDS[kind]} (${REASONS[because]})`
