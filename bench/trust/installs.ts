import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { IdentityId } from '#core'
import type { ControlClient } from '#doors/control'
import { installPackage, memoryTarget } from '#flow/install'
import { type RunningNode, seeded, smallPackage, startNode, TEST_EPOCH, until, writeTree } from '#testing'
import { createIdentity, keyPairFromSeed, signingBytes } from '#trust'
import { clientOf } from '../catalogue/control.ts'
import { fillHome } from '../catalogue/filled-home.ts'
import { SEED } from '../catalogue/seed.ts'
import { type Result, round, spread } from '../measure.ts'

/** Installed, and known besides. */
const PACKAGES = 400
const CATALOGUE_PACKAGES = 5000
const PACKAGE_BYTES = 30_000
const PATIENCE_MS = 600_000
const MOST_MS = 20

const never = new AbortController().signal

/** Of a person who asks for evidence: here a followed publisher that vouches for the one whose packages these are. */
const FULL = { GGEN_TRUST_FIRST_USE: 'ask', GGEN_TRUST_COOL_DOWN: '1d' }
const ACCEPT_ALL = { GGEN_TRUST_FIRST_USE: 'accept', GGEN_TRUST_COOL_DOWN: '0', GGEN_TRUST_DOMAINS: 'off' }

const publisher = (seed: string) => {
  const { identity, genesis, release } = createIdentity(seeded(seed), TEST_EPOCH)
  const key = keyPairFromSeed(release)
  const sign = (payload: Uint8Array) => [{ key: key.publicKey, signature: key.sign(signingBytes(payload)) }]
  return { sign, asking: { identity, chain: [genesis], feed: key.publicKey } }
}

const nameOf = (index: number): string => `measured-${index}`

const publishAll = async (client: ControlClient, { sign, asking }: ReturnType<typeof publisher>, work: string): Promise<void> => {
  const content = seeded('installed')
  for (let index = 0; index < PACKAGES; index++) {
    const path = await writeTree(join(work, nameOf(index)), { ...smallPackage(nameOf(index)), 'content.bin': content.bytes(PACKAGE_BYTES) })
    const prepared = await client.prepare({ ...asking, path }, never)
    if (prepared.state === 'unsigned') await client.commit(prepared.intent, sign(prepared.payload), never)
  }
}

const startFilled = async (home: string, env: NodeJS.ProcessEnv, bootstrap: readonly string[] = []): Promise<RunningNode> => {
  await mkdir(home, { recursive: true, mode: 0o700 })
  await writeFile(join(home, 'config.toml'), '[p2p]\nsync_every = 1\n')
  await fillHome(home, { seed: SEED, count: CATALOGUE_PACKAGES })
  return await startNode({ home, env, bootstrap })
}

/** Who installs, and whom it believes without looking further. */
interface Installer {
  readonly client: ControlClient
  readonly trust?: IdentityId
}

/** Milliseconds from the question to all files of the package, checked and unpacked in memory. */
const install = async ({ client, ...believing }: Installer, name: string): Promise<number> => {
  const began = performance.now()
  const release = await client.fetch({ spec: name, ...believing }, never)
  await installPackage({ release, chunks: client.readBlob(release.digest, never) }, memoryTarget(), never)
  return performance.now() - began
}

const p99 = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.ceil(values.length * 0.99) - 1] ?? Number.NaN

/** Every package once on both nodes, which take turns in being the first. */
const race = async (full: Installer, acceptAll: Installer): Promise<readonly [full: number[], acceptAll: number[]]> => {
  const times: readonly [number[], number[]] = [[], []]
  for (let index = 0; index < PACKAGES; index++) {
    const turns = [[times[0], full], [times[1], acceptAll]] as const
    for (const [list, installer] of index % 2 === 0 ? turns : turns.toReversed()) list.push(await install(installer, nameOf(index)))
  }
  return times
}

const row = (what: string, [full, acceptAll]: readonly [readonly number[], readonly number[]]): Result => {
  console.log(`${what}: ${spread(full)} ms; everybody accepted: ${spread(acceptAll)} ms, over ${full.length} packages each`)
  const [ours, baseline] = [p99(full), p99(acceptAll)]
  return {
    what: `${what}, p99`, unit: 'ms', ours: round(ours), baseline: round(baseline), baselineName: 'trust accepts everybody', ratio: round(ours / baseline),
    goal: `< ${MOST_MS} ms more`, pass: ours < baseline + MOST_MS,
  }
}

/**
 * What the trust check adds to an install: a node that asks for evidence and finds it with a followed publisher, beside one that accepts everybody and is
 * told whom to believe. Both know the same catalogue and bring the same small packages from the same peer. No domain speaks for these names.
 */
export const installs = async (work: string): Promise<Result[]> => {
  await using holder = await startFilled(join(work, 'holder'), ACCEPT_ALL)
  const holding = clientOf(holder.home)
  const [maker, voucher] = [publisher('maker'), publisher('voucher')]
  await publishAll(holding, maker, join(work, 'sources'))
  const statement = { type: 'endorse', target: maker.asking.identity, names: [], level: 'vouch' } as const
  const { intent, payload } = await holding.prepareStatement({ ...voucher.asking, statement }, never)
  await holding.commitStatement(intent, voucher.sign(payload), never)
  await using full = await startFilled(join(work, 'full'), FULL, holder.addresses)
  await using acceptAll = await startFilled(join(work, 'accept-all'), ACCEPT_ALL, holder.addresses)
  await clientOf(full.home).follow(voucher.asking.identity, never)
  const printOf = async ({ home }: RunningNode): Promise<string> => (await clientOf(home).status(never)).catalogue.fingerprint
  const nodes = [holder, full, acceptAll]
  await until('all know the same', async () => new Set(await Promise.all(nodes.map(printOf))).size === 1, PATIENCE_MS)
  const installers = [{ client: clientOf(full.home) }, { client: clientOf(acceptAll.home), trust: maker.asking.identity }] as const
  return [
    row('a package of 30 KB from a peer, with evidence for its name', await race(...installers)),
    row('the same again, its bytes being here', await race(...installers)),
  ]
}
