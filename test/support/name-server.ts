import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { type Answer, AUTHORITATIVE_ANSWER, decode, encode, type Packet, type Question } from 'dns-packet'

/** What a name server says of a name; `silent` never answers. */
export interface Zone {
  readonly a?: readonly string[]
  readonly aaaa?: readonly string[]
  readonly txt?: readonly string[]
  readonly failure?: 'SERVFAIL' | 'REFUSED' | 'silent'
}

const RCODES = { SERVFAIL: 2, REFUSED: 5, NXDOMAIN: 3 } as const

/** A name server on 127.0.0.1 over UDP. Names that it does not know do not exist. */
export class NameServer implements AsyncDisposable {
  readonly #socket: Socket
  readonly #zones = new Map<string, Zone>()
  /** `TYPE name`, in the order in which they were asked. */
  readonly asked: string[] = []

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('message', (bytes, { port, address }) => {
      const answer = this.#answer(decode(bytes))
      if (answer !== undefined) socket.send(encode(answer), port, address)
    })
  }

  static async start(): Promise<NameServer> {
    const socket = createSocket('udp4')
    socket.bind(0, '127.0.0.1')
    await once(socket, 'listening')
    return new NameServer(socket)
  }

  /** As `node:dns` takes it. */
  get address(): string {
    return `127.0.0.1:${this.#socket.address().port}`
  }

  /** Replaces what is said of a name; nothing: it does not exist. */
  set(name: string, zone?: Zone): void {
    if (zone === undefined) this.#zones.delete(name)
    else this.#zones.set(name, zone)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#socket, 'close')
    this.#socket.close()
    await closed
  }

  #answer({ id = 0, questions = [] }: Packet): Packet | undefined {
    const [question] = questions
    if (question === undefined) return undefined
    this.asked.push(`${question.type} ${question.name}`)
    const zone = this.#zones.get(question.name.toLowerCase())
    if (zone?.failure === 'silent') return undefined
    const code = zone === undefined ? 'NXDOMAIN' : zone.failure
    const flags = AUTHORITATIVE_ANSWER | (code === undefined ? 0 : RCODES[code])
    return { id, type: 'response', flags, questions, answers: code === undefined ? answersOf(question, zone ?? {}) : [] }
  }
}

const answersOf = ({ name, type }: Question, { a = [], aaaa = [], txt = [] }: Zone): Answer[] => {
  if (type === 'A') return a.map((data) => ({ type: 'A', name, ttl: 60, data }))
  if (type === 'AAAA') return aaaa.map((data) => ({ type: 'AAAA', name, ttl: 60, data }))
  return type === 'TXT' ? txt.map((data) => ({ type: 'TXT', name, ttl: 60, data: partsOf(data) })) : []
}

/** A TXT record is made of strings of at most 255 bytes. */
const partsOf = (text: string): string[] => text.match(/[^]{1,255}/g) ?? ['']
