import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { isGgenError, isPackageName, LIMITS, parsePackageSpec } from '#core'
import { smallPackage } from '#testing'
import { globCovers } from '#trust'
import { fetching, going, open } from './registries-scene.conformance.ts'

suite('A node with a server', () => {
  test('finds, tells of and installs what is only there, without any peer', async (context) => {
    const { author, user, upload, server } = await open(context)
    const receipt = await author.publish(smallPackage('tool', '1.0.0', 'cuts wood'))
    await upload()
    assert.deepEqual((await user.marketplace.search({ words: ['wood'] }, going())).results.map(({ name }) => name), ['tool'])
    assert.equal((await user.marketplace.info(parsePackageSpec('tool'), going())).op, receipt.op)
    const fetched = await user.marketplace.fetch(fetching('tool'), going())
    assert.deepEqual(fetched.sources.map(({ peer, carrier, bytes }) => [peer, carrier, bytes]), [[server.url, 'http', receipt.sizeBytes]])
    assert.equal(await user.blobs.size(receipt.digest), receipt.sizeBytes)
  })

  test('asks it first where it is to be asked first, and peers first where they are', async (context) => {
    for (const order of ['central-first', 'p2p-first'] as const) {
      const { author, user, upload, server, link } = await open(context, { order })
      await author.publish(smallPackage('tool'))
      await upload()
      link()
      const { sources } = await user.marketplace.fetch(fetching('tool'), going())
      assert.deepEqual(sources.map(({ peer }) => peer), [order === 'central-first' ? server.url : author.network.self], order)
      if (order === 'p2p-first') assert.deepEqual(server.asked, [], 'a server that is not needed hears nothing')
    }
  })

  test('takes from peers what it does not have, and from it what peers do not have', async (context) => {
    for (const order of ['central-first', 'p2p-first'] as const) {
      const scene = await open(context, { order })
      const { author, user, upload, link } = scene
      await author.publish(smallPackage('on-both'))
      await upload()
      await author.publish(smallPackage('only-on-peers'))
      link()
      assert.equal((await user.marketplace.fetch(fetching('only-on-peers'), going())).sources[0]?.peer, author.network.self)
      const other = await open(context, { order })
      await other.author.publish(smallPackage('only-on-server'))
      await other.upload()
      assert.equal((await other.user.marketplace.fetch(fetching('only-on-server'), going())).sources[0]?.carrier, 'http')
    }
  })

  test('goes on with peers when it breaks, and asks it for nothing meanwhile', async (context) => {
    const { author, user, upload, server, link } = await open(context)
    for (const name of ['one', 'two', 'three']) await author.publish(smallPackage(name))
    await upload()
    link()
    server.mischief = (_request, response) => {
      response.writeHead(503).end()
      return true
    }
    for (const name of ['one', 'two', 'three']) assert.equal((await user.marketplace.fetch(fetching(name), going())).sources[0]?.peer, author.network.self)
    assert.equal(server.asked.length, 1)
  })

  test('keeps the pieces that came when it dies in the middle of an archive', async (context) => {
    const { author, user, upload, server, link } = await open(context)
    const content = Buffer.alloc(5 * LIMITS.pieceBytes)
    for (let at = 0; at < content.length; at += 4) content.writeUInt32LE(Math.imul(at, 2_654_435_761) >>> 0, at)
    const receipt = await author.publish({ ...smallPackage('large'), 'content.bin': content })
    await upload()
    link()
    let sentBytes = 0
    server.mischief = ({ url = '' }, response) => {
      if (!url.endsWith(receipt.digest)) return false
      const write = response.write.bind(response) as (chunk: Uint8Array, ...rest: readonly unknown[]) => boolean
      response.write = (chunk: Uint8Array, ...rest: readonly unknown[]) => {
        sentBytes += chunk.length
        if (sentBytes > 3.5 * LIMITS.pieceBytes) response.socket?.destroy()
        return write(chunk, ...rest)
      }
      return false
    }
    const { sources } = await user.marketplace.fetch(fetching('large'), going())
    const gave = new Map<string, number>(sources.map(({ peer, bytes }) => [peer, bytes]))
    assert.equal([...gave.values()].reduce((sum, bytes) => sum + bytes, 0), receipt.sizeBytes)
    assert.ok(sentBytes < receipt.sizeBytes, 'it died')
    for (const giver of [server.url, author.network.self]) assert.ok((gave.get(giver) ?? 0) >= LIMITS.pieceBytes, JSON.stringify([...gave]))
  })

  test('believes it nothing: records and bytes that nobody signed are as good as none', async (context) => {
    const { author, user, upload, server, link, memory } = await open(context)
    const receipt = await author.publish(smallPackage('tool'))
    await upload()
    link()
    server.mischief = ({ url = '' }, response) => {
      if (!url.includes(receipt.digest)) return false
      response.writeHead(200).end(Buffer.alloc(receipt.sizeBytes))
      return true
    }
    const { sources } = await user.marketplace.fetch(fetching('tool'), going())
    assert.deepEqual(sources.map(({ peer }) => peer), [author.network.self])
    const forged = await open(context)
    const { envelopes } = await memory.registry.find(parsePackageSpec('tool').name, going())
    const records = envelopes.map((envelope) => envelope.with(-1, (envelope.at(-1) ?? 0) ^ 1))
    forged.server.mischief = (_request, response) => {
      response.writeHead(200).end(JSON.stringify({ records: records.map((record) => Buffer.from(record).toString('base64')) }))
      return true
    }
    await assert.rejects(forged.user.marketplace.fetch(fetching('tool'), going()), (error) => isGgenError(error, 'package-not-found'))
    assert.equal(forged.user.catalogue.counts().ops, 0)
  })

  test('tells why, when nobody could be asked', async (context) => {
    const { user, server } = await open(context)
    await server[Symbol.asyncDispose]()
    await assert.rejects(user.marketplace.info(parsePackageSpec('tool'), going()), (error) => {
      assert.ok(isGgenError(error, 'registry-unreachable'))
      assert.match(JSON.stringify(error.details['causes']), /central.*registry-unreachable/)
      return true
    })
    assert.deepEqual(await user.marketplace.search({ words: ['tool'] }, going()), { total: 0, results: [], partial: true })
  })

  test('takes its word for it that there is no such package', async (context) => {
    const { user, server } = await open(context)
    await assert.rejects(user.marketplace.info(parsePackageSpec('tool'), going()), (error) => isGgenError(error, 'package-not-found'))
    assert.deepEqual(server.asked, ['GET /v1/packages/tool'])
  })

  test('asks it once for what is asked several times, and anew for what it did not know a while ago', async (context) => {
    const { author, user, upload, server } = await open(context)
    await author.publish(smallPackage('tool', '1.0.0'))
    await upload()
    for (let round = 0; round < 3; round++) await user.marketplace.info(parsePackageSpec('tool'), going())
    assert.deepEqual(server.asked, ['GET /v1/packages/tool'])
    await author.publish(smallPackage('tool', '1.1.0'))
    await upload()
    assert.equal((await user.marketplace.info(parsePackageSpec('tool@1.1.0'), going())).version, '1.1.0')
  })
})

suite('A private name', () => {
  const isPrivateName = (name: string): boolean => isPackageName(name) && globCovers('@acme/*', name)
  const silent = (url: string): boolean => !/acme|tool/.test(url)

  test('is asked of no public server and of no public peer, by whatever question', async (context) => {
    const { author, user, upload, server, link } = await open(context, { isPrivateName })
    await author.publish(smallPackage('@acme/tool'))
    await upload()
    link()
    for (const question of [
      user.marketplace.info(parsePackageSpec('@acme/tool'), going()), user.marketplace.fetch(fetching('@acme/tool'), going()),
    ]) await assert.rejects(question)
    assert.equal((await user.marketplace.search({ words: ['@acme/tool'] }, going())).total, 0)
    assert.deepEqual(server.asked.filter((url) => !silent(url)), [])
    assert.equal(user.catalogue.counts().ops, 0, 'no peer answered, because none was asked')
  })

  test('is asked of a server that is private, and its bytes come from there alone', async (context) => {
    const { author, user, upload, server, link } = await open(context, { isPrivateName, centralIsPrivate: true })
    const receipt = await author.publish(smallPackage('@acme/tool'))
    await upload()
    link()
    const { sources } = await user.marketplace.fetch(fetching('@acme/tool'), going())
    assert.deepEqual(sources.map(({ peer, bytes }) => [peer, bytes]), [[server.url, receipt.sizeBytes]])
  })

  test('is asked in a network that is private', async (context) => {
    const { author, user, link } = await open(context, { isPrivateName, isNetworkPrivate: true })
    await author.publish(smallPackage('@acme/tool'))
    link()
    assert.equal((await user.marketplace.fetch(fetching('@acme/tool'), going())).sources[0]?.peer, author.network.self)
  })
})
