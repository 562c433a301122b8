import assert from 'node:assert/strict'
import { chmod, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { ggen, type RunningNode, smallPackage, startNode, temporaryFolder, until, writeTree } from '#testing'

interface Invited {
  readonly network: string
  readonly ticket: string
  readonly made: boolean
  readonly restart: boolean
  readonly bootstrap: readonly string[]
}

interface Failed {
  readonly error: { readonly code: string }
}

const [DENIED, CONFLICT, USAGE] = [8, 7, 2]

const met = (node: RunningNode, other: RunningNode): boolean => node.events.some(({ type, peer }) => type === 'peer-connected' && peer === other.peerId)

const peersOf = async (home: string): Promise<readonly string[]> =>
  (await ggen(home, 'p2p', 'peers', '--json')).json<readonly { readonly peerId: string }[]>().map(({ peerId }) => peerId)

test('A invites, B joins and both install of each other; who has no ticket, a mistyped one or another key gets nothing', async () => {
  await using work = await temporaryFolder()
  const home = (name: string): string => join(work.path, name)
  const made = (await ggen(home('a'), 'invite', '--network', 'acme', '--json')).json<Invited>()
  assert.deepEqual([made.network, made.made, made.restart, made.bootstrap], ['acme', true, false, []])
  await using a = await startNode({ home: home('a') })
  const invited = (await ggen(a.home, 'invite', '--json')).json<Invited>()
  assert.deepEqual([invited.made, invited.restart, invited.bootstrap], [false, false, a.addresses])

  const wrong = invited.ticket.replace(/.$/, (letter) => (letter === 'A' ? 'B' : 'A'))
  const mistyped = await ggen(home('b'), 'join', wrong, '--json')
  assert.deepEqual([mistyped.code, mistyped.json<Failed>().error.code], [USAGE, 'ticket-invalid'])
  const joined = await ggen({ home: home('b'), env: { GGEN_TICKET: invited.ticket } }, 'join', '--json')
  assert.equal(joined.code, 0, joined.stdout + joined.stderr)
  assert.ok(!joined.stdout.includes(invited.ticket.slice(20, 50)))
  await using b = await startNode({ home: home('b') })
  await until('A and B see each other', () => met(a, b) && met(b, a))

  await using stranger = await startNode({ home: home('stranger'), bootstrap: a.addresses, more: ['--no-mdns', '--network', 'acme'] })
  assert.equal((await ggen(home('other'), 'invite', '--network', 'acme')).code, 0)
  await using other = await startNode({ home: home('other'), bootstrap: a.addresses })
  for (const [from, to, name] of [[a, b, 'from-a'], [b, a, 'from-b']] as const) {
    const source = await writeTree(home(name), smallPackage(name))
    const published = await ggen(from.home, 'publish', '--no-passphrase', source, '--json')
    assert.equal(published.code, 0, published.stdout + published.stderr)
    await until(`${name} is installed`, async () => (await ggen(to.home, 'install', name, '--dir', home('project'), '--json')).code === 0)
  }
  for (const outsider of [stranger, other]) {
    assert.deepEqual(await peersOf(outsider.home), [])
    assert.equal((await ggen(outsider.home, 'p2p', 'connect', a.addresses[0] ?? '', '--json')).code, 4)
    assert.notEqual((await ggen(outsider.home, 'install', 'from-a', '--dir', home('nothing'), '--json')).code, 0)
  }
  assert.deepEqual(await peersOf(a.home), [b.peerId])

  const key = Buffer.from(invited.ticket.slice(5), 'base64url').subarray(5, 37)
  for (const args of [['config', 'show', '--origin', '--json'], ['doctor', '--json'], ['p2p', 'status', '--json'], ['config', 'path']]) {
    const { stdout, stderr } = await ggen(a.home, ...args)
    for (const spelled of [invited.ticket, made.ticket, key.toString('hex'), key.toString('base64url'), key.toString('base64')]) {
      assert.ok(!`${stdout}${stderr}${JSON.stringify(a.events)}`.includes(spelled), args.join(' '))
    }
  }
})

test('a machine that builds joins by the environment, installs, publishes nothing, and is gone when it is told', async () => {
  await using work = await temporaryFolder()
  const home = (name: string): string => join(work.path, name)
  assert.equal((await ggen(home('a'), 'invite', '--network', 'acme')).code, 0)
  await using a = await startNode({ home: home('a') })
  const { ticket } = (await ggen(a.home, 'invite', '--json')).json<Invited>()
  const source = await writeTree(home('tool'), smallPackage('tool'))
  assert.equal((await ggen(a.home, 'publish', '--no-passphrase', source)).code, 0)
  const builder = { home: home('builder'), env: { GGEN_TICKET: ticket } }
  assert.equal((await ggen(builder, 'join')).code, 0)
  const started = await ggen(builder, 'p2p', 'start', '--detach', '--light', '--no-publish', '--no-mdns', '--listen', '/ip4/127.0.0.1/tcp/0', '--json')
  assert.equal(started.code, 0, started.stdout + started.stderr)
  await until('it is installed', async () => (await ggen(builder, 'install', 'tool', '--dir', home('project'))).code === 0)
  const refused = await ggen(builder, 'publish', '--no-passphrase', source, '--json')
  assert.deepEqual([refused.code, refused.json<Failed>().error.code], [DENIED, 'publishes-nothing'])
  assert.equal((await ggen(builder, 'p2p', 'stop')).code, 0)
  assert.equal((await ggen(builder, 'p2p', 'status')).code, 9)
})

test('a home joins no second network without force, keeps what is in one apart, and starts no node with a ticket that others can read', async () => {
  await using work = await temporaryFolder()
  const home = join(work.path, 'home')
  const ticketFile = join(home, 'keys', 'network.ticket')
  const { ticket } = (await ggen(home, 'invite', '--network', 'one', '--json')).json<Invited>()
  assert.equal((await stat(ticketFile)).mode & 0o777, 0o600)
  const second = (await ggen(join(work.path, 'second'), 'invite', '--network', 'two', '--json')).json<Invited>()
  assert.equal((await ggen(home, 'join', second.ticket)).code, CONFLICT)
  assert.equal((await ggen(home, 'invite', '--network', 'two')).code, CONFLICT)
  assert.equal((await ggen({ home, env: { GGEN_NETWORK: 'three' } }, 'p2p', 'start')).code, USAGE)
  assert.equal((await ggen(home, 'join', ticket)).code, 0, 'again is fine')
  assert.equal((await ggen(home, 'join', second.ticket, '--force')).code, 0)
  assert.match(await readFile(ticketFile, 'utf8'), /^ggen1[\w-]+\n$/)
  {
    await using _node = await startNode({ home })
    assert.equal((await ggen(home, 'publish', '--no-passphrase', await writeTree(join(work.path, 'secret'), smallPackage('secret')))).code, 0)
    assert.match((await ggen(home, 'leave')).stdout, /restart/)
  }
  await using node = await startNode({ home })
  const found = (await ggen(node.home, 'search', 'secret', '--json')).json<{ readonly total: number }>()
  assert.equal(found.total, 0, 'what was published in the private network is not told outside of it')
  assert.equal(await node.interrupt(), 0)
  assert.equal((await ggen(home, 'leave')).code, 3)
  assert.equal((await ggen(home, 'join', second.ticket)).code, 0)
  await chmod(ticketFile, 0o640)
  assert.equal((await ggen(home, 'p2p', 'start')).code, DENIED)
})
