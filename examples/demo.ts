import { readdir } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { ggen, startNode, temporaryFolder, until, writeTree } from '#testing'

/** `npm run demo`: three nodes on this machine; publish on the first, search from the second, install on the third. */
const began = performance.now()
const say = (text: string): void => console.log(`${((performance.now() - began) / 1000).toFixed(2).padStart(6)} s  ${text}`)

const PACKAGE = {
  'ggen.toml': `[package]
name = "io.example.hello-templates"
version = "1.0.0"
description = "Friendly templates that greet in several languages"
tags = ["hello", "templates", "demo"]
license = "MIT"
`,
  'README.md': '# Hello templates\n\nTemplates that greet.\n',
  'templates/hello.en.tmpl': 'Hello, {{ name }}!\n',
  'templates/hello.fr.tmpl': 'Bonjour, {{ name }} !\n',
  'templates/hello.ja.tmpl': 'こんにちは、{{ name }}さん\n',
}

interface Search { results: { name: string; version: string; score: number }[] }
interface Installed { installed: { path: string; sources: { peer: string; bytes: number }[] }[] }

await using work = await temporaryFolder()
const at = (name: string): string => join(work.path, name)

say('starting three nodes; the second knows the first, the third knows the second')
await using first = await startNode({ home: at('first') })
await using second = await startNode({ home: at('second'), bootstrap: first.addresses })
await using third = await startNode({ home: at('third'), bootstrap: second.addresses })
for (const [name, { peerId, readyMs }] of Object.entries({ first, second, third })) say(`  ${name}: ${peerId}, ready after ${Math.round(readyMs)} ms`)
await until('the second node is connected to both others', () => second.events.filter((event) => event['type'] === 'peer-connected').length >= 2)

const folder = await writeTree(at('hello-templates'), PACKAGE)
const published = await ggen(first.home, 'publish', '--no-passphrase', folder, '--json')
if (published.code !== 0) throw new Error(published.stdout + published.stderr)
const receipt = published.json<{ name: string; version: string; digest: string; sizeBytes: number; identity: string }>()
say(`published on the first: ${receipt.name}@${receipt.version}, ${receipt.sizeBytes} bytes, ${receipt.digest.slice(0, 23)}…`)
say(`  signed by ${receipt.identity.slice(0, 24)}…; the node never saw the key`)

const found = await until('the second node knows the package', async () => {
  const { results } = (await ggen(second.home, 'search', 'greet', 'languages', '--json')).json<Search>()
  return results[0]
})
say(`found on the second by "greet languages": ${found.name}@${found.version}, score ${found.score}`)

const project = at('project')
const installed = await until('the third node can install it', async () => {
  const attempt = await ggen(third.home, 'install', receipt.name, '--dir', project, '--json')
  return attempt.code === 0 && attempt.json<Installed>().installed[0]
})
const sources = installed.sources.map(({ peer, bytes }) => `${bytes} bytes from …${peer.slice(-6)}`).join(', ')
say(`installed on the third: ${sources}; both hashes and the record checked`)

say('the files:')
const entries = await readdir(project, { recursive: true, withFileTypes: true })
const files = entries.filter((entry) => entry.isFile() && !entry.parentPath.includes('.ggen')).map((entry) => join(entry.parentPath, entry.name))
for (const path of files.map((file) => relative(project, file)).toSorted()) console.log(`          ${path}`)
