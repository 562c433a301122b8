const MiB = 1024 * 1024
const second = 1000
const minute = 60 * second

/** Bounds of asking registries, and of what is taken from them. */
export const REGISTRY_LIMITS = Object.freeze({
  /** Of the envelopes of one answer, and of one answer of a server as it is sent. */
  recordsBytes: 16 * MiB,
  documentBytes: 32 * MiB,
  /** Envelopes of one answer. */
  records: 20_000,
  /** Versions that are told of one package. */
  versions: 2000,
  /** Of the text that a server gives as the reason of an error. */
  reasonChars: 300,
  /** How long a server that is asked first is waited for before others are asked as well, and until its first byte where they have given nothing either. */
  headStartMs: 500,
  hurriedMs: 800,
  /** Of one try, and tries, where nobody else can be asked. */
  patientMs: 5 * second,
  tries: 3,
  /** Before the second try, and twice as long before each one after it. */
  firstBackoffMs: 100,
  /** Longest that a server may make us wait for a place. */
  retryAfterMs: 10 * second,
  /** Before a registry that failed is tried again, and at most. */
  probeFirstMs: 1 * second,
  probeMaxMs: 60 * second,
  /** Packages whose answers are remembered, for how long they are taken unasked, and for how long when nobody answers. */
  cachedAnswers: 1000,
  cachedBytes: 64 * MiB,
  cacheTtlMs: 5 * minute,
  staleMs: 24 * 60 * minute,
  /** Registries that were named for single calls and are remembered. */
  namedRegistries: 16,
  /** Connections to one server. */
  connections: 16,
  /** Records that wait to be delivered to a registry. */
  deliveries: 10_000,
  /** Before a delivery that failed is tried again, and at most. */
  deliverFirstMs: 2 * second,
  deliverMaxMs: minute,
  /** How long a commit waits for what it said to be handed over. */
  deliverWaitMs: 3 * second,
  /** The same where a registry alone is to be told. */
  deliverAloneMs: 10 * minute,
})
