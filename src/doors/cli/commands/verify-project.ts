import { resolve } from 'node:path'
import { GgenError, isGgenError } from '#core'
import type { ControlClient } from '#doors/control'
import type { FileDifference, LockedPackage } from '#flow/install'
import type { Context, Run } from './context.ts'
import type { CheckedPackage } from './outcome.ts'
import type { Project } from './project.ts'

export interface VerifyOptions {
  /** Relative to the working folder. */
  readonly folder: string
  /** Look into the node's own store only. */
  readonly offline?: boolean
}

/** `ggen verify`: whether every file of the installed packages is what its publisher signed. */
export const verifyProject =
  ({ folder: given, offline = false }: VerifyOptions): Run =>
  async ({ world, environment, client, deadline: { signal } }) => {
    const project = await world.openProject(resolve(environment.platform.workingFolder, given))
    const { lock, pathOf } = await project.read()
    const packages: CheckedPackage[] = []
    for (const locked of lock) {
      const { name, version, digest } = locked
      packages.push({ name, version, digest, path: pathOf(name), ...(await check(locked, { project, client, offline, signal })) })
    }
    const failure = failureOf(packages)
    return { kind: 'verified', value: { packages }, ...(failure !== undefined && { failure }) }
  }

type Checking = Pick<Context, 'client'> & { readonly project: Project; readonly offline: boolean; readonly signal: AbortSignal }

type Verdict = Pick<CheckedPackage, 'state' | 'differences' | 'error'>

/** A package whose archive cannot be had is neither right nor wrong. */
const check = async (locked: LockedPackage, checking: Checking): Promise<Verdict> => {
  try {
    const differences = await compare(locked, checking)
    return { state: differences.length === 0 ? 'whole' : 'changed', differences }
  } catch (error) {
    checking.signal.throwIfAborted()
    if (!isGgenError(error) || error.code === 'daemon-not-running') throw error
    return { state: 'unknown', differences: [], error }
  }
}

/** What the node's store lacks, or what its disk has damaged, comes from others. */
const CURABLE: ReadonlySet<string> = new Set(['blob-not-found', 'integrity'])

const compare = async (locked: LockedPackage, { project, client, offline, signal }: Checking): Promise<readonly FileDifference[]> => {
  const look = (): Promise<readonly FileDifference[]> => project.compare({ release: locked, chunks: client.readBlob(locked.digest, signal) }, signal)
  try {
    return await look()
  } catch (error) {
    if (offline || !isGgenError(error) || !CURABLE.has(error.code)) throw error
  }
  await bring(locked, { client, signal })
  return await look()
}

const bring = async (locked: LockedPackage, { client, signal }: { client: ControlClient; signal: AbortSignal }): Promise<void> => {
  const { name, version, identity, source, digest, sizeBytes } = locked
  const from = identity === undefined ? { vouched: { source, digest, sizeBytes } } : { locked: identity }
  await client.fetch({ spec: `${name}@${version}`, ...from }, signal)
}

const failureOf = (packages: readonly CheckedPackage[]): GgenError | undefined => {
  const changed = packages.filter(({ state }) => state === 'changed')
  const [first] = changed
  if (first !== undefined) {
    return new GgenError('files-changed', `${changed.length} of ${packages.length} packages are not as they were signed`, {
      hint: `look at the files that are named; to have the signed ones again, remove ${first.path} and run: ggen install`,
      details: { packages: changed.map(({ name }) => name) },
    })
  }
  return packages.find(({ error }) => error !== undefined)?.error
}
