import { resolve } from 'node:path'
import { GgenError, type PackageName, parsePackageName } from '#core'
import { type Lock, reachedFrom, wantedBy } from '#flow/install'
import type { Run } from './context.ts'
import type { ProjectState } from './project.ts'

/** `ggen remove`: packages that the project does not want any more, and what only they needed. Needs no node. */
export const removePackages =
  (names: readonly string[], given: string): Run =>
  async ({ world, environment, deadline: { signal } }) => {
    const unwanted = new Set(names.map(parsePackageName))
    const project = await world.openProject(resolve(environment.platform.workingFolder, given))
    const { manifest, pathOf } = await project.read()
    let gone: Lock = []
    const lockAfter = (before: Lock): Lock => {
      const after = without(before, unwanted, manifest)
      const kept = new Set(after.map(({ name }) => name))
      gone = before.filter(({ name }) => !kept.has(name))
      return after
    }
    await project.change({ archives: [], lockAfter }, signal)
    return { kind: 'removed', value: { removed: gone.map(({ name, version }) => ({ name, version, path: pathOf(name) })) } }
  }

const without = (before: Lock, unwanted: ReadonlySet<PackageName>, manifest: ProjectState['manifest']): Lock => {
  for (const name of unwanted) refuseNeeded(name, { before, unwanted, manifest })
  const forgotten = before.map(({ wanted, ...rest }) => (wanted === undefined || unwanted.has(rest.name) ? rest : { ...rest, wanted }))
  const reached = reachedFrom(forgotten, wantedBy(forgotten, manifest?.needs ?? []).map(({ name }) => name))
  for (const name of unwanted) if (reached.has(name)) throw stillNeeded(name, dependantsOf(before, name).filter((one) => reached.has(one)))
  return forgotten.filter(({ name }) => reached.has(name))
}

interface Removal {
  readonly before: Lock
  readonly unwanted: ReadonlySet<PackageName>
  readonly manifest: ProjectState['manifest']
}

const refuseNeeded = (name: PackageName, { before, manifest }: Removal): void => {
  if (!before.some((one) => one.name === name)) {
    throw new GgenError('package-not-found', `${name} is not installed here`, { hint: 'see what is installed with: ggen list', details: { name } })
  }
  if (manifest?.needs.some((need) => need.name === name) !== true) return
  throw new GgenError('still-needed', `${manifest.file} asks for ${name}`, {
    hint: `take it out of ${manifest.file}, and run: ggen install`, details: { name, neededBy: [manifest.file] },
  })
}

const dependantsOf = (lock: Lock, name: PackageName): readonly PackageName[] =>
  lock.filter(({ dependencies }) => dependencies.some((need) => need.name === name)).map((one) => one.name)

const stillNeeded = (name: PackageName, by: readonly PackageName[]): GgenError =>
  new GgenError('still-needed', `${name} is needed by ${by.join(', ')}`, {
    hint: `remove that too: ggen remove ${[name, ...by].join(' ')}`, details: { name, neededBy: by },
  })
