import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import { shellWord } from './shell-word.ts'

test('a path is one word, whatever is in it', { skip: process.platform === 'win32' }, () => {
  assert.equal(shellWord('/home/ada/.local/share/ggen'), '/home/ada/.local/share/ggen')
  assert.equal(shellWord('/Users/ada/Library/Application Support/ggen'), '\'/Users/ada/Library/Application Support/ggen\'')
  for (const path of ['a b', 'it\'s', '$HOME', '`id`', '"q"', 'a;b', 'a\\b', '*', 'ä']) {
    assert.equal(execFileSync('sh', ['-c', `printf %s ${shellWord(path)}`], { encoding: 'utf8' }), path)
  }
})
