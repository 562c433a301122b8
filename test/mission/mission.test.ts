import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { REPOSITORY } from '../house/plant.ts'
import { ggen } from '../support/processes.ts'
import { temporaryFolder } from '../support/home.ts'

const STATES = ['works', 'otherwise', 'not here', 'not yet'] as const

interface Row { readonly name: string; readonly state: string; readonly here: string; readonly shown: string }

const read = (path: string): string => readFileSync(join(REPOSITORY, path), 'utf8')

const rowsOf = (page: string): readonly Row[] =>
  page.split('\n').filter((line) => /^\| (?!Name \||---)/.test(line)).map((line) => {
    const [, name = '', state = '', here = '', shown = ''] = line.split('|').map((cell) => cell.trim())
    return { name, state, here, shown }
  })

const rows = rowsOf(read('docs/reference/mission.md'))
const config = read('docs/reference/config.md')

/** What stands in a cell as code. */
const codeIn = (cell: string): readonly string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code)

const claimed = (pattern: RegExp): readonly string[] => {
  const codes = rows.flatMap(({ here, shown }) => codeIn(`${here} ${shown}`))
  return [...new Set(codes)].filter((code) => pattern.test(code))
}

/** `ggen p2p start --listen` is a command with its options: words in capitals stand for something else. */
const commandOf = (code: string): { readonly path: readonly string[]; readonly options: readonly string[] } => {
  const words = code.split(' ').slice(1)
  return { path: words.filter((word) => /^[a-z0-9-]+$/.test(word) && !word.startsWith('-')), options: words.filter((word) => word.startsWith('--')) }
}

/** Whoever asks for help of a command that does not exist gets that of the group which it would be in. */
const isHelpOfLess = (help: string, path: string): boolean => {
  const [, said = ''] = /^Usage: ggen ?((?:[a-z0-9-]+ )*)/.exec(help) ?? []
  return said.trim() !== path && `${path} `.startsWith(said)
}

describe('docs/reference/mission.md', () => {
  test('has every name once, in order, with a state', () => {
    assert.deepEqual(rows.map(({ name }) => name), read('test/mission/names.txt').trimEnd().split('\n'))
    assert.deepEqual(rows.filter(({ state }) => !STATES.some((one) => one === state)), [])
  })

  test('says of each what shows it, or why it is not here', () => {
    const isBare = ({ here, shown }: Row): boolean => here === '' || codeIn(`${here} ${shown}`).length === 0
    assert.deepEqual(rows.filter((row) => (row.state === 'works' || row.state === 'otherwise') && isBare(row)), [])
    assert.deepEqual(rows.filter(({ state, here }) => state === 'not here' && here === ''), [])
  })

  test('names only files that exist', () => {
    const files = claimed(/^(?:src|test|tools|bench|docs|examples|deploy)\//)
    assert.ok(files.length > 50)
    assert.deepEqual(files.filter((file) => !existsSync(join(REPOSITORY, file))), [])
  })

  test('names only commands and options that exist', async () => {
    await using work = await temporaryFolder()
    const commands = claimed(/^ggen /)
    assert.ok(commands.length > 15)
    const wrong: string[] = []
    for (const path of new Set(commands.map((code) => commandOf(code).path.join(' ')))) {
      const { code, stdout, stderr } = await ggen(work.path, ...path.split(' ').filter(Boolean), '--help')
      if (code !== 0 || isHelpOfLess(stdout, path)) wrong.push(`ggen ${path}: ${stderr}${stdout.split('\n')[0]}`)
      for (const { options } of commands.map(commandOf).filter((one) => one.path.join(' ') === path)) {
        wrong.push(...options.filter((option) => !new RegExp(`${option}\\b`).test(stdout)).map((option) => `ggen ${path} ${option}`))
      }
    }
    assert.deepEqual(wrong, [])
  })

  test('names only variables and keys that are configured', () => {
    assert.deepEqual(claimed(/^GGEN_[A-Z0-9_]+$/).filter((name) => !config.includes(name) && name !== 'GGEN_LONG'), [])
    const keys = claimed(/^(?:p2p|registry|storage|seed|trust|limits|control|search|cache|security|location|telemetry)\.[a-z0-9_.]+$/)
    assert.ok(keys.length > 8)
    assert.deepEqual(keys.filter((key) => !config.includes(key)), [])
  })
})
