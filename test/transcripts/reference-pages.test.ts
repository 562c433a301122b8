import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { parse } from 'smol-toml'
import { ERRORS } from '#core'
import { type Config, configSchema, type Platform, showSettings, toConfig, withTables } from '#config'
import { withSeeds } from '#doors/cli'

const ROOT = join(import.meta.dirname, '..', '..')
const read = (...path: readonly string[]): Promise<string> => readFile(join(ROOT, ...path), 'utf8')

const TOML = /```toml\n([\s\S]*?)```/g

/** Cells of all table rows of a page that begin with a matching cell. */
const rowsOf = (page: string, first: RegExp): readonly (readonly string[])[] =>
  page
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) => line.slice(1, -1).split(' | ').map((cell) => cell.trim()))
    .filter(([cell = '']) => first.test(cell))

describe('docs/reference/errors.md', () => {
  it('lists every error of the catalogue as it is, in its order, and no other', async () => {
    const rows = rowsOf(await read('docs', 'reference', 'errors.md'), /^`/)
    const catalogue = Object.entries(ERRORS).map(([code, { exitCode, httpStatus, retryable, hint }]) =>
      [`\`${code}\``, String(exitCode), String(httpStatus), retryable ? 'yes' : 'no', hint])
    assert.deepEqual(rows, catalogue)
  })

  it('explains every exit code that an error has', async () => {
    const rows = rowsOf(await read('docs', 'reference', 'errors.md'), /^\d+$/).map(([code]) => Number(code))
    assert.deepEqual(rows, [...new Set([0, ...Object.values(ERRORS).map(({ exitCode }) => exitCode)])].toSorted((a, b) => a - b))
  })
})

describe('docs/reference/cli.md', () => {
  it('has the table of the commands of before', async () => {
    const page = await read('docs', 'reference', 'cli.md')
    assert.equal(page, withSeeds(page), 'node --conditions=ggen-source test/transcripts/write-config.ts writes it')
  })
})

describe('docs/reference/config.md', () => {
  const platform: Platform = { os: 'linux', userFolder: '/home/ada', tempFolder: '/tmp', workingFolder: '/', userId: 1 }
  const configOf = (table: Record<string, unknown>): Config =>
    toConfig({ flags: {}, env: {}, platform, files: { dotGgen: false, config: { path: 'config.toml', table } } })

  it('has the tables and the schema that follow from the settings', async () => {
    const page = await read('docs', 'reference', 'config.md')
    assert.equal(page, withTables(page), 'node --conditions=ggen-source test/transcripts/write-config.ts writes them')
    assert.deepEqual(JSON.parse(await read('docs', 'reference', 'config.schema.json')), configSchema())
  })

  it('names no variable that the program does not read', async () => {
    const page = await read('docs', 'reference', 'config.md')
    const { settings } = showSettings({ flags: {}, env: {}, files: { dotGgen: false } })
    const rows = rowsOf(page, /./).flatMap((cells) => cells.join().match(/\bGGEN_[A-Z0-9_]+/g) ?? [])
    const text = page.match(/\bGGEN_[A-Z0-9_]+/g) ?? []
    assert.deepEqual([...new Set(text)].filter((name) => !rows.includes(name)), [])
    assert.ok(settings.length > 50)
  })

  it('shows configurations that are valid and have an effect', async () => {
    const blocks = [...(await read('docs', 'reference', 'config.md')).matchAll(TOML)]
    assert.equal(blocks.length, 4)
    for (const [, toml = ''] of blocks) {
      const config = configOf(parse(toml))
      assert.deepEqual(config.remarks, [])
      assert.equal(config.bootstrap.length > 0, true)
    }
  })
})
