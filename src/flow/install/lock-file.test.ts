import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { isGgenError } from '#core'
import { temporaryFolder } from '#testing'
import { byName, formatLock, type Lock, type LockedPackage, withPackage } from './lock-file.ts'
import { anyLock, anyLocked, locked } from './lock-samples.conformance.ts'
import { parseLock } from './parse-lock.ts'

const hasGit = spawnSync('git', ['--version']).status === 0

describe('ggen.lock', () => {
  it('looks like this', () => {
    const upstream: LockedPackage = { ...locked('c'), identity: undefined as never, source: 'https://packs.example/index.json' }
    assert.equal(
      formatLock([upstream, locked('b', { wanted: '^1.0', needs: ['c@1 || 2', '@x/a@^1.2.0'] }), locked('@x/a')]),
      `# Written by ggen; keep it under version control.
version = 2

[[package]]
name = "@x/a"
version = "1.0.0"
identity = "bafyrei${'a'.repeat(52)}"
digest = "sha256:${'0'.repeat(64)}"
sha512 = "sha512-${'A'.repeat(86)}=="
size = 7

[[package]]
name = "b"
version = "1.0.0"
identity = "bafyrei${'a'.repeat(52)}"
digest = "sha256:${'0'.repeat(64)}"
sha512 = "sha512-${'A'.repeat(86)}=="
size = 7
wanted = "^1.0"
dependencies = [
  "@x/a@^1.2.0",
  "c@1 || 2",
]

[[package]]
name = "c"
version = "1.0.0"
source = "https://packs.example/index.json"
digest = "sha256:${'0'.repeat(64)}"
sha512 = "sha512-${'A'.repeat(86)}=="
size = 7
`,
    )
  })

  it('gives back what was written, in whatever order it came', () => {
    fc.assert(
      fc.property(anyLock, fc.nat(), (packages, turn) => {
        const turned = [...packages.slice(turn % (packages.length + 1)), ...packages.slice(0, turn % (packages.length + 1))]
        assert.equal(formatLock(turned), formatLock(packages))
        assert.deepEqual(parseLock(formatLock(turned)), packages.toSorted(byName))
      }),
    )
  })

  it('keeps other packages when one is put in', () => {
    const two = withPackage([locked('a'), locked('b')], locked('a', { version: '2.0.0' }))
    assert.deepEqual(two.map(({ name, version }) => `${name} ${version}`), ['a 2.0.0', 'b 1.0.0'])
  })
})

describe('two branches of a project', () => {
  it('change different lines when they add different packages', () => {
    fc.assert(
      fc.property(anyLock, anyLocked, (packages, added) => {
        fc.pre(packages.every(({ name }) => name !== added.name))
        const before = formatLock(packages)
        const after = formatLock(withPackage(packages, added))
        const block = formatLock([added]).split('\n').slice(2).join('\n')
        const place = after.indexOf(`\n[[package]]\nname = "${added.name}"\n`)
        assert.equal(after.slice(0, place) + after.slice(place + block.length), before)
      }),
    )
  })

  it('say the same, whichever is merged into which', () => {
    fc.assert(
      fc.property(anyLock, anyLock, (ours, theirs) => {
        const mine = new Set(ours.map(({ name }) => name))
        const added = theirs.filter(({ name }) => !mine.has(name))
        const merge = (first: Lock, second: Lock): string => formatLock(second.reduce(withPackage, first))
        assert.equal(merge(ours, added), merge(added, ours))
      }),
    )
  })

  const skip = hasGit ? false : 'there is no git'

  it('are merged by git into a lock that names what either has, or into a conflict that is told as one', { skip }, async () => {
    await using folder = await temporaryFolder()
    const change = fc.record({ removed: fc.nat(), added: fc.array(anyLocked, { maxLength: 2 }) })
    const changed = (base: Lock, { removed, added }: { removed: number; added: readonly LockedPackage[] }): Lock =>
      added.reduce(withPackage, base.filter((_, index) => index !== removed % (base.length + 1)))
    let clean = 0
    await fc.assert(
      fc.asyncProperty(anyLock, change, change, async (base, ours, theirs) => {
        const sides = [changed(base, ours), base, changed(base, theirs)]
        const paths = await Promise.all(sides.map(async (side, index) => {
          const path = join(folder.path, String(index))
          await writeFile(path, formatLock(side))
          return path
        }))
        const { status, stdout } = spawnSync('git', ['merge-file', '-p', ...paths], { encoding: 'utf8' })
        if (status !== 0) {
          assert.throws(() => parseLock(stdout), (error) => isGgenError(error, 'lock-invalid') && /two branches/.test(error.message))
          return
        }
        clean++
        const known = sides.flat().map((one) => formatLock([one]))
        for (const one of parseLock(stdout)) assert(known.includes(formatLock([one])), stdout)
      }),
      { numRuns: 60 },
    )
    assert(clean > 10, `${clean} of 60 were merged without a conflict`)
  })
})
