import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openDoor } from './support/door.ts'
import { makePackage, StubUpstream } from './support/mod.ts'

const made = (name: string) => makePackage({ name, versionCount: 1, sizeBytes: 2000 })

describe('What is private to a user', () => {
  it('is asked of its own registry alone, with the credentials that are for it, which show nowhere else', async (context) => {
    await using open = await StubUpstream.start({ packages: [made('tool')] })
    await using closed = await StubUpstream.start({ packages: [made('@private/tool')], privateScopes: ['@private'] })
    const { host } = new URL(closed.url)
    const door = await openDoor(context, open, `registry=${open.url}\n@private:registry=${closed.url}\n//${host}/:_authToken=${closed.token}\n`)
    const answers = []
    for (const path of ['tool', '@private%2ftool', '@private/tool/-/tool-1.0.0.tgz', '-/package/@private%2ftool/dist-tags', '@private%2fnothing']) {
      const answer = await fetch(`${door.url}${path}`)
      answers.push([answer.status, await answer.text()] as const)
    }
    assert.deepEqual(answers.map(([status]) => status), [200, 200, 200, 200, 404])
    assert.deepEqual(open.requests.filter(({ path }) => path.includes('private')), [])
    assert.ok(open.requests.every(({ headers }) => headers.authorization === undefined))
    assert.ok(closed.requests.length > 0 && closed.requests.every(({ headers }) => headers.authorization === `Bearer ${closed.token}`))
    const said = JSON.stringify([answers, door.events, door.depot.servedSince(0)])
    assert.ok(!said.includes(closed.token))
    const tarball = door.depot.servedSince(0).find(({ name }) => name === '@private/tool')
    assert.equal(tarball?.from, 'upstream')
  })
})

describe('Bytes that are not what their registry promised', () => {
  it('never reach a client as a whole, so that those which do not look have nothing to install', async (context) => {
    await using upstream = await StubUpstream.start({ packages: [made('tool')] })
    const door = await openDoor(context, upstream)
    upstream.faults.add({ path: /\.tgz$/, kind: 'corrupt' })
    const answer = await fetch(`${door.url}tool/-/tool-1.0.0.tgz`)
    assert.equal(answer.status, 422)
    assert.match(await answer.text(), /not the one it promises/)
    assert.equal((await door.blobs.usage()).count, 0)
  })
})
