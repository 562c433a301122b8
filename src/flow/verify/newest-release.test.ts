import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import type { StatusState, Version } from '#core'
import type { ReleaseFacts, ReleaseView } from '#trust'
import { NewestRelease } from './newest-release.ts'

type Standing = StatusState | 'disputed'

/** A ledger of standings alone, which counts how many of them are looked at. */
class Standings {
  looks = 0
  readonly #standings = new Map<Version, Standing>()
  #changed = new Set<Version>()

  set(slot: string, standing: Standing | undefined): void {
    this.#changed.add(slot as Version)
    if (standing === undefined) this.#standings.delete(slot as Version)
    else this.#standings.set(slot as Version, standing)
  }

  takeChanged(): ReadonlySet<Version> {
    const changed = this.#changed
    this.#changed = new Set()
    return changed
  }

  slots(): Iterable<Version> {
    return this.#standings.keys()
  }

  standing(slot: Version): Standing | undefined {
    this.looks += 1
    return this.#standings.get(slot)
  }

  release(version: Version): ReleaseView<ReleaseFacts> {
    return { version, standing: this.#standings.get(version) ?? 'live', rivals: [], release: undefined as unknown as ReleaseFacts }
  }
}

test('is the newest stable release that stands, else the newest pre-release', () => {
  const ledger = new Standings()
  const newest = new NewestRelease(ledger)
  const shown = (): string | undefined => newest.get()?.version
  assert.equal(shown(), undefined)
  const steps: readonly (readonly [string, Standing | undefined, string | undefined])[] = [
    ['2.0.0-rc.2', 'live', '2.0.0-rc.2'], ['2.0.0-rc.10', 'live', '2.0.0-rc.10'], ['1.9.0', 'live', '1.9.0'], ['1.10.0', 'live', '1.10.0'],
    ['1.10.1', 'yanked', '1.10.0'], ['1.10.0', 'deprecated', '1.10.0'], ['3.0.0', 'disputed', '1.10.0'], ['1.10.0', 'withdrawn', '1.9.0'],
    ['1.9.0', undefined, '2.0.0-rc.10'], ['1.10.1', 'live', '1.10.1'],
  ]
  for (const [slot, standing, expected] of steps) {
    ledger.set(slot, standing)
    assert.equal(shown(), expected, `${slot} ${standing}`)
  }
})

test('looks only at what changed, as long as the newest one stands', () => {
  const ledger = new Standings()
  const newest = new NewestRelease(ledger)
  for (let patch = 0; patch < 1000; patch += 1) ledger.set(`1.0.${patch}`, 'live')
  assert.equal(newest.get()?.version, '1.0.999')
  ledger.looks = 0
  ledger.set('1.0.1000', 'live')
  ledger.set('1.0.3', 'yanked')
  assert.equal(newest.get()?.version, '1.0.1000')
  assert(ledger.looks <= 4, `${ledger.looks} looks`)
})

test('does not depend on what it was asked between', () => {
  const change = fc.tuple(
    fc.constantFrom('1.0.0', '1.2.0', '1.10.0', '2.0.0-a', '2.0.0-b'),
    fc.constantFrom<Standing | undefined>('live', 'deprecated', 'yanked', 'disputed', undefined),
    fc.boolean(),
  )
  fc.assert(fc.property(fc.array(change, { maxLength: 20 }), (changes) => {
    const [asked, once] = [new Standings(), new Standings()]
    const newest = new NewestRelease(asked)
    for (const [slot, standing, asks] of changes) {
      for (const ledger of [asked, once]) ledger.set(slot, standing)
      if (asks) newest.get()
    }
    assert.deepEqual(newest.get(), new NewestRelease(once).get())
  }))
})
