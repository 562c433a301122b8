export {
  CLIENT_NAMES, type ClientName, type ClientRun, environmentOf, programOf, registryVariables, runClient, type RunOptions, type Seat, type SeatOptions, takeSeat,
  whyMissing,
} from './clients.ts'
export { type MadeProject, makeProject } from './project.ts'
export type { StubAdvisory } from './stub-answer.ts'
export { describeBytes, packManifest, type StubArchive } from './stub-archive.ts'
export type { FaultKind, StubFault } from './stub-faults.ts'
export { archiveName, makePackage, type PackageShape, type StubPackage } from './stub-package.ts'
export { type StubOptions, type StubRequest, StubUpstream } from './stub-upstream.ts'
