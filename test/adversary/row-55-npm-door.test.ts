import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import { openDoor } from '../npm/support/door.ts'
import { makePackage, StubUpstream } from '../npm/support/mod.ts'

/** Nobody, where there is one. */
const OTHER_USER = 65_534

const ASK = `
  const ask = (path) => fetch(process.argv[1] + path).then(async (answer) => [path, answer.status, (await answer.text()).slice(0, 120)])
  Promise.all(process.argv.slice(2).map(ask)).then((answers) => console.log(JSON.stringify(answers)))
`

type Answer = readonly [path: string, status: number, text: string]

/** What a program of a user is answered. */
const askedBy = async (uid: number | undefined, url: string, paths: readonly string[]): Promise<readonly Answer[]> => {
  const child = spawn(process.execPath, ['-e', ASK, url, ...paths], { stdio: ['ignore', 'pipe', 'inherit'], cwd: '/', ...(uid !== undefined && { uid }) })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text))
  await once(child, 'close')
  return JSON.parse(said) as readonly Answer[]
}

test('what the credentials of a user brought is given to programs of that user, and to those of no other', {
  skip: (process.platform !== 'linux' || process.getuid?.() !== 0) && 'only root can run programs as another user, and only Linux tells whose they are',
}, async (context) => {
  await using open = await StubUpstream.start({ packages: [makePackage({ name: 'tool' })] })
  await using closed = await StubUpstream.start({ packages: [makePackage({ name: '@private/tool' })], privateScopes: ['@private'] })
  const settings = `registry=${open.url}\n@private:registry=${closed.url}\n//${new URL(closed.url).host}/:_authToken=${closed.token}\n`
  const { url } = await openDoor(context, open, settings)
  const secret = ['@private%2ftool', '@private/tool/latest', '@private/tool/-/tool-1.0.0.tgz', '-/package/@private%2ftool/dist-tags']
  const paths = ['tool', 'tool/-/tool-1.0.0.tgz', ...secret]
  const statuses = (answers: readonly Answer[]): readonly number[] => answers.map(([, status]) => status)
  assert.deepEqual(statuses(await askedBy(undefined, url, paths)), [200, 200, 200, 200, 200, 200], 'the user himself')
  const other = await askedBy(OTHER_USER, url, paths)
  assert.deepEqual(statuses(other), [200, 200, 403, 403, 403, 403])
  assert.ok(other.slice(2).every(([, , text]) => text.includes('another user')), JSON.stringify(other))
  context.diagnostic(`${secret.length} of ${secret.length} private answers refused to another user, what is public given`)
})
