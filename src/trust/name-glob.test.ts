import assert from 'node:assert/strict'
import test from 'node:test'
import { parsePackageName } from '#core'
import { globCovers, isNameGlob } from './name-glob.ts'

test('the five forms of a glob, and nothing else', () => {
  const good = ['*', 'tool', 'io.ggen.rust.cli', '@scope/name', 'space/name', 'io.ggen.*', 'tool.*', '@scope/*', 'space/*', '@scope/io.*', '@io.ggen/*']
  for (const glob of good) assert(isNameGlob(glob), glob)
  const stars = ['**', '.*', '/*', '@/*', '*.io', 'io.*.cli', 'io*', 'io.*.*', '@*/name', '*/*']
  for (const glob of [...stars, '', 'Io.*', 'con.*', '@aux/*', 'a/b/*', 'io.ggen.', `${'a'.repeat(127)}.*`]) assert(!isNameGlob(glob), glob)
})

test('a glob covers exactly the names it says', () => {
  const table: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    ['*', ['tool', '@scope/name', 'space/name', 'io.ggen.cli'], []],
    ['tool', ['tool'], ['tools', 'tool.x', '@tool/tool', 'tool/tool']],
    ['io.ggen.*', ['io.ggen.x', 'io.ggen.x.y'], ['io.ggen', 'io.ggenx', 'io.ggenx.y', 'xio.ggen.y', 'io.ggen.x/y', '@io.ggen.x/y', '@io.ggen/x']],
    ['@scope/*', ['@scope/a', '@scope/a.b'], ['scope/a', '@scoped/a', '@scope.x/a', 'a']],
    ['space/*', ['space/a', 'space/a.b'], ['@space/a', 'spaces/a', 'space.x/a', 'space']],
    ['@scope/io.*', ['@scope/io.x'], ['@scope/io', '@scope/iox', 'io.x']],
  ]
  for (const [glob, covered, others] of table) {
    for (const name of covered) assert(globCovers(glob, parsePackageName(name)), `${glob} covers ${name}`)
    for (const name of others) assert(!globCovers(glob, parsePackageName(name)), `${glob} does not cover ${name}`)
  }
})
