import assert from 'node:assert/strict'
import { it } from 'node:test'
import { npmrcLines } from './npmrc-line.ts'
import { heldLine, isOwnLine, isRegistryKey } from './own-lines.ts'

it('knows its own lines by the comment above them and by where they lead', () => {
  const isOwn = (text: string): boolean => {
    const [above, line] = npmrcLines(text)
    return line !== undefined && isOwnLine(line, above)
  }
  const own = [
    '; ggen: added\nregistry=http://127.0.0.1:4003/npm/', '; ggen: registry=x\nregistry=http://[::1]:1/', '; ggen: added\n//localhost:1/npm/:_authToken=x',
    '; ggen: @a:registry = y\n@a:registry=http://localhost/',
  ]
  const others = [
    'x\nregistry=http://127.0.0.1/', '; ggen: added\nregistry=https://r.example/', '; ggen: @a:registry=x\nregistry=http://127.0.0.1/',
    '; ggen: added\nca=http://127.0.0.1/',
    '; ggen: added\n//r.example/:_authToken=x', ';ggen: added\nregistry=http://127.0.0.1/', '; ggen: added\nregistry=nonsense',
  ]
  assert.deepEqual([own.map(isOwn), others.map(isOwn)], [own.map(() => true), others.map(() => false)])
  assert.deepEqual(npmrcLines('; ggen: a = b\n; ggen: added\na=b').map((line) => heldLine(line)?.text), ['a = b', undefined, undefined])
  assert.deepEqual(['registry', '@a:registry', '@a/b:registry', 'xregistry', 'a:registry'].map(isRegistryKey), [true, true, false, false, false])
})
