import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkNames } from './check-names.ts'
import { places, plantTree } from './plant.ts'

const VAGUE = ['util', 'helper', 'manager', 'handler', 'processor', 'service', 'common', 'misc', 'base', 'impl', 'data', 'info']

test('Every vague word is found in file names, also in the plural', () => {
  const files = VAGUE.flatMap((word) => [`src/a/${word}.ts`, `src/a/peer-${word}s.ts`, `src/${word}/b.ts`])
  assert.deepEqual(places(checkNames(plantTree(Object.fromEntries(files.map((path) => [path, '']))))), files.map((path) => `${path}:1`))
})

test('Every vague word is found in the name of an export of any kind', () => {
  for (const word of VAGUE) {
    const capital = `${word[0]?.toUpperCase()}${word.slice(1)}`
    const text = [
      `export const peer${capital} = 1`,
      `export async function ${word}Of() {}`,
      `export abstract class Peer${capital}s {}`,
      `export interface ${capital} {}`,
      `export type ${capital}Map = 1`,
      `export { type Peer as ${capital}Peer, good } from './c.ts'`,
    ].join('\n')
    assert.deepEqual(places(checkNames(plantTree({ 'src/a/b.ts': text }))), [1, 2, 3, 4, 5, 6].map((line) => `src/a/b.ts:${line}`), word)
  }
})

test('Standard terms, private names, comments and the PackageInfo of the contract are left alone', () => {
  const text = [
    'export const toBase32 = 1, decodeBase58btc = 2',
    'export const parseMetadata = 1',
    'export interface PackageInfo {}',
    'export const toPackageInfo = 1',
    'const helper = 1',
    '// export const helper = 1',
    'export { database, processOrder, implement, informed } from "./x.ts"',
  ].join('\n')
  assert.deepEqual(checkNames(plantTree({ 'src/a/metadata.ts': text, 'docs/info.md': '' })), [])
})
