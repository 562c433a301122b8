import { GgenError } from '#core'

/** Options that ask for what happens anyway, of any command. */
const NEEDLESS: ReadonlySet<string> = new Set([
  '--detailed', '--verbose', '--full', '--announce', '--dht-store', '--wait', '--fuzzy', '--suggestions', '--examples', '--dependencies', '--health',
])

/** An option that is not here, and why, and what to use. */
interface Refused {
  readonly why: string
  readonly instead: string
}

/** What becomes of the options of one command: ours, nothing at all, or a reason. */
interface SeedOptions {
  readonly renamed?: Readonly<Record<string, string>>
  readonly needless?: readonly string[]
  readonly refused?: Readonly<Record<string, Refused>>
}

const FORCE: Refused = { why: 'nothing here can be forced', instead: 'do without it, and read what the error says' }
const REPUTATION: Refused = { why: 'how fast a peer answers says nothing of what it says', instead: 'ggen p2p ban keeps one away' }
const MANIFEST: Refused = { why: 'the manifest of the package says it', instead: 'write it there' }
const COUNTED: Refused = { why: 'that is counted by nobody who could be believed', instead: 'ggen search --sort relevance' }

/** By the last word of our command. */
const OPTIONS: Readonly<Record<string, SeedOptions>> = {
  publish: {
    refused: {
      '--version': MANIFEST, '--tag': MANIFEST, '--force': FORCE,
      '--skip-verify': { why: 'what cannot be verified is refused by everybody', instead: 'do without it' },
      '--dry-run': { why: 'a package is checked before anything is signed', instead: 'do without it: what is wrong is said, and nothing is out then' },
    },
  },
  search: {
    renamed: { '--keyword': '--tag' },
    refused: {
      '--min-reputation': REPUTATION, '--min-stars': COUNTED, '--min-downloads': COUNTED,
      '--order': { why: 'each order has one direction', instead: '--sort relevance, name or date' },
    },
  },
  install: {
    renamed: { '--target': '--dir' },
    refused: {
      '--force': FORCE,
      '--no-dependencies': { why: 'a package without what it needs does not work', instead: '--dry-run shows everything that would come' },
    },
  },
  update: { renamed: { '--dry-run': '--check' }, needless: ['--all'] },
  peers: { refused: { '--min-reputation': REPUTATION, '--sort': { why: 'there is one order', instead: '--json, and sort it by latencyMs or score' } } },
  connect: { refused: { '--persistent': { why: 'what lasts is configured', instead: 'name the peer in p2p.bootstrap' } } },
  info: { refused: { '--interactive': { why: 'all of it is printed', instead: 'do without it' } } },
  list: { refused: { '--category': { why: 'what is installed has no conditions', instead: 'ggen search --category NAME' } } },
}

/** Every option that is refused, for the page that says so. */
export const REFUSED_OPTIONS: readonly (Refused & { readonly seed: string })[] = Object.entries(OPTIONS).flatMap(([command, { refused = {} }]) =>
  Object.entries(refused).map(([option, reason]) => ({ seed: `${command} ${option}`, ...reason })))

const formatOf = (format: string | undefined): readonly string[] => {
  if (format === 'json') return ['--json']
  if (format === 'table') return []
  const hint = 'tables are for people; --json is for programs'
  throw new GgenError('usage', `nothing is printed as ${JSON.stringify((format ?? '').slice(0, 40))}`, { hint })
}

/** Words that stood for whom to search; anything else is an address. */
const WHOM: Readonly<Record<string, readonly string[]>> = { all: [], p2p: ['--p2p'], central: ['--central'] }

const whomOf = (registry: string | undefined): readonly string[] =>
  registry !== undefined && Object.hasOwn(WHOM, registry) ? (WHOM[registry] ?? []) : ['--registry', ...(registry === undefined ? [] : [registry])]

/** Options in which a value is another one here. */
const READ: Readonly<Record<string, (value: string | undefined) => readonly string[]>> = { '--format': formatOf, '--registry': whomOf }

/** The options of a command of before as `ours` has them. Throws `usage`, which says what to use. */
export const optionsOf = (ours: string, args: readonly string[]): readonly string[] => {
  const { renamed = {}, needless = [], refused = {} } = OPTIONS[ours.split(' ').at(-1) ?? ''] ?? {}
  const names: Readonly<Record<string, string>> = { '--tags': '--tag', ...renamed }
  const own: string[] = []
  for (let index = 0; index < args.length; index += 1) {
    const arg = args[index] ?? ''
    const [name = '', ...value] = arg.startsWith('--') ? arg.split('=') : [arg]
    if (arg === '--') return [...own, ...args.slice(index)]
    const reason = Object.hasOwn(refused, name) ? refused[name] : undefined
    if (reason !== undefined) throw new GgenError('usage', `there is no ${name} for ${ours}: ${reason.why}`, { hint: reason.instead })
    const read = Object.hasOwn(READ, name) ? READ[name] : undefined
    if (read !== undefined) own.push(...read(value.length > 0 ? value.join('=') : args[(index += 1)]))
    else if (Object.hasOwn(names, name)) own.push([names[name], ...value].join('='))
    else if (!NEEDLESS.has(arg) && !needless.includes(arg)) own.push(arg)
  }
  return own
}
