import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CENTRAL_LIMITS, type ErrorCode, GgenError, isGgenError } from '#core'
import { seeded, TestClock } from '#testing'
import { memoryTokenFile } from './memory-token-file.ts'
import { grantOf, RegistryTokens } from './registry-tokens.ts'
import type { TokenFile } from './token-file.ts'

const code = (expected: ErrorCode) => (error: unknown): boolean => isGgenError(error, expected)

const open = (file: TokenFile = memoryTokenFile(), uses: TokenFile = memoryTokenFile()) => {
  const clock = new TestClock()
  return { clock, file, uses, tokens: new RegistryTokens({ file, uses, clock, random: seeded('tokens') }) }
}

const WISH = { label: 'ci', names: ['io.acme.*'], forMs: 60_000 }

test('a token is found by its text until it is over or revoked, and its text is in no file', async () => {
  const { tokens, clock, file } = open()
  const { token, made } = await tokens.create(WISH)
  assert.match(token, /^ggen_[A-Za-z0-9_-]{43}$/)
  assert.deepEqual(await tokens.find(token), made)
  assert.equal(await tokens.find(`${token.slice(0, -1)}~`), undefined)
  const text = Buffer.from((await file.read()) ?? []).toString()
  assert.ok(!text.includes(token) && !text.includes(token.slice(5)), 'only its hash is kept')
  const second = await tokens.create(WISH)
  await tokens.revoke(made.id)
  assert.deepEqual([await tokens.find(token), (await tokens.list()).map(({ id }) => id)], [undefined, [second.made.id]])
  clock.advance(60_000)
  assert.equal(await tokens.find(second.token), undefined)
  await assert.rejects(tokens.revoke(made.id), code('not-listed'))
})

test('what another process changed counts at once', async () => {
  const file = memoryTokenFile()
  const [server, terminal] = [open(file).tokens, new RegistryTokens({ file, uses: memoryTokenFile(), clock: new TestClock(), random: seeded('terminal') })]
  const { token, made } = await terminal.create(WISH)
  assert.notEqual(await server.find(token), undefined)
  await terminal.revoke(made.id)
  assert.equal(await server.find(token), undefined)
})

test('two who change the file at once both succeed', async () => {
  const { tokens } = open()
  await Promise.all(Array.from({ length: 4 }, () => tokens.create(WISH)))
  assert.equal((await tokens.list()).length, 4)
})

test('when a token was used is remembered beside the file of tokens, which no registry ever writes', async () => {
  const { tokens, clock, file, uses } = open()
  const [first, second] = [await tokens.create(WISH), await tokens.create(WISH)]
  const before = await file.read()
  const used = async (id: string): Promise<number | undefined> => (await tokens.list()).find((one) => one.id === id)?.lastUsedAt
  await tokens.noteUse(first.made)
  const at = clock.now()
  clock.advance(CENTRAL_LIMITS.tokenUseEveryMs - 1)
  await tokens.noteUse(first.made)
  assert.deepEqual([await used(first.made.id), await used(second.made.id)], [at, undefined], 'not written more than once a minute')
  assert.deepEqual(await file.read(), before)
  await tokens.revoke(first.made.id)
  clock.advance(1)
  await tokens.noteUse(second.made)
  await tokens.noteUse(first.made)
  assert.ok(!Buffer.from((await uses.read()) ?? []).toString().includes(first.made.id), 'of a token that there is no more nothing stays')
  assert.equal(await used(second.made.id), clock.now())
})

test('where nobody can read when tokens were used, they are good all the same, and whoever asks is told what to do', async () => {
  const uses = memoryTokenFile()
  await uses.create(Buffer.from('x'))
  const { tokens } = open(memoryTokenFile(), uses)
  const { token, made } = await tokens.create(WISH)
  assert.deepEqual(await tokens.find(token), made)
  await assert.rejects(tokens.noteUse(made), code('store-broken'))
  await assert.rejects(tokens.list(), (error) => error instanceof GgenError && /remove it/.test(error.hint))
})

test('what makes no sense is refused', async () => {
  const { tokens } = open()
  await assert.rejects(tokens.create({ ...WISH, names: [] }), code('usage'))
  await assert.rejects(tokens.create({ ...WISH, names: ['Not A Name'] }), code('usage'))
  await assert.rejects(tokens.create({ ...WISH, forMs: 0 }), code('usage'))
  await assert.rejects(tokens.create({ ...WISH, forMs: CENTRAL_LIMITS.tokenLongestMs + 1 }), code('usage'))
  await assert.rejects(tokens.create({ ...WISH, label: 'x'.repeat(CENTRAL_LIMITS.tokenLabelChars + 1) }), code('usage'))
})

test('a file that holds no tokens lets nobody in and is left alone', async () => {
  for (const text of ['', 'x', '[]', '{"version":2,"tokens":[]}', '{"version":1,"tokens":[{"id":"x"}]}']) {
    const file = memoryTokenFile()
    await file.create(Buffer.from(text))
    const { tokens } = open(file)
    await assert.rejects(tokens.find('ggen_x'), code('store-broken'), text)
    await assert.rejects(tokens.create(WISH), code('store-broken'))
    assert.equal(Buffer.from((await file.read()) ?? []).toString(), text)
  }
})

test('there is an end to the number of tokens, and those that are over make room', async () => {
  const { tokens, clock } = open()
  const rows = Array.from({ length: CENTRAL_LIMITS.tokens }, (_, index) => ({
    id: index.toString(16).padStart(12, '0'), hash: index.toString(16).padStart(64, '0'), label: '', names: ['*'], createdAt: clock.now(),
      expiresAt: clock.now() + 10,
  }))
  const file = memoryTokenFile()
  await file.create(Buffer.from(JSON.stringify({ version: 1, tokens: rows })))
  const full = new RegistryTokens({ file, uses: memoryTokenFile(), clock, random: seeded('full') })
  await assert.rejects(full.create(WISH), code('too-busy'))
  clock.advance(11)
  await full.create(WISH)
  assert.equal((await full.list()).length, 1)
  assert.deepEqual(await tokens.list(), [])
})

test('a file that somebody else keeps changing is given up on', async () => {
  const file = memoryTokenFile()
  const restless: TokenFile = { ...file, create: () => Promise.reject(new GgenError('conflict', 'planted')) }
  await assert.rejects(open(restless).tokens.create(WISH), code('conflict'))
})

test('a token grants what it covers', () => {
  const grant = grantOf({ id: 'a', label: '', names: ['tool'], createdAt: 0, expiresAt: 1 }, 2)
  assert.deepEqual([grant.id, grant.replicas, grant.covers('tool' as never), grant.covers(undefined)], ['a', 2, true, false])
})
