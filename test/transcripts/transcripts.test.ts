import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { playPage } from './play-page.ts'
import { readTranscripts, readWords } from './transcript.ts'

const PAGE = join(import.meta.dirname, '..', '..', 'docs', 'reference', 'cli.md')

const MOMENTS = join(import.meta.dirname, '..', '..', 'docs', 'moments.md')

const COMMANDS = [
  'doctor', 'id backup', 'id create', 'id export', 'id import', 'id lock', 'id protect', 'id show', 'id unlock', 'info', 'install', 'list', 'p2p allow',
  'p2p ban', 'p2p bans', 'p2p peers', 'p2p start', 'p2p status', 'p2p stop', 'p2p unban', 'pin', 'pins', 'publish', 'search', 'unpin', 'watch',
]

describe('docs/reference/cli.md', () => {
  it('shows exactly what the commands print', async () => {
    const page = await readFile(PAGE, 'utf8')
    assert.equal(await playPage(page), page, 'node --conditions=ggen-source test/transcripts/write-pages.ts docs/reference/cli.md writes what is printed')
  })

  it('plays every command, its help and its JSON', async () => {
    const lines = readTranscripts(await readFile(PAGE, 'utf8')).flatMap(({ steps }) => steps.map(({ command }) => command.replace(/^(?:[A-Z_]+=\S+ )+/, '')))
    for (const command of COMMANDS) {
      assert.ok(lines.includes(`ggen ${command} --help`), `ggen ${command} --help`)
      assert.ok(lines.some((line) => line.startsWith(`ggen ${command}`) && !line.includes('--')), `ggen ${command}`)
      assert.ok(command === 'p2p stop' || lines.some((line) => line.startsWith(`ggen ${command}`) && line.endsWith('--json')), `ggen ${command} --json`)
    }
  })
})

describe('docs/moments.md', () => {
  it('shows exactly what people see when it happens', async () => {
    const page = await readFile(MOMENTS, 'utf8')
    assert.equal(await playPage(page), page, 'node --conditions=ggen-source test/transcripts/write-pages.ts docs/moments.md writes what is printed')
  })
})

describe('a transcript', () => {
  const page = 'text\n\n<!-- transcript: node, pipe -->\n```console\n$ ggen a \'b c\'\nout\nmore\n$ echo $?\n0\n```\n'

  it('is read from fenced console blocks', () => {
    assert.deepEqual(readTranscripts(page).map(({ steps, setting }) => ({ steps, setting })), [
      {
        steps: [{ command: 'ggen a \'b c\'', output: 'out\nmore\n' }, { command: 'echo $?', output: '0\n' }],
        setting: { node: true, pipe: true, real: false },
      },
    ])
    assert.deepEqual(readWords('ggen a \'b c\' "d e" f'), ['ggen', 'a', 'b c', 'd e', 'f'])
    assert.deepEqual(readTranscripts('```sh\n$ ls\n```\n'), [])
    const real = '<!-- transcript: real -->\n```console\n```\n'
    assert.deepEqual(readTranscripts(real)[0]?.setting, { node: true, pipe: false, real: true })
  })

  it('fails when it shows something else than what is printed', async () => {
    const wrong = '```console\n$ ggen --version\n9.9.9\n$ echo $?\n0\n```\n'
    assert.equal(await playPage(wrong), wrong.replace('9.9.9', '0.1.0'))
  })

  it('is refused when it is not understood', async () => {
    assert.throws(() => readTranscripts('```console\nout\n```\n'), /begins with/)
    assert.throws(() => readTranscripts('<!-- transcript: nod -->\n```console\n$ ggen\n```\n'), /"nod"/)
    await assert.rejects(playPage('```console\n$ rm -r x\n```\n'), /only run ggen/)
  })
})
