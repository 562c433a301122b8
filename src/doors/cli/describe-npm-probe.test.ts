import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { NpmProbeReply } from '#doors/control'
import { npmProbeText } from './describe-npm-probe.ts'
import { lookOf } from './look.ts'

const look = lookOf({ write: () => undefined, isTTY: true, columns: 100 }, { NO_COLOR: '1' })
const probe: NpmProbeReply = {
  name: '@acme/tool', wanted: '^1', version: '1.2.3', integrity: 'sha512-x', disk: { sizeBytes: 2000 }, signatures: 'verified',
  route: { upstream: 'https://a.example/', by: 'scope', scope: '@acme', isPrivate: true },
  document: { kind: 'full', ageMs: 61_000, freshMs: 300_000, isSigned: true },
  upstream: { state: 'answers', ms: 12 },
  peers: [{ peer: 'p1', says: 'held', ms: 3 }, { peer: 'p2', says: 'none', ms: 4 }, { peer: 'p3', says: 'coming', ms: 5 }],
  verdict: { from: 'disk', canChoose: true },
}

describe('npmProbeText', () => {
  it('tells the way of a package in the order in which a node looks', () => {
    assert.equal(npmProbeText(probe, look), [
      '@acme/tool@^1',
      'registry    https://a.example/, as @acme:registry says, with your credentials',
      'document    here, whole, 1 min old',
      'upstream    answers after 12 ms',
      'version     1.2.3',
      'disk        2.0 kB are here',
      'peers       p1 has it (3 ms)',
      '            p3 is fetching it (5 ms)',
      'signatures  right, by a key of the registry',
      '',
      'it would come from this disk',
      '',
    ].join('\n'))
  })

  it('says why it comes from nowhere, and that only a lock file can name it', () => {
    const { document: _, disk: _disk, version: _version, ...rest } = probe
    const nothing = { ...rest, peers: [], route: { upstream: 'https://r.example/', by: 'registry', isPrivate: false } } as const
    const fails = { state: 'fails', ms: 3, why: 'r.example does not answer' } as const
    assert.match(npmProbeText({ ...nothing, upstream: fails, verdict: { from: 'nowhere', why: 'upstream-fails', canChoose: false } }, look),
      /as registry says[^]*not here\n[^]*fails after 3 ms: r\.example[^]*none could be asked\n[^]*from nowhere: the registry does not answer/)
    for (const why of ['no-such-package', 'no-such-version', 'denied'] as const) {
      assert.match(npmProbeText({ ...nothing, verdict: { from: 'nowhere', why, canChoose: true } }, look), /from nowhere: (?:the registry|no such)/)
    }
    const locked = { ...probe, peers: [{ peer: 'p', says: 'none', ms: 1 }], verdict: { from: 'peer', canChoose: false } } as const
    assert.match(npmProbeText(locked, look), /1 peer asked, and none has it\n[^]*from a peer, by a lock file/)
    for (const state of ['has-not', 'denies', 'left-alone'] as const) {
      assert.match(npmProbeText({ ...probe, upstream: { state } }, look), /has it not|does not|left alone/)
    }
    const ours = { ...probe, peers: [], route: { by: 'network', isPrivate: false }, verdict: { from: 'network', canChoose: true } } as const
    assert.match(npmProbeText(ours, look), /^[^]*\nregistry +none: the name[^]*\nnetwork +answers[^]*by its publisher\n[^]*whoever holds it in this network\n$/)
    const refused = { ...ours, upstream: { state: 'denies', why: 'nobody knows who it is' }, verdict: { from: 'nowhere', canChoose: false } } as const
    assert.match(npmProbeText(refused, look), /from nowhere: nobody knows who it is\n$/)
    assert.match(npmProbeText({ ...probe, verdict: { from: 'upstream', canChoose: true } }, look), /from the registry\n$/)
  })
})
