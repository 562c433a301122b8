import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import type { NpmProbeReply } from '#doors/control'
import { ggen, type RunningNode, startNode, temporaryFolder, until } from '#testing'
import { makePackage, StubUpstream } from './support/mod.ts'

test('ggen npm probe tells where a package would come from, as that changes', async () => {
  await using work = await temporaryFolder()
  await using upstream = await StubUpstream.start({ packages: [makePackage({ name: 'tool', versionCount: 2, sizeBytes: 2000 })] })
  const nodeOf = async (name: string, bootstrap: readonly string[] = []): Promise<RunningNode> => {
    const home = join(work.path, name)
    await mkdir(home, { mode: 0o700 })
    await writeFile(join(home, 'npmrc'), `registry=${upstream.url}\n`)
    return await startNode({ home, bootstrap, env: { npm_config_userconfig: join(home, 'npmrc') } })
  }
  await using a = await nodeOf('a')
  await using b = await nodeOf('b', a.addresses)
  await until('A and B see each other', () => a.events.some(({ type, peer }) => type === 'peer-connected' && peer === b.peerId))
  const probe = async ({ home }: RunningNode, spec: string): Promise<NpmProbeReply> => (await ggen(home, 'npm', 'probe', spec, '--json')).json<NpmProbeReply>()

  const fresh = await probe(a, 'tool@^1')
  assert.deepEqual([fresh.verdict.from, fresh.version, fresh.signatures, fresh.route.upstream], ['upstream', '1.0.1', 'verified', upstream.url])
  const { url } = (await ggen(a.home, 'npm', '--json')).json<{ readonly url: string }>()
  const archive = await fetch(`${url}tool/-/tool-${fresh.version ?? ''}.tgz`)
  assert.equal((await archive.arrayBuffer()).byteLength > 1000, true)
  assert.equal((await probe(a, 'tool')).verdict.from, 'disk')
  const seen = await probe(b, 'tool')
  assert.deepEqual([seen.verdict.from, seen.peers.map(({ peer, says }) => [peer, says])], ['peer', [[a.peerId, 'held']]])

  await upstream.goOff()
  const { stdout, code } = await ggen(b.home, 'npm', 'probe', 'tool@1.0.0')
  assert.equal(code, 0)
  assert.match(stdout, /upstream +(?:fails|failed)[^]*it would come from nowhere: the registry does not answer, and nobody else has it\n$/)
  const bad = await ggen(b.home, 'npm', 'probe', '../x')
  assert.deepEqual([bad.code, /name-invalid[^]*hint: npm names/.test(bad.stderr)], [2, true])
})
