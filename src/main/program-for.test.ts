import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { type Place, programFor } from './program-for.ts'

const FILES = ['C:\\node js\\npm.cmd', 'C:\\bin\\bun.exe', 'C:\\bin\\tool.v2.bat']
const WINDOWS: Place = {
  isWindows: true, env: { Path: 'C:\\bin;C:\\node js', PathExt: '.EXE;.CMD;.BAT', ComSpec: 'C:\\cmd.exe' },
  isFile: (path) => FILES.some((file) => file.toLowerCase() === path.toLowerCase()),
}

/** What cmd.exe makes of a line in one reading: a caret takes the meaning of the sign behind it. Throws where a sign kept its meaning. */
const readByCmd = (line: string): string =>
  line.replaceAll(/\^(.)|([()%!<>&|])/gs, (_whole, sign: string | undefined, bare: string | undefined) => sign ?? assert.fail(bare))

/** What a program of C makes of its command line. */
const readByProgram = (line: string): readonly string[] => {
  const words: string[] = []
  let [word, isQuoted, at] = ['', false, 0]
  for (; at < line.length; at++) {
    const [, slashes = '', quote] = /^(\\*)("?)/.exec(line.slice(at)) ?? []
    if (slashes !== '') {
      at += slashes.length - 1
      if (quote !== '"') { word += slashes; continue }
      word += '\\'.repeat(Math.floor(slashes.length / 2))
      if (slashes.length % 2 === 1) { word += '"'; at++ }
      continue
    }
    if (quote === '"') isQuoted = !isQuoted
    else if (line[at] === ' ' && !isQuoted) { words.push(word); word = '' }
    else word += line[at]
  }
  return [...words, word]
}

describe('What is started for a command', () => {
  it('is the command itself, wherever it is no script of Windows', () => {
    assert.deepEqual(programFor('npm', ['a b', '"'], { ...WINDOWS, isWindows: false }), { file: 'npm', args: ['a b', '"'], isVerbatim: false })
    assert.deepEqual(programFor('bun', ['a b'], WINDOWS), { file: 'C:\\bin\\bun.EXE', args: ['a b'], isVerbatim: false })
    assert.deepEqual(programFor('nothing', [], WINDOWS), { file: 'nothing', args: [], isVerbatim: false })
  })

  it('is cmd.exe for a script, on the path or named whole', () => {
    assert.deepEqual(programFor('npm', ['ci'], WINDOWS), {
      file: 'C:\\cmd.exe', args: ['/d', '/s', '/c', '"^"C:\\node^ js\\npm.CMD^" ^^^"ci^^^""'], isVerbatim: true,
    })
    for (const name of ['tool.v2', 'tool.v2.bat', 'C:\\bin\\tool.v2.bat']) assert.equal(programFor(name, [], WINDOWS).file, 'C:\\cmd.exe', name)
  })

  it('gets the very arguments, whatever is in them', () => {
    const sign = fc.constantFrom('"', '\\', ' ', '%', '&', '|', '^', '!', '<', '(', 'a', 'é', '*')
    fc.assert(fc.property(fc.array(fc.array(sign, { maxLength: 8 }).map((signs) => signs.join('')), { maxLength: 4 }), (args) => {
      const { args: [, , , line = ''] } = programFor('npm', args, WINDOWS)
      const [, ...read] = readByProgram(readByCmd(line.slice(1, -1)).replace(/^"[^"]*"/, 'npm').replace(/^npm.*/s, (rest) => `npm${readByCmd(rest.slice(3))}`))
      assert.deepEqual(read, args)
    }))
  })
})
