import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Shelf } from '#marketplace'

/** What `GET /metrics` tells; the names are documented in docs/guide/central.md. */
export class Metrics {
  readonly #registry = new Registry()
  readonly #requests: Counter<'route' | 'status'>
  readonly #seconds: Histogram<'route'>
  readonly #bytes: Counter<'direction'>
  readonly #records: Counter<'outcome'>
  readonly #limited: Counter<'limit'>

  constructor(counts: { readonly shelf: Pick<Shelf, 'summary'>; readonly listed: () => number }) {
    const registers = [this.#registry]
    collectDefaultMetrics({ register: this.#registry })
    this.#requests = new Counter({ name: 'ggen_registry_requests_total', help: 'Requests that were answered', labelNames: ['route', 'status'], registers })
    this.#seconds = new Histogram({
      name: 'ggen_registry_request_seconds', help: 'From the head of a request to the end of its answer', labelNames: ['route'],
      buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10, 60], registers,
    })
    this.#bytes = new Counter({ name: 'ggen_registry_blob_bytes_total', help: 'Bytes of archives that went out or came in',
      labelNames: ['direction'], registers })
    this.#records = new Counter({ name: 'ggen_registry_records_total', help: 'Records that publishers handed in', labelNames: ['outcome'], registers })
    this.#limited = new Counter({ name: 'ggen_registry_limited_total', help: 'Requests that were too many', labelNames: ['limit'], registers })
    const gauge = (name: string, help: string, value: () => number): Gauge =>
      new Gauge({
        name, help, registers,
        collect() {
          this.set(value())
        },
      })
    gauge('ggen_registry_held_records', 'Signed records that are held', () => counts.shelf.summary().ops)
    gauge('ggen_registry_listed_packages', 'Packages in the catalog when it was asked for last', counts.listed)
  }

  get contentType(): string {
    return this.#registry.contentType
  }

  text(): Promise<string> {
    return this.#registry.metrics()
  }

  answered(route: string, status: number, seconds: number): void {
    this.#requests.inc({ route, status: String(status) })
    this.#seconds.observe({ route }, seconds)
  }

  moved(direction: 'in' | 'out', bytes: number): void {
    this.#bytes.inc({ direction }, bytes)
  }

  took(outcome: 'accepted' | 'known' | 'refused', records: number): void {
    this.#records.inc({ outcome }, records)
  }

  limited(limit: 'address' | 'token' | 'refusals' | 'connections'): void {
    this.#limited.inc({ limit })
  }
}
