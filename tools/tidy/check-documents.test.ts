import assert from 'node:assert/strict'
import { test } from 'node:test'
import { architectureTable } from './architecture-table.ts'
import { checkDocuments } from './check-documents.ts'
import { inShort, plantTree } from './plant.ts'

const layers = [
  { folder: 'core', answers: 'What are we talking about?', mayImport: [] },
  { folder: 'store', answers: 'What do we hold?', mayImport: ['#core', '#wire'] },
  { folder: 'main', answers: 'Which real things?', mayImport: ['*'] },
]
const documents = {
  'README.md': '',
  'LICENSE-MIT': '',
  'LICENSE-APACHE': '',
  'CHANGELOG.md': '# Changes\n\n## [1.2.3] - 2026-11-21\n',
  'ARCHITECTURE.md': `# Architecture\n\n${architectureTable(layers)}\n\nMore.\n`,
}

const findingsFor = (changed: Readonly<Record<string, string>>): readonly string[] =>
  inShort(checkDocuments(plantTree({ ...documents, ...changed }, { layers })))

test('Documents that agree with the tables are left alone', () => {
  assert.deepEqual(findingsFor({}), [])
  assert.deepEqual(findingsFor({ 'CHANGELOG.md': '## 1.2.3\n' }), [])
})

test('The columns of the table may be lined up and its folders may be links', () => {
  const text = [
    '| Folder  |        Answers             | May import |',
    '| :--- | --- | --- |',
    '| [`core`](src/core) | What are we talking about? | nothing |',
    '| `store` | What do we hold?    | `#core`, `#wire` |',
    '| main | Which real things? | everything |',
  ].join('\n')
  assert.deepEqual(findingsFor({ 'ARCHITECTURE.md': text }), [])
})

test('Missing documents are found', () => {
  const expected = ['README.md', 'ARCHITECTURE.md', 'CHANGELOG.md', 'LICENSE-MIT', 'LICENSE-APACHE'].map((path) => `${path}:1 is missing`)
  assert.deepEqual(inShort(checkDocuments(plantTree({}))), expected)
})

test('A change log without the version of package.json is found', () => {
  assert.deepEqual(findingsFor({ 'CHANGELOG.md': '## [1.2.2]\n\n1.2.3 is coming\n\n### 1.2.3\n' }), [
    'CHANGELOG.md:1 has no heading for version 1.2.3 of package.json',
  ])
})

test('A table that differs from layers.ts is found row by row', () => {
  const text = documents['ARCHITECTURE.md'].replace('`#core`, `#wire`', '`#core`')
  assert.deepEqual(findingsFor({ 'ARCHITECTURE.md': text }), [
    'ARCHITECTURE.md:3 lacks the row of layers.ts: | `store` | What do we hold? | `#core`, `#wire` |',
    'ARCHITECTURE.md:6 has a row that layers.ts has not: store | What do we hold? | #core',
  ])
  assert.deepEqual(findingsFor({ 'ARCHITECTURE.md': '# Architecture\n' }), ['ARCHITECTURE.md:1 has no table with the columns Folder | Answers | May import'])
})
