import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { parse } from 'smol-toml'
import { ERRORS, parseDuration, parseSize } from '#core'
import { type Config, type Platform, toConfig, type Variables } from '#config'

const ROOT = join(import.meta.dirname, '..', '..')
const read = (...path: readonly string[]): Promise<string> => readFile(join(ROOT, ...path), 'utf8')

const KEY_READ = /(?:boolean|text|texts|quantity|list|raw|valueOf)\((?:node, )?'([a-z0-9_]+)'\)/g
/** The first words of every row that states a default. */
const SETTING = /^(?:addresses|nodes|find|network|tell|compare|keep|port|limit|room|packages|a name|leave|ask|names|TCP)/
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

describe('docs/reference/config.md', () => {
  const platform: Platform = { os: 'linux', userFolder: '/home/ada', tempFolder: '/tmp', workingFolder: '/', userId: 1 }
  const configOf = (env: Variables, table?: Record<string, unknown>): Config =>
    toConfig({ flags: {}, env, platform, files: { dotGgen: false, ...(table !== undefined && { config: { path: 'config.toml', table } }) } })

  it('names every variable and key that the program reads, and no other', async () => {
    const page = await read('docs', 'reference', 'config.md')
    const sources = await Promise.all(['places.ts', 'read-variables.ts', 'read-table.ts', 'read-passphrase.ts'].map((name) => read('src', 'config', name)))
    const variablesIn = (text: string): readonly string[] => [...new Set(text.match(/\bGGEN_[A-Z0-9_]+/g))].toSorted()
    assert.deepEqual(variablesIn(page), variablesIn(sources.join('\n')))
    const keysRead = [...(sources[2] ?? '').matchAll(KEY_READ)].map(([, key]) => key ?? '')
    const shown = [...page.matchAll(TOML)].map(([, toml = '']) => toml).join('')
    const keysShown = [...shown.matchAll(/(?:^|[{,] *)([a-z_]+) = /gm)].map(([, key]) => key ?? '')
    assert.deepEqual([...new Set(keysShown)].toSorted(), [...new Set(keysRead)].toSorted())
  })

  it('shows configurations that are valid and have an effect', async () => {
    const blocks = [...(await read('docs', 'reference', 'config.md')).matchAll(TOML)]
    assert.equal(blocks.length, 4)
    for (const [, toml = ''] of blocks) {
      const config = configOf({}, parse(toml))
      assert.deepEqual(config.remarks, [])
      assert.equal(config.bootstrap.length > 0, true)
    }
  })

  it('states the defaults', async () => {
    const rows = rowsOf(await read('docs', 'reference', 'config.md'), SETTING)
    const { listen, mdns, network, gossip, syncEveryMs, light, bootstrap, bulkPort, controlPort, ...rest } = configOf({})
    const { limits, quotaBytes, catalogueQuotaBytes, seed, trust } = rest
    const defaults = rows.map((row) => row.at(-1) ?? '')
    assert.equal(bootstrap.length, 0)
    assert.ok(defaults[0]?.startsWith(`\`${listen.join()}\``))
    assert.deepEqual(defaults.slice(1, 5), ['none', `\`${mdns}\``, `\`${network}\``, `\`${gossip}\``])
    assert.deepEqual([parseDuration(defaults[5]?.replaceAll('`', '') ?? ''), defaults[6]], [syncEveryMs, `\`${light}\``])
    assert.ok(defaults[7]?.startsWith(`\`${bulkPort}\``))
    assert.deepEqual([limits, seed], [{}, { follow: [], all: false }])
    assert.deepEqual(defaults.slice(11, 13).map((text) => parseSize(text.replaceAll('`', ''))), [quotaBytes, catalogueQuotaBytes])
    assert.deepEqual([...defaults.slice(8, 11), ...defaults.slice(13, 15)], ['none', 'none', 'none', 'none', `\`${seed.all}\``])
    const coolDown = parseDuration(defaults[16]?.replaceAll('`', '') ?? '')
    assert.deepEqual([defaults[15], coolDown, ...defaults.slice(17)], [`\`${trust.firstUse}\``, trust.coolDownMs, `\`${trust.domains}\``, 'none', '`off`'])
    assert.equal(controlPort, undefined)
  })
})
