import { resolve } from 'node:path'
import { GgenError } from '#core'
import type { Run } from './context.ts'

export interface BundleOptions {
  /** The new file. */
  readonly output: string
  /** What is private goes in, too. */
  readonly private?: boolean
}

const LOCK_BYTES = 64 * 1024 * 1024

/** `ggen bundle`: puts everything that lock files name into one file. */
export const makeBundle = (given: readonly string[], { output, private: withPrivate = false }: BundleOptions): Run => async (context) => {
  const { world, environment: { platform: { workingFolder } }, client, deadline: { signal } } = context
  const lockfiles: { path: string; text: string }[] = []
  for (const one of given) {
    const path = resolve(workingFolder, one)
    lockfiles.push({ path, text: Buffer.from(await world.readFile(path, LOCK_BYTES)).toString('utf8') })
  }
  return { kind: 'bundled', value: await client.makeBundle({ lockfiles, path: resolve(workingFolder, output), withPrivate }, signal) }
}

/** `ggen import FILE`: takes in a bundle. What nothing speaks for is a failure beside what was taken. */
export const importBundle = (path: string, { trustKeys }: { readonly trustKeys: boolean }): Run => async ({ client, deadline: { signal } }) => {
  const value = await client.takeBundle({ path, trustKeys }, signal)
  const [first] = value.left
  if (first === undefined) return { kind: 'bundle-taken', value }
  const count = value.left.length === 1 ? `${first.name}@${first.version} does not count here` : `${value.left.length} packages do not count here`
  const failure = new GgenError(first.code, `${count}: ${first.why}`, { hint: 'nobody gets them by their names; the rest of the bundle is here' })
  return { kind: 'bundle-taken', value, failure }
}
