// Makes the package that is published, in dist/ or the folder that is named: the program in few files, its types, its documents. With
// --program nothing but the program is made, which is what "npm start" runs.
import { spawnSync } from 'node:child_process'
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { rolldown } from 'rolldown'
import { adaptLibraries } from './adapt-libraries.mjs'
import { nameLicences } from './name-licences.mjs'

const ROOT = resolve(import.meta.dirname, '../..')
const DOCUMENTS = ['docs', 'README.md', 'LICENSE-MIT', 'LICENSE-APACHE']

/** What is started by its name: the command, the library, and threads. */
const ENTRIES = {
  main: 'src/main/bin.ts',
  library: 'src/library/mod.ts',
  'open-worker': 'src/node/open-worker.ts',
  'form-worker': 'src/node/form-worker.ts',
  'hash-worker': 'src/store/disk/hash-worker.ts',
  'search-worker': 'src/store/disk/search-worker.ts',
}

/** V8 keeps a text with one letter outside of Latin-1 in two bytes a letter. */
const inAscii = (code) => code.replaceAll(/[\u0080-\uffff]/g, (letter) => String.raw`\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`)

const spellInAscii = {
  name: 'spell-in-ascii',
  generateBundle: (_options, bundle) => {
    for (const file of Object.values(bundle)) if (file.type === 'chunk') file.code = inAscii(file.code)
  },
}

/** Writes the program; resolves to the files that it was made of. */
const bundleProgram = async (folder, external) => {
  const bundle = await rolldown({
    input: Object.fromEntries(Object.entries(ENTRIES).map(([name, path]) => [name, join(ROOT, path)])),
    platform: 'node',
    external,
    resolve: { conditionNames: ['ggen-source', 'node', 'import', 'default'] },
    plugins: [adaptLibraries()],
    // Our files and Node's do nothing when they are imported: who takes one thing through a front door need not load the rest of the folder.
    treeshake: { moduleSideEffects: (id, isExternal) => !isExternal && !id.startsWith(join(ROOT, 'src')) },
    onLog: (level, log, forward) => {
      // Libraries export under names that are not there; what is used is.
      if (level === 'warn' && log.code === 'UNRESOLVED_IMPORT') throw new Error(log.message)
      if (level !== 'warn') forward(level, log)
    },
  })
  const { output } = await bundle.write({
    dir: folder,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
    // What every command needs, in one file: each further one costs a millisecond.
    codeSplitting: { groups: [{ name: 'base', test: /[\\/]src[\\/](?:core|config|doors[\\/](?:control|socket))[\\/]/ }] },
    comments: false,
    // Functions and classes keep their names: a trace says where something happened.
    minify: { compress: { keepNames: { function: true, class: true } }, mangle: { keepNames: true }, codegen: { removeWhitespace: true } },
    plugins: [spellInAscii],
  })
  await bundle.close()
  return output.flatMap((file) => (file.type === 'chunk' ? Object.keys(file.modules) : []))
}

/** Of the library's types others are needed, and these name each other by the front doors of the sources. */
const publishedManifest = ({ name, version, description, license, type, bin, engines, optionalDependencies, imports }, withTypes) => {
  const doors = Object.entries(imports).flatMap(([door, { 'ggen-source': source }]) =>
    source.startsWith('./src/') ? [[door, { types: source.replace('./src/', './lib/types/').replace(/\.ts$/, '.d.ts') }]] : [],
  )
  const library = { ...(withTypes && { types: './lib/types/library/mod.d.ts' }), default: './lib/program/library.js' }
  const exports = { '.': library, './package.json': './package.json' }
  return { name, version, description, license, type, bin, exports, ...(withTypes && { imports: Object.fromEntries(doors) }), engines, optionalDependencies }
}

const writeTypes = (folder) => {
  const compiler = join(ROOT, 'node_modules/typescript/bin/tsc')
  const { status } = spawnSync(process.execPath, [compiler, '-p', 'tsconfig.build.json', '--outDir', folder], { cwd: ROOT, stdio: 'inherit' })
  if (status !== 0) throw new Error('the types cannot be made')
}

const { values, positionals } = parseArgs({ options: { program: { type: 'boolean', default: false } }, allowPositionals: true })
const folder = resolve(positionals[0] ?? join(ROOT, 'dist'))
const manifest = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'))

await rm(folder, { recursive: true, force: true })
await mkdir(folder, { recursive: true })
const ids = await bundleProgram(join(folder, 'lib/program'), Object.keys(manifest.optionalDependencies))
await writeFile(join(folder, 'package.json'), `${JSON.stringify(publishedManifest(manifest, !values.program), undefined, 2)}\n`)
await writeFile(join(folder, 'THIRD-PARTY.md'), nameLicences(ids))
for (const name of ['bin', ...(values.program ? [] : DOCUMENTS)]) await cp(join(ROOT, name), join(folder, name), { recursive: true })
if (!values.program) writeTypes(join(folder, 'lib/types'))
