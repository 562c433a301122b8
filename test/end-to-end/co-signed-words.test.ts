import assert from 'node:assert/strict'
import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { ggen, type Machine, smallPackage, startNode, temporaryFolder, until, writeTree } from '#testing'

interface Said { readonly op: string; readonly staged?: { readonly people: number } }
const DENIED = 8

interface Followed { readonly followed: readonly { readonly knownSince?: number }[] }
interface Staged { readonly staged: readonly { readonly op: string; readonly says: string; readonly opinion?: { readonly level: string } }[] }

test('what a machine says of others counts for followers once a person has approved it on another machine', async () => {
  await using work = await temporaryFolder()
  const home = (name: string): string => join(work.path, name)
  const [person, ci]: readonly [Machine, Machine] = [{ home: home('person'), env: {} }, { home: home('ci'), env: {} }]
  await using user = await startNode({ home: home('user') })
  await using author = await startNode({ home: home('author'), bootstrap: user.addresses })
  await using _person = await startNode({ home: person.home, bootstrap: user.addresses })
  await using _ci = await startNode({ home: ci.home, bootstrap: user.addresses })
  const must = async (machine: string | Machine, ...args: readonly string[]): ReturnType<typeof ggen> => {
    const done = await ggen(machine, ...args)
    assert.equal(done.code, 0, `ggen ${args.join(' ')}: ${done.stderr}`)
    return done
  }
  const folder = await writeTree(home('tool'), smallPackage('tool'))
  const eve = (await must(author.home, 'publish', '--no-passphrase', folder, '--json')).json<{ identity: string }>()
  const { identity } = (await must(person, 'id', 'create', '--no-passphrase', '--json')).json<{ identity: string }>()
  await must(person, 'id', 'add-key', home('ci.age'), '--label', 'ci', '--auto', '--no-passphrase')
  await must(person, 'id', 'need', '2', '--human', '1')
  await copyFile(home('ci.age'), home('carried.age'))
  await must(ci, 'id', 'import', home('carried.age'), '--no-passphrase')
  await must(user.home, 'follow', identity)

  const install = async (): Promise<number> => (await ggen(user.home, 'install', 'tool', '--dir', home('project'), '--json')).code
  const waiting = async (machine: Machine): Promise<Staged['staged']> => (await must(machine, 'approve', '--json')).json<Staged>().staged
  assert.equal(await until('the package is known', async () => (await install()) === 0), true)
  const said = (await must(ci, 'endorse', `@${eve.identity}`, '--block', '--json')).json<Said>()
  assert.equal(said.staged?.people, 0)
  const staged = await until('it waits on the other machine', async () => (await waiting(person)).find(({ op }) => op === said.op))
  assert.deepEqual([staged.says, staged.opinion?.level], ['opinion', 'block'])
  await until('the follower has it', async () => (await ggen(user.home, 'followed', '--json')).json<Followed>().followed[0]?.knownSince !== undefined)
  assert.equal(await install(), 0, 'it says nothing yet')
  const approved = (await must(person, 'approve', said.op, '--yes', '--json')).json<{ people: number }>()
  assert.equal(approved.people, 1)
  await until('the follower heeds it', async () => (await install()) === DENIED, 60_000)
  assert.deepEqual(await waiting(person), [])
})
