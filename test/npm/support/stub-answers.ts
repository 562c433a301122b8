import { type Asked, json, notFound, type StubAnswer, unauthorized } from './stub-answer.ts'
import { answerPackage, answerPackageFacts } from './stub-package-answers.ts'

type Answerer = (asked: Asked) => StubAnswer | Promise<StubAnswer>

const whoami: Answerer = ({ user }) => (user === undefined ? unauthorized() : json(200, { username: user }))

const profile: Answerer = ({ user }) =>
  user === undefined
    ? unauthorized()
    : json(200, { name: user, email: `${user}@example.org`, email_verified: true, tfa: null, cidr_whitelist: null, fullname: '' })

const beginLogin: Answerer = ({ accounts, self }) => {
  const id = accounts.beginLogin()
  return json(200, { loginUrl: `${self}login/${id}`, doneUrl: `${self}-/v1/done?sessionId=${id}` })
}

const finishLogin: Answerer = ({ accounts, query }) => {
  const token = accounts.finishLogin(query.get('sessionId') ?? '')
  return token === undefined ? json(202, {}, { 'retry-after': '1' }) : json(200, { token })
}

/** The login of old: a name and a password, which are not looked at. */
const passwordLogin: Answerer = ({ method, path, accounts }) => {
  const name = path.slice('/-/user/org.couchdb.user:'.length).split('/')[0] ?? ''
  if (method === 'GET') return json(200, { _id: `org.couchdb.user:${name}`, name, email: `${name}@example.org`, type: 'user', roles: [] })
  return json(201, { ok: true, id: `org.couchdb.user:${name}`, rev: '1-0', token: accounts.newToken(name) })
}

const logout: Answerer = ({ path, accounts }) => {
  accounts.revoke(path.slice('/-/user/token/'.length))
  return json(200, { ok: true })
}

const search: Answerer = ({ query, shelf }) => {
  const text = query.get('text') ?? ''
  const found = [...shelf.packages.values()].filter(({ name }) => name.includes(text))
  const objects = found.slice(Number(query.get('from') ?? 0), Number(query.get('from') ?? 0) + Number(query.get('size') ?? 20)).map((entry) => {
    const version = entry.versions.get(entry.tags.get('latest') ?? '')
    const users = entry.maintainers.map(({ name, email }) => ({ username: name, email }))
    const date = new Date(entry.modifiedMs).toISOString()
    return {
      package: {
        name: entry.name, version: version?.manifest.version ?? '0.0.0', description: version?.manifest['description'] ?? '',
        keywords: version?.manifest['keywords'] ?? [], date, links: {}, publisher: users[0], maintainers: users,
      },
      score: { final: 1, detail: { quality: 1, popularity: 1, maintenance: 1 } }, searchScore: 1, downloads: { weekly: 1, monthly: 4 }, dependents: 0,
      updated: date, flags: { insecure: 0 },
    }
  })
  return json(200, { objects, total: found.length, time: new Date().toUTCString() })
}

const bulkAudit: Answerer = ({ body, advisories }) =>
  json(200, Object.fromEntries(Object.keys((body ?? {}) as object).flatMap((name) => (advisories[name] === undefined ? [] : [[name, advisories[name]]]))))

const oldAudit: Answerer = () => {
  const vulnerabilities = { info: 0, low: 0, moderate: 0, high: 0, critical: 0 }
  const metadata = { vulnerabilities, dependencies: 1, devDependencies: 0, optionalDependencies: 0, totalDependencies: 1 }
  return json(200, { actions: [], advisories: {}, muted: [], metadata })
}

/** The first whose path fits answers. */
const ANSWERERS: readonly (readonly [path: RegExp, answer: Answerer])[] = [
  [/^\/$/, () => json(200, { db_name: 'registry' })],
  [/^\/-\/ping$/, () => json(200, {})],
  [/^\/-\/whoami$/, whoami],
  [/^\/-\/npm\/v1\/user$/, profile],
  [/^\/-\/npm\/v1\/keys$/, ({ shelf }) => json(200, { keys: [shelf.key.listed()] })],
  [/^\/-\/npm\/v1\/attestations\//, ({ path }) => notFound(path)],
  [/^\/-\/npm\/v1\/security\/advisories\/bulk$/, bulkAudit],
  [/^\/-\/npm\/v1\/security\/audits/, oldAudit],
  [/^\/-\/v1\/login$/, beginLogin],
  [/^\/-\/v1\/done$/, finishLogin],
  [/^\/-\/user\/org\.couchdb\.user:/, passwordLogin],
  [/^\/-\/user\/token\//, logout],
  [/^\/-\/v1\/search$/, search],
  [/^\/-\/package\//, answerPackageFacts],
  [/^\/-\//, ({ path }) => notFound(path)],
  [/./, answerPackage],
]

export const answer: Answerer = async (asked) => {
  const answerer = ANSWERERS.find(([path]) => path.test(asked.path))?.[1]
  return answerer === undefined ? notFound(asked.path) : await answerer(asked)
}
