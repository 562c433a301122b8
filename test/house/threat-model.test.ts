import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { REPOSITORY } from './plant.ts'

const ROWS = 65
const FOLDER = 'test/adversary'

/** Rows whose tests are being written: only these may say `in work`, and none of them once it is linked. Empty when all are there. */
const IN_WORK: readonly number[] = []

interface Row {
  readonly number: number
  readonly cells: readonly string[]
  /** The last cell: by what it is shown. */
  readonly shownBy: string
}

/** The rows of all tables of the page that begin with a number. */
const rowsOf = (page: string): readonly Row[] =>
  page.split('\n').filter((line) => /^\| \d+ \|/.test(line)).map((line) => {
    const [number = '', ...cells] = line.split('|').slice(1, -1).map((cell) => cell.trim())
    return { number: Number(number), cells, shownBy: cells.at(-1) ?? '' }
  })

/** Each with its figure. */
const LINKS = /^(?:\[[^\]]*\d[^\]]*\]\(\.\.\/test\/adversary\/[^)]+\)(?: · )?)+$/

/** Tests that a text links. */
const linkedIn = (text: string): readonly string[] => [...text.matchAll(/\]\(\.\.\/test\/adversary\/([^)]+)\)/g)].map(([, file]) => file ?? '')

/** What is wrong with the page, by its text and the names of the tests that there are. */
const problemsOf = (page: string, files: readonly string[], inWork: readonly number[]): readonly string[] => {
  const rows = rowsOf(page)
  const numbers = rows.map(({ number }) => number)
  const expected = Array.from({ length: ROWS }, (_, index) => index + 1)
  const linked = linkedIn(page)
  return [
    ...expected.filter((number) => numbers.filter((one) => one === number).length !== 1).map((number) => `row ${number} is not there once`),
    ...rows.filter(({ number }) => !expected.includes(number)).map(({ number }) => `row ${number} is no row of the table`),
    ...rows.filter(({ cells }) => cells.length !== 5 || cells.includes('')).map(({ number }) => `row ${number} has an empty cell, or another number of them`),
    ...rows.flatMap((row) => problemOf(row, files, inWork) ?? []),
    ...files.filter((file) => file.endsWith('.test.ts') && !linked.includes(file)).map((file) => `${file} is not linked`),
  ]
}

const problemOf = ({ number, shownBy }: Row, files: readonly string[], inWork: readonly number[]): string | undefined => {
  if (shownBy === 'in work') return inWork.includes(number) ? undefined : `row ${number} is in work, and the list does not say so`
  if (inWork.includes(number)) return `row ${number} is shown, and the list says that it is in work`
  if (/^later: \S.*, issue \d+$/.test(shownBy)) return undefined
  if (!LINKS.test(shownBy)) return `row ${number} has no link to a test with its figure, and does not say what comes later`
  const own = new RegExp(`^row-${String(number).padStart(2, '0')}-[a-z0-9-]+\\.test\\.ts$`)
  const wrong = linkedIn(shownBy).find((file) => !own.test(file) || !files.includes(file))
  return wrong === undefined ? undefined : `row ${number} links a test that does not exist, or is of another row: ${wrong}`
}

const page = readFileSync(join(REPOSITORY, 'docs/threat-model.md'), 'utf8')
const files = readdirSync(join(REPOSITORY, FOLDER))

test('Every row of the threat table is there once and is shown by a test of its own, or says what it waits for', () => {
  assert.deepEqual(problemsOf(page, files, IN_WORK), [])
})

test('Every test of a row prints its figure', () => {
  for (const file of files.filter((name) => /^row-.*\.test\.ts$/.test(name))) {
    assert.match(readFileSync(join(REPOSITORY, FOLDER, file), 'utf8'), /\.diagnostic\(/, file)
  }
})

test('The check finds what is wrong', () => {
  const line = (number: number): string => page.split('\n').find((text) => text.startsWith(`| ${number} |`)) ?? ''
  const changed = (from: string, to: string): readonly string[] => problemsOf(page.replace(from, to), files, IN_WORK)
  assert.equal(changed(line(1), '').length, 2, 'a row is missing, and its test is not linked')
  assert.equal(changed(line(2), `${line(2)}\n${line(2)}`).length, 1, 'a row is there twice')
  assert.equal(changed(line(3), line(3).replace('row-03', 'row-04')).length, 2, 'a row links the test of another one')
  assert.equal(changed('row-06-fork', 'row-06-gone').length, 2, 'a test does not exist, and another is not linked')
  const saying = (text: string): readonly string[] => changed(line(18), line(18).replace(/\|[^|]*\|$/, `| ${text} |`))
  assert.equal(saying('in work').length, 2, 'a row is in work in secret, and its test is not linked')
  assert.equal(saying('later').length, 2, 'a row does not say what it waits for')
  assert.equal(saying('later: the door, issue 7').length, 1, 'a row waits for something, and its test is not linked')
  assert.equal(problemsOf(page, [...files, 'row-99-new.test.ts'], IN_WORK).length, 1, 'a test belongs to no row')
  assert.equal(problemsOf(page, files, [...IN_WORK, 1]).length, 1, 'a row is not in work any more')
  assert.equal(changed(line(1), line(1).replace('| N |', '|  |')).length, 1, 'a cell is empty')
})
