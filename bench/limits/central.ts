import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type ControlClient, controlClient } from '#doors/control'
import { type RunningRegistry, startNode, startRegistry, temporaryFolder, writeTree } from '#testing'
import { publishTo, testIdentity } from '../../test/faults/publish.ts'
import { never } from '../../test/scenarios/cluster.ts'
import type { Result } from '../measure.ts'
import { makePayload } from '../transfer/payload.ts'
import { alternating, limited } from './limit.ts'

const PACKAGES = 100
const ROUNDS = 9
const MB = 1e6
/** The first documents name a limit for the smallest alone. */
const SIZES = [{ name: '1 MB', bytes: MB, most: 2000 }, { name: '10 MB', bytes: 10 * MB }, { name: '100 MB', bytes: 100 * MB }] as const
const TRUSTING = { GGEN_TRUST_FIRST_USE: 'accept', GGEN_TRUST_COOL_DOWN: '0', GGEN_TRUST_DOMAINS: 'off' }

const ask = async (url: string): Promise<Response> => {
  const answer = await fetch(url)
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`)
  return answer
}

interface Scene {
  readonly work: string
  readonly server: RunningRegistry
  /** Of a node without a catalogue and without peers that asks the registry. */
  readonly client: ControlClient
}

const publish = async ({ work, server }: Scene, name: string, { description, content }: { description: string; content?: Uint8Array }): Promise<void> => {
  const manifest = `[pack]\nname = "${name}"\nversion = "1.0.0"\ndescription = "${description}"\n`
  const files = { 'pack.toml': manifest, ...(content !== undefined && { 'content.bin': content }) }
  await publishTo(join(server.home, 'ggen.sock'), testIdentity('ada'), await writeTree(join(work, name), files))
}

/** Words that nobody asked for before, each way of asking with words of its own. */
const searches = async (scene: Scene): Promise<Result> => {
  for (let index = 0; index < PACKAGES; index++) {
    await publish(scene, `found-${index}`, { description: `has the words needle${index % ROUNDS} and thread${index % ROUNDS} among others` })
  }
  const [values, plain] = await alternating(ROUNDS, [
    async (round) => {
      const { total } = await scene.client.search({ words: [`needle${round}`] }, never)
      if (total === 0) throw new Error(`nothing was found for needle${round}`)
    },
    async (round) => {
      const { total } = (await (await ask(`${scene.server.url}/v1/search?q=thread${round}`)).json()) as { readonly total: number }
      if (total === 0) throw new Error(`nothing was found for thread${round}`)
    },
  ])
  return limited({ what: 'search of a node that asks a central registry', unit: 'ms', values, most: 300, beside: { name: 'plain HTTP', values: plain } })
}

/** An archive, checked and stored by the node; over plain HTTP it is hashed as it comes. */
const fetches = async (scene: Scene, { name, bytes, ...limit }: (typeof SIZES)[number]): Promise<Result> => {
  const { client, server, work } = scene
  const called = `large-${bytes}`
  const { path } = await makePayload(work, called, bytes)
  await publish(scene, called, { description: 'bytes', content: await readFile(path) })
  const { digest } = await client.info(called, never)
  const [values, plain] = await alternating(ROUNDS, [
    async () => {
      const { sources } = await client.fetch({ spec: called }, never)
      if (sources[0]?.carrier !== 'http') throw new Error('it did not come from the registry')
    },
    async () => {
      const hash = createHash('sha256')
      for await (const chunk of (await ask(`${server.url}/v1/blobs/${digest}`)).body ?? []) hash.update(chunk)
      if (`sha256:${hash.digest('hex')}` !== digest) throw new Error('other bytes came')
    },
  ], async () => void (await client.clearCache(never)))
  return limited({ what: `fetch of ${name} from a central registry`, unit: 'ms', values, ...limit, beside: { name: 'plain HTTP', values: plain } })
}

/** A node that has nothing and asks a central registry, beside whoever asks that over plain HTTP. */
export const central = async (): Promise<Result[]> => {
  await using work = await temporaryFolder()
  await using server = await startRegistry(join(work.path, 'registry'))
  const env = { ...TRUSTING, GGEN_REGISTRY_URL: server.url }
  await using user = await startNode({ home: join(work.path, 'user'), more: ['--no-mdns', '--light'], env })
  const scene = { work: work.path, server, client: controlClient(join(user.home, 'ggen.sock')) }
  const rows = [await searches(scene)]
  for (const size of SIZES) rows.push(await fetches(scene, size))
  return rows
}
