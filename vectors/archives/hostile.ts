import { gzipSync } from 'node:zlib'
import { archive, END, file, folder, gnuName, header, MANIFEST, padded, pax } from './raw-tar.ts'

/** An archive that must be refused, and how: the error code and, for `archive-unsafe`, the rule. */
export interface HostileArchive {
  readonly name: string
  readonly code: 'archive-unsafe' | 'archive-broken' | 'archive-too-large'
  readonly rule?: string
  readonly bytes: Uint8Array
}

const unsafe = (name: string, rule: string, bytes: Uint8Array): HostileArchive => ({ name, code: 'archive-unsafe', rule, bytes })
const broken = (name: string, bytes: Uint8Array): HostileArchive => ({ name, code: 'archive-broken', bytes })
const tooLarge = (name: string, bytes: Uint8Array): HostileArchive => ({ name, code: 'archive-too-large', bytes })

const flipped = (bytes: Uint8Array, at: number): Uint8Array => {
  const copy = Uint8Array.from(bytes)
  const place = at < 0 ? copy.length + at : at
  copy[place] = (copy[place] ?? 0) ^ 1
  return copy
}

const size1TiB = Buffer.from([0x80, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0])
const size10GiB = Buffer.from([0x80, 0, 0, 0, 0, 0, 0, 2, 0x80, 0, 0, 0])
const sizeMinusOne = Buffer.alloc(12, 0xff)

const paths: readonly HostileArchive[] = [
  unsafe('absolute path', 'absolute', archive(MANIFEST, file('/tmp/escape'))),
  unsafe('absolute path below the root', 'absolute', archive(MANIFEST, file('package//tmp/escape'))),
  unsafe('two dots', 'parent', archive(MANIFEST, file('package/../../escape'))),
  unsafe('two dots as root', 'parent', archive(file('../escape'))),
  unsafe('two dots at the end', 'parent', archive(MANIFEST, file('package/folder/..', '', { type: '5' }))),
  unsafe('two dots and an invisible letter', 'parent', archive(MANIFEST, file('package/..\u200b/escape'))),
  unsafe('one dot inside', 'segment', archive(MANIFEST, file('package/./a'))),
  unsafe('an empty part', 'segment', archive(MANIFEST, file('package/a//b'))),
  unsafe('an empty name', 'segment', archive(MANIFEST, file(''))),
  unsafe('a file with a slash at the end', 'segment', archive(MANIFEST, file('package/a/'))),
  unsafe('backslashes', 'character', archive(MANIFEST, file('package\\..\\..\\escape'))),
  unsafe('a drive letter', 'character', archive(MANIFEST, file('C:/escape'))),
  unsafe('an alternate data stream', 'character', archive(MANIFEST, file('package/a:b'))),
  unsafe('a line feed', 'character', archive(MANIFEST, pax([['path', 'package/a\nb']]), file('package/a'))),
  unsafe('a zero byte', 'character', archive(MANIFEST, pax({ path: 'package/a\0b' }), file('package/a'))),
  unsafe('an escape sequence', 'character', archive(MANIFEST, file('package/\x1b[2J'))),
  unsafe('text that runs backwards', 'character', archive(MANIFEST, file('package/exe.\u202ejs'))),
  unsafe('a name of Windows', 'reserved', archive(MANIFEST, file('package/con.js'))),
  unsafe('a folder with a name of Windows', 'reserved', archive(MANIFEST, file('package/AUX/a'))),
  unsafe('a dot and a space at the end', 'ending', archive(MANIFEST, file('package/a. '))),
  unsafe('a decomposed letter', 'normal-form', archive(MANIFEST, file('package/cafe\u0301.js'))),
  unsafe('bytes that are no UTF-8', 'encoding', archive(MANIFEST, file(Buffer.from([0x70, 0x2f, 0xff])))),
  unsafe('a path of 241 bytes', 'length', archive(MANIFEST, pax({ path: `package/${'a'.repeat(241)}` }), file('package/a'))),
  unsafe('a path of 5,000 bytes', 'length', archive(MANIFEST, pax({ path: `package/${'d/'.repeat(2500)}f` }), file('x'))),
  unsafe('33 folders', 'depth', archive(MANIFEST, file(`package/${'d/'.repeat(32)}f`))),
]

const trees: readonly HostileArchive[] = [
  unsafe('two roots', 'root', archive(MANIFEST, file('other/package.json', '{"name":"evil"}'))),
  unsafe('two roots that differ by case', 'root', archive(MANIFEST, file('Package/a'))),
  unsafe('a file beside the root', 'root', archive(file('package.json', '{}'))),
  unsafe('upper and lower case', 'collision', archive(MANIFEST, file('package/A.js'), file('package/a.js'))),
  unsafe('folders that differ by case', 'collision', archive(MANIFEST, file('package/Lib/a'), file('package/lib/b'))),
  unsafe('a sharp s', 'collision', archive(MANIFEST, file('package/stra\u00dfe'), file('package/strasse'))),
  unsafe('an invisible letter', 'collision', archive(MANIFEST, file('package/package.json\u200d', '{}'))),
  unsafe('the manifest twice', 'duplicate', archive(MANIFEST, file('package/package.json', '{"name":"evil","version":"9.9.9"}'))),
  unsafe('the manifest twice, once in capitals', 'collision', archive(MANIFEST, file('package/PACKAGE.JSON', '{"name":"evil"}'))),
  unsafe('a folder twice', 'duplicate', archive(MANIFEST, folder('package/a/'), folder('package/a'))),
  unsafe('a file that is a folder', 'file-and-folder', archive(MANIFEST, file('package/a'), file('package/a/b'))),
  unsafe('a folder that is a file', 'file-and-folder', archive(MANIFEST, file('package/a/b'), file('package/a'))),
]

const kinds: readonly HostileArchive[] = [
  unsafe('a link, and a file through it', 'link', archive(MANIFEST, header({ name: 'package/l', type: '2', link: '../..' }), file('package/l/escape'))),
  unsafe('an absolute link', 'link', archive(MANIFEST, header({ name: 'package/l', type: '2', link: '/' }))),
  unsafe('a hard link to outside', 'link', archive(MANIFEST, header({ name: 'package/h', type: '1', link: '/etc/hostname' }))),
  unsafe('a relative hard link', 'link', archive(MANIFEST, header({ name: 'package/h', type: '1', link: '../../../secret.txt' }))),
  unsafe('a GNU long link', 'link', archive(MANIFEST, file('././@LongLink', `${'../'.repeat(40)}\0`, { type: 'K' }), file('package/l'))),
  unsafe('a character device', 'type', archive(MANIFEST, header({ name: 'package/device', type: '3' }))),
  unsafe('a block device', 'type', archive(MANIFEST, header({ name: 'package/device', type: '4' }))),
  unsafe('a fifo', 'type', archive(MANIFEST, header({ name: 'package/fifo', type: '6' }))),
  unsafe('a contiguous file', 'type', archive(MANIFEST, file('package/a', 'x', { type: '7' }))),
  unsafe('a sparse file', 'type', archive(MANIFEST, file('package/a', 'x', { type: 'S', magic: 'ustar  \0' }))),
  unsafe('a folder with contents', 'type', archive(MANIFEST, file('package/a/', 'hidden', { type: '5' }))),
]

const extensions: readonly HostileArchive[] = [
  unsafe('a size in an extended header', 'extension', archive(MANIFEST, pax({ size: '0' }), file('package/x', 'SMUGGLED'.repeat(64)))),
  unsafe('a path out of the root in an extended header', 'parent', archive(MANIFEST, pax({ path: '../../escape' }), file('package/ok'))),
  unsafe('a link in an extended header', 'extension', archive(MANIFEST, pax({ linkpath: '/etc/passwd' }), file('package/ok'))),
  unsafe('a sparse file in an extended header', 'extension', archive(MANIFEST, pax({ 'GNU.sparse.name': 'package/evil' }), file('package/ok'))),
  unsafe('another character set', 'extension', archive(MANIFEST, pax({ hdrcharset: 'BINARY' }), file('package/ok'))),
  unsafe('two paths in one extended header', 'extension', archive(MANIFEST, pax([['path', 'package/a'], ['path', 'package/b']]), file('package/ok'))),
  unsafe('two paths in two extended headers', 'extension', archive(MANIFEST, pax({ path: 'package/a' }), gnuName('package/b\0'), file('package/ok'))),
  unsafe('one path for all entries', 'extension', archive(MANIFEST, pax({ path: 'package/a' }, 'g'), file('package/ok'))),
  unsafe('an extended header of 65 KiB', 'extension', archive(MANIFEST, pax({ comment: 'x'.repeat(65 * 1024) }), file('package/ok'))),
  unsafe('two dots in a GNU long name', 'parent', archive(MANIFEST, gnuName('package/../../escape\0'), file('package/ok'))),
  broken('an extended header without an entry', archive(MANIFEST, pax({ path: 'package/a' }))),
  broken('an extended header with a wrong length', archive(MANIFEST, file('PaxHeader', '99 path=package/a\n', { type: 'x' }), file('package/ok'))),
  broken('a long name without an end', archive(MANIFEST, gnuName('package/a'), file('package/ok'))),
]

const ends: readonly HostileArchive[] = [
  unsafe('a second gzip member', 'gzip-member', Buffer.concat([archive(MANIFEST), archive(file('package/second'))])),
  unsafe('garbage behind the end of the gzip file', 'gzip-member', Buffer.concat([archive(MANIFEST), Buffer.from('GARBAGE')])),
  unsafe('zeros behind the end of the gzip file', 'gzip-member', Buffer.concat([archive(MANIFEST), Buffer.alloc(16)])),
  unsafe('a second archive behind the end', 'after-end', archive(MANIFEST, END, file('package/behind'))),
  unsafe('one byte behind the end', 'after-end', archive(MANIFEST, END, flipped(Buffer.alloc(512), 300))),
  unsafe('more than 1 MiB of zeros', 'after-end', archive(MANIFEST, Buffer.alloc(1024 * 1024))),
  unsafe('contents behind the end of a file', 'after-end', archive(header({ name: 'package/a', sizeBytes: 1 }), padded(Buffer.from('x')).fill('y', 1, 9))),
  broken('a single block of zeros', gzipSync(Buffer.concat([MANIFEST, Buffer.alloc(512)]))),
  broken('half a block of zeros', gzipSync(Buffer.concat([MANIFEST, END, Buffer.alloc(100)]))),
  broken('no end', gzipSync(MANIFEST)),
  broken('an end inside a file', gzipSync(header({ name: 'package/a', sizeBytes: 5000 }))),
  broken('an end inside a header', gzipSync(MANIFEST.subarray(0, 100))),
  broken('a gzip file that ends too early', archive(MANIFEST, file('package/big', 'y'.repeat(5000))).subarray(0, 60)),
  broken('a gzip file without a trailer', archive(MANIFEST).subarray(0, -8)),
]

const numbers: readonly HostileArchive[] = [
  broken('a wrong checksum of a header', archive(MANIFEST, flipped(file('package/bad'), 8))),
  broken('a wrong checksum of the gzip file', flipped(archive(MANIFEST), -8)),
  broken('a wrong length of the gzip file', flipped(archive(MANIFEST), -4)),
  broken('a negative size', archive(MANIFEST, header({ name: 'package/n', rawSize: '-0000000001 ' }))),
  broken('a negative binary size', archive(MANIFEST, header({ name: 'package/n', rawSize: sizeMinusOne }))),
  broken('a size that is no number', archive(MANIFEST, header({ name: 'package/n', rawSize: '0000x000001 ' }))),
  broken('a name that goes on behind its end', archive(MANIFEST, file('package/a\0../../escape'))),
  broken('an unknown kind of tar file', archive(MANIFEST, file('package/a', 'x', { magic: 'ustar\x0099' }))),
  broken('not a gzip file', Buffer.concat([MANIFEST, END])),
  broken('a gzip file of an unknown kind', flipped(archive(MANIFEST), 2)),
  broken('an empty file', new Uint8Array(0)),
  tooLarge('a size of 1 TiB', archive(MANIFEST, header({ name: 'package/huge', rawSize: size1TiB }))),
  tooLarge('a size of 10 GiB', archive(MANIFEST, header({ name: 'package/huge', rawSize: size10GiB }))),
]

/** Every hostile archive. */
export const HOSTILE: readonly HostileArchive[] = [...paths, ...trees, ...kinds, ...extensions, ...ends, ...numbers]
