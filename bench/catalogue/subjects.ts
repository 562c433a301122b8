import { Weighted } from './random.ts'

/** What a category is about: its words stand in descriptions and are its tags. */
export interface Subject {
  readonly category: string
  readonly words: readonly string[]
}

const SUBJECTS: readonly (readonly [string, string])[] = [
  ['web', 'http browser html css frontend router page form component react vue svelte session cookie'],
  ['cli', 'terminal command shell prompt argument flag output color progress table interactive'],
  ['data', 'csv table column frame pipeline etl clean merge join aggregate statistics'],
  ['testing', 'test mock assert coverage fixture snapshot runner spec stub property fuzz'],
  ['database', 'sql query migration orm index transaction postgres sqlite schema pool'],
  ['network', 'tcp udp socket dns proxy peer protocol packet tunnel relay'],
  ['security', 'encrypt hash sign certificate token oauth secret audit vulnerability policy'],
  ['build', 'bundle compile minify watch task release version changelog monorepo'],
  ['devops', 'docker kubernetes deploy container cluster terraform pipeline rollout secret'],
  ['ai', 'model agent prompt embedding vector llm training inference tokenizer retrieval'],
  ['rust', 'crate cargo trait macro borrow unsafe tokio async ownership'],
  ['ontology', 'rdf sparql turtle owl shacl triple graph reasoner vocabulary linked'],
  ['templates', 'template scaffold generator boilerplate starter project handlebars snippet'],
  ['graphics', 'canvas webgl shader image svg chart animation color palette texture'],
  ['audio', 'sound midi wave codec mixer podcast speech synthesis'],
  ['text', 'markdown parser unicode regex diff spelling translate tokenize search'],
  ['math', 'matrix vector algebra geometry random probability calculus fraction integer'],
  ['time', 'date calendar timezone schedule cron duration clock holiday'],
  ['logging', 'log trace metric telemetry span structured rotate monitor'],
  ['messaging', 'queue topic broker kafka event subscribe publish webhook notification'],
  ['finance', 'payment invoice ledger currency bank trading tax portfolio swift'],
  ['healthcare', 'patient fhir clinical record dicom hospital medication consent'],
  ['commerce', 'cart order inventory shipping catalog price checkout loyalty'],
  ['education', 'course lesson quiz grade student bibliography paper review'],
  ['iot', 'sensor device mqtt firmware telemetry gateway embedded serial'],
  ['games', 'sprite physics level player scene engine tile collision'],
  ['maps', 'geo tile route location coordinate projection terrain'],
  ['localization', 'translation locale plural message language currency unit'],
  ['types', 'typescript declaration generic utility definition typing'],
  ['uncategorized', 'small misc helper experiment wrapper'],
]

/** The first is met most often: Zipf's law with exponent 0.8, and a good share that says nothing of itself. */
const SHARES = SUBJECTS.map(([category, words], rank): readonly [Subject, number] =>
  [{ category, words: words.split(' ') }, category === 'uncategorized' ? 0.8 : (rank + 1) ** -0.8])

export const SUBJECT = new Weighted<Subject>(SHARES)

export const LICENSE = new Weighted<string>([
  ['MIT', 55], ['Apache-2.0', 14], ['ISC', 9], ['MIT OR Apache-2.0', 8], ['BSD-3-Clause', 4], ['GPL-3.0-or-later', 3],
  ['MPL-2.0', 2], ['LGPL-3.0-only', 1], ['Unlicense', 1], ['CC0-1.0', 1], ['BSD-2-Clause', 1], ['AGPL-3.0-or-later', 1],
])

export const FIRST_NAMES: readonly string[] = (
  'Ada Alan Grace Linus Barbara Donald Frances Edsger Hedy Ken Margaret Niklaus Radia Tim Yukihiro Anita Bjarne Carol Dennis Evelyn Fei Guido Hana Ivan Jean ' +
  'Karen Leslie Mei Noor Omar Priya Quinn Rosa Sofia Tariq Uma Vera Wei Ximena Yusuf Zoe'
).split(' ')
