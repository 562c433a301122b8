import assert from 'node:assert/strict'
import { once } from 'node:events'
import { chmod, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { controlClient } from '#doors/control'
import { type Finished, freePort, ggen, keystoreOf, smallPackage, startNode, temporaryFolder, until, writeTree } from '#testing'

/** Where text came out, and what it says. */
interface Output {
  readonly from: string
  readonly text: string
}

interface Secret {
  readonly name: string
  readonly bytes: Buffer
}

const PASSPHRASE = 'correct horse battery staple nobody guesses'
/** A part of a secret is a leak, too. */
const PART_BYTES = 15
const PEER_KEY_SEED = [4, 36] as const

/** Every spelling in which a part of a secret may stand in a text: itself, hexadecimal, base64 of both alphabets wherever it begins, numbers. */
const tracesOf = ({ bytes }: Secret): readonly string[] =>
  [0, bytes.length - PART_BYTES].flatMap((start) => {
    const part = bytes.subarray(start, start + PART_BYTES)
    const base64 = [0, 1, 2].map((skipped) => part.subarray(skipped, skipped + 12).toString('base64'))
    return [
      part.toString('latin1'), part.toString('hex'), part.toString('hex').toUpperCase(), [...part].join(','),
      ...base64, ...base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_')),
    ]
  })

/** Which secrets show where. */
const leaks = (outputs: readonly Output[], secrets: readonly Secret[]): readonly string[] => {
  const traces = secrets.map((secret) => ({ name: secret.name, traces: tracesOf(secret) }))
  return outputs.flatMap(({ from, text }) => traces.filter((one) => one.traces.some((trace) => text.includes(trace))).map(({ name }) => `${name} in ${from}`))
}

/** The secrets of a home, read where they belong: whatever of the identity is 32 bytes and no public key, the peer key, the token, and a passphrase. */
const secretsOf = async (home: string): Promise<readonly Secret[]> => {
  const identity = JSON.parse(await readFile(join(home, 'keys', 'identity.json'), 'utf8')) as unknown
  const seeds = textsIn(identity).map((text) => Buffer.from(text, 'base64')).filter((bytes) => bytes.length === 32)
  const peerKey = await readFile(join(home, 'keys', 'peer.key'))
  const token = (await readFile(join(home, 'control.token'), 'utf8')).trim()
  return [
    ...seeds.map((bytes, index) => ({ name: `seed ${index}`, bytes })),
    { name: 'peer key', bytes: peerKey.subarray(...PEER_KEY_SEED) },
    { name: 'token', bytes: Buffer.from(token) }, { name: 'token bytes', bytes: Buffer.from(token, 'base64url') },
    { name: 'passphrase', bytes: Buffer.from(PASSPHRASE) },
  ]
}

const textsIn = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
}

const outputOf = (command: string, { stdout, stderr, code }: Finished): Output => ({ from: `ggen ${command} (${code})`, text: `${stdout}\n${stderr}` })

/** Asks over TCP and resolves to the whole answer, head and all. */
const answerTo = (port: number, { path, token, method = 'GET' }: { path: string; token: string; method?: string }): Promise<Output> =>
  new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, ...(method !== 'GET' && { 'content-type': 'application/json' }) }
    const asked = request({ host: '127.0.0.1', port, path, method, agent: false, headers }, (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => {
        resolve({ from: `${method} ${path} (${answer.statusCode})`, text: `${JSON.stringify(answer.rawHeaders)}\n${Buffer.concat(chunks).toString('latin1')}` })
      })
    })
    asked.on('error', reject).end(method === 'GET' ? undefined : '{"words":')
  })

/** Writes a line to a socket, and resolves to everything that comes back. */
const saidOver = async (socketPath: string, line: string): Promise<Output> => {
  const socket = connect(socketPath)
  let text = ''
  socket.setEncoding('latin1').on('data', (chunk: string) => (text += chunk))
  socket.write(`${line}\n`)
  await once(socket, 'close')
  return { from: `agent.sock: ${line.slice(0, 40)}`, text }
}

/** What the system tells other processes of this user, and of every user, about one. */
const processFacts = async (pid: number): Promise<readonly Output[]> => {
  const names = process.platform === 'linux' ? ['cmdline', 'environ', 'status', 'comm'] : []
  return await Promise.all(names.map(async (name) => ({ from: `/proc/${pid}/${name}`, text: await readFile(`/proc/${pid}/${name}`, 'latin1') })))
}

/** All files below a folder but those of the keys themselves. */
const filesOf = async (home: string): Promise<readonly Output[]> => {
  const entries = await readdir(home, { recursive: true, withFileTypes: true })
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const others = paths.filter((path) => !path.startsWith(join(home, 'keys')) && path !== join(home, 'control.token'))
  return await Promise.all(others.map(async (path) => ({ from: path, text: await readFile(path, 'latin1') })))
}

const COMMANDS: readonly string[] = [
  'p2p status', 'p2p status --json', 'p2p peers --json', 'info tool', 'info tool --json', 'search tool --json', 'doctor', 'doctor --json',
  'yank tool@1.0.0 --why mistake', 'undo tool@1.0.0 --json', 'yank tool@9.9.9', 'info nothing --json', 'install tool@x --dir PROJECT', 'trust why tool --json',
  'p2p start', 'p2p start --control-port nonsense --json',
]

/** What the commands say, and what they say when the keys are open to others, damaged and gone. */
const talk = async (home: string, source: string): Promise<readonly Output[]> => {
  const outputs: Output[] = []
  const run = async (...lines: readonly string[]): Promise<void> => {
    for (const line of lines) outputs.push(outputOf(line, await ggen(home, ...line.replace('PROJECT', `${home}-project`).split(' '))))
  }
  outputs.push(outputOf('publish --json', await ggen(home, 'publish', source, '--json')))
  await run(...COMMANDS)
  const path = join(home, 'keys', 'identity.json')
  const text = await readFile(path, 'utf8')
  await chmod(path, 0o644)
  await run('yank tool@1.0.0', 'yank tool@1.0.0 --json', 'doctor --json')
  await chmod(path, 0o600)
  const damages = [text.slice(0, -20), `${text}x`, text.replace('{', '{"x":1,'), text.replaceAll('"version"', '"vversion"'), text.replaceAll('=', '')]
  for (const damaged of damages) {
    await writeFile(path, damaged)
    await run('yank tool@1.0.0 --json', 'doctor --json', 'doctor')
  }
  await writeFile(path, text)
  return outputs
}

const freeOfChance = (t: TestContext, secrets: readonly Secret[]): void => {
  for (const secret of secrets) {
    for (const trace of tracesOf(secret)) assert.deepEqual(leaks([{ from: 'a text', text: `...${trace}...` }], [secret]), [`${secret.name} in a text`])
  }
  t.diagnostic(`${secrets.length} secrets in ${secrets.flatMap(tracesOf).length} spellings`)
}

test('no seed, key, token or passphrase shows in what commands, events, logs, answers and errors say, or in any other file of the home', async (t) => {
  await using work = await temporaryFolder()
  const home = join(work.path, 'home')
  const source = await writeTree(join(work.path, 'source'), smallPackage('tool'))
  const before = process.env['GGEN_PASSPHRASE']
  process.env['GGEN_PASSPHRASE'] = PASSPHRASE
  t.after(() => {
    if (before === undefined) delete process.env['GGEN_PASSPHRASE']
    else process.env['GGEN_PASSPHRASE'] = before
  })
  const outputs: Output[] = []
  const port = await freePort()
  assert.equal((await ggen(home, 'p2p', 'start', '--detach', '--no-mdns', '--listen', '/ip4/127.0.0.1/tcp/0', '--control-port', String(port))).code, 0)
  const client = controlClient(join(home, 'ggen.sock'))
  const events: Output[] = []
  const listening = new AbortController()
  const heard = (async () => {
    for await (const event of client.events(listening.signal)) events.push({ from: 'GET /v1/events', text: JSON.stringify(event) })
  })()

  // The recovery words are shown once, to the person who makes an identity: this is where they belong.
  const first = await ggen(home, 'publish', source)
  assert.equal(first.code, 0)
  outputs.push(outputOf('publish', first), ...(await talk(home, source)))
  const secrets = await secretsOf(home)
  freeOfChance(t, secrets)
  const token = secrets.find(({ name }) => name === 'token')?.bytes.toString() ?? ''
  for (const shown of [token, 'wrong']) {
    for (const path of ['health', 'status', 'peers', 'limits', 'trust', 'pins', 'nothing', token]) {
      outputs.push(await answerTo(port, { path: `/v1/${path}`, token: shown }))
    }
    outputs.push(await answerTo(port, { path: '/v1/search', token: shown, method: 'POST' }))
  }
  await until('events were heard', () => events.length > 0)
  listening.abort()
  await assert.rejects(heard)
  outputs.push(...events, outputOf('p2p stop', await ggen(home, 'p2p', 'stop')), { from: 'node.log', text: await readFile(join(home, 'node.log'), 'latin1') })

  // Whoever asks for a path that holds the token is told that there is none: the only place where it comes back.
  const echoes = outputs.filter(({ from }) => from.includes(token))
  assert.deepEqual([echoes.length, leaks(echoes, secrets).length > 0], [2, true])
  assert.deepEqual(leaks(outputs.filter((one) => !echoes.includes(one)), secrets), [])

  const words = first.stderr.match(/^ {4}[a-z]+(?: [a-z]+){5}$/gm)?.flatMap((line) => line.trim().split(' ')) ?? []
  if (words.length > 0) assert.equal(outputs.filter(({ text }) => words.every((word) => text.includes(word))).length, 1, 'recovery words are shown once')

  const inFiles = await filesOf(home)
  assert.deepEqual(leaks(inFiles, secrets), [])
  t.diagnostic(`${outputs.length} outputs, ${inFiles.length} files: 0 leaks`)
})

test('a node that prints its events, and one that does not start, say nothing of its keys and its token', async (t) => {
  await using work = await temporaryFolder()
  const home = join(work.path, 'home')
  const more = ['--no-mdns', '--control-port', String(await freePort())]
  const printed: Output[] = []
  {
    await using node = await startNode({ home, more })
    assert.equal((await ggen(home, 'publish', '--no-passphrase', await writeTree(join(work.path, 'source'), smallPackage('tool')))).code, 0)
    await until('it has told of the release', () => node.events.length > 0)
    printed.push(...node.events.map((event) => ({ from: 'an event', text: JSON.stringify(event) })))
    await node.interrupt()
  }
  const secrets = await secretsOf(home)
  const tokenPath = join(home, 'control.token')
  const start = ['p2p', 'start', '--json', '--listen', '/ip4/127.0.0.1/tcp/0', ...more]
  await chmod(tokenPath, 0o644)
  printed.push(outputOf('p2p start, token open', await ggen(home, ...start)))
  await chmod(tokenPath, 0o600)
  await writeFile(tokenPath, `${await readFile(tokenPath, 'utf8')}more`)
  printed.push(outputOf('p2p start, token damaged', await ggen(home, ...start)))
  await rm(tokenPath)
  const peerKey = join(home, 'keys', 'peer.key')
  await writeFile(peerKey, (await readFile(peerKey)).subarray(0, 40))
  printed.push(outputOf('p2p start, key damaged', await ggen(home, ...start)))
  assert.deepEqual(printed.slice(-3).map(({ from }) => /\((\d+)\)/.exec(from)?.[1] !== '0'), [true, true, true])
  assert.deepEqual(leaks(printed, secrets), [])
  t.diagnostic(`${printed.length} outputs: 0 leaks`)
})

test('an agent says nothing of the key that it holds, and leaves nothing of it behind', async (t) => {
  await using work = await temporaryFolder()
  const home = join(work.path, 'home')
  const owner = { home, env: { GGEN_PASSPHRASE: PASSPHRASE } }
  const socketPath = join(home, 'agent.sock')
  const outputs: Output[] = []
  const run = async (machine: typeof owner | string, ...args: readonly string[]): Promise<Finished> => {
    const finished = await ggen(machine, ...args)
    outputs.push(outputOf(args.join(' '), finished))
    return finished
  }
  assert.equal((await ggen(owner, 'id', 'create')).code, 0)
  const keystore = await keystoreOf(home)
  const { seed } = await keystore.open(keystore.releaseKey(await keystore.read()), PASSPHRASE)
  const secrets = [{ name: 'release seed', bytes: Buffer.from(seed) }, { name: 'passphrase', bytes: Buffer.from(PASSPHRASE) }]
  freeOfChance(t, secrets)
  await using _node = await startNode({ home })
  t.after(async () => void (await ggen(home, 'id', 'lock')))
  await run(owner, 'id', 'unlock')
  const { pid } = (await run(owner, 'id', 'unlock', '--json')).json<{ pid: number }>()
  const published = await run(home, 'publish', await writeTree(join(work.path, 'source'), smallPackage('tool')), '--json')
  assert.equal(published.code, 0, published.stdout)
  const commands = ['yank tool@1.0.0', 'yank tool@1.0.0 --json', 'id show', 'id show --json', 'id rotate --json', 'doctor', 'doctor --json']
  for (const line of commands) await run(home, ...line.split(' '))
  const raw = Buffer.from('raw bytes').toString('base64')
  const questions = [{ ask: 'status' }, { ask: 'sign', payload: raw }, { ask: 'sign' }, { ask: 'export' }, { ask: 'key' }, { ask: 'seed', payload: raw }]
  for (const line of [...questions.map((question) => JSON.stringify(question)), 'seed', '{"ask":', '']) outputs.push(await saidOver(socketPath, line))
  outputs.push(...(await processFacts(pid)), ...(await filesOf(home)))
  await run(owner, 'id', 'agent', '--json')
  outputs.push(await saidOver(socketPath, '{"ask":"lock"}'))
  await run(home, 'id', 'lock')
  outputs.push(...(await filesOf(home)))
  // The passphrase is in the environment of the commands that were given it, and not of the agent.
  assert.deepEqual(leaks(outputs, secrets), [])
  assert.ok(outputs.some(({ from, text }) => from.startsWith('agent.sock') && text.includes(published.json<{ identity: string }>().identity)))
  t.diagnostic(`${outputs.length} outputs and files: 0 leaks`)
})
