import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { type ErrorCode, ERRORS, GgenError } from '#core'
import type { Environment, Variables } from '#config'
import { temporaryFolder } from '#testing'
import type { Project } from './commands/project.ts'
import type { World } from './commands/world.ts'
import { runCli } from './run-cli.ts'

interface Result {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

const environmentOf = (home: string, env: Variables = {}) => (): Environment => ({
  env: { GGEN_HOME: home, ...env }, dotGgen: false, readConfigFile: async () => undefined,
  platform: { os: process.platform, userFolder: '/', tempFolder: '/tmp', workingFolder: '/', userId: 1 },
})

const EMPTY_PROJECT: Partial<Project> = { read: async () => ({ lock: [], isLocked: false, inPlace: new Map(), pathOf: (name) => name }) }

/** Runs a command line in a home folder where no node runs. */
const run = async (args: readonly string[], changes: Partial<World> = {}): Promise<Result> => {
  await using folder = await temporaryFolder()
  let stdout = ''
  let stderr = ''
  const world = {
    version: '1.2.3',
    stdout: { write: (text: string) => void (stdout += text), isTTY: false },
    stderr: { write: (text: string) => void (stderr += text), isTTY: false },
    environment: environmentOf(folder.path),
    interrupted: new AbortController().signal,
    listInstalled: async () => [],
    openProject: async () => EMPTY_PROJECT,
    ...changes,
  } as unknown as World
  return { code: await runCli(args, world), stdout, stderr }
}

const TOOL = {
  name: 'tool', version: '1.0.0', identity: `bafyrei${'a'.repeat(52)}`, digest: `sha256:${'0'.repeat(64)}`, sha512: '0'.repeat(128), sizeBytes: 2,
  dependencies: [], wantedBy: [{ kind: 'needed' }], isLocked: false,
}

/** A node that gets half of every package. */
const fetchingNode = async (): Promise<{ readonly home: string } & AsyncDisposable> => {
  const folder = await temporaryFolder()
  const error = new GgenError('no-holder', 'gone')
  const server = createServer((request, response) => {
    const isStream = request.headers.accept === 'text/event-stream'
    const progress = { type: 'transfer-progress', receivedBytes: 1, sizeBytes: 2, bytesPerSecond: 1, sources: 1 }
    if (request.url === '/v1/plan') response.end(JSON.stringify({ packages: [TOOL], left: [] }))
    else if (isStream) response.end(`data: ${JSON.stringify(progress)}\n\ndata: ${JSON.stringify({ type: 'failed', error })}\n\n`)
    else response.writeHead(503).end(JSON.stringify({ error }))
  }).listen(join(folder.path, 'ggen.sock'))
  await once(server, 'listening')
  return {
    home: folder.path,
    [Symbol.asyncDispose]: async () => {
      server.close()
      await folder[Symbol.asyncDispose]()
    },
  }
}

describe('runCli', () => {
  it('prints results on stdout and talk on stderr', async () => {
    assert.deepEqual(await run(['list']), { code: 0, stdout: '', stderr: 'nothing is installed here\n' })
    assert.deepEqual(await run(['list', '--json']), { code: 0, stdout: '{"packages":[]}\n', stderr: '' })
    assert.deepEqual(await run(['--version']), { code: 0, stdout: '1.2.3\n', stderr: '' })
  })

  it('ends every coded error with its exit code, as text on stderr or as JSON on stdout', async () => {
    for (const code of Object.keys(ERRORS) as ErrorCode[]) {
      const listInstalled = (): Promise<never> => Promise.reject(new GgenError(code, 'why', { hint: 'do this' }))
      const json = await run(['list', '--json'], { listInstalled })
      assert.deepEqual(json, { code: ERRORS[code].exitCode, stdout: `{"error":{"code":"${code}","message":"why","hint":"do this"}}\n`, stderr: '' })
      const text = await run(['list'], { listInstalled })
      assert.deepEqual([text.code, text.stdout], [ERRORS[code].exitCode, ''])
      assert.ok(code === 'cancelled' || text.stderr === `error ${code}: why\n  hint: do this\n`, text.stderr)
    }
  })

  it('prints what could not be understood as JSON too, when JSON was asked for', async () => {
    const { code, stdout, stderr } = await run(['serch', '--json'])
    assert.deepEqual([code, stderr], [2, ''])
    assert.deepEqual(JSON.parse(stdout), { error: { code: 'usage', message: 'unknown command \'serch\'', hint: 'did you mean search?' } })
    assert.match((await run(['p2p', 'peer-list', '--format', 'yaml', '--json'])).stdout, /^\{"error"/)
    for (const format of [['--format', 'json'], ['--format=json']]) assert.equal((await run(['pack', 'list', ...format])).stdout, '{"packages":[]}\n')
    assert.equal((await run(['serch', '--', '--json'])).stdout, '')
  })

  it('makes an internal error of a defect, and survives a broken environment', async () => {
    const defect = await run(['list'], { listInstalled: () => { throw new TypeError('x is undefined') } })
    assert.equal(defect.code, 1)
    assert.match(defect.stderr, /^error internal: x is undefined\n {2} {4}at /)
    const environment = (): never => { throw new GgenError('path-not-found', 'the working folder is gone') }
    const broken = await run(['list'], { environment })
    assert.deepEqual(broken, { code: 3, stdout: '', stderr: 'error path-not-found: the working folder is gone\n  hint: check the path\n' })
  })

  it('says 9 when a command needs a node and there is none', async () => {
    for (const line of ['p2p status', 'p2p peers', 'p2p stop', 'search x', 'info x', 'install x', 'publish .', 'p2p publish .', 'p2p search x']) {
      const { code, stderr } = await run(line.split(' '))
      assert.equal(code, 9, line)
      assert.match(stderr, /^error daemon-not-running: .*\n {2}hint: start it: ggen p2p start --detach\n$/)
    }
  })

  it('shows progress on a terminal, and only there', async () => {
    const shown = async (isTTY: boolean, args: readonly string[], env: Variables): Promise<string> => {
      await using node = await fetchingNode()
      let written = ''
      const stderr = { write: (text: string) => void (written += text), isTTY }
      await run(['install', 'tool', ...args], { stderr, environment: environmentOf(node.home, { NO_COLOR: '1', ...env }) })
      return written
    }
    const [before, progress, after] = (await shown(true, [], {})).split('\r\u001b[K')
    assert.deepEqual([before, progress?.startsWith('tool   50 %'), after?.startsWith('error no-holder: gone\n')], ['', true, true])
    assert.match(await shown(true, [], { TERM: 'dumb' }), /^error no-holder/)
    assert.match(await shown(false, [], {}), /^error no-holder/)
    assert.equal(await shown(true, ['--json'], {}), '')
  })

  it('ends with 130 when it is interrupted', async () => {
    const { code, stderr } = await run(['search', 'x'], { interrupted: AbortSignal.abort() })
    assert.deepEqual({ code, stderr }, { code: 130, stderr: 'interrupted\n' })
  })
})
