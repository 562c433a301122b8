import { gzipSync } from 'node:zlib'
import { archive, END, file, folder, gnuName, MANIFEST, pax } from './raw-tar.ts'

/** An unusual archive that must be read, and what is in it besides the manifest. */
export interface AcceptedArchive {
  readonly name: string
  /** `path`, with a slash behind folders and a star behind executable files. */
  readonly entries: readonly string[]
  readonly bytes: Uint8Array
}

const accepted = (name: string, entries: readonly string[], bytes: Uint8Array): AcceptedArchive => ({ name, entries: ['package.json', ...entries], bytes })

const plain = gzipSync(Buffer.concat([MANIFEST, END]))
const deflated = plain.subarray(10)
const gzipHeader = (flags: number, ...fields: readonly Uint8Array[]): Buffer =>
  Buffer.concat([Buffer.from([0x1f, 0x8b, 8, flags, 0, 0, 0, 0, 0, 3]), ...fields])

/** Every unusual archive. */
export const ACCEPTED: readonly AcceptedArchive[] = [
  accepted('the plainest archive', [], plain),
  accepted('a gzip header with a name and a comment', [], Buffer.concat([gzipHeader(24, Buffer.from('a.tar\0why\0')), deflated])),
  accepted('a gzip header with an extra field', [], Buffer.concat([gzipHeader(4, Buffer.from([3, 0, 1, 2, 3])), deflated])),
  accepted('the current folder as root', ['a'], archive(folder('./'), file('./package.json', '{}'), file('./a'))),
  accepted('folders as entries', ['a/', 'a/b'], archive(folder('package/'), MANIFEST, folder('package/a/'), file('package/a/b'))),
  accepted('a folder behind its files', ['a/b', 'a/'], archive(MANIFEST, file('package/a/b'), folder('package/a'))),
  accepted('the oldest form', ['a'], archive(MANIFEST, file('package/a', 'x', { type: '\0', magic: '' }))),
  accepted('a prefix', ['b/c'], archive(MANIFEST, file('c', 'x', { prefix: 'package/b' }))),
  accepted('the GNU form, where there is no prefix', ['c'], archive(MANIFEST, file('package/c', 'x', { magic: 'ustar  \0', prefix: 'package/b' }))),
  accepted('a GNU long name', ['d'.repeat(120)], archive(MANIFEST, gnuName(`package/${'d'.repeat(120)}\0`), file('package/d'))),
  accepted('an extended path', ['caf\u00e9/日本'], archive(MANIFEST, pax({ path: 'package/caf\u00e9/日本' }), file('package/x'))),
  accepted(
    'harmless records',
    ['a'],
    archive(MANIFEST, pax({ mtime: '1.5', atime: '1', uid: '99999999', comment: 'c', 'SCHILY.dev': '1', 'LIBARCHIVE.xattr.x': 'A==' }), file('package/a')),
  ),
  accepted('the commit of a repository', [], archive(pax({ comment: 'd8c92fd03f9eb2cfba7a29e6fe9df869a2ff7dcb' }, 'g'), MANIFEST)),
  accepted(
    'rights that are taken away',
    ['ww*', 'su*'],
    archive(MANIFEST, file('package/ww', 'x', { mode: 0o777 }), file('package/su', 'x', { mode: 0o6755 })),
  ),
  accepted('a size in binary', ['a'], archive(MANIFEST, file('package/a', 'x', { rawSize: Buffer.from([0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]) }))),
  accepted('10 KiB of zeros at the end', [], archive(MANIFEST, Buffer.alloc(9 * 1024))),
  accepted('a path of 240 bytes', ['e'.repeat(240)], archive(MANIFEST, pax({ path: `package/${'e'.repeat(240)}` }), file('package/e'))),
  accepted('31 folders', [`${'d/'.repeat(31)}f`], archive(MANIFEST, file(`package/${'d/'.repeat(31)}f`))),
]
