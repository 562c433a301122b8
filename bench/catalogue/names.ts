import { isPackageName, type PackageName, parsePackageName } from '#core'
import { type SeededRandom, scramble, Weighted } from './random.ts'
import { ECOSYSTEMS, ENGLISH, FORMS, wordFor } from './vocabulary.ts'

const PAIR_BITS = 22
const PAIRS = 2 ** PAIR_BITS
const WORD_BITS = PAIR_BITS / 2
const WORDS = 2 ** WORD_BITS
/** One package in so many has a single word for a name. */
const SHORT_EVERY = 97
const TAILS = ['cli', 'core', 'plugin', 'types', 'utils', 'pack', 'template', 'sdk'] as const
const DOMAINS = ['io', 'com', 'org', 'dev', 'net'] as const

type Form = 'bare' | 'scope' | 'domain' | 'namespace'
const FORM = new Weighted<Form>([['bare', 55], ['scope', 20], ['domain', 20], ['namespace', 5]])

/** Each of the pairs once, in no order that one could see: every step can be undone. */
const shuffled = (index: number, seed: number): number => {
  let bits = (index + scramble(seed)) % PAIRS
  for (const factor of [0x2c_1b3d, 0x29_7a2d]) {
    bits = Math.imul(bits, factor) >>> 0 & (PAIRS - 1)
    bits ^= bits >>> WORD_BITS
  }
  return bits
}

/** What stands in front of all names of a publisher. */
export const handleOf = (publisher: number): string => (publisher % 3 === 0 ? wordFor(publisher) : `${wordFor(publisher)}-${wordFor(publisher + 0x5bd1_e995)}`)

/**
 * The last part of a name, another one for each index: a pair of words that no other index has, which may stand between words that many share.
 * The first part tells what it is made of: no technology has the name of an English word.
 */
const leafOf = (index: number, seed: number, random: SeededRandom): string => {
  const short = index / SHORT_EVERY
  if (Number.isInteger(short) && short < WORDS) return ENGLISH[(short * 1_237 + seed) % WORDS] ?? ''
  const pair = shuffled(index % PAIRS, seed)
  const forms = FORMS[pair % WORDS] ?? []
  const parts = [ENGLISH[pair >>> WORD_BITS] ?? '', forms[random.fraction() < 0.5 ? 0 : random.below(forms.length)] ?? '']
  if (random.fraction() < 0.35) parts.unshift(ECOSYSTEMS[Math.floor(ECOSYSTEMS.length ** random.fraction()) - 1] ?? '')
  else if (random.fraction() < 0.15) parts.push(random.pick(TAILS))
  if (index >= PAIRS) parts.push(`v${Math.floor(index / PAIRS) + 1}`)
  return parts.join('-')
}

/** A name like those of npm, Maven or Go, which only the package with this index has. */
export const nameAt = (index: number, publisher: number, { seed, random }: { readonly seed: number; readonly random: SeededRandom }): PackageName => {
  const leaf = leafOf(index, seed, random)
  const name = inForm(FORM.pick(random), leaf, publisher)
  return isPackageName(name) ? name : parsePackageName(`x-${leaf}`)
}

const inForm = (form: Form, leaf: string, publisher: number): string => {
  switch (form) {
    case 'bare': return leaf
    case 'scope': return `@${handleOf(publisher)}/${leaf}`
    case 'domain': return `${DOMAINS[publisher % DOMAINS.length]}.${handleOf(publisher)}.${leaf}`
    case 'namespace': return `${handleOf(publisher)}/${leaf}`
  }
}
