import { Dice } from '#testing'
import { makePackage, type StubPackage } from './stub-package.ts'

/** A project, and the packages that it needs. */
export interface MadeProject {
  readonly packages: readonly StubPackage[]
  /** Its `package.json`. */
  readonly manifest: Readonly<Record<string, unknown>>
  /** Names that an install puts into `node_modules`; the one for another system is not among them. */
  readonly installed: readonly string[]
  /** The name of a command in `node_modules/.bin`. */
  readonly command: string
}

const SCOPE_EVERY = 5
const DIRECT_SHARE = 0.2
const LARGE_EVERY = 120

/** Packed sizes as of real packages: half of them below 10 KB, and now and then one of megabytes. */
const sizeOf = (index: number, dice: Dice): number => {
  if (index % LARGE_EVERY === LARGE_EVERY - 1) return 1_000_000 + dice.roll(2_000_000)
  // The sum of three rolls is close enough to a bell, and its power to a long tail.
  return Math.round(10_000 * 10 ** ((dice.roll(1000) + dice.roll(1000) + dice.roll(1000)) / 1500 - 1))
}

const versionCountOf = (dice: Dice): number => Math.min(400, Math.max(1, Math.round(15 * 10 ** ((dice.roll(1000) + dice.roll(1000)) / 1000 - 1))))

/**
 * A project of so many packages, always the same for the same number: each needs some of those after it, one is for another system, some have a scope
 * or a command. With `small` they are as small as archives get.
 */
export const makeProject = (count: number, { small = false } = {}): MadeProject => {
  const dice = new Dice(count)
  const names = Array.from({ length: count }, (_, index) => (index % SCOPE_EVERY === 1 ? `@made-up/part-${index}` : `made-up-${index}`))
  const foreign = 'made-up-elsewhere'
  const directCount = Math.max(3, Math.round(count * DIRECT_SHARE))
  const needsOf = names.map((): Record<string, string> => ({}))
  // Whoever is not needed by the project is needed by one before it, so that everything is installed.
  for (let index = directCount; index < count; index++) (needsOf[dice.roll(index)] ?? {})[names[index] ?? ''] = '^1.0.0'
  for (let index = 0; index < count - 1; index++) {
    if (dice.roll(3) === 0) (needsOf[index] ?? {})[names[index + 1 + dice.roll(count - index - 1)] ?? ''] = '^1.0.0'
  }
  const packages = names.map((name, index) => makePackage({
    name,
    manifest: {
      dependencies: needsOf[index] ?? {},
      ...(index === 0 && { bin: 'bin/run.js', optionalDependencies: { [foreign]: '^1.0.0' } }),
    },
    versionCount: small ? 1 + (index % 3) : versionCountOf(dice),
    sizeBytes: small ? 500 : sizeOf(index, dice),
  }))
  packages.push(makePackage({ name: foreign, manifest: { os: ['aix'] } }))
  const dependencies = Object.fromEntries(names.slice(0, directCount).map((name) => [name, '^1.0.0']))
  return { packages, manifest: { name: 'made-up-project', version: '1.0.0', private: true, dependencies }, installed: names, command: 'made-up-0' }
}
