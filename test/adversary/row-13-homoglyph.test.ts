import assert from 'node:assert/strict'
import { join } from 'node:path'
import { suite, test, type TestContext } from 'node:test'
import { Bandwidth, keepLimits } from '#bandwidth'
import { Events, GgenError, isGgenError, isPackageName, isVersion, parsePackageName, parsePackageSpec, parseVersion } from '#core'
import { runCli, type World } from '#doors/cli'
import { serveControl } from '#doors/daemon'
import { memoryHub } from '#network'
import type { Marketplace } from '#marketplace'
import { seeded, temporaryFolder, TestClock } from '#testing'
import { cannedMarketplace } from '../transcripts/canned-marketplace.ts'

/** Row 13 of the threat table: names and texts that show as something else than they are. */
const NAMES = 100_000
const TYPED = 300

const VICTIMS = ['lodash', 'cross-env', '@types/node', 'io.ggen.rust.cli', 'socket.io', 'ns/name']
const VERSIONS = ['1.2.3', '1.0.0-rc.1', '26.8.18+dfcm.1']
/** Look-alikes of Latin letters, marks of direction, marks without width, tags, controls, full-width and other digits, and what changes when it is folded. */
const FORGERIES = [
  'а', 'о', 'е', 'і', 'ѕ', 'ⅼ', 'ο', 'ԁ', 'ɡ', 'ı', 'ſ', '\u212a', 'ß', 'ﬁ', '０', '１', '٠', '．', '／', '＠', '‐', '‑', '–', '․',
  '\u202a', '\u202b', '\u202c', '\u202d', '\u202e', '\u2066', '\u2067', '\u2068', '\u2069', '\u200e', '\u200f', '\u061c',
  '\u200b', '\u200c', '\u200d', '\u2060', '\ufeff', '\u00ad', '\u180e', '\u{e0061}', '\u{e007f}', '\u034f', '\u115f', '\u3164', '\u0301', '\ufe0f', '\ud800',
  '\u0000', '\u0007', '\u0008', '\t', '\n', '\r', '\u001b', '\u001b[2J', '\u001b]8;;x\u0007', '\u007f', '\u0085', '\u009b', '\u2028', '\u2029', ' ', '\u00a0',
]
/** What no terminal may get: controls but the line break, and every character that is invisible or turns the direction. */
const FORBIDDEN = /(?!\n)\p{Cc}|\p{Cf}|[\u2028\u2029]/u

const random = seeded('homoglyphs')
const below = (limit: number): number => Math.floor(random.fraction() * limit)
const pick = (texts: readonly string[]): string => texts[below(texts.length)] ?? ''

/** A name with something in it that is not ASCII, or a control: a letter replaced, or a mark put in; sometimes any character there is. */
const forged = (victim: string): string => {
  const at = below(victim.length + 1)
  const forgery = below(4) === 0 ? String.fromCodePoint(0x80 + below(0x10ffff - 0x80)) : pick(FORGERIES)
  return victim.slice(0, at) + forgery + victim.slice(at + below(2))
}

const refuses = (parse: (text: string) => unknown, text: string): boolean => {
  try {
    parse(text)
    return false
  } catch (error) {
    assert.ok(isGgenError(error) && (error.kind.exitCode === 2), String(error))
    return true
  }
}

test('of 100,000 names and versions with forged characters none is accepted', (context) => {
  for (let index = 0; index < NAMES; index += 1) {
    const [name, version] = [forged(pick(VICTIMS)), forged(pick(VERSIONS))]
    assert.ok(!isPackageName(name) && refuses(parsePackageName, name), JSON.stringify(name))
    assert.ok(!isVersion(version) && refuses(parseVersion, version), JSON.stringify(version))
    if (index % 10 === 0) assert.ok(refuses(parsePackageSpec, name), JSON.stringify(name))
  }
  for (const name of VICTIMS) assert.ok(isPackageName(name))
  for (const version of VERSIONS) assert.ok(isVersion(version))
  context.diagnostic(`${NAMES} forged names and as many versions: 0 accepted`)
})

/** Texts of strangers in everything that a marketplace says. */
const FREE_TEXT = new Set(['title', 'description', 'tags', 'category', 'license', 'author', 'why', 'message', 'hint', 'signal', 'corrected', 'standing'])

const poisoned = (value: unknown, key = ''): unknown => {
  if (typeof value === 'string') return FREE_TEXT.has(key) ? `${value}${FORGERIES.join('x')}` : value
  if (Array.isArray(value)) return value.map((each: unknown) => poisoned(each, key))
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, poisoned(inner, name)]))
}

/** A marketplace that says everything with marks that forge what a terminal shows. */
const hostileMarketplace = (): Marketplace => {
  const canned = cannedMarketplace()
  const marks = FORGERIES.join('')
  return {
    ...canned,
    search: async (...asked) => poisoned(await canned.search(...asked)) as Awaited<ReturnType<Marketplace['search']>>,
    info: async (spec, ...rest) => {
      if (spec.name === parsePackageName('orphan')) {
        throw new GgenError('disputed', `disputed ${marks}`, { hint: marks, details: { marks: [marks, { marks }] } })
      }
      return poisoned(await canned.info(spec, ...rest)) as Awaited<ReturnType<Marketplace['info']>>
    },
    sources: async (...asked) => poisoned(await canned.sources(...asked)) as Awaited<ReturnType<Marketplace['sources']>>,
  }
}

/** A terminal before a node with a hostile marketplace; resolves to all that was written to it. */
const openTerminal = async (context: TestContext): Promise<(...args: readonly string[]) => Promise<string>> => {
  const folder = await temporaryFolder()
  context.after(() => folder[Symbol.asyncDispose]())
  const network = memoryHub({ clock: new TestClock() }).join()
  const limits = await keepLimits(new Bandwidth(new TestClock()), {}, { read: async () => ({}), write: async () => undefined })
  const ending = new AbortController()
  const node = { marketplace: hostileMarketplace(), network, limits, events: new Events(), version: '1', stop: () => undefined, signal: ending.signal }
  const door = await serveControl({ ...node, socketPath: join(folder.path, 'ggen.sock') })
  context.after(async () => {
    ending.abort()
    await door[Symbol.asyncDispose]()
  })
  const platform = { os: process.platform, userFolder: folder.path, tempFolder: folder.path, workingFolder: folder.path, userId: process.getuid?.() ?? 0 }
  const environment = { env: { GGEN_HOME: folder.path, NO_COLOR: '1' }, platform, dotGgen: false, readConfigFile: async () => undefined }
  return async (...args) => {
    let written = ''
    const terminal = { write: (text: string) => void (written += text), isTTY: true, columns: 100 }
    const world = { version: '1', stdout: terminal, stderr: terminal, environment: () => environment, interrupted: ending.signal }
    await runCli(args, world as unknown as World)
    return written
  }
}

suite('a terminal', () => {
  test('gets no control, direction or invisible mark of what a marketplace says', async (context) => {
    const type = await openTerminal(context)
    const commands = [
      ['search', 'rust'], ['search', 'rust', '--explain'], ['search', 'rsut'], ['search', 'rust', '--json'], ['info', 'rust-web-framework'],
      ['info', 'rust-web-framework', '--sources'], ['info', 'rust-web-framework', '--json'], ['info', 'orphan'], ['info', 'orphan', '--json'],
    ]
    for (const command of commands) {
      const written = await type(...command)
      assert.match(written, /rust|disputed/, command.join(' '))
      assert.doesNotMatch(written, FORBIDDEN, command.join(' '))
    }
    assert.match(await type('info', 'rust-web-framework'), /а|０/, 'the marks that can be seen are there: something was poisoned')
  })

  test('gets none of what is typed either', async (context) => {
    const type = await openTerminal(context)
    for (let index = 0; index < TYPED; index += 1) {
      const name = forged(pick(VICTIMS))
      for (const command of [['info', name], ['search', '--author', name, 'x'], ['pin', name], [name]]) {
        const written = await type(...command)
        assert.notEqual(written, '')
        assert.doesNotMatch(written, FORBIDDEN, JSON.stringify(command))
      }
    }
  })
})
