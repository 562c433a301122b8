import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { LIMITS } from '#core'
import { parseManifest } from './parse-manifest.ts'

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
const page = read('docs/reference/archive.md')
const MIB = 1024 * 1024

describe('docs/reference/archive.md', () => {
  it('has a row for every rule that a hostile archive breaks, and no others', () => {
    const vectors = JSON.parse(read('vectors/archives/hostile.json')) as readonly { readonly rule?: string }[]
    const table = page.slice(page.indexOf('| rule |'), page.indexOf('The error is'))
    const documented = [...table.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, rule]) => rule ?? '')
    assert.deepEqual(documented.toSorted(), [...new Set(vectors.flatMap(({ rule }) => rule ?? []))].toSorted())
  })

  it('names the limits as they are', () => {
    const rows = [
      `| the archive | ${LIMITS.archiveBytes / MIB} MiB |`,
      `| its contents | ${LIMITS.unpackedBytes / MIB / 1024} GiB |`,
      `| files and folders, those on the way included | ${LIMITS.archiveFiles.toLocaleString('en')} |`,
      `| contents to archive, once there are more than ${LIMITS.archiveRatioFromBytes / MIB} MiB of contents | ${LIMITS.archiveRatio} : 1 |`,
      `| a manifest | ${LIMITS.manifestBytes / MIB} MiB |`,
      `| an ignore file | ${LIMITS.ignoreFileBytes / 1024} KiB |`,
      `| \`length\` | paths of more than ${LIMITS.archivePathBytes} bytes |`,
      `| \`depth\` | more than ${LIMITS.archivePathDepth} parts in a path |`,
      `at most ${LIMITS.tags} of at most ${LIMITS.tagChars} characters`,
      `search results show the first ${LIMITS.descriptionChars} characters`,
    ]
    for (const row of rows) assert(page.includes(row), row)
  })

  it('shows a manifest that can be read', () => {
    const example = /```toml\n# ggen\.toml\n([^`]*)```/.exec(page)?.[1] ?? ''
    const manifest = parseManifest('ggen.toml', example)
    assert.deepEqual([manifest.name, manifest.dependencies], ['io.ggen.rust.cli', [{ name: 'io.ggen.base', range: '^1.0', kind: 'needed' }]])
  })
})
