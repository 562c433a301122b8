import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { type FeedOp, type IdentityId, type News, type OpId, parseMultiaddr, parsePackageName, parseVersion } from '#core'
import { announceOps } from '#flow/announce'
import type { Network } from '#network'
import { joinNetwork } from '#network/libp2p'
import { encodePayload, openOp, signPayload } from '#trust'
import {
  ggen, keystoreOf, realClock, type RunningCommand, type RunningNode, smallPackage, startGgen, startNode, temporaryFolder, until, writeTree,
} from '#testing'

interface Receipt { readonly name: string; readonly version: string; readonly identity: IdentityId; readonly op: OpId }

const NAME = 'lantern'

/** What the publisher of a home folder says next of a release that it published: there is no command for that yet. */
const yank = async (home: string, { identity, op, version }: Receipt): Promise<FeedOp> => {
  const keystore = await keystoreOf(home)
  const { pair: key } = await keystore.open(keystore.releaseKey(await keystore.read()))
  const body = { roles: identity, name: parsePackageName(NAME), version: parseVersion(version), state: 'yanked', why: 'goes out' } as const
  const draft = { type: 'status', identity, feed: key.publicKey, seq: 1, prev: op, at: Math.floor(Date.now() / 1000), body } as const
  return openOp(signPayload(encodePayload(draft), [key])) as FeedOp
}

const connectTo = (node: RunningNode): Promise<Network> =>
  joinNetwork({
    listen: [parseMultiaddr('/ip4/127.0.0.1/tcp/0')], bootstrap: node.addresses.map(parseMultiaddr), mdns: false, clock: realClock,
    signal: AbortSignal.timeout(30_000),
  })

const watching = async (home: string, ...args: readonly string[]): Promise<RunningCommand> => {
  const command = startGgen(home, 'watch', ...args)
  await until('it watches', () => command.stderr().includes('watching'))
  return command
}

test('a command on one node hears of a release and of its end as another node does, and ends as it should', async () => {
  await using work = await temporaryFolder()
  const home = (name: string): string => join(work.path, name)
  await using a = await startNode({ home: home('a') })
  await using b = await startNode({ home: home('b'), bootstrap: a.addresses })
  await until('they meet', () => b.events.some((event) => event['type'] === 'peer-connected'))
  const two = await watching(b.home, 'bright', '--limit', '2', '--json')
  const others = await watching(b.home, '--name', 'something-else', '--json')
  const own = await watching(a.home, NAME, '--limit', '1')

  const published = await ggen(a.home, 'publish', '--no-passphrase', await writeTree(home('source'), smallPackage(NAME, '1.2.0', 'a bright light')), '--json')
  assert.equal(published.code, 0, published.stderr)
  const receipt = published.json<Receipt>()
  await until('the release is told', () => two.stdout().includes('\n'))
  const status = await yank(a.home, receipt)
  await using peer = await connectTo(a)
  await until('somebody takes the status', async () => (await announceOps(peer, [status])) > 0)
  await until('its end is told', () => two.stdout().split('\n').length > 2)

  const { code, stdout } = await two.ended
  assert.equal(code, 0)
  const [release, end] = stdout.trim().split('\n').map((line) => JSON.parse(line) as News)
  const { version, identity, op } = receipt
  assert(release?.type === 'package' && end?.type === 'status')
  assert.deepEqual([release.name, release.version, release.identity, release.op], [NAME, version, identity, op])
  assert.deepEqual([end.name, end.version, end.state, end.why, end.op, end.description], [NAME, version, 'yanked', 'goes out', status.id, 'a bright light'])
  assert.ok(Date.now() - release.heardAt < 600_000)

  const here = await own.ended
  assert.equal(here.code, 0)
  assert.match(here.stdout, new RegExp(`^\\d+\tpackage\t${NAME}\t1\\.2\\.0\t${identity}\ta bright light\n$`))

  others.interrupt()
  const interrupted = await others.ended
  assert.deepEqual([interrupted.code, interrupted.json<{ error: { code: string } }>().error.code], [130, 'cancelled'], 'it heard nothing of the package')
})

test('a command that watches says so and fails when the node stops or dies, and a light node refuses', async () => {
  await using work = await temporaryFolder()
  const home = join(work.path, 'node')
  const stopped = await startNode({ home })
  const quiet = await watching(home)
  assert.equal(await stopped.interrupt(), 0)
  const { code, stderr } = await quiet.ended
  assert.equal(code, 9)
  assert.match(stderr, /error daemon-not-running: the node has stopped[^]*hint: start it/)

  const killed = await startNode({ home })
  const cut = await watching(home, '--json')
  await killed.kill()
  assert.equal((await cut.ended).code, 9)

  await using _light = await startNode({ home, more: ['--no-mdns', '--light'] })
  const refused = await ggen(home, 'watch', 'x')
  assert.equal(refused.code, 1)
  assert.match(refused.stderr, /error no-catalogue: [^]*--light/)
})
