import { type Setting, spellingsOf } from './setting.ts'
import { ROWS } from './settings.ts'

type Schema = Readonly<Record<string, unknown>>

/** A table of the file: keys of its own, and tables in it. */
interface Node {
  schema?: Schema
  readonly inside: Map<string, Node>
}

const fresh = (): Node => ({ inside: new Map() })

const place = (root: Node, key: string, schema: Schema): void => {
  let node = root
  for (const name of key.split('.')) {
    const next = node.inside.get(name) ?? fresh()
    node.inside.set(name, next)
    node = next
  }
  node.schema = schema
}

const described = ({ says, idle, usual, kind, key: usually }: Setting<unknown>, key: string, schema: Schema): Schema => {
  const other = key === usually || usually === undefined ? [] : [`The same as ${usually}.`]
  const effect = idle === undefined ? [] : [`No effect: ${idle}.`]
  const description = [`${says[0]?.toUpperCase()}${says.slice(1)}.`, ...effect, ...other].join(' ').replaceAll('`', '')
  return { description, ...(usual !== undefined && other.length === 0 && { default: kind.write(usual) }), ...schema }
}

const tableOf = ({ inside }: Node): Schema => ({
  type: 'object',
  additionalProperties: false,
  properties: Object.fromEntries([...inside].map(([name, node]) => [name, schemaOf(node)])),
})

const schemaOf = (node: Node): Schema => {
  if (node.schema === undefined) return tableOf(node)
  if (node.inside.size === 0) return node.schema
  return { anyOf: [node.schema, tableOf(node)] }
}

/** JSON Schema (draft 2020-12) of `config.toml`, for editors. It takes everything that is right; not everything that it takes is right. */
export const configSchema = (): Schema => {
  const root = fresh()
  for (const [, row] of ROWS) for (const { key, kind } of spellingsOf(row)) place(root, key, described(row, key, kind.schema))
  return { $schema: 'https://json-schema.org/draft/2020-12/schema', title: 'config.toml of ggen', ...tableOf(root) }
}
