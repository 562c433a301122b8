import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { type Look, lookOf } from './look.ts'
import { type Column, fieldsText, tableText } from './table.ts'

const look = (isTTY: boolean, columns = 40): Look => lookOf({ write: () => undefined, isTTY, columns }, { NO_COLOR: '1' })

interface Row { readonly name: string; readonly size: number; readonly text: string }

const COLUMNS: readonly Column<Row>[] = [
  { title: 'NAME', cell: ({ name }) => name },
  { title: 'SIZE', align: 'right', cell: ({ size }) => `${size} B`, whole: ({ size }) => String(size) },
  { title: 'TEXT', cell: ({ text }) => text },
]

describe('tableText', () => {
  it('aligns columns on a terminal and cuts the last one at its edge', () => {
    const rows = [{ name: 'a', size: 1, text: 'short' }, { name: 'longer-name', size: 1000, text: 'a text that is too long for this line' }]
    assert.equal(tableText(rows, COLUMNS, look(true, 45)), [
      'NAME           SIZE  TEXT',
      'a               1 B  short',
      'longer-name  1000 B  a text that is too long…',
      '',
    ].join('\n'))
  })

  it('gives other programs tab-separated whole values without a heading', () => {
    assert.equal(tableText([{ name: 'a', size: 1, text: 'x\ty\u001b[1m' }], COLUMNS, look(false)), 'a\t1\tx y[1m\n')
  })

  it('has one line for each row, whatever the cells hold', () => {
    const row = fc.record({ name: fc.string({ unit: 'binary' }), size: fc.nat(), text: fc.string({ unit: 'binary' }) })
    fc.assert(fc.property(fc.array(row), fc.boolean(), (rows, isTTY) => {
      const lines = tableText(rows, COLUMNS, look(isTTY)).split('\n')
      assert.equal(lines.length, rows.length + (isTTY ? 2 : 1))
    }))
  })
})

describe('fieldsText', () => {
  it('aligns labels and leaves empty values out', () => {
    assert.equal(fieldsText([['a', '1'], ['label', 'x\ny'], ['none', ''], ['nothing', undefined]], look(true)), 'a      1\nlabel  x y\n')
  })
})
