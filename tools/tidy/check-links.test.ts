import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkLinks } from './check-links.ts'
import { inShort, places, plantTree } from './plant.ts'

test('Links to files and headings that do not exist are found', () => {
  const files = {
    'docs/tour.md': '# A tour\n\n[a](gone.md)\n[b](../README.md#nowhere)\n![c](c.png)\n[d](#missing)\n[e]: also-gone.md\n[f](gone.md "title")\n',
    'README.md': '# ggen\n',
  }
  assert.deepEqual(inShort(checkLinks(plantTree(files))), [
    'docs/tour.md:3 "gone.md" leads to docs/gone.md, which does not exist',
    'docs/tour.md:4 "../README.md#nowhere" leads to a heading that README.md does not have',
    'docs/tour.md:5 "c.png" leads to docs/c.png, which does not exist',
    'docs/tour.md:6 "#missing" leads to a heading that docs/tour.md does not have',
    'docs/tour.md:7 "also-gone.md" leads to docs/also-gone.md, which does not exist',
    'docs/tour.md:8 "gone.md" leads to docs/gone.md, which does not exist',
  ])
})

test('Links that lead somewhere, addresses on the network and examples in code are left alone', () => {
  const files = {
    'docs/tour.md': [
      '# The life of `io.ggen@1.2.0`',
      '[a](../README.md) [b](../README.md#how-it-works) [c](../src) [d](../src/) [e](#the-life-of-ioggen120) [f](<../README.md>)',
      '[g](https://example.org/x) [h](mailto:a@example.org) [i](../README.md#how-it-works-1) [j](../README.md#named)',
      '```\n[k](gone.md)\n```',
      '`[l](gone.md)`',
    ].join('\n'),
    'README.md': '# ggen\n\n## How it works\n\n## How it works\n\n<a id="named"></a>\n',
    'src/core/mod.ts': '',
  }
  assert.deepEqual(inShort(checkLinks(plantTree(files))), [])
})

test('Other files than Markdown are not read', () => {
  assert.deepEqual(places(checkLinks(plantTree({ 'src/a.ts': '// [a](gone.md)' }))), [])
})
