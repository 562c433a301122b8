import type { NpmProbeReply } from '#doors/control'
import type { Look } from './look.ts'
import { plainText } from './plain-text.ts'
import { count, durationText, sizeText, spanText } from './quantities.ts'
import { fieldsText } from './table.ts'

type Field = readonly [label: string, value: string | undefined]

const routeText = ({ route: { upstream, by, scope, isPrivate } }: NpmProbeReply): string => {
  if (upstream === undefined) return 'none: the name belongs to this network'
  const why = by === 'scope' && scope !== undefined ? `as ${scope}:registry says` : 'as registry says, or npm itself'
  return `${upstream}, ${why}${isPrivate ? ', with your credentials' : ''}`
}

const documentText = ({ document, route }: NpmProbeReply): string | undefined => {
  if (route.by === 'network') return undefined
  if (document === undefined) return 'not here'
  const { kind, ageMs, freshMs } = document
  const age = `${kind === 'full' ? 'whole' : 'as far as installs need it'}, ${durationText(ageMs / 1000)} old`
  return `here, ${age}${ageMs < freshMs ? '' : ': it is asked for again when somebody wants it'}`
}

const upstreamText = ({ upstream: { state, ms, why } }: NpmProbeReply): string => {
  const after = ms === undefined ? '' : ` after ${spanText(ms)}`
  const because = why === undefined ? '' : `: ${why}`
  switch (state) {
    case 'answers': return `answers${after}`
    case 'has-not': return `has it not${after}${because}`
    case 'denies': return `does not let you have it${after}${because}`
    case 'fails': return `fails${after}${because}`
    case 'left-alone': return `failed lately, and is left alone for a while${because}`
  }
}

const peerFields = ({ peers, route }: NpmProbeReply): readonly Field[] => {
  if (route.by === 'network') return []
  if (peers.length === 0) return [['peers', 'none could be asked']]
  const some = peers.filter(({ says }) => says !== 'none')
  if (some.length === 0) return [['peers', `${count(peers.length, 'peer')} asked, and none has it`]]
  const texts = some.map(({ peer, says, ms }) => `${peer} ${says === 'held' ? 'has it' : 'is fetching it'} (${spanText(ms)})`)
  return texts.map((text, index): Field => [index === 0 ? 'peers' : '', text])
}

const SIGNATURES: Readonly<Record<NpmProbeReply['signatures'], string>> = {
  verified: 'right, by a key of the registry',
  unsigned: 'none: the registry signs nothing of it',
  'unknown-key': 'by a key that the registry does not name',
  wrong: 'WRONG: the registry signed something else',
  'expired-key': 'by a key that had expired by then',
  unchecked: 'not checked: nobody says with which keys',
}

const NOWHERE: Readonly<Record<NonNullable<NpmProbeReply['verdict']['why']>, string>> = {
  'no-such-package': 'the registry knows no such package',
  'no-such-version': 'no such version is known',
  denied: 'the registry does not let you have it: check your npm configuration',
  'upstream-fails': 'the registry does not answer, and nobody else has it',
}

const verdictText = ({ verdict: { from, why, canChoose }, route, upstream }: NpmProbeReply): string => {
  if (route.by === 'network' && from === 'nowhere') return `from nowhere: ${upstream.why ?? NOWHERE['no-such-version']}`
  const locked = canChoose ? '' : ', by a lock file: which versions there are nobody says now'
  switch (from) {
    case 'disk': return `from this disk${locked}`
    case 'peer': return `from a peer${locked}`
    case 'network': return 'from whoever holds it in this network'
    case 'upstream': return `from the registry${locked}`
    case 'nowhere': return `from nowhere: ${NOWHERE[why ?? 'upstream-fails']}`
  }
}

/** Step by step where a package would come from, in the order in which a node looks, and what that comes to. */
export const npmProbeText = (probe: NpmProbeReply, look: Look): string => {
  const { name, wanted, version, disk, signatures } = probe
  const fields: readonly Field[] = [
    ['registry', routeText(probe)],
    ['document', documentText(probe)],
    [probe.route.by === 'network' ? 'network' : 'upstream', upstreamText(probe)],
    ['version', version ?? 'nobody says which'],
    ['disk', disk === undefined ? 'not here' : `${sizeText(disk.sizeBytes)} are here`],
  ]
  const peers = peerFields(probe)
  const width = Math.max(...[...fields, ['signatures'] as const].map(([label]) => label.length))
  const more = peers.slice(1).map(([, value = '']) => `${' '.repeat(width)}  ${plainText(value)}\n`).join('')
  const first = fieldsText([...fields.map(([label, value]): Field => [label.padEnd(width), value]), ...peers.slice(0, 1)], look)
  const isOurs = probe.route.by === 'network' && signatures === 'verified'
  const last = fieldsText([['signatures', isOurs ? 'right, by its publisher' : SIGNATURES[signatures]]], look)
  return `${look.bold(plainText(`${name}@${wanted}`))}\n${first}${more}${last}\nit would come ${verdictText(probe)}\n`
}
