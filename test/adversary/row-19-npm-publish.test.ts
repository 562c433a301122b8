import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import { packArchive, type PackFile } from '#archive'
import type { Depot } from '#depot'
import { npmDoor, type Upload } from '#doors/npm'
import { Works } from '#doors/http'
import { Events, GgenError } from '#core'
import { systemClock } from '#node/system'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

const NAME = '@acme/thing'
type Manifest = Readonly<Record<string, unknown>>
const ARCHIVED: Manifest = {
  name: NAME, version: '1.0.0', dependencies: { a: '^1' }, optionalDependencies: { o: '1' }, peerDependencies: { p: '1' }, bin: 'cli.js',
}

/** What the metadata claim where the archive says something else, or what the archive holds where the metadata are silent. */
const LIES: readonly { readonly claimed?: Manifest; readonly inside?: Manifest; readonly files?: Readonly<Record<string, string>> }[] = [
  { inside: { name: 'lodash' } }, { inside: { name: '@acme/other' } }, { inside: { version: '2.0.0' } }, { inside: { version: '1.0.0-rc.1' } },
  ...['preinstall', 'install', 'postinstall'].map((hook) => ({ inside: { scripts: { [hook]: 'node steal.js' } } })),
  { claimed: { scripts: { postinstall: 'node build.js' } }, inside: { scripts: { postinstall: 'node steal.js' } } },
  { inside: {}, files: { 'binding.gyp': '{}' }, claimed: { scripts: { install: 'echo harmless' } } },
  { inside: { bin: { ls: 'evil.js' } } }, { inside: { bin: 'evil.js' } }, { inside: { bin: { thing: 'cli.js', npm: 'evil.js' } } },
  { inside: { dependencies: { a: '^1', evil: '1' } } }, { inside: { dependencies: { a: '>=0' } } }, { inside: { dependencies: {} } },
  { inside: { optionalDependencies: { evil: '1' } } }, { inside: { peerDependencies: { evil: '1' } } },
  { inside: { bundledDependencies: ['a'] } }, { inside: { os: ['win32'] } }, { inside: { cpu: ['arm64'] } }, { claimed: { libc: 'musl' } },
  { inside: { peerDependenciesMeta: { p: { optional: true } } } },
]

const archiveOf = async (files: Readonly<Record<string, string>>): Promise<Buffer> => {
  const packed = Object.entries(files).map(([path, text]): PackFile => ({
    path, executable: false, sizeBytes: Buffer.byteLength(text),
    content: async function* () {
      yield await Promise.resolve(Buffer.from(text))
    },
  }))
  return Buffer.concat(await Array.fromAsync(packArchive(packed)))
}

describe('Row 19: what is published through the npm door says what its archive says', () => {
  it(`refuses ${LIES.length} of ${LIES.length} uploads whose metadata hide what is inside, and takes the honest one`, async (context) => {
    const taken: Upload[] = []
    const depot = {
      isOfNetwork: () => true,
      document: async () => Promise.reject(new GgenError('package-not-found', 'nothing is out')),
    } as unknown as Depot
    const desk = { publish: async (upload: Upload) => (taken.push(upload), { state: 'published' } as const), say: async () => undefined }
    const door = npmDoor({ depot, desk, clock: systemClock, events: new Events(), works: new Works(), token: 'the-token', userName: 'mallory' })
    const server = createServer(door).listen(0, '127.0.0.1')
    await once(server, 'listening')
    context.after(() => {
      server.closeAllConnections()
      server.close()
    })
    const { port } = server.address() as AddressInfo
    const publish = async (claimed: Manifest, files: Readonly<Record<string, string>>): Promise<{ readonly status: number; readonly code?: string }> => {
      const archive = await archiveOf(files)
      const dist = { integrity: `sha512-${createHash('sha512').update(archive).digest('base64')}` }
      const { status, ...answer } = await fetch(`http://127.0.0.1:${port}/npm/${NAME.replace('/', '%2f')}`, {
        method: 'PUT', headers: { 'content-type': 'application/json', authorization: 'Bearer the-token' },
        body: JSON.stringify({
          _id: NAME, name: NAME, 'dist-tags': { latest: '1.0.0' }, versions: { '1.0.0': { ...claimed, dist } },
          _attachments: { [`${NAME}-1.0.0.tgz`]: { data: archive.toString('base64'), length: archive.length } },
        }),
      }).then(async (response) => ({ status: response.status, ...((await response.json()) as object) }))
      return { status, ...answer }
    }
    for (const { claimed = {}, inside = {}, files = {} } of LIES) {
      const answer = await publish({ ...ARCHIVED, ...claimed }, { 'package.json': JSON.stringify({ ...ARCHIVED, ...inside }), ...files })
      assert.deepEqual([answer.status, answer.code], [400, 'manifest-invalid'], JSON.stringify({ claimed, inside, files }))
    }
    assert.deepEqual(taken, [])
    assert.equal((await publish(ARCHIVED, { 'package.json': JSON.stringify(ARCHIVED) })).status, 201)
    assert.equal(taken.length, 1)
    context.diagnostic(`${LIES.length} of ${LIES.length} uploads refused`)
  })
})
