import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { ggen, type Machine, smallPackage, startNode, temporaryFolder, until, writeTree } from '#testing'

const DENIED = 8

test('a light node heeds what a publisher said before it was followed, with the answer of ggen follow', async () => {
  await using work = await temporaryFolder()
  const home = (name: string): string => join(work.path, name)
  const list: Machine = { home: home('list'), env: { GGEN_PASSPHRASE: 'correct horse battery' } }
  await using author = await startNode({ home: home('author') })
  await using speaker = await startNode({ home: list.home, bootstrap: author.addresses })
  const folder = await writeTree(home('tool'), smallPackage('tool'))
  const published = (await ggen(author.home, 'publish', '--no-passphrase', folder, '--json')).json<{ identity: string }>()
  const { identity } = (await ggen(list, 'id', 'create', '--json')).json<{ identity: string }>()
  const said = await ggen(list, 'endorse', `@${published.identity}`, '--block', '--json')
  assert.equal(said.code, 0, said.stderr)

  const bootstrap = [...author.addresses, ...speaker.addresses]
  await using light = await startNode({ home: home('light'), bootstrap, more: ['--no-mdns', '--light'] })
  await until('it is connected to both', async () => (await ggen(light.home, 'p2p', 'peers', '--json')).json<unknown[]>().length === 2)
  const install = async (): Promise<number> => (await ggen(light.home, 'install', 'tool', '--dir', home('project'), '--json')).code
  assert.equal(await install(), 0, 'it follows nobody')
  const followed = (await ggen(light.home, 'follow', identity, '--json')).json<{ knownSince?: number }>()
  assert.equal(typeof followed.knownSince, 'number')
  assert.equal(await install(), DENIED)
})
