import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Environment, findPlaces } from '#config'
import type { SearchQuestion } from '#doors/control'
import type { Context, Run } from './commands/context.ts'
import { searchCommand } from './search-command.ts'

const ID = `bafyrei${'a'.repeat(52)}`

const environment: Environment = {
  env: {}, dotGgen: false, platform: { os: 'linux', userFolder: '/home/ada', tempFolder: '/tmp', workingFolder: '/' },
  readConfigFile: async (path) => (path.endsWith('/config.toml') ? { path, table: { search: { default_limit: 7 } } } : undefined),
}

/** What the node is asked. */
const questionOf = async (...args: readonly string[]): Promise<SearchQuestion> => {
  const chosen: Run[] = []
  searchCommand((_command, run) => chosen.push(run)).parse(args, { from: 'user' })
  const asked: SearchQuestion[] = []
  const client = { search: async (question: SearchQuestion) => (asked.push(question), { total: 0, results: [] }) }
  const places = findPlaces({}, environment.platform, false)
  await chosen[0]?.({ client, environment, places, deadline: { signal: new AbortController().signal } } as unknown as Context)
  const [question] = asked
  assert.ok(question)
  return question
}

test('words are asked for with the length of a page that is configured, and nothing that was not typed', async () => {
  assert.deepEqual(await questionOf('web', 'server'), { words: ['web', 'server'], limit: 7 })
})

test('every option is a part of the question', async () => {
  const filters = ['--category', 'c', '--tag', 't,u', '--author', 'Ada', '--license', 'MIT', '--publisher', ID, '--kind', 'tgz', '--no-scripts']
  const manners = ['--since', '1970-01-02', '--sort', 'date', '--limit', '3', '--cursor', 'x', '--explain']
  assert.deepEqual(await questionOf(...filters, ...manners), {
    words: [], category: 'c', tags: ['t', 'u'], author: 'Ada', license: 'MIT', publisher: ID, kind: 'tgz', scripts: false,
    since: 86_400, sort: 'date', limit: 3, cursor: 'x', explain: true,
  })
  assert.deepEqual(await questionOf('--scripts'), { words: [], scripts: true, limit: 7 })
})
