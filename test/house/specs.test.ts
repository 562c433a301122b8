import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryFolder } from '../support/home.ts'
import { writeTree } from '../support/trees.ts'
import { REPOSITORY } from './plant.ts'

const PASSES = "import { test } from 'node:test'\ntest('one that passes', () => undefined)\n"

const runTests = async (files: Readonly<Record<string, string>>): Promise<{ readonly code: number | null; readonly out: string }> => {
  await using work = await temporaryFolder()
  await writeTree(work.path, files)
  const env = { ...process.env, NODE_TEST_CONTEXT: undefined }
  const { status, stdout } = spawnSync(process.execPath, [join(REPOSITORY, 'tools/specs.ts'), '**/*.test.ts'], { cwd: work.path, env, encoding: 'utf8' })
  return { code: status, out: stdout }
}

test('Tests that share a process are counted one by one, and pass', async () => {
  const { code, out } = await runTests({ 'src/a/x.test.ts': PASSES, 'src/a/y.test.ts': PASSES, 'test/z.test.ts': PASSES })
  assert.equal(code, 0, out)
  assert.match(out, /tests 3\n.*\n?.*pass 3/)
})

test('A test that fails fails the run and is named; those after it run', async () => {
  const fails = PASSES.replace('() => undefined', "() => { throw new Error('planted') }")
  const { code, out } = await runTests({ 'src/a/x.test.ts': fails, 'src/a/y.test.ts': PASSES })
  assert.equal(code, 1, out)
  assert.match(out, /planted/)
  assert.match(out, /pass 1\n/)
})

test('A file that cannot be loaded fails by its name; those after it run', async () => {
  const { code, out } = await runTests({ 'src/a/x.test.ts': "import './absent.ts'\n", 'src/a/y.test.ts': PASSES })
  assert.equal(code, 1, out)
  assert.match(out, /src\/a\/x\.test\.ts/)
  assert.match(out, /pass 1\n/)
})

test('A file that ends its process fails the run', async () => {
  const { code, out } = await runTests({ 'src/a/x.test.ts': 'process.exit(3)\n', 'src/a/y.test.ts': PASSES })
  assert.equal(code, 1, out)
})
