import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { isGgenError } from '#core'
import { type NpmSettingsPlace, planSetUp, planTakeOut } from './plan-npm-settings.ts'

const door = {
  url: 'http://127.0.0.1:4003/npm/', upstreams: ['https://up.example/', 'https://a.example/'], scopes: [{ scope: '@a', upstream: 'https://a.example/' }],
  token: 'hush',
}
const how = { door, variables: {} }
const place = (kind: NpmSettingsPlace['kind'], whose: NpmSettingsPlace['whose']): NpmSettingsPlace => ({ kind, whose, path: `/home/ada/.${kind}` })
const bytes = (text: string): Uint8Array => Buffer.from(text)
const text = (some: Uint8Array | undefined): string | undefined => (some === undefined ? undefined : Buffer.from(some).toString())

describe('planSetUp', () => {
  it('writes the token and the known scopes for the user alone', () => {
    const user = planSetUp(place('npmrc', 'user'), undefined, how)
    assert.match(text(user.after) ?? '', /_authToken=hush\n[^]*@a:registry=http:[^]*\nregistry=http:/)
    assert.doesNotMatch(JSON.stringify(user.changes), /hush/)
    const project = planSetUp(place('npmrc', 'project'), undefined, how)
    assert.doesNotMatch(text(project.after) ?? '', /hush|@a/)
    assert.doesNotMatch(text(planSetUp(place('yarnrc', 'project'), undefined, how).after) ?? '', /hush/)
    assert.match(text(planSetUp(place('yarnrc', 'user'), undefined, how).after) ?? '', /npmAuthToken: "hush"/)
  })

  it('leads nothing through the node that the node would ask elsewhere', () => {
    for (const [kind, said] of [['npmrc', 'registry=https://other.example/'], ['yarnrc', 'npmRegistryServer: https://other.example']] as const) {
      assert.throws(() => planSetUp(place(kind, 'project'), bytes(said), how), (error) =>
        isGgenError(error, 'config-invalid') && error.hint.includes('registry=https://other.example/'))
    }
    const before = bytes('registry=https://up.example\n@a:registry=https://a.example/\n@b:registry=https://b.example/\n')
    const { after, apart } = planSetUp(place('npmrc', 'project'), before, how)
    assert.deepEqual(apart, ['@b'])
    assert.match(text(after) ?? '', /\n@a:registry=http:\/\/127[^]*\n@b:registry=https:\/\/b\.example\/\n$/)
  })

  it('changes nothing where it is done', () => {
    const { after } = planSetUp(place('npmrc', 'user'), bytes('registry=https://up.example/'), how)
    assert.deepEqual(planSetUp(place('npmrc', 'user'), after, how), { before: after, after, changes: [], apart: [] })
  })

  it('touches no file that it could not write back as it was', () => {
    for (const plan of [planSetUp, planTakeOut]) {
      assert.throws(() => plan(place('npmrc', 'user'), Uint8Array.of(0x61, 0xff), how), (error) => isGgenError(error, 'config-invalid'))
    }
  })

  it('is undone by planTakeOut, to the byte', () => {
    const lines = fc.array(fc.constantFrom('# é', 'registry=https://up.example/', '@b:registry=https://b.example/', 'x', '\uFEFF', ''), { minLength: 1 })
    fc.assert(fc.property(lines, fc.constantFrom('user', 'project'), (some, whose) => {
      const before = bytes(some.join('\n'))
      const { after } = planSetUp(place('npmrc', whose), before, how)
      assert.deepEqual(text(planTakeOut(place('npmrc', whose), after).after) ?? '', text(before))
    }))
    assert.equal(planTakeOut(place('npmrc', 'user'), planSetUp(place('npmrc', 'user'), undefined, how).after).after, undefined)
    assert.deepEqual(planTakeOut(place('npmrc', 'user'), bytes('')).changes, [])
  })
})
