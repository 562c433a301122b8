import { LIMITS, type LookAlike, type PackageName } from '#core'
import { hashesOf, hashOf, SlotList } from './slot-list.ts'
import { type Slip, slipBetween } from './slip-between.ts'

type LookAlikeKind = LookAlike['kind']

/** A known name that another one can be taken for, and in what way. */
export type Likeness = Pick<LookAlike, 'known' | 'kind'>

/** In a shorter name, another letter makes another word. */
const CHARS_MIN = 5

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

/** Without its sign. */
const scopeOf = (name: string): string | undefined => (name.startsWith('@') ? name.slice(1, name.indexOf('/')) : undefined)

/** Where to look for a name: by what the eye sees of it, and by what remains of it when a letter is left out. */
interface Traces {
  readonly skeletons: readonly number[]
  readonly remnants: readonly number[]
}

const tracesOf = (name: string): Traces => ({ skeletons: [name, ...coresOf(name)].map((text) => hashOf(skeletonOf(text))), remnants: hashesOf(name) })

/** Names that were added together. */
class Lot {
  readonly #names: readonly PackageName[]
  readonly #skeletons: SlotList
  readonly #remnants: SlotList

  constructor(names: readonly PackageName[]) {
    this.#names = names
    this.#skeletons = new SlotList(names, (name) => [hashOf(skeletonOf(name))])
    this.#remnants = new SlotList(names, hashesOf)
  }

  /** Those that may be like a name, in the order in which they were given. */
  near({ skeletons, remnants }: Traces): readonly PackageName[] {
    const found = new Set<number>()
    for (const hash of skeletons) for (const index of this.#skeletons.at(hash)) found.add(index)
    for (const hash of remnants) for (const index of this.#remnants.at(hash)) found.add(index)
    return [...found].sort((a, b) => a - b).flatMap((index) => this.#names[index] ?? [])
  }
}

/** Names that people know, made ready so that those that a name can be taken for are found at once. */
export class LookAlikes {
  readonly #known = new Set<PackageName>()
  readonly #lots: Lot[] = []
  /** The best known name of each scope. */
  readonly #firstOf = new Map<string, PackageName>()
  #scopes: LookAlikes | undefined

  constructor(names: Iterable<PackageName> = []) {
    this.add(names)
  }

  get size(): number {
    return this.#known.size
  }

  /** More names, the best known first, all of them less known than those before; at most `LIMITS.lookAlikeNames` count in all. */
  add(names: Iterable<PackageName>): void {
    const fresh = [...new Set(names).difference(this.#known)].slice(0, LIMITS.lookAlikeNames - this.#known.size)
    if (fresh.length === 0) return
    this.#lots.push(new Lot(fresh))
    const scopes: PackageName[] = []
    for (const name of fresh) {
      this.#known.add(name)
      const scope = scopeOf(name)
      if (scope === undefined || this.#firstOf.has(scope)) continue
      this.#firstOf.set(scope, name)
      scopes.push(scope as PackageName)
    }
    if (scopes.length === 0) return
    this.#scopes ??= new LookAlikes()
    this.#scopes.add(scopes)
  }

  /** The known names, other than itself, that a name can be taken for, the best known first. */
  *near(name: PackageName): Generator<Likeness, void, undefined> {
    const traces = tracesOf(name)
    let isLike = false
    for (const lot of this.#lots) {
      for (const known of lot.near(traces)) {
        const kind = known === name ? undefined : kindOf(name, known)
        if (kind === undefined) continue
        isLike = true
        yield { known, kind }
      }
    }
    if (!isLike) yield* this.#nearScope(name)
  }

  /** A name that nobody knows in a scope that looks like a known one. */
  *#nearScope(name: string): Generator<Likeness, void, undefined> {
    const scope = scopeOf(name)
    if (scope === undefined || this.#scopes === undefined || this.#firstOf.has(scope)) return
    for (const { known, kind } of this.#scopes.near(scope as PackageName)) {
      const first = this.#firstOf.get(known)
      if (first !== undefined && kind !== 'affix') yield { known: first, kind: 'scope' }
    }
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
