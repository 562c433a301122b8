import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describeArchive, packArchive } from '#archive'
import { digestOf, isGgenError, parsePackageName, parsePackageSpec, parseVersion, type ReleaseBody } from '#core'
import { createIdentity, encodePayload, keyPairFromSeed, openOp, signPayload } from '#trust'
import { seeded, TEST_EPOCH, until } from '#testing'
import { openRealNode, type RealNode } from '../support/real-node.ts'

const never = new AbortController().signal

const { identity, genesis, release: seed } = createIdentity(seeded('mallory'), TEST_EPOCH)
const key = keyPairFromSeed(seed)

type Manifest = Readonly<Record<string, unknown>>

/** What the archive says, what the signed record shows in its place, and which of them a node has to find. */
interface Mismatch {
  readonly inside: Manifest
  readonly shown: Manifest
  readonly found: string
  readonly files?: Readonly<Record<string, string>>
}

const scripts = (hook: string): Manifest => ({ scripts: { [hook]: 'node steal.js' } })

const MISMATCHES: readonly Mismatch[] = [
  { inside: { name: 'evil' }, shown: {}, found: 'name' },
  { inside: { name: '@scope/tool' }, shown: {}, found: 'name' },
  { inside: { name: 'tool-x' }, shown: {}, found: 'name' },
  { inside: { version: '1.0.0' }, shown: { version: '2.0.0' }, found: 'version' },
  { inside: { version: '1.0.0-rc.1' }, shown: {}, found: 'version' },
  { inside: { version: '1.0.0+build' }, shown: {}, found: 'version' },
  ...['preinstall', 'install', 'postinstall', 'prepare', 'prepublish'].map((hook) => ({ inside: scripts(hook), shown: {}, found: 'scripts' })),
  { inside: { gypfile: true }, shown: {}, found: 'scripts' },
  { inside: {}, shown: {}, files: { 'binding.gyp': '{}' }, found: 'scripts' },
  { inside: { bin: { ls: 'evil.js' } }, shown: {}, found: 'bins' },
  { inside: { bin: 'evil.js' }, shown: {}, found: 'bins' },
  { inside: { dependencies: { evil: '^1' } }, shown: {}, found: 'dependencies' },
  { inside: { dependencies: { a: '^1', evil: '^1' } }, shown: { dependencies: { a: '^1' } }, found: 'dependencies' },
  // As many as are shown, but others, or of other versions.
  { inside: { dependencies: { evil: '^1' } }, shown: { dependencies: { good: '^1' } }, found: 'metadata' },
  { inside: { dependencies: { a: '1.0.0' } }, shown: { dependencies: { a: '^2' } }, found: 'metadata' },
  { inside: { license: 'GPL-3.0-only' }, shown: { license: 'MIT' }, found: 'metadata' },
]

const pack = async (manifest: Manifest, more: Readonly<Record<string, string>> = {}): Promise<Uint8Array> => {
  const files = Object.entries({ 'package.json': JSON.stringify({ name: 'tool', version: '1.0.0', ...manifest }), 'evil.js': '', ...more })
  return Buffer.concat(await Array.fromAsync(packArchive(files.map(([path, text]) => ({
    path, executable: false, sizeBytes: Buffer.byteLength(text),
    content: async function* () { yield Buffer.from(text) },
  })))))
}

const described = async (bytes: Uint8Array): ReturnType<typeof describeArchive> => await describeArchive((async function* () { yield bytes })())

/** A signed release of the archive that is shown, with the bytes of the other one. */
const confuse = async ({ inside, shown, files }: Mismatch, name: string): Promise<{ readonly archive: Uint8Array; readonly op: Uint8Array }> => {
  const archive = await pack({ name, ...inside }, files)
  const [{ fingerprint }, facts] = [await described(archive), await described(await pack({ name, ...shown }))]
  const body: ReleaseBody = {
    roles: identity, name: parsePackageName(name), version: parseVersion(facts.manifest.version), kind: 'tgz', artifact: fingerprint, summary: facts.summary,
    metadata: { digest: digestOf(facts.metadata), sizeBytes: facts.metadata.length },
    scripts: facts.scripts, bins: facts.bins, dependencies: facts.dependencies, provenance: [],
  }
  return { archive, op: signPayload(encodePayload({ type: 'release', identity, feed: key.publicKey, at: TEST_EPOCH, seq: 0, body }), [key]) }
}

const hold = async ({ blobs }: RealNode, bytes: Uint8Array): Promise<void> => {
  await using writer = await blobs.create()
  await writer.append(bytes)
  await writer.seal()
}

test(`${MISMATCHES.length} archives that contradict their signed record are rejected, each by every node that fetches it`, async (t) => {
  const releases = await Promise.all(MISMATCHES.map((mismatch, index) => confuse(mismatch, mismatch.inside['name'] === 'evil' ? 'tool' : `tool-${index}`)))
  const knows = [genesis, ...releases.map(({ op }) => op)]
  await using publisher = await openRealNode({ knows })
  for (const { archive } of releases) await hold(publisher, archive)
  await using one = await openRealNode({ knows, bootstrap: publisher.addresses })
  await using other = await openRealNode({ knows, bootstrap: publisher.addresses })
  await until('they have met', () => publisher.network.peers().length === 2)
  for (const [index, { op }] of releases.entries()) {
    const opened = openOp(op)
    assert.ok(opened.type === 'release')
    const { found } = MISMATCHES[index] ?? { found: '' }
    for (const node of [one, other, publisher]) {
      const fetching = node.marketplace.fetch({ spec: parsePackageSpec(`${opened.body.name}@${opened.body.version}`) }, never)
      await assert.rejects(fetching, (error) => {
        assert.ok(isGgenError(error, 'integrity'), `${index}: ${String(error)}`)
        assert.ok((error.details['contradictions'] as string[]).includes(found), `${index}: ${error.message}`)
        return true
      })
      assert.equal(node.trust.pin(opened.body.name), undefined)
    }
  }
  t.diagnostic(`${MISMATCHES.length} mismatches, 3 nodes: ${3 * MISMATCHES.length} of ${3 * MISMATCHES.length} rejected`)
})
