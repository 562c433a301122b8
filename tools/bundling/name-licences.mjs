import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = new URL('../../', import.meta.url)
const TEXT = /^(?:licen[cs]e|copying|notice)/i

/** The folder of the package that a bundled file comes from; `undefined` for a file of ours. */
const packageFolderOf = (id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id.replaceAll('\\', '/'))?.[0]

const describe = (folder) => {
  const { name, version, license, author } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  if (typeof license !== 'string') throw new Error(`${name} ${version} does not say under which licence it comes`)
  const texts = readdirSync(folder).filter((file) => TEXT.test(file)).sort().map((file) => readFileSync(join(folder, file), 'utf8').trim())
  const by = typeof author === 'string' ? author : author?.name
  // Not every package brings the text; what its manifest says is then all there is.
  const said = texts.length > 0 ? texts : [`${license}${by === undefined ? '' : `, ${by}`}`]
  const key = `${name} ${version}`
  return { key, text: [`## ${key}`, '', `Licence: ${license}`, '', ...said.flatMap((text) => ['```', text, '```', ''])].join('\n') }
}

/** The text that travels with the program: which packages are in it, in which version and under which licence. */
export const nameLicences = (ids) => {
  const folders = new Set(ids.map(packageFolderOf).filter((folder) => folder !== undefined))
  const described = [...folders].map(describe).sort((one, other) => (one.key < other.key ? -1 : 1))
  const { name } = JSON.parse(readFileSync(new URL('package.json', ROOT), 'utf8'))
  return [`# What ${name} is made of besides its own code`, '', `${described.length} packages.`, '', ...described.map(({ text }) => text)].join('\n')
}
