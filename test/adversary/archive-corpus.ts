import { seeded } from '#testing'
import { archive, file, folder, gnuName, header, MANIFEST, pax } from '../../vectors/archives/raw-tar.ts'

/** Throws of a die that are the same in every run. */
export interface Dice {
  below(limit: number): number
  pick<T>(items: readonly T[]): T
  bytes(count: number): Uint8Array
}

export const diceOf = (seed: string): Dice => {
  const random = seeded(seed)
  const below = (limit: number): number => Math.floor(random.fraction() * limit)
  return { below, pick: (items) => items[below(items.length)] as (typeof items)[number], bytes: (count) => random.bytes(count) }
}

/** The hostile part of an archive: some blocks of a tar file. */
export type Trick = (dice: Dice) => readonly Uint8Array[]

const ESCAPES = ['escape', 'etc/passwd', '.ssh/authorized_keys', '.bashrc', 'package.json', 'a']

/** A path that leads somewhere else, in whatever way. */
const evilPath = (dice: Dice): string => {
  const up = '../'.repeat(1 + dice.below(12))
  const goal = dice.pick(ESCAPES)
  return dice.pick([
    `package/${up}${goal}`, `package/a/${up}${goal}`, `${up}${goal}`, `/${goal}`, `//${goal}`, `/tmp/ggen-${goal}`, `package//tmp/${goal}`, `package/./${goal}`,
    `package/a/../../../${goal}`, `package/..`, `package/${up.replaceAll('/', '\\')}${goal}`, `package\\..\\${goal}`, `C:\\${goal}`, `C:/${goal}`, `c:${goal}`,
    `package/${goal}\n`, `package/\x1b[2J${goal}`, `package/${goal}:stream`, `package/exe.\u202ejs`, `\\\\host\\share\\${goal}`, `package/..\u200b/${goal}`,
    `other/${goal}`,
    `./package/../${goal}`, `..`, `/`, `package/~/../../${goal}`, `package/%2e%2e/\\..\\${goal}`, `package/${'d/'.repeat(33)}${goal}`,
  ])
}

const evilPrefix = (dice: Dice): string =>
  dice.pick(['..', '/tmp', 'package/..', `package/a/${'../'.repeat(1 + dice.below(12))}..`, 'package/.', '/'])

/** Row 29: names that lead out of the package, spelled in a header, its prefix, an extended header or a long name. */
export const PATHS: readonly Trick[] = [
  (dice) => [file(evilPath(dice).slice(0, 100))],
  (dice) => [file(dice.pick(ESCAPES), 'x', { prefix: evilPrefix(dice) })],
  (dice) => [pax({ path: evilPath(dice) }), file('package/ok')],
  (dice) => [pax({ path: `package/a\0${evilPath(dice)}` }), file('package/ok')],
  (dice) => [gnuName(`${evilPath(dice)}\0`), file('package/ok')],
  (dice) => [pax({ path: evilPath(dice) }, 'g'), file('package/ok')],
  (dice) => [header({ name: evilPath(dice).slice(0, 99), type: '5' }), file('package/ok')],
  (dice) => [file(`package/a\0${evilPath(dice)}`.slice(0, 100))],
]

const linkGoal = (dice: Dice): string =>
  dice.pick(['..', '../..', '/', '/etc', '/etc/passwd', '../../../../..', 'package.json', '.', 'C:\\', '/proc/self/environ', '~'])

/** Row 30: what is neither a file nor a folder, and files that go through it. */
export const LINKS: readonly Trick[] = [
  (dice) => [header({ name: 'package/l', type: '2', link: linkGoal(dice) }), file('package/l/escape')],
  (dice) => [header({ name: 'package/l', type: '2', link: linkGoal(dice) })],
  (dice) => [header({ name: 'package/h', type: '1', link: linkGoal(dice) }), file('package/h', 'overwritten')],
  (dice) => [header({ name: 'package', type: '2', link: linkGoal(dice) }), file('package/escape')],
  (dice) => [file('././@LongLink', `${'../'.repeat(1 + dice.below(60))}\0`, { type: 'K' }), header({ name: 'package/l', type: '2' })],
  (dice) => [pax({ linkpath: linkGoal(dice) }), header({ name: 'package/l', type: '2' })],
  (dice) => [header({ name: 'package/device', type: dice.pick(['3', '4', '6', '7']) })],
  (dice) => [file('package/odd', 'x', { type: dice.pick('89ABCDEIMNSVXYZabcdefhijklmnopqrstuvwyz@#'.split('')) })],
  (dice) => [header({ name: 'package/l', type: '2', link: linkGoal(dice), sizeBytes: dice.below(3) * 512 })],
]

/** A package as it should be, of which files come before and behind the trick. */
export const hostileArchive = (dice: Dice, trick: Trick): Uint8Array => {
  const decentOne = (index: number): Uint8Array =>
    dice.below(4) === 0 ? folder(`package/f${index}/`) : file(`package/f${index}`, dice.bytes(dice.below(600)))
  const decent = Array.from({ length: dice.below(4) }, (_, index) => decentOne(index))
  const place = dice.below(decent.length + 1)
  return archive(MANIFEST, ...decent.slice(0, place), ...trick(dice), ...decent.slice(place))
}
