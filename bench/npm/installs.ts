import type { Result } from '../measure.ts'
import { quietDown } from '../transfer/quiet.ts'
import { beside } from './beside.ts'
import { Place } from './place.ts'
import { openProject } from './project.ts'
import { atMost } from './quick.ts'
import { startVerdaccio } from './verdaccio.ts'

const ROUNDS = atMost(5, 1)

/** One way to the packages: resolves to the milliseconds of an install. */
type Way = () => Promise<number>

/** An install that must not need the registry, apart from so many archives in a hundred. */
const withoutUpstream = async (place: Place, install: Way): Promise<number> => {
  const [ms, archives] = await place.asked(install)
  if (archives > 0) console.log(`${archives} archives came from the registry, though they were nearer`)
  return ms
}

/** What of an install is npm's own work: everything lies in its cache, and nobody is asked. Nothing that serves npm can be faster. */
const ownCache = async (place: Place): Promise<Way> => {
  const home = place.folder('seat-that-has-all')
  await place.installAt(home, place.upstream.url)
  return () => withoutUpstream(place, () => place.installAt(home, place.upstream.url))
}

/** `npm ci` on a machine whose npm has nothing, in turns: from the registry, through Verdaccio that has all, and through a node; and where npm has all. */
export const installs = async (): Promise<Result[]> => {
  await using place = await Place.open(await openProject())
  await using verdaccio = await startVerdaccio(place.folder('verdaccio'), place.upstream.url)
  await using warm = await place.startNode()
  for (const registry of [verdaccio.url, warm.registry]) await place.install(registry)
  const ways: Readonly<Record<string, Way>> = {
    plain: () => place.install(place.upstream.url),
    verdaccio: () => withoutUpstream(place, () => place.install(verdaccio.url)),
    cold: async () => {
      await using cold = await place.startNode()
      return await place.install(cold.registry)
    },
    warm: () => withoutUpstream(place, () => place.install(warm.registry)),
    peer: async () => {
      await using near = await place.startNode([warm])
      return await withoutUpstream(place, () => place.install(near.registry))
    },
    cached: await ownCache(place),
  }
  const names = Object.keys(ways)
  const times = new Map(names.map((name): [string, number[]] => [name, []]))
  for (let round = 0; round < ROUNDS; round++) {
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(round + turn) % names.length] ?? ''
      await quietDown()
      times.get(name)?.push((await ways[name]?.()) ?? Number.NaN)
    }
  }
  const [plain = [], other = [], cold = [], own = [], near = [], cached = []] = names.map((name) => times.get(name) ?? [])
  const { about } = place.project
  const row = (ours: readonly number[], how: string, most: number): Result =>
    beside({ what: `npm ci of ${about}, ${how}`, unit: 'ms', ours, other: plain, otherName: 'npm alone', most })
  return [
    row(own, 'all on the own disk', 0.6),
    beside({ what: `npm ci of ${about}, all on the own disk, beside Verdaccio`, unit: 'ms', ours: own, other, otherName: 'Verdaccio that has all', most: 0.7 }),
    row(near, 'all with one peer', 0.75),
    row(cold, 'nobody near has anything', 1.1),
    { ...row(cached, 'npm with all in its own cache and nobody asked', 1), goal: 'stated', pass: true },
  ]
}
