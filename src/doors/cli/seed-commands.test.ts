import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Command } from 'commander'
import { GgenError, isGgenError } from '#core'
import { parseArguments } from './parse-arguments.ts'
import { createProgram } from './program.ts'
import { fromSeed, SEED_COMMANDS } from './seed-commands.ts'

const pathsOf = (command: Command, path = ''): string[] => command.commands.flatMap((one) => [`${path}${one.name()}`, ...pathsOf(one, `${path}${one.name()} `)])
const PATHS = pathsOf(createProgram('1', () => undefined))

/** Every command of the documents of before, with arguments and options as they have them. */
const NAMED = `
  p2p start --listen /ip4/0.0.0.0/tcp/4001 --bootstrap /dns4/a.example/tcp/1 --bootstrap /dns4/b.example/tcp/1 --dht-server
  p2p start --daemon --config FILE --topic ggen/packages
  p2p start -l /ip4/0.0.0.0/tcp/4001 -b /dns4/a.example/tcp/1
  p2p publish PATH
  p2p publish PATH --announce --dht-store --wait
  p2p search web server -c templates -t a,b -l 5
  p2p search web --category templates --tags a,b --limit 5 --timeout 30 --json
  p2p status --json --detailed
  p2p peers --json
  p2p peer-list --verbose --format json
  p2p peer-info 12D3KooWQYhTNQdmr3ArTeUHRYzFg94BKyTkoWBDWez9kSCVe2Xo --full
  p2p bootstrap /dns4/a.example/tcp/1 /dns4/b.example/tcp/1 --timeout 60 --wait
  p2p connect /dns4/a.example/tcp/1
  p2p config show
  p2p config validate
  marketplace p2p start --daemon
  marketplace p2p peer-list --format table
  marketplace p2p config show
  marketplace search rust --limit 10 --category c
  marketplace install a@1.0.0 --target .
  marketplace list --detailed --json
  marketplace publish PATH
  marketplace update a --all --dry-run
  marketplace search rust --keyword web --tags a --registry all
  market search rust --fuzzy --suggestions --detailed --sort relevance
  market update --check
  market info a --examples --dependencies --health
  market search rust --category c --author a --license MIT --detailed --json --limit 10
  market add a
  market remove a
  market list
  market info a
  market publish PATH
  market offline search rust
  market offline info a
  market cache clear
  market cache stats
  market cache validate
  pack add a
  pack remove a
  pack list --verbose
  pack show a
  pack search rust --limit 5
  pack doctor
  packs install a
  packs list
  packs show a
`.trim().split('\n').map((line) => line.trim().split(' '))

const WITHOUT_MEANING = [
  'p2p disconnect --peer x', 'p2p config edit', 'p2p config reset', 'marketplace p2p disconnect --shutdown', 'marketplace validate', 'market categories',
  'market offline categories', 'market recommend --explain', 'market natural', 'market sync', 'market unpublish a', 'pack new', 'sync run',
]

describe('commands of documents of before', () => {
  it('are ours under another name', () => {
    const stdout = { write: () => undefined, isTTY: false }
    for (const args of NAMED) assert.equal(parseArguments(args, { version: '1', stdout }).kind, 'command', args.join(' '))
  })

  it('stand for commands that there are', () => {
    for (const command of SEED_COMMANDS) if ('ours' in command) assert.ok(PATHS.includes(command.ours), command.ours)
  })

  it('say what to use where they mean nothing here', () => {
    for (const line of WITHOUT_MEANING) {
      const isSo = (error: unknown): boolean => isGgenError(error, 'usage') && error.hint !== new GgenError('usage', '').hint
      assert.throws(() => fromSeed(line.split(' ')), isSo, line)
    }
  })

  it('have options with other names', () => {
    assert.deepEqual(fromSeed(['market', 'search', '--tags=a,b', '-t', 'c', '--', '--tags']), ['search', '--tag=a,b', '-t', 'c', '--', '--tags'])
    assert.deepEqual(fromSeed(['p2p', 'peer-list', '--format=json']), ['p2p', 'peers', '--json'])
    assert.throws(() => fromSeed(['p2p', 'peer-list', '--format', 'yaml']), (error) => isGgenError(error, 'usage'))
  })

  it('leave everything else as it is', () => {
    for (const args of [[], ['search', '--tags', 'a'], ['market'], ['p2p'], ['p2p', 'start', '--detailed'], ['--json', 'market', 'search']]) {
      assert.deepEqual(fromSeed(args), args)
    }
  })
})
