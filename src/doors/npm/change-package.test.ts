import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type PackFile, packArchive } from '#archive'
import { GgenError, type IdentityId, parsePackageName, type StatusStatement } from '#core'
import type { Depot } from '#depot'
import { parseNpmName } from '#npm'
import { putPackage, putTag, sendTags, withdraw } from './change-package.ts'
import type { Handed, PublishDesk } from './publish-desk.ts'
import type { Conversation } from './send.ts'

const name = parseNpmName('@acme/thing')
const ARCHIVED = { name, version: '2.0.0', dependencies: { a: '^1' } }
const CURRENT = {
  _rev: '1-abc', name, 'dist-tags': { latest: '1.0.0', beta: '1.1.0' },
  versions: { '1.0.0': { deprecated: 'old' }, '1.1.0': {} },
}

const packed = async (manifest: object): Promise<Buffer> => {
  const text = JSON.stringify(manifest)
  const file: PackFile = {
    path: 'package.json', executable: false, sizeBytes: Buffer.byteLength(text),
    content: async function* () {
      yield await Promise.resolve(Buffer.from(text))
    },
  }
  return Buffer.concat(await Array.fromAsync(packArchive([file])))
}

const upload = (archive: Buffer, manifest: object = ARCHIVED, tag = 'latest') => ({
  name, 'dist-tags': { [tag]: '2.0.0' },
  versions: { '2.0.0': { ...manifest, dist: { integrity: `sha512-${createHash('sha512').update(archive).digest('base64')}` } } },
  _attachments: { 'x.tgz': { data: archive.toString('base64'), length: archive.length } },
})

/** A door where `current` is published, and nobody listens but this test. */
const scene = (current: object | 'nothing' = CURRENT, outcome: Handed = { state: 'published' }) => {
  const [said, published, stays]: [StatusStatement[], string[], unknown[]] = [[], [], []]
  const desk: PublishDesk = {
    publish: async (upload_) => {
      published.push(upload_.version)
      stays.push(upload_.stays)
      return outcome
    },
    say: async (words) => void said.push(words),
  }
  const depot = {
    document: async () => {
      if (current === 'nothing') throw new GgenError('package-not-found', 'nothing is published')
      return { bytes: gzipSync(JSON.stringify(current)) }
    },
  } as unknown as Depot
  const parts = { depot, desk, name, base: 'http://127.0.0.1:1/npm/' }
  const talk = async (work: (conversation: Conversation) => Promise<void>, body?: unknown, method = 'PUT') => {
    const request = Object.assign(Readable.from(body === undefined ? [] : [Buffer.from(JSON.stringify(body))]), { method }) as unknown as IncomingMessage
    let answer: { status: number; headers: Record<string, unknown>; body: string } = { status: 0, headers: {}, body: '' }
    const response = {
      writeHead: (status: number, headers: Record<string, unknown>) => {
        answer = { ...answer, status, headers }
        return response
      },
      end: (text: string) => (answer = { ...answer, body: text }),
    }
    await work({ request, response: response as unknown as ServerResponse, signal: new AbortController().signal })
    return answer
  }
  const put = (body: unknown) => talk((conversation) => putPackage(conversation, parts), body)
  const rev = (way: { readonly revision: string; readonly version?: string }, body?: unknown, method = 'PUT') =>
    talk((conversation) => withdraw(conversation, parts, way), body, method)
  const tag = (name_: string, body: unknown, method = 'PUT') => talk((conversation) => putTag(conversation, parts, name_), body, method)
  return { said, published, stays, put, rev, tag, tags: () => talk((conversation) => sendTags(conversation, parts)) }
}

const on = (version: string) => ({ type: 'status', name, version, state: 'live' })

describe('publishing', () => {
  it('hands over what is the same in its archive, and says what waits', async () => {
    const archive = await packed(ARCHIVED)
    const { put, published, said } = scene()
    assert.equal((await put(upload(archive))).status, 201)
    assert.deepEqual([published, said], [['2.0.0'], []])
    const waiting = await scene('nothing', { state: 'staged' }).put(upload(archive))
    assert.deepEqual([waiting.status, waiting.headers['npm-notice']], [202, 'staged, and published when you approve it: ggen approve @acme/thing@2.0.0'])
  })

  it('tells whoever publishes which known names the new one can be taken for', async () => {
    const lookAlikes = [
      { known: parsePackageName('@acme/things'), kind: 'letter', because: 'bound', identity: 'x' as IdentityId },
      { known: parsePackageName('@acne/thing'), kind: 'scope', because: 'older', identity: 'y' as IdentityId },
    ] as const
    const archive = await packed(ARCHIVED)
    const warning = 'WARNING: @acme/thing can be taken for @acme/things: one letter is another one, missing or too many (which is bound here); ' +
      'WARNING: @acme/thing can be taken for @acne/thing: the scope is another one (which has been known here for much longer)'
    const published = await scene('nothing', { state: 'published', lookAlikes }).put(upload(archive))
    assert.deepEqual([published.status, published.headers], [201, { ...published.headers, 'npm-notice': warning }])
    const waiting = await scene('nothing', { state: 'staged', lookAlikes }).put(upload(archive))
    assert.equal(waiting.headers['npm-notice'], `staged, and published when you approve it: ggen approve @acme/thing@2.0.0; ${warning}`)
    assert.equal((await scene('nothing').put(upload(archive))).headers['npm-notice'], undefined)
  })

  it('refuses what contradicts its archive, and what is published already', async () => {
    const { put, published } = scene()
    const archive = await packed(ARCHIVED)
    for (const lie of [{ dependencies: {} }, { dependencies: { evil: '1' } }, { bin: 'x.js' }, { scripts: { postinstall: 'x' } }, { os: ['linux'] }]) {
      await assert.rejects(put(upload(archive, { ...ARCHIVED, ...lie })), { code: 'manifest-invalid' })
    }
    await assert.rejects(put(upload(await packed({ ...ARCHIVED, name: 'lodash' }))), { code: 'manifest-invalid' })
    await assert.rejects(put(upload(Buffer.from('no archive'))), { code: 'archive-broken' })
    await assert.rejects(scene({ ...CURRENT, versions: { '2.0.0': {} } }).put(upload(archive)), { code: 'conflict' })
    assert.deepEqual(published, [])
  })

  it('under another tag leaves latest where it is', async () => {
    const { put, said, stays } = scene()
    await put(upload(await packed(ARCHIVED), ARCHIVED, 'next'))
    assert.deepEqual(said, [{ ...on('2.0.0'), tag: { name: 'next', version: '2.0.0' } }])
    assert.deepEqual(stays, [{ ...on('1.0.0'), state: 'deprecated', why: 'old', tag: { name: 'latest', version: '1.0.0' } }])
  })

  it('says nothing of latest where that stays anyway', async () => {
    const archive = await packed(ARCHIVED)
    const later = scene({ ...CURRENT, 'dist-tags': { latest: '3.0.0' }, versions: { '3.0.0': {} } })
    for (const [door, tag] of [[later, 'next'], [scene('nothing'), 'next'], [scene(), 'latest']] as const) {
      await door.put(upload(archive, ARCHIVED, tag))
      assert.deepEqual(door.stays, [undefined])
    }
  })
})

describe('words on what is out', () => {
  it('deprecate, and take that back', async () => {
    const { put, said } = scene()
    await put({ ...CURRENT, versions: { '1.0.0': { deprecated: '' }, '1.1.0': { deprecated: 'broken' } } })
    assert.deepEqual(said, [on('1.0.0'), { ...on('1.1.0'), state: 'deprecated', why: 'broken' }])
    await assert.rejects(put({ ...CURRENT, _rev: '1-old', versions: {} }), { code: 'conflict' })
    await assert.rejects(put({ ...CURRENT, users: { alice: true } }), { code: 'denied' })
    await assert.rejects(put({ ...CURRENT, versions: { '1.1.0': { deprecated: 'x'.repeat(281) } } }), { code: 'usage' })
  })

  it('take versions back, and never all of them by mistake', async () => {
    const { rev, said } = scene()
    await rev({ revision: '1-abc' }, { ...CURRENT, versions: { '1.0.0': {} } })
    await rev({ revision: 'any', version: '1.1.0' }, undefined, 'DELETE')
    await rev({ revision: 'any', version: '9.0.0' }, undefined, 'DELETE')
    await rev({ revision: '1-abc' }, undefined, 'DELETE')
    const gone = (version: string) => ({ ...on(version), state: 'withdrawn' })
    assert.deepEqual(said, [gone('1.1.0'), gone('1.1.0'), gone('*')])
    for (const body of [{ maintainers: [] }, { versions: {} }, { versions: null }, CURRENT]) {
      await assert.rejects(rev({ revision: '1-abc' }, body), { code: 'denied' })
    }
    await assert.rejects(rev({ revision: '1-old' }, undefined, 'DELETE'), { code: 'conflict' })
    assert.equal((await scene('nothing').rev({ revision: 'any' }, undefined, 'DELETE')).status, 200)
  })

  it('give tags another meaning, and keep what is said of the version', async () => {
    const { tag, said, tags } = scene()
    await tag('latest', '1.1.0')
    await tag('old', '1.0.0')
    await tag('beta', undefined, 'DELETE')
    assert.deepEqual(said, [
      { ...on('1.1.0'), tag: { name: 'latest', version: '1.1.0' } },
      { ...on('1.0.0'), state: 'deprecated', why: 'old', tag: { name: 'old', version: '1.0.0' } },
      { ...on('1.1.0'), tag: { name: 'beta' } },
    ])
    await assert.rejects(tag('latest', undefined, 'DELETE'), { code: 'denied' })
    await assert.rejects(tag('gone', undefined, 'DELETE'), { code: 'version-not-found' })
    for (const version of ['9.0.0', { evil: 1 }, null]) await assert.rejects(tag('next', version), { code: 'version-not-found' })
    await assert.rejects(tag('v1', '1.0.0'), { code: 'usage' })
    assert.deepEqual(JSON.parse((await tags()).body), CURRENT['dist-tags'])
  })
})
