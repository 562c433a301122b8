import { LIMITS, type PackageName } from '#core'
import { hashesOf, hashOf, SlotList } from './slot-list.ts'
import { type Slip, slipBetween } from './slip-between.ts'

/** In what way a name can be taken for another one. The most telling first. */
const KINDS = ['separators', 'scope', 'digits', 'doubled', 'swapped', 'letter', 'affix'] as const

/**
 * `separators`: `crossenv` for `cross-env` · `scope`: `types-node` or `@tpyes/node` for `@types/node` · `digits`: `l0dash` for `lodash` · `doubled`:
 * `expresss` · `swapped`: `lodahs` · `letter`: one more, one less or another one · `affix`: `jquery.js` for `jquery`
 */
export type LookAlikeKind = (typeof KINDS)[number]

export interface LookAlike {
  readonly known: PackageName
  readonly kind: LookAlikeKind
}

/** In a shorter name, another letter makes another word. */
const CHARS_MIN = 5
/** More say nothing that the first ones do not. */
const SHOWN = 5

const SEPARATOR = /[-._/@]/
const SEPARATORS = /[-._/@]/g
/** Words that are put before or after the name of a thing that was not made for JavaScript first. */
const BEFORE = /^(?:(?:node(?:js)?|js)[-._](?=.{2})|node(?=.{5}))/
const AFTER = /(?<=.{2})[-._]?js$/
const CONFUSED: Readonly<Record<string, string>> = { 0: 'o', 1: 'l', i: 'l', 3: 'e', 4: 'a', 5: 's', 7: 't', 8: 'b', 9: 'g', rn: 'm', vv: 'w' }

const withoutSeparators = (text: string): string => text.replace(SEPARATORS, '')
const withoutDigits = (text: string): string => text.replace(/rn|vv|[0134-5789i]/g, (seen) => CONFUSED[seen] ?? seen)
const withoutDoubles = (text: string): string => text.replace(/(.)\1+/g, '$1')

/** What remains of a name when everything is left out that the eye passes over. */
const skeletonOf = (text: string): string => withoutSeparators(withoutDigits(withoutDoubles(text)))

const scopeOf = (name: string): string | undefined => (name.startsWith('@') ? name.slice(0, name.indexOf('/')) : undefined)

/** Names that people know, made ready so that one that looks like any of them is found at once. */
export class LookAlikes {
  readonly #names: readonly PackageName[]
  readonly #known: ReadonlySet<string>
  /** By what the eye sees of a name, and by what remains of it when a letter is left out. */
  readonly #skeletons: SlotList
  readonly #remnants: SlotList
  readonly #scopes: LookAlikes | undefined

  /** The best known first; at most `LIMITS.lookAlikeNames` count. */
  constructor(names: Iterable<PackageName>) {
    this.#names = [...new Set(names)].slice(0, LIMITS.lookAlikeNames)
    this.#known = new Set(this.#names)
    this.#skeletons = new SlotList(this.#names, (name) => [hashOf(skeletonOf(name))])
    this.#remnants = new SlotList(this.#names, hashesOf)
    const scopes = new Set(this.#names.flatMap((name) => scopeOf(name) ?? []))
    this.#scopes = scopes.size === 0 ? undefined : new LookAlikes([...scopes].map((scope) => scope.slice(1) as PackageName))
  }

  /** The known names that this one can be taken for, at most five, the most telling first; none for a known one. */
  of(name: PackageName): readonly LookAlike[] {
    if (this.#known.has(name)) return []
    const kinds = new Map<number, LookAlikeKind>()
    for (const index of this.#candidates(name)) {
      const known = this.#names[index]
      const kind = known === undefined ? undefined : kindOf(name, known)
      if (kind !== undefined) kinds.set(index, kind)
    }
    const found = [...kinds].sort(([a, kindA], [b, kindB]) => KINDS.indexOf(kindA) - KINDS.indexOf(kindB) || a - b)
    const shown = found.slice(0, SHOWN).flatMap(([index, kind]) => ({ known: this.#names[index] ?? name, kind }))
    return shown.length > 0 ? shown : this.#ofScope(name)
  }

  *#candidates(name: string): Iterable<number> {
    for (const text of [name, ...coresOf(name)]) yield* this.#skeletons.at(hashOf(skeletonOf(text)))
    for (const hash of hashesOf(name)) yield* this.#remnants.at(hash)
  }

  /** A name that nobody knows in a scope that looks like a known one. */
  #ofScope(name: string): readonly LookAlike[] {
    const scope = scopeOf(name)
    const near = scope === undefined ? [] : (this.#scopes?.of(scope.slice(1) as PackageName) ?? [])
    return near.filter(({ kind }) => kind !== 'affix').flatMap(({ known }) => {
      const first = this.#names.find((other) => other.startsWith(`@${known}/`))
      return first === undefined ? [] : [{ known: first, kind: 'scope' as const }]
    })
  }
}

const coresOf = (name: string): string[] => [BEFORE, AFTER].map((affix) => name.replace(affix, '')).filter((core) => core !== name)

const kindOf = (name: string, known: string): LookAlikeKind | undefined => {
  const [a, b] = [withoutSeparators(name), withoutSeparators(known)]
  if (a === b) return /[@/]/.test(name + known) ? 'scope' : 'separators'
  const isLong = Math.min(a.length, b.length) >= CHARS_MIN
  if (isLong && withoutSeparators(withoutDigits(name)) === withoutSeparators(withoutDigits(known))) return 'digits'
  const kind = slipKind(name, known)
  if (kind !== undefined) return kind
  if (isLong && skeletonOf(name) === skeletonOf(known)) return 'doubled'
  return coresOf(name).some((core) => skeletonOf(core) === skeletonOf(known)) ? 'affix' : undefined
}

/** Names side by side in one scope or below one dotted name are compared by what tells them apart. */
const ownParts = (a: string, b: string): readonly [string, string] => {
  let common = 0
  for (let at = 0; at < a.length && a[at] === b[at]; at += 1) if (a[at] === '/' || a[at] === '.') common = at + 1
  return [a.slice(common), b.slice(common)]
}

const slipKind = (name: string, known: string): LookAlikeKind | undefined => {
  const [a, b] = ownParts(name, known)
  if (b.length < CHARS_MIN) return undefined
  const slip = slipBetween(a, b)
  // A separator too many, too few or in the wrong place is judged before, and one in the place of a letter makes other words.
  if (slip === undefined || isNumbering(slip) || SEPARATOR.test(slip.wrong + slip.right)) return undefined
  if (slip.kind === 'swap') return 'swapped'
  return withoutDoubles(a) === withoutDoubles(b) ? 'doubled' : 'letter'
}

const DIGIT = /^[0-9]$/

/** Members of a family: `socks4` and `socks5`, `merge` and `merge2`. */
const isNumbering = ({ wrong, right, isLast }: Slip): boolean =>
  (DIGIT.test(wrong) && DIGIT.test(right)) || (isLast && DIGIT.test(wrong + right))
