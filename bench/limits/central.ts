import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { controlClient } from '#doors/control'
import { temporaryFolder, writeTree } from '#testing'
import { publishTo, testIdentity } from '../../test/faults/publish.ts'
import { never } from '../../test/scenarios/cluster.ts'
import { LAUNCHER, type Result } from '../measure.ts'
import { makePayload } from '../transfer/payload.ts'
import { limited, timed } from './limit.ts'

const PACKAGES = 100
const ROUNDS = 9
const MB = 1e6
/** The first documents name a limit for the smallest alone. */
const SIZES = [{ name: '1 MB', bytes: MB, most: 2000 }, { name: '10 MB', bytes: 10 * MB }, { name: '100 MB', bytes: 100 * MB }] as const

interface Server extends AsyncDisposable {
  readonly url: string
  readonly home: string
}

const startServer = async (home: string): Promise<Server> => {
  const args = [LAUNCHER, 'registry', 'serve', '--json', '--no-network', '--listen', '127.0.0.1:0']
  const child = spawn(process.execPath, args, { env: { ...process.env, GGEN_HOME: home }, stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  const { url } = JSON.parse(line) as { readonly url: string }
  return {
    url, home,
    [Symbol.asyncDispose]: async () => {
      const exited = once(child, 'exit')
      child.kill('SIGKILL')
      await exited
    },
  }
}

const ask = async (url: string): Promise<Response> => {
  const answer = await fetch(url)
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`)
  return answer
}

/** A central registry asked over HTTP: for words that nobody asked for before, and for archives, which are hashed as they come. */
export const central = async (): Promise<Result[]> => {
  await using work = await temporaryFolder()
  await using server = await startServer(join(work.path, 'registry'))
  const socketPath = join(server.home, 'ggen.sock')
  const publish = async (name: string, files: Readonly<Record<string, string | Uint8Array>>): Promise<void> => {
    await publishTo(socketPath, testIdentity('ada'), await writeTree(join(work.path, name), files))
  }
  const manifest = (name: string, description: string): string => `[pack]\nname = "${name}"\nversion = "1.0.0"\ndescription = "${description}"\n`
  for (let index = 0; index < PACKAGES; index++) {
    await publish(`found-${index}`, { 'pack.toml': manifest(`found-${index}`, `has the word needle${index % ROUNDS} among others`) })
  }
  const cold = await timed(ROUNDS, async (round) => {
    const { total } = (await (await ask(`${server.url}/v1/search?q=needle${round}`)).json()) as { readonly total: number }
    if (total === 0) throw new Error(`nothing was found for needle${round}`)
  })
  const rows = [limited({ what: 'search of a central registry, over HTTP', unit: 'ms', values: cold, most: 300 })]
  for (const { name, bytes, ...limit } of SIZES) {
    const called = `large-${bytes}`
    const { path } = await makePayload(work.path, called, bytes)
    await publish(called, { 'pack.toml': manifest(called, 'bytes'), 'content.bin': await readFile(path) })
    const { digest } = await controlClient(socketPath).info(called, never)
    const values = await timed(ROUNDS, async () => {
      const hash = createHash('sha256')
      for await (const chunk of (await ask(`${server.url}/v1/blobs/${digest}`)).body ?? []) hash.update(chunk)
      if (`sha256:${hash.digest('hex')}` !== digest) throw new Error('other bytes came')
    })
    rows.push(limited({ what: `fetch of ${name} from a central registry`, unit: 'ms', values, ...limit }))
  }
  return rows
}
