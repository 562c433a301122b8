import { isGgenError, NPM_LIMITS } from '#core'
import type { NpmReply } from '#doors/control'
import { backFromDoor, DOOR_LOCKFILES, type DoorPackage, packagesFromDoor, withoutDoor } from '#npm/lockfiles'
import type { Context } from './context.ts'
import type { AddressesBefore } from './lead-locks.ts'
import type { NearFile } from './world.ts'

/** For the answer of the node, when the command has ended, however it did. */
const PATIENCE_MS = 20_000

const idOf = ({ name, version }: DoorPackage): string => `${name}@${version}`

const addressesOf = async (client: Context['client'], packages: readonly DoorPackage[]): Promise<ReadonlyMap<string, string>> => {
  const found = new Map<string, string>()
  const signal = AbortSignal.timeout(PATIENCE_MS)
  for (let from = 0; from < packages.length; from += NPM_LIMITS.askedAddresses) {
    const asked = packages.slice(from, from + NPM_LIMITS.askedAddresses)
    const { addresses } = await client.npmAddresses(asked, signal)
    for (const [index, one] of asked.entries()) {
      const address = addresses[index]
      if (address !== undefined && address !== null) found.set(idOf(one), address)
    }
  }
  return found
}

type Named = Pick<NpmReply, 'url' | 'upstreams'>

/** The lock file with the addresses that registries have; the node knows them. */
const mended = async ({ client }: Context, { url, upstreams: [upstream = ''] }: Named, { path, text }: Pick<NearFile, 'path' | 'text'>): Promise<string> => {
  const packages = packagesFromDoor(path, text, url)
  if (packages.length === 0) return text
  const addresses = await addressesOf(client, packages)
  return withoutDoor({ fileName: path, text, door: url, upstream }, (one) => addresses.get(idOf(one)))
}

/** The command that was run has ended as it did: what goes wrong then is said beside it. */
const orSay = async ({ say }: Context, path: string, work: () => Promise<void>): Promise<void> => {
  try {
    await work()
  } catch (error) {
    if (!isGgenError(error) && !(error instanceof DOMException)) throw error
    say(`${path} names this node, and is of no use without it: ${error.message}; run any command through ggen with, to have it changed`)
  }
}

/**
 * yarn 1 and bun write into their lock files where they got each archive: the addresses of this node in those of the project give way to what stood there
 * before the command, otherwise to the ones that the registries have, and to none where bun would have written none.
 */
export const makeLocksPortable = async (context: Context, door: Named, before: AddressesBefore): Promise<void> => {
  const { world, environment } = context
  for (const { path, text, replace } of await world.nearestFiles(environment.platform.workingFolder, DOOR_LOCKFILES)) {
    const addresses = before.get(path)
    let portable = addresses === undefined ? text : backFromDoor({ fileName: path, text, door: door.url }, { addresses })
    await orSay(context, path, async () => {
      portable = await mended(context, door, { path, text: portable })
    })
    if (portable !== text) await orSay(context, path, () => replace(portable))
  }
}
