import { type PackageName, parsePackageName } from '#core'
import { seeded } from '#testing'

/** A name to be taken for another one. */
export interface TypoPair {
  readonly typo: PackageName
  readonly meant: PackageName
}

/**
 * Written by hand, as `typo:meant`. Those of the first lines were published on npm and taken down (2017: the `crossenv` case); the rest are of
 * the same kinds, for names that many people type.
 */
const WRITTEN = `
babelcli:babel-cli crossenv:cross-env cross-env.js:cross-env d3.js:d3 fabric-js:fabric ffmepg:ffmpeg gruntcli:grunt-cli http-proxy.js:http-proxy
jquery.js:jquery mongose:mongoose mssql.js:mssql mssql-node:mssql mysqljs:mysql node-fabric:fabric nodefabric:fabric nodeffmpeg:ffmpeg
nodemailer-js:nodemailer nodemailer.js:nodemailer nodemssql:mssql node-opencv:opencv node-opensl:openssl node-openssl:openssl noderequest:request
nodesass:node-sass node-sqlite:sqlite nodesqlite:sqlite node-tkinter:tkinter opencv.js:opencv openssl.js:openssl proxy.js:proxy shadowsock:shadowsocks
sqlite.js:sqlite sqliter:sqlite lodahs:lodash loadash:lodash lodashs:lodash lodas:lodash l0dash:lodash lodash.js:lodash lodsh:lodash reqeust:request
requst:request requests:request expres:express exprss:express expresss:express exppress:express axois:axios axio:axios axi0s:axios axioss:axios raect:react
reactt:react react-doom:react-dom reactdom:react-dom raect-dom:react-dom chalkk:chalk cha1k:chalk chaulk:chalk comander:commander commandr:commander
comamnder:commander debugg:debug momnet:moment electorn:electron elecron:electron eletron:electron typscript:typescript typescirpt:typescript
type-script:typescript typescripts:typescript webpakc:webpack web-pack:webpack webpackcli:webpack-cli esllint:eslint es-lint:eslint eslnit:eslint
pretier:prettier pretteir:prettier prettierr:prettier js-yml:js-yaml jsyaml:js-yaml bable-core:babel-core babelcore:babel-core babel.core:babel-core
types-node:@types/node types.node:@types/node @type/node:@types/node @typs/node:@types/node @tpyes/react:@types/react babel-core:@babel/core
bable-parser:@babel/parser @bable/core:@babel/core jqeury:jquery jquerry:jquery jqueryy:jquery socketio:socket.io socket-io:socket.io socket.oi:socket.io
underscor:underscore underscroe:underscore under-score:underscore body-praser:body-parser bodyparser:body-parser bodyparse:body-parser mongodbb:mongodb
mong0db:mongodb mogodb:mongodb nodemon.js:nodemon nodmon:nodemon n0demon:nodemon uuidv4:uuid-v4
`

const NEIGHBOURS: Readonly<Record<string, string>> = {
  a: 'sqz', b: 'vn', c: 'xv', d: 'sf', e: 'wr', f: 'dg', g: 'fh', h: 'gj', i: 'uo', j: 'hk', k: 'jl', l: 'k', m: 'n', n: 'bm', o: 'ip', p: 'o', q: 'wa',
  r: 'et', s: 'ad', t: 'ry', u: 'yi', v: 'cb', w: 'qe', x: 'zc', y: 'tu', z: 'xa',
}
const LOOKS_LIKE: Readonly<Record<string, string>> = { o: '0', l: '1', i: '1', s: '5', e: '3' }

type Slip = (name: string, at: number) => string | undefined

const isLetter = (letter: string | undefined): letter is string => letter !== undefined && /[a-z]/.test(letter)

/** Ways to mistype a name at a place; `undefined` where that way makes nothing new. */
const SLIPS: readonly Slip[] = [
  (name, at) => (isLetter(name[at]) ? name.slice(0, at) + name.slice(at + 1) : undefined),
  (name, at) => (isLetter(name[at]) ? name.slice(0, at + 1) + name.slice(at) : undefined),
  (name, at) => (isLetter(name[at]) ? name.slice(0, at) + (NEIGHBOURS[name[at]]?.[at % 2] ?? 'x') + name.slice(at + 1) : undefined),
  (name, at) => (isLetter(name[at]) && isLetter(name[at + 1]) ? name.slice(0, at) + name[at + 1] + name[at] + name.slice(at + 2) : undefined),
  (name, at) => (isLetter(name[at]) ? name.slice(0, at) + (NEIGHBOURS[name[at]]?.[0] ?? 'x') + name.slice(at) : undefined),
  (name) => (name.includes('-') ? name.replace('-', '') : undefined),
  (name) => (name.includes('-') ? name.replace('-', '.') : undefined),
  (name, at) => (LOOKS_LIKE[name[at] ?? ''] === undefined ? undefined : name.slice(0, at) + LOOKS_LIKE[name[at] ?? ''] + name.slice(at + 1)),
]

const pairOf = (text: string): TypoPair => {
  const [typo = '', meant = ''] = text.split(':')
  return { typo: parsePackageName(typo), meant: parsePackageName(meant) }
}

/** `count` pairs: those written by hand, and slips in names drawn from a list, the same in every run. No typo is a name of `taken`. */
export const typoPairs = (count: number, names: readonly PackageName[], taken: ReadonlySet<string>): readonly TypoPair[] => {
  const pairs = WRITTEN.trim().split(/\s+/).map(pairOf).filter(({ typo }) => !taken.has(typo))
  const random = seeded('typing errors')
  const below = (limit: number): number => Math.floor(random.fraction() * limit)
  while (pairs.length < count) {
    const meant = names[below(names.length)]
    if (meant === undefined) break
    const typo = SLIPS[below(SLIPS.length)]?.(meant, below(meant.length))
    const isNew = typo !== undefined && typo !== meant && !taken.has(typo) && /^(?:@[a-z0-9-]+\/)?[a-z0-9][a-z0-9.-]*[a-z0-9]$/.test(typo)
    if (isNew) pairs.push({ typo: parsePackageName(typo), meant })
  }
  return pairs.slice(0, count)
}
