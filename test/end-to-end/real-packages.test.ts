import assert from 'node:assert/strict'
import { cp, mkdir, readFile, symlink } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { describe, test } from 'node:test'
import { digestOf } from '#core'
import { connectRegistry } from '#library'
import {
  type Finished, ggen, hashTree, inTurns, isLongRun, marketplaceIndex, noRealPackages, realArchives, realFolders, rounds, type RunningNode, SNAPSHOTS,
  startNode, temporaryFolder, until, unpackWithTar,
} from '#testing'

interface Receipt { name: string; version: string; digest: string; identity: string }
interface Installed { installed: { digest: string; path: string }[] }
interface Failure { error: { code: string; details?: { wantedBy?: { path: string[] } } } }
interface Status { releases: number }

/** Two at a time: as many as the smallest machine has cores. */
const WIDTH = 2
/** The first of them, by name. */
const FOLDERS = rounds(30, 100)

const publishAll = async (node: RunningNode, paths: readonly string[]): Promise<{ accepted: Map<string, Receipt>; refused: Record<string, string> }> => {
  const accepted = new Map<string, Receipt>()
  const refused: Record<string, string> = {}
  await inTurns(paths, WIDTH, async (path) => {
    const done: Finished = await ggen(node.home, 'publish', '--no-passphrase', path, '--json')
    if (done.code === 0) accepted.set(path, done.json<Receipt>())
    else refused[basename(path)] = done.json<Failure>().error.code
  })
  return { accepted, refused: Object.fromEntries(Object.entries(refused).toSorted(([a], [b]) => (a < b ? -1 : 1))) }
}

const caughtUp = (from: RunningNode, to: RunningNode): Promise<boolean> =>
  until('the other node knows every release', async () => {
    const [ours, theirs] = await Promise.all([from, to].map(async ({ home }) => (await ggen(home, 'p2p', 'status', '--json')).json<Status>().releases))
    return ours === theirs
  }, 120_000)

type Check = (receipt: Receipt, installed: Installed['installed'][number]) => Promise<void>

/** Resolves to who wants a package that nobody has, in the order of names. */
const installAll = async (where: { node: RunningNode; project: string }, receipts: readonly Receipt[], check: Check): Promise<readonly string[]> => {
  const { node, project } = where
  const wanting: string[] = []
  await inTurns(receipts, WIDTH, async (receipt) => {
    const done = await ggen(node.home, 'install', `${receipt.name}@${receipt.version}`, '--dir', join(project, receipt.digest.slice(7, 19)), '--json')
    if (done.code !== 0) {
      const { code, details } = done.json<Failure>().error
      assert.equal(code, 'package-not-found', `${receipt.name}: ${done.stdout}${done.stderr}`)
      assert.equal(details?.wantedBy?.path[0], receipt.name)
      wanting.push(receipt.name)
      return
    }
    const installed = done.json<Installed>().installed.find(({ digest }) => digest === receipt.digest)
    assert.ok(installed, done.stdout)
    await check(receipt, installed)
  })
  return wanting.toSorted()
}

describe('real packages', { skip: noRealPackages }, () => {
  test('every real archive is published on one node and installed from another, digest and files equal', async () => {
    await using work = await temporaryFolder()
    await using a = await startNode({ home: join(work.path, 'a') })
    await using b = await startNode({ home: join(work.path, 'b'), bootstrap: a.addresses })
    // Several archives of one release lie side by side.
    const archives = (await realArchives()).filter((_, index) => index % 30 < rounds(8, 30))
    const { accepted, refused } = await publishAll(a, archives)
    // Same name and version, other bytes: whichever of the two comes second. Everything else is taken.
    assert.deepEqual([...new Set(Object.values(refused))], ['conflict'])
    const names = archives.map((path) => basename(path).replace(/--[0-9a-f]{12}\.tar\.gz$/, ''))
    assert.equal(accepted.size, new Set(names).size)
    await caughtUp(a, b)
    const paths = new Map([...accepted].map(([path, { digest }]) => [digest, path]))
    const wanting = await installAll({ node: b, project: join(work.path, 'projects') }, [...accepted.values()], async (receipt, installed) => {
      const archive = paths.get(receipt.digest) ?? ''
      assert.equal(digestOf(await readFile(archive)), receipt.digest, 'the digest is the one of the original bytes')
      const original = await unpackWithTar(archive, join(work.path, 'original', receipt.digest.slice(7, 19)))
      assert.deepEqual(await hashTree(installed.path), await hashTree(original))
    })
    assert.deepEqual(wanting, [])
  })

  for (const snapshot of SNAPSHOTS.slice(isLongRun ? 0 : -1)) {
    test(`real package folders of ${snapshot}, ${FOLDERS} at most, are published, found by their words and installed`, async () => {
      await using work = await temporaryFolder()
      await using a = await startNode({ home: join(work.path, 'a') })
      await using b = await startNode({ home: join(work.path, 'b'), bootstrap: a.addresses })
      const folders = (await realFolders(snapshot)).slice(0, FOLDERS)
      const tried = new Set(folders.map((path) => basename(path)))
      const { accepted, refused } = await publishAll(a, folders)
      assert.deepEqual(refused, Object.fromEntries(Object.entries(REFUSED[snapshot]).filter(([name]) => tried.has(name))))
      await caughtUp(a, b)
      const wanting = await installAll({ node: b, project: join(work.path, 'projects') }, [...accepted.values()], async (receipt, installed) => {
        const folder = [...accepted].find(([, { digest }]) => digest === receipt.digest)?.[0] ?? ''
        assert.deepEqual(await hashTree(installed.path), withoutState(await hashTree(folder)))
      })
      assert.deepEqual(wanting, WANTING[snapshot])

      const published = new Set([...accepted.values()].map(({ name }) => name))
      const { packages, search_index: oracle } = await marketplaceIndex(snapshot)
      const carries = (name: string, term: string): boolean => {
        const listed = packages.find((entry) => entry.name === name)
        return name.includes(term) || [...(listed?.tags ?? []), ...(listed?.keywords ?? [])].some((word) => word.toLowerCase() === term)
      }
      const terms = Object.entries(oracle).map(([term, names]) => ({ term, expected: names.filter((name) => published.has(name) && carries(name, term)) }))
      assert.ok(terms.filter(({ expected }) => expected.length > 0).length > FOLDERS, 'the oracle says something')
      const known = await connectRegistry({ home: b.home })
      await inTurns(terms.filter(({ expected }) => expected.length > 0), WIDTH, async ({ term, expected }) => {
        const found = (await known.search(term, { limit: 200 })).results.map(({ name }) => String(name))
        assert.deepEqual(expected.filter((name) => !found.includes(name)), [], `search ${term}`)
      })
    })
  }

  test('the real package with an absolute symbolic link out of itself is refused', async () => {
    await using work = await temporaryFolder()
    await using a = await startNode({ home: join(work.path, 'a') })
    const [original] = (await realFolders('2026-06-17-b0962a68')).filter((path) => path.endsWith('/chatman-businessos-platform'))
    const copy = join(work.path, 'copy')
    await cp(original ?? '', copy, { recursive: true })
    await mkdir(join(copy, 'ontology'), { recursive: true })
    await symlink('/Users/someone/ontologies/businessos.ttl', join(copy, 'ontology', 'businessos.ttl'))
    await cp(join(original ?? '', '..', 'hello-world', 'package.toml'), join(copy, 'package.toml'))
    const refused = await ggen(a.home, 'publish', '--no-passphrase', copy, '--json')
    assert.equal(refused.json<Failure>().error.code, 'archive-unsafe')
    assert.equal(refused.code, 5)
    assert.equal((await ggen(a.home, 'p2p', 'status', '--json')).json<Status>().releases, 0)
  })
})

/** `.ggen` holds what a tool remembers about one working copy, never a part of a package. */
const withoutState = (files: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(files).filter(([path]) => !path.startsWith('.ggen/')))

/**
 * What must be refused, and why: folders without a manifest, TOML that is none (a list below a table), a name outside the grammar ("Next.js
 * Ontology-Driven CRUD").
 */
const REFUSED: Readonly<Record<(typeof SNAPSHOTS)[number], Readonly<Record<string, string>>>> = {
  '2025-11-15-d8c92fd0': {
    'api-gateway-service-mesh': 'manifest-missing',
    'compliance-audit-system': 'manifest-missing',
    'content-delivery-network': 'manifest-missing',
    'customer-loyalty-rewards': 'manifest-invalid',
    'data-warehouse-etl': 'manifest-missing',
    'disaster-recovery-backup': 'manifest-missing',
    healthcare: 'manifest-missing',
    'identity-access-management': 'manifest-missing',
    'io.ggen.nextjs.ontology-crud': 'name-invalid',
    'iso-20022-payments': 'manifest-invalid',
    'kyc-aml-compliance': 'manifest-invalid',
    'observability-platform': 'manifest-missing',
    'order-management-system': 'manifest-invalid',
    'search-indexing-platform': 'manifest-missing',
    'trading-platform': 'manifest-invalid',
    'workflow-automation-engine': 'manifest-missing',
  },
  '2026-06-17-b0962a68': {
    'api-gateway-service-mesh': 'manifest-missing',
    'chatman-businessos-platform': 'manifest-missing',
    'compliance-audit-system': 'manifest-missing',
    'data-warehouse-etl': 'manifest-missing',
    healthcare: 'manifest-missing',
    'identity-access-management': 'manifest-missing',
    'io.ggen.nextjs.ontology-crud': 'name-invalid',
    'observability-platform': 'manifest-missing',
    'workflow-automation-engine': 'manifest-missing',
  },
}

/** Whose dependencies nobody ever published. */
const WANTING: Readonly<Record<(typeof SNAPSHOTS)[number], readonly string[]>> = {
  '2025-11-15-d8c92fd0': ['academic-peer-review-workflow'],
  '2026-06-17-b0962a68': ['academic-peer-review-workflow'],
}
