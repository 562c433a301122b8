import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { readTree } from './read-tree.ts'

test('Text files are read, and what .gitignore names, built files, libraries and binary files are not', async (context) => {
  const root = mkdtempSync(join(tmpdir(), 'ggen-tidy-'))
  context.after(() => rmSync(root, { recursive: true }))
  const files: Readonly<Record<string, string | Buffer>> = {
    'layers.ts': "export const LAYERS = [{ folder: 'core', answers: 'What?', mayImport: [] }]",
    'package.json': '{ "type": "module", "version": "1.2.3", "imports": {}, "dependencies": {} }',
    '.gitignore': 'scratch/\n',
    '.ci/run': 'npm test\n',
    'src/core/a.ts': 'const a = 1\n',
    'scratch/b.ts': '',
    'dist/c.js': '',
    'node_modules/d/index.js': '',
    'picture.png': Buffer.from([137, 80, 0, 1]),
  }
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(root, dirname(path)), { recursive: true })
    writeFileSync(join(root, path), content)
  }
  const tree = await readTree(root)
  assert.deepEqual(tree.sources.map(({ path }) => path).sort(), ['.ci/run', '.gitignore', 'layers.ts', 'package.json', 'src/core/a.ts'])
  assert.deepEqual(tree.layers, [{ folder: 'core', answers: 'What?', mayImport: [] }])
  assert.equal(tree.manifest.version, '1.2.3')
})
