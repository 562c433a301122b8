import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Command } from 'commander'
import fc from 'fast-check'
import { GgenError, isGgenError } from '#core'
import { allowCommand, banCommand, bansCommand, unbanCommand } from './access-commands.ts'
import { identityCommands } from './identity-commands.ts'
import { limitCommand, peersCommand, startCommand, statusCommand, stopCommand } from './node-commands.ts'
import {
  collect, collectNames, collectOf, readCount, readHold, readLimit, readPublisher, readRate, readReplicas, readSeconds, readSince, readSpan, share,
} from './options.ts'
import { describeCommand, listCommand, publishCommand } from './package-commands.ts'
import { type Choice, type Help, parseArguments } from './parse-arguments.ts'
import { pinCommand, pinsCommand, unpinCommand } from './pin-commands.ts'
import { createProgram } from './program.ts'
import { searchCommand } from './search-command.ts'
import { watchCommand } from './watch-command.ts'

const parse = (line: string): Choice | Help =>
  parseArguments(line.split(' ').filter((word) => word !== ''), { version: '1.2.3', stdout: { write: () => undefined, isTTY: true, columns: 100 } })

const helpOf = (line: string): string => {
  const parsed = parse(line)
  assert.ok(parsed.kind === 'help', line)
  return parsed.text
}

const refuses = (line: string, message: RegExp, hint: RegExp): void =>
  assert.throws(() => parse(line), (error) => isGgenError(error, 'usage') && message.test(error.message) && hint.test(error.hint), line)

const IDENTITY = `bafyrei${'a'.repeat(52)}`

const program = createProgram('1.2.3', () => undefined)
const pathsOf = (command: Command, path = ''): string[] => command.commands.flatMap((one) => [`${path}${one.name()}`, ...pathsOf(one, `${path}${one.name()} `)])
const PATHS = pathsOf(program).filter((path) => !path.endsWith('help'))

describe('parseArguments', () => {
  it('knows every command of the contract', () => {
    assert.deepEqual(PATHS.toSorted(), [
      'advise', 'approve', 'bundle', 'cache', 'cache clear', 'cache stats', 'cache verify', 'ci', 'ci start', 'ci stop',
      'config', 'config path', 'config show', 'config validate',
      'deprecate', 'doctor', 'endorse', 'follow', 'followed', 'id', 'id add-key', 'id agent', 'id backup', 'id create', 'id domains', 'id export',
      'id import', 'id lock', 'id need', 'id protect', 'id recover', 'id revoke', 'id rotate', 'id show', 'id unlock', 'import', 'info', 'install', 'invite',
      'join', 'leave', 'list', 'npm', 'npm keep', 'npm probe', 'npm report', 'npm setup', 'npm token', 'npm unsetup', 'npm warm', 'outdated', 'p2p',
      'p2p allow', 'p2p ban', 'p2p bans', 'p2p connect', 'p2p limit',
      'p2p peers', 'p2p publish', 'p2p search',
      'p2p start', 'p2p status', 'p2p stop', 'p2p unban', 'pin', 'pins', 'publish', 'registry', 'registry serve', 'registry token',
      'registry token create', 'registry token list', 'registry token revoke', 'remove', 'search', 'stage', 'trust', 'trust add', 'trust block',
      'trust blocked', 'trust list', 'trust remove', 'trust unblock', 'trust why', 'undo', 'unfollow', 'unpin', 'update', 'verify', 'watch',
      'with', 'withdraw', 'yank',
    ])
  })

  it('gives every command help with an example', () => {
    for (const path of PATHS) assert.match(helpOf(`${path} --help`), /\nExample:\n {2}\$ ggen /, path)
    for (const path of ['', '--help', 'help']) assert.match(helpOf(path), /Exit codes:\n/)
    assert.equal(helpOf('help search'), helpOf('search --help'))
    assert.match(helpOf('p2p'), /^Usage: ggen p2p /)
    assert.equal(helpOf('--version'), '1.2.3\n')
  })

  /** What needs no node waits for nothing. */
  const LOCAL = new Set([
    ...['show', 'create', 'unlock', 'lock', 'agent', 'protect', 'backup', 'export', 'import'].map((name) => `id ${name}`),
    ...['validate', 'path'].map((name) => `config ${name}`),
    ...['create', 'list', 'revoke'].map((name) => `registry token ${name}`),
  ])

  it('gives every command --json, and --timeout where it waits', () => {
    for (const path of PATHS.filter((one) => !['p2p', 'trust', 'id', 'cache', 'ci', 'config', 'registry', 'registry token'].includes(one))) {
      assert.match(helpOf(`${path} --help`), /--json /, path)
      assert.equal(/--timeout /.test(helpOf(`${path} --help`)), path !== 'list' && !LOCAL.has(path), path)
    }
  })

  it('reads the time to wait', () => {
    const parsed = parse('search x --timeout 2.5')
    assert.ok(parsed.kind === 'command' && parsed.timeoutSeconds === 2.5)
    for (const seconds of ['0', '-1', 'x', '1e9', 'Infinity', 'NaN']) refuses(`search x --timeout=${seconds}`, /--timeout/, /help/)
  })

  it('accepts --json before and after the command', () => {
    for (const line of ['--json search x', 'search --json x', 'p2p --json status', 'p2p status --json']) assert.equal(parse(line).kind, 'command', line)
  })

  it('suggests the command or option that was meant', () => {
    refuses('serch x', /unknown command 'serch'/, /did you mean search\?/)
    refuses('p2p strat', /unknown command 'strat'/, /did you mean start\?/)
    refuses('search --categry x', /unknown option '--categry'/, /did you mean --category\?/)
    refuses('p2p start --bootstarp x', /unknown option/, /did you mean --bootstrap\?/)
    refuses('status', /unknown command 'status'/, /did you mean p2p status\?/)
    refuses('xyzzy', /unknown command 'xyzzy'/, /--help/)
  })

  it('refuses missing and superfluous arguments', () => {
    const ofIdentities = ['id backup', 'id export', 'id import', 'id show x']
    const ofPackages = ['publish', 'info', 'list a', 'pin', 'unpin', 'pins a', 'search --tag']
    for (const line of [...ofIdentities, ...ofPackages]) refuses(line, /./, /help/)
    refuses('id create --keyring --no-passphrase', /--no-passphrase.*--keyring/, /help/)
    for (const line of ['p2p ban', 'p2p unban', 'p2p allow', 'p2p bans x']) refuses(line, /argument/, /help/)
    for (const rate of ['fast', '0', '8191', '5mb', '-1']) refuses(`p2p limit --up=${rate}`, /--up <rate>.*a rate/, /help/)
    for (const time of ['soon', '-1', '5y']) refuses(`p2p ban x --for=${time}`, /--for <time>.*a time looks like/, /help/)
    refuses('p2p limit --reset --up 1MB', /--reset.*--up/, /help/)
    for (const limit of ['0', '201', '1.5', '-1', 'x']) refuses(`search x --limit=${limit}`, /--limit/, /help/)
    for (const option of ['--sort=best', '--publisher=ada', '--publisher=k5xw-adaq-love']) refuses(`search x ${option}`, /'--(?:sort|publisher) /, /help/)
    for (const option of ['--limit=0', '--limit=x', '--type=x', '--status=live,x', '--name=A', '--timeout=0']) {
      refuses(`watch ${option}`, new RegExp(`${option.split('=')[0]} `), /help/)
    }
    refuses('search x --since=yesterday', /not a date: "yesterday"/, /7d/)
    for (const time of ['0', '999ms', '13h', 'long']) refuses(`id unlock --for ${time}`, /--for/, /help/)
    for (const copies of ['0', '65', '1.5', '-1', 'x']) refuses(`publish . --replicas=${copies}`, /--replicas/, /help/)
  })

  it('lets only usage errors out for random words', () => {
    const word = fc.oneof(fc.constantFrom(...PATHS.join(' ').split(' '), '--json', '--', '--timeout', '--help', '-h', '--tag', 'help', '-V'), fc.string())
    fc.assert(fc.property(fc.array(word, { maxLength: 6 }), (args) => {
      try {
        parseArguments(args, { version: '1', stdout: { write: () => undefined, isTTY: false } })
      } catch (error) {
        assert.ok(error instanceof GgenError && error.code === 'usage', String(error))
      }
    }), { numRuns: 500 })
  })
})

describe('options', () => {
  it('are read into values', () => {
    assert.equal(readSeconds('1.5'), 1.5)
    assert.equal(readLimit('200'), 200)
    assert.equal(readReplicas('64'), 64)
    assert.equal(readCount('1000'), 1000)
    assert.deepEqual(collectNames('@b/c, d', collectNames('a', undefined)), ['a', '@b/c', 'd'])
    assert.deepEqual(collectOf(['x', 'y'])('y,x', ['x']), ['x', 'y', 'x'])
    assert.equal(readSince('2026-11-01'), Date.UTC(2026, 10, 1) / 1000)
    assert.equal(readPublisher(IDENTITY), IDENTITY)
    assert.deepEqual([readRate('8 Mbit'), readRate('none')], [1_000_000, 'none'])
    assert.deepEqual(['1s', '10m', '12h'].map(readHold), [1000, 600_000, 43_200_000])
    assert.deepEqual([readSpan('1h'), readSpan('90')], [3_600_000, 90_000])
    assert.deepEqual(collect('b, c,,', collect('a', undefined)), ['a', 'b', 'c'])
  })

  it('belong to commands that can stand alone', () => {
    const forNodes = [limitCommand, peersCommand, startCommand, statusCommand, stopCommand]
    const forPackages = [describeCommand, listCommand, publishCommand, searchCommand, watchCommand, pinCommand, pinsCommand, unpinCommand]
    const forAccess = [allowCommand, banCommand, bansCommand, unbanCommand]
    const makers = [...forNodes, ...forAccess, ...forPackages, identityCommands]
    const names = makers.map((make) => make(() => undefined).name())
    assert.equal(new Set(names).size, makers.length)
    assert.equal(share(searchCommand(() => undefined).command('x'), 'ggen x').options.length, 1)
  })
})
