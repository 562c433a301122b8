import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { digestOf, parsePackageName, parseVersion } from '#core'
import type { MirrorStore } from './mirror-store.ts'

export const LINE = { what: 'imported' as const, name: parsePackageName('a'), version: parseVersion('1.0.0'), digest: digestOf(Buffer.from('a')), at: 1 }

async function* two(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('some ')
  yield Buffer.from('bytes')
}

/** What remembers a source: `open` opens the same one again, `read` gives the bytes of a draft, `undefined` when it is gone. */
export interface StoreScene extends AsyncDisposable {
  open(): Promise<MirrorStore>
  read(path: string): Promise<Uint8Array | undefined>
}

/** What every memory of a source does. */
export const describeMirrorStore = (name: string, make: () => Promise<StoreScene>): void => {
  describe(name, () => {
    it('remembers what was noted, also when it is opened again', async () => {
      await using scene = await make()
      const store = await scene.open()
      await Promise.all([store.note(LINE), store.note({ ...LINE, what: 'disputed', digest: digestOf(Buffer.from('b')) })])
      for (const one of [store, await scene.open()]) {
        assert.deepEqual([one.ledger.firstOf(LINE), one.ledger.isImported(LINE), one.ledger.disputes().length], [LINE.digest, true, 1])
      }
    })

    it('keeps a draft until it is disposed, and nothing of one that failed', async () => {
      await using scene = await make()
      const store = await scene.open()
      const draft = await store.draft(two())
      assert.deepEqual(Buffer.from((await scene.read(draft.path)) ?? []), Buffer.from('some bytes'))
      for (let time = 0; time < 2; time += 1) assert.equal(Buffer.concat(await Array.fromAsync(draft.read())).toString(), 'some bytes')
      await draft[Symbol.asyncDispose]()
      assert.equal(await scene.read(draft.path), undefined)
      await assert.rejects(store.draft((async function* () {
        yield* two()
        throw new Error('it broke off')
      })()), /it broke off/)
    })
  })
}
