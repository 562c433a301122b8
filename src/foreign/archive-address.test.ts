import assert from 'node:assert/strict'
import { it } from 'node:test'
import { archiveAddress } from './archive-address.ts'

it('leads from an index only where such an index may lead', () => {
  const web = new URL('https://x.example/m/index.json')
  const plain = new URL('http://x.example/index.json')
  const file = new URL('file:///media/usb/m/index.json')
  const cases: readonly (readonly [string | undefined, URL, string | undefined])[] = [
    ['a.tgz', web, 'https://x.example/m/a.tgz'], ['../a.tgz', web, 'https://x.example/a.tgz'],
    ['https://y.example/a.tgz#x', web, 'https://y.example/a.tgz'],
    ['http://y.example/a.tgz', web, undefined], ['http://y.example/a.tgz', plain, 'http://y.example/a.tgz'], ['file:///etc/passwd', web, undefined],
    ['ftp://x/a.tgz', web, undefined], ['https://me:secret@x.example/a.tgz', web, undefined], [undefined, web, undefined], ['https://[', web, undefined],
    ['dl/a.tgz', file, 'file:///media/usb/m/dl/a.tgz'], ['../a.tgz', file, undefined], ['%2e%2e/a.tgz', file, undefined],
    ['file:///etc/passwd', file, undefined],
    ['https://x.example/a.tgz', file, 'https://x.example/a.tgz'], [`https://x.example/${'a'.repeat(3000)}`, web, undefined],
  ]
  for (const [text, index, expected] of cases) assert.equal(archiveAddress(text, index), expected, text)
})
