import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { type ErrorCode, isGgenError, parsePackageName, parseRegistryAddress } from '#core'
import { NamedRegistries, Upstream } from '#registry'
import { openHttpClient } from '#registry/http'
import { TestClock } from '#testing'
import { assertMayTell, recipientOf } from './recipient.ts'
import type { Registries } from './registries.ts'

const [CENTRAL, OTHER] = [parseRegistryAddress('http://127.0.0.1:1/central'), parseRegistryAddress('http://127.0.0.1:1/other')]
const [TOOL, SECRET] = [parsePackageName('tool'), parsePackageName('secret')]

const scene = (context: TestContext): { central: Upstream; registries: (change: Partial<Registries>) => Registries } => {
  const stack = new AsyncDisposableStack()
  context.after(() => stack.disposeAsync())
  const open = (id: typeof CENTRAL): Upstream =>
    stack.use(new Upstream({ id, name: id, http: openHttpClient({ base: id }), clock: new TestClock(), isPrivate: false }))
  const named = stack.use(new NamedRegistries(open))
  const usual = { order: 'central-first', asksPeers: true, isNetworkPrivate: false, isPrivateName: (name: string) => name === SECRET, named } as const
  return { central: open(CENTRAL), registries: (change) => ({ ...usual, ...change }) }
}

test('a record goes to the central registry, and to any other one only where that alone is told', (context) => {
  const { central, registries } = scene(context)
  const [hybrid, peers, none] = [registries({ central }), registries({ spare: central }), registries({})]
  const of = (whom: Registries, tells?: Parameters<typeof recipientOf>[1]): unknown => {
    const recipient = recipientOf(whom, tells)
    return recipient && [recipient.id, recipient.isPatient, recipient.isNamed]
  }
  assert.deepEqual([of(hybrid), of(peers), of(none), recipientOf(undefined, 'central')], [[CENTRAL, true, false], undefined, undefined, undefined])
  assert.deepEqual([of(hybrid, 'p2p'), of(peers, 'p2p')], [undefined, undefined])
  assert.deepEqual([of(hybrid, 'central'), of(peers, 'central'), of(none, 'central')], [[CENTRAL, true, false], [CENTRAL, false, false], undefined])
  for (const [whom, isPatient] of [[hybrid, true], [peers, false]] as const) assert.deepEqual(of(whom, { url: CENTRAL }), [CENTRAL, isPatient, false])
  assert.deepEqual(of(hybrid, { url: OTHER }), [OTHER, false, true])
})

test('who alone is to be told must be there, know us by a token, and be allowed to know the name', (context) => {
  const { central, registries } = scene(context)
  const refused = (whom: Registries, tells: Parameters<typeof recipientOf>[1], name = TOOL): [ErrorCode, string] | undefined => {
    try {
      assertMayTell(whom, tells, name)
      return undefined
    } catch (error) {
      return isGgenError(error) ? [error.code, error.hint] : assert.fail(String(error))
    }
  }
  const whole = registries({ central, hasToken: true, namedTokens: new Set([OTHER]) })
  for (const tells of [undefined, 'p2p', 'central', { url: OTHER }] as const) assert.equal(refused(whole, tells), undefined)
  assert.equal(refused(whole, 'p2p', SECRET), undefined)
  for (const tells of ['central', { url: OTHER }] as const) assert.equal(refused(whole, tells, SECRET)?.[0], 'denied')
  assert.equal(refused(registries({}), 'central')?.[0], 'usage')
  assert.match(refused(registries({ central }), 'central')?.join() ?? '', /token-missing.*GGEN_REGISTRY_TOKEN/)
  assert.match(refused(registries({ central, hasToken: true }), { url: OTHER })?.join() ?? '', /token-missing.*registry\.tokens/)
  assert.equal(refused(registries({}), undefined), undefined, 'what everybody is told is not held up by who cannot be')
})
