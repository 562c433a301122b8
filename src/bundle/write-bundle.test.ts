import assert from 'node:assert/strict'
import { it } from 'node:test'
import { isGgenError } from '#core'
import { bytesOf, sampleBundle } from './bundle-samples.conformance.ts'
import { writeBundle } from './write-bundle.ts'

it('gives up where a file has other bytes than promised, and names whose it is', async () => {
  const { contents, files } = sampleBundle([bytesOf('one')])
  for (const more of ['', 'longer than promised']) {
    const writing = writeBundle(contents, async function* ({ digest, kind }) {
      yield kind === 'archive' ? bytesOf(more) : (files.get(digest) ?? assert.fail())
    })
    await assert.rejects(Array.fromAsync(writing), (error) => isGgenError(error, 'blob-not-found') && error.message.includes('io.ggen.tool@1.2.0'))
  }
})
