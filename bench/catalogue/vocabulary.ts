import { wordlist as czech } from '@scure/bip39/wordlists/czech.js'
import { wordlist as english } from '@scure/bip39/wordlists/english.js'
import { wordlist as french } from '@scure/bip39/wordlists/french.js'
import { wordlist as italian } from '@scure/bip39/wordlists/italian.js'
import { wordlist as portuguese } from '@scure/bip39/wordlists/portuguese.js'
import { wordlist as spanish } from '@scure/bip39/wordlists/spanish.js'
import { type SeededRandom, scramble } from './random.ts'

const split = (text: string): readonly string[] => text.split(' ')

/** What descriptions are full of, commonest first. */
const COMMON = split(
  'a the for and to of with in is from that your an on as by it or this you be are at into using can all any no not only when without more has use used ' +
  'other than',
)

const TECHNICAL = split(
  'library package simple json server client api data file tool type node rust web http cli template code module parser fast support config test string ' +
  'async stream generator framework plugin utility function javascript typescript python schema command line based object array database format query ' +
  'interface build cache html css markdown image event error log validation value key map path date time number token user request response route router ' +
  'state store component render react vue angular svelte express graphql grpc rest sql sqlite postgres mysql redis mongo kafka queue worker thread ' +
  'process memory disk network socket tcp udp tls ssh dns proxy gateway cloud aws azure docker kubernetes terraform ansible helm linux windows macos ' +
  'android ios mobile desktop browser extension editor vim emacs vscode lint linter formatter compiler transpiler bundler loader minify source runtime ' +
  'wasm binary encode decode encrypt decrypt hash sign verify certificate oauth jwt session cookie password ontology rdf sparql turtle owl shacl graph ' +
  'vertex tree list set buffer iterator promise callback observable signal reactive declarative immutable lazy recursive dependency injection middleware ' +
  'hook decorator mixin adapter wrapper binding bridge connector driver provider resolver scheduler timer cron retry throttle debounce metrics tracing ' +
  'telemetry monitor dashboard chart plot table grid form input button modal menu icon font color theme layout animation canvas webgl shader audio video ' +
  'pdf csv xml yaml toml excel email sms push notification payment invoice billing shipping inventory catalog search index ranking token embedding vector ' +
  'model training',
)

const SUFFIXES = split('er ing able less ify ism ful ly box kit hub base flow works lab ware')

const plain = (word: string): string => word.normalize('NFD').replaceAll(/[^a-z]/g, '')

/** 2,048 English words, of which no two begin with the same four letters. */
export const ENGLISH: readonly string[] = english

const taken = new Set<string>([...COMMON, ...TECHNICAL, ...english])

const fresh = (words: readonly string[]): string[] => words.filter((word) => word.length > 2 && taken.size < taken.add(word).size)

/** For each English word it and what is made of it; no text stands in two places. */
export const FORMS: readonly (readonly string[])[] = ENGLISH.map((word) => [word, ...fresh(SUFFIXES.map((suffix) => word + suffix))])

/** Words of other languages, without accents. */
export const FOREIGN: readonly string[] = fresh([...italian, ...french, ...spanish, ...portuguese, ...czech].map(plain))

/** Names of technologies that packages put in front of their own; none of them is an English word of the list. */
export const ECOSYSTEMS: readonly string[] = TECHNICAL.filter((word) => !ENGLISH.includes(word))

/** The commonest first, each rank another word. */
const RANKED: readonly string[] = [...new Set([...COMMON, ...TECHNICAL, ...ENGLISH, ...FORMS.flatMap((forms) => forms.slice(1)), ...FOREIGN])]

const COMPOUNDS = ENGLISH.length ** 2

/** The word of a rank, counted from 0; beyond what lists hold, two English words in one. */
export const wordOf = (rank: number): string => {
  const listed = RANKED[rank]
  if (listed !== undefined) return listed
  // An odd factor reorders all pairs: neighbours in rank do not begin alike.
  const pair = Math.imul(rank - RANKED.length, 2_654_435_761) >>> 0
  const first = ENGLISH[(pair >>> 11) % ENGLISH.length] ?? ''
  return first + (ENGLISH[pair % ENGLISH.length] ?? '')
}

const SHIFT = 2.7
const BEND = 5000
const TAIL = 1.6
const HEAD_MASS = Math.log((BEND + SHIFT) / (1 + SHIFT))
const TAIL_MASS = 1 / (TAIL - 1)
const LAST_RANK = COMPOUNDS

/**
 * A rank as texts have them: to the 5,000th word by Zipf's law with exponent 1, beyond with 1.6. So the vocabulary never ends: it grows with the
 * number of words that are read, to the power of 1 / 1.6.
 */
export const drawRank = (random: SeededRandom): number => {
  const point = random.fraction() * (HEAD_MASS + TAIL_MASS)
  if (point < HEAD_MASS) return Math.floor((1 + SHIFT) * Math.exp(point) - SHIFT) - 1
  const left = 1 - (point - HEAD_MASS) / TAIL_MASS
  return Math.min(LAST_RANK, Math.floor(BEND * left ** (-1 / (TAIL - 1))))
}

/** A word that belongs to a number, such as that of a publisher. */
export const wordFor = (number: number): string => ENGLISH[scramble(number) % ENGLISH.length] ?? ''
