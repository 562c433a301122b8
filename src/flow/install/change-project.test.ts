import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { packArchive } from '#archive'
import { Fingerprinter, GgenError, type IdentityId, isGgenError, type PackageName, type Version, type Voucher } from '#core'
import { changeProject } from './change-project.ts'
import { type Lock, type LockedPackage, withPackage } from './lock-file.ts'
import { memoryTarget, type MemoryTarget } from './memory-target.ts'
import { parseLock } from './parse-lock.ts'
import { unpackSigned } from './unpack-signed.ts'
import type { VerifiedArchive } from './verified-archive.ts'

const { signal } = new AbortController()
const IDENTITY = `bafyrei${'a'.repeat(52)}` as IdentityId

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes)
}

const packageOf = async (name: string, version = '1.0.0', voucher: Voucher = { identity: IDENTITY }): Promise<VerifiedArchive> => {
  const text = Buffer.from(JSON.stringify({ name, version }))
  const file = { path: 'package.json', executable: false, sizeBytes: text.length, content: () => once(text) }
  const bytes = Buffer.concat(await Array.fromAsync(packArchive([file])))
  const fingerprinter = new Fingerprinter()
  fingerprinter.update(bytes)
  return { release: { name: name as PackageName, version: version as Version, ...voucher, ...fingerprinter.finish() }, chunks: once(bytes) }
}

const lockedOf = ({ release }: VerifiedArchive): LockedPackage => ({ ...release, wanted: '*', dependencies: [] })

const add = async (target: MemoryTarget, ...archives: readonly VerifiedArchive[]): Promise<Lock> =>
  await changeProject({ archives, lockAfter: (before) => archives.map(lockedOf).reduce(withPackage, before) }, target, signal)

const namesOf = (target: MemoryTarget): string[] => parseLock(target.lock ?? '').map(({ name, version }) => `${name} ${version}`)

const stays = async (target: MemoryTarget, change: () => Promise<unknown>, expected: (error: unknown) => boolean): Promise<void> => {
  const before = [[...target.files], target.lock]
  await assert.rejects(change(), expected)
  assert.deepEqual([[...target.files], target.lock], before)
}

describe('changing a project', () => {
  it('unpacks what comes, removes what the new lock does not name, and resolves to that lock', async () => {
    const target = memoryTarget()
    await add(target, ...(await Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map(async (name) => await packageOf(name)))))
    const fresh = await packageOf('g', '2.0.0')
    const lock = await changeProject({ archives: [fresh], lockAfter: (before) => [...before.slice(4), lockedOf(fresh)] }, target, signal)
    assert.deepEqual(namesOf(target), ['e 1.0.0', 'f 1.0.0', 'g 2.0.0'])
    assert.deepEqual(parseLock(target.lock ?? ''), lock)
    assert.deepEqual([...target.files.keys()].toSorted(), ['e/package.json', 'f/package.json', 'g/package.json'])
  })

  it('gives the lock as it is when the project is entered, and passes on what comes of that', async () => {
    const target = memoryTarget()
    await add(target, await packageOf('a'))
    const refuse = (before: Lock): never => {
      throw new GgenError('too-busy', before.map(({ name }) => name).join(' '))
    }
    const change = async (): Promise<unknown> => await changeProject({ archives: [], lockAfter: refuse }, target, signal)
    await stays(target, change, (error) => isGgenError(error, 'too-busy') && error.message === 'a')
  })

  it('names nothing in the lock that is not there, and unpacks nothing that the lock does not name', async () => {
    const target = memoryTarget()
    await add(target, await packageOf('a'))
    const b = await packageOf('b')
    const change = (archives: readonly VerifiedArchive[], lock: Lock) => async (): Promise<unknown> =>
      await changeProject({ archives, lockAfter: () => lock }, target, signal)
    await stays(target, change([], [lockedOf(b)]), (error) => /did not come/.test(String(error)))
    await stays(target, change([b], []), (error) => /would not name b/.test(String(error)))
  })

  it('refuses that somebody else answers for a package than before', async () => {
    const target = memoryTarget()
    await add(target, await packageOf('a'))
    for (const voucher of [{ identity: `bafyrei${'b'.repeat(52)}` as IdentityId }, { source: 'https://packs.example' }]) {
      const other = await packageOf('a', '2.0.0', voucher)
      await stays(target, async () => await add(target, other), (error) => isGgenError(error, 'identity-changed'))
    }
  })

  it('does not put one package inside another, whether they come together or one after the other', async () => {
    const target = memoryTarget()
    const both = [await packageOf('a'), await packageOf('a/b')]
    await stays(target, async () => await add(target, ...both), (error) => isGgenError(error, 'install-blocked'))
    await add(target, await packageOf('a'))
    const inner = await packageOf('a/b')
    const replace = async (): Promise<unknown> => await changeProject({ archives: [inner], lockAfter: () => [lockedOf(inner)] }, target, signal)
    await stays(target, replace, (error) => isGgenError(error, 'install-blocked'))
  })

  it('stops all others when one fails', async () => {
    const target = memoryTarget()
    async function* failing(): AsyncGenerator<Uint8Array> {
      await Promise.resolve()
      yield Uint8Array.of(0x1f)
      throw new GgenError('blob-not-found', 'gone')
    }
    let read = 0
    async function* counted(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
      read++
      yield* chunks
    }
    const many = await Promise.all(Array.from({ length: 40 }, async (_, index) => await packageOf(`p${index}`)))
    const archives = many.map(({ release, chunks }, index) => ({ release, chunks: index === 0 ? failing() : counted(chunks) }))
    await stays(target, async () => await add(target, ...archives), (error) => isGgenError(error, 'blob-not-found'))
    assert(read < 20, `${read} of 39 were read all the same`)
  })
})

describe('unpacking a signed archive', () => {
  it('refuses other bytes than were signed once all are read', async () => {
    const { release } = await packageOf('a')
    const other = await packageOf('a', '1.0.1')
    const session = await memoryTarget().enter(signal)
    await assert.rejects(unpackSigned({ release, chunks: other.chunks }, await session.stage(), signal), (error) => isGgenError(error, 'integrity'))
  })
})
