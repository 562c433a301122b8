import { homedir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { isGgenError } from 'ggen'
import { get, publish, search, start, stats } from './commands.ts'

const USAGE = `Usage: p2p-marketplace COMMAND [OPTIONS]

  start    --listen/-l ADDRESS (/ip4/0.0.0.0/tcp/4001)  --bootstrap/-b ADDRESS (may be repeated)  --no-mdns
  publish  --name/-n NAME --version/-v VERSION  --category/-c CATEGORY (general)  --tags/-t A,B  --description/-d TEXT  [FILE…]
  search   WORD…  --category/-c CATEGORY  --tags/-t A,B  --limit/-l COUNT (20)
  get      NAME@VERSION
  stats

All take --home FOLDER: which node of this machine is meant (or P2P_MARKETPLACE_HOME; else ~/.p2p-marketplace).
`

const USAGE_EXIT = 2

const text = (short: string) => ({ type: 'string', short }) as const
const home = { home: { type: 'string' } } as const
const filters = { category: text('c'), tags: text('t') } as const

const list = (tags: string | undefined): { tags?: readonly string[] } => (tags === undefined ? {} : { tags: tags.split(',').map((tag) => tag.trim()) })

/** The folder of the node that a command is about. */
const homeOf = ({ home: chosen }: { readonly home?: string | undefined }): string =>
  chosen ?? process.env['P2P_MARKETPLACE_HOME'] ?? join(homedir(), '.p2p-marketplace')

/** Runs one command. Throws a `TypeError` for arguments that nobody understands. */
const run = async (command: string | undefined, args: string[]): Promise<void> => {
  switch (command) {
    case 'start': {
      const options = { ...home, listen: text('l'), bootstrap: { type: 'string', short: 'b', multiple: true }, 'no-mdns': { type: 'boolean' } } as const
      const { values: { listen = '/ip4/0.0.0.0/tcp/4001', bootstrap = [], 'no-mdns': noMdns = false, ...chosen } } = parseArgs({ args, options })
      return await start({ home: homeOf(chosen), listen, bootstrap, mdns: !noMdns })
    }
    case 'publish': {
      const options = { ...home, ...filters, name: text('n'), version: text('v'), description: text('d') } as const
      const { values, positionals: files } = parseArgs({ args, options, allowPositionals: true })
      const { name, version, category = 'general', tags, description, ...chosen } = values
      if (name === undefined || version === undefined) throw new TypeError('publish needs --name and --version')
      return await publish({ home: homeOf(chosen), name, version, category, ...list(tags), ...(description !== undefined && { description }), files })
    }
    case 'search': {
      const options = { ...home, ...filters, limit: { ...text('l'), default: '20' } } as const
      const { values: { category, tags, limit, ...chosen }, positionals } = parseArgs({ args, options, allowPositionals: true })
      const conditions = { ...(category !== undefined && { category }), ...list(tags), limit: Number(limit) }
      return await search({ home: homeOf(chosen), words: positionals.join(' '), ...conditions })
    }
    case 'get': {
      const { values, positionals: [spec, ...others] } = parseArgs({ args, options: home, allowPositionals: true })
      if (spec === undefined || others.length > 0) throw new TypeError('get takes one NAME@VERSION')
      return await get({ home: homeOf(values), spec })
    }
    case 'stats':
      return await stats({ home: homeOf(parseArgs({ args, options: home }).values) })
    default:
      throw new TypeError(command === undefined ? 'which command?' : `there is no command ${command}`)
  }
}

const [command, ...args] = process.argv.slice(2)
try {
  if (command === '--help' || command === '-h') console.log(USAGE)
  else await run(command, args)
} catch (error) {
  if (isGgenError(error)) {
    console.error(`error ${error.code}: ${error.message}\n  hint: ${error.code === 'daemon-not-running' ? 'start a node: p2p-marketplace start' : error.hint}`)
    process.exitCode = error.kind.exitCode
  } else if (error instanceof TypeError) {
    console.error(`error: ${error.message}\n\n${USAGE}`)
    process.exitCode = USAGE_EXIT
  } else {
    throw error
  }
}
