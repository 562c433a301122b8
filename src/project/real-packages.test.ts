import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { cp, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { describe, it } from 'node:test'
import { type ArchiveFacts, describeArchive } from '#archive'
import { GgenError, isGgenError } from '#core'
import { packFolder } from '#flow/publish'
import { temporaryFolder } from '#testing'
import { diskFolder } from './disk-folder.ts'

const PACKAGES = resolve(import.meta.dirname, '../..', process.env['GGEN_DATA'] ?? '../shared/data/ggen', 'packages')
const skip = existsSync(PACKAGES) ? false : 'GGEN_DATA names no folder with real packages'

const NO_MANIFEST = 'manifest-missing: there is no manifest at the root of the package'
const NOT_TOML = (line: number): string => `manifest-invalid: package.toml, line ${line}, column 3: illegal character in key`
const NEXT_JS = 'name-invalid: package.toml: [package] name is not a package name: "Next.js Ontology-Driven CRUD"'

const REFUSED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '2025-11-15-d8c92fd0': {
    'api-gateway-service-mesh': NO_MANIFEST,
    'compliance-audit-system': NO_MANIFEST,
    'content-delivery-network': NO_MANIFEST,
    'customer-loyalty-rewards': NOT_TOML(60),
    'data-warehouse-etl': NO_MANIFEST,
    'disaster-recovery-backup': NO_MANIFEST,
    healthcare: NO_MANIFEST,
    'identity-access-management': NO_MANIFEST,
    'io.ggen.nextjs.ontology-crud': NEXT_JS,
    'iso-20022-payments': NOT_TOML(36),
    'kyc-aml-compliance': NOT_TOML(26),
    'observability-platform': NO_MANIFEST,
    'order-management-system': NOT_TOML(60),
    'search-indexing-platform': NO_MANIFEST,
    'trading-platform': NOT_TOML(26),
    'workflow-automation-engine': NO_MANIFEST,
  },
  '2026-06-17-b0962a68': {
    'api-gateway-service-mesh': NO_MANIFEST,
    'chatman-businessos-platform': `${NO_MANIFEST}; ggen.toml has no [package]`,
    'compliance-audit-system': NO_MANIFEST,
    'data-warehouse-etl': NO_MANIFEST,
    healthcare: NO_MANIFEST,
    'identity-access-management': NO_MANIFEST,
    'io.ggen.nextjs.ontology-crud': NEXT_JS,
    'observability-platform': NO_MANIFEST,
    'workflow-automation-engine': NO_MANIFEST,
  },
}

/** A package whose folder does not have its name. */
const OTHER_NAMES: Readonly<Record<string, string>> = { 'notification-messaging-hub': '@ggen/notification-messaging-hub' }

const pack = async (folder: string): Promise<ArchiveFacts> => await describeArchive(packFolder(diskFolder(folder), new AbortController().signal))

const folders = async (snapshot: string): Promise<string[]> => {
  const entries = await readdir(join(PACKAGES, snapshot), { withFileTypes: true })
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
}

describe('the real packages', { skip }, () => {
  for (const [snapshot, count] of [['2025-11-15-d8c92fd0', 72], ['2026-06-17-b0962a68', 86]] as const) {
    it(`of ${snapshot} are packed, but for those whose manifest says why not`, async () => {
      const names = await folders(snapshot)
      assert.equal(names.length, count)
      const refused: Record<string, string> = {}
      for (const name of names) {
        try {
          const { manifest, files, scripts } = await pack(join(PACKAGES, snapshot, name))
          assert.equal(manifest.name, OTHER_NAMES[name] ?? name)
          assert(files > 0 && !scripts)
        } catch (error) {
          if (!(error instanceof GgenError)) throw error
          refused[name] = `${error.code}: ${error.message}`
        }
      }
      assert.deepEqual(refused, REFUSED[snapshot])
    })
  }

  it('have the dependencies that they name in [package], and no others', async () => {
    const found: Record<string, string[]> = {}
    for (const name of await folders('2026-06-17-b0962a68')) {
      if (REFUSED['2026-06-17-b0962a68']?.[name] !== undefined) continue
      const { manifest } = await pack(join(PACKAGES, '2026-06-17-b0962a68', name))
      if (manifest.dependencies.length > 0) found[name] = manifest.dependencies.map((dependency) => `${dependency.name}@${dependency.range}`)
    }
    assert.deepEqual(found, {
      'academic-peer-review-workflow': ['academic-paper-lifecycle@*'],
      'agent-context-crafter': ['agent-memory-forge@*'],
      'agent-reasoning-mcp': ['agent-context-crafter@*', 'agent-memory-forge@*'],
    })
  })

  it('are refused with a link to somewhere else, as one of them has', async () => {
    const lines = (await readFile(join(PACKAGES, 'files.jsonl'), 'utf8')).trim().split('\n')
    const links = lines.map((line) => JSON.parse(line) as { snapshot: string; path: string; symlink?: string }).filter((row) => row.symlink !== undefined)
    assert.equal(links.length, 1)
    const link = { snapshot: '', path: '', symlink: '', ...links[0] }
    assert(link.symlink.startsWith('/'))
    await using folder = await temporaryFolder()
    const [name = '', ...rest] = link.path.split('/')
    const copy = join(folder.path, name)
    await cp(join(PACKAGES, link.snapshot, name), copy, { recursive: true })
    await mkdir(dirname(join(copy, ...rest)), { recursive: true })
    await writeFile(join(copy, 'package.toml'), `[package]\nname = "${name}"\nversion = "1.0.0"\n`)
    assert.equal((await pack(copy)).manifest.name, name)
    await symlink(link.symlink, join(copy, ...rest))
    await assert.rejects(pack(copy), (error) => {
      assert(isGgenError(error, 'archive-unsafe'))
      assert.deepEqual(error.details, { path: 'ontology/businessos.ttl', rule: 'link' })
      return true
    })
  })
})
