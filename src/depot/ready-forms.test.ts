import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { Events, isGgenError } from '#core'
import { makeForm, parseDenyRule } from '#npm'
import { type DocumentHead, memoryNpmRecords } from '#store'
import { going, TOOL } from './depot-scene.conformance.ts'
import { UNCHANGED } from './form-names.ts'
import { etagOf, type FormChoice, ReadyForms, type WantedForm } from './ready-forms.ts'

const key = { source: 'https://registry.example/', name: TOOL, kind: 'full' } as const
const head: DocumentHead = { etag: '"e"', checkedAt: 0, freshMs: 1, isPrivate: false, isSigned: false }
const asItCame: FormChoice = { tarballsAt: 'upstream', isShort: false, heldBack: { denied: [] } }
const wanted = (choice: Partial<WantedForm> = {}): WantedForm => ({ ...asItCame, name: TOOL, head, acceptsBrotli: false, ...choice })
const json = JSON.stringify({
  name: TOOL, readme: 'r', versions: Object.fromEntries(['1.0.0', '2.0.0'].map((version) => [version, { name: TOOL, version, dist: { tarball: 'x' } }])),
})

describe('ReadyForms', () => {
  it('makes each form once, and keeps on the disk those that time does not change', async () => {
    using records = memoryNpmRecords()
    const { gzip } = makeForm({ name: TOOL, bytes: Buffer.from(json), isGzip: false, isAbbreviated: false, tarballsAt: 'upstream' })
    records.putDocument(key, head, new Map([[UNCHANGED, gzip]]))
    let made = 0
    const parts = { records, events: new Events(), makeForm: async (job: Parameters<typeof makeForm>[0]) => (made += 1, makeForm(job)) }
    const forms = new ReadyForms(parts)
    const textOf = async (choice: Partial<WantedForm>): Promise<string> => gunzipSync((await forms.get(key, wanted(choice), going)).bytes).toString()
    assert.equal(await textOf({}), json)
    assert.equal(made, 0)
    const denied = [parseDenyRule('tool@2')]
    const choices: readonly Partial<WantedForm>[] = [{ isShort: true }, { heldBack: { denied } }, { heldBack: { denied: [], before: 5 } }]
    for (const choice of [...choices, ...choices]) await textOf(choice)
    assert.equal(made, 3)
    assert.doesNotMatch(await textOf({ heldBack: { denied } }), /2\.0\.0/)
    const again = new ReadyForms(parts)
    for (const choice of choices) await again.get(key, wanted(choice), going)
    assert.equal(made, 4)
    const etags = [{}, ...choices].map((choice) => etagOf(wanted(choice)))
    assert.deepEqual([etags[0], new Set(etags).size], ['"e"', 4])
  })

  it('says that a document was dropped meanwhile', async () => {
    using records = memoryNpmRecords()
    const forms = new ReadyForms({ records, events: new Events(), makeForm: async (job) => makeForm(job) })
    await assert.rejects(forms.get(key, wanted(), going), (error) => isGgenError(error, 'store-broken'))
  })
})
