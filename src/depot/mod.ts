export { Depot, type DepotParts } from './depot.ts'
export type { DocumentWish, ReadyDocument } from './documents.ts'
export { bytesOf, hostOf, Source, type SourceAddress, type SourceParts, type Sources } from './source.ts'
export type { OpenTarball, TarballWish } from './tarballs.ts'
