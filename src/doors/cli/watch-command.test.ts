import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { WatchQuestion } from '#doors/control'
import type { Context, Run } from './commands/context.ts'
import { watchCommand } from './watch-command.ts'

const ID = `bafyrei${'a'.repeat(52)}`

/** What the node is asked, and whether the command lets go of its time. */
const asked = async (...args: readonly string[]): Promise<{ readonly question: WatchQuestion | undefined; readonly isLifted: boolean }> => {
  const chosen: Run[] = []
  watchCommand((_command, run) => chosen.push(run)).parse(args, { from: 'user' })
  const questions: WatchQuestion[] = []
  let isLifted = false
  const client = { watch: async (question: WatchQuestion) => (questions.push(question), ReadableStream.from([])) }
  const deadline = { signal: new AbortController().signal, lift: () => (isLifted = true) }
  const running = chosen[0]?.({ client, deadline, say: () => undefined, print: () => undefined } as unknown as Context)
  await assert.rejects(running ?? Promise.resolve(), { code: 'daemon-not-running' })
  return { question: questions[0], isLifted }
}

test('words are asked for, without end, and nothing that was not typed', async () => {
  assert.deepEqual(await asked('web', 'server'), { question: { words: ['web', 'server'] }, isLifted: true })
  assert.deepEqual(await asked(), { question: { words: [] }, isLifted: true })
})

test('every option is a part of the question, or of how long it goes on', async () => {
  const filters = ['--category', 'c', '--tag', 't,u', '--author', 'Ada', '--license', 'MIT', '--publisher', ID, '--kind', 'tgz', '--no-scripts']
  const news = ['--since', '1970-01-02', '--name', 'a,b', '--name', 'c', '--type', 'package,status', '--status', 'yanked']
  assert.deepEqual(await asked(...filters, ...news, '--limit', '3', '--timeout', '5'), {
    question: {
      words: [], category: 'c', tags: ['t', 'u'], author: 'Ada', license: 'MIT', publisher: ID, kind: 'tgz', scripts: false, since: 86_400,
      names: ['a', 'b', 'c'], types: ['package', 'status'], states: ['yanked'],
    },
    isLifted: false,
  })
})
