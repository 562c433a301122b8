/** What a plan of an install may cost: a part of `LIMITS`, which is where all others look. */
export const PLAN_LIMITS = Object.freeze({
  /** Packages of one plan. */
  planPackages: 10_000,
  /** Packages that one project asks for itself. */
  planWishes: 2000,
  /** Releases of one package that are looked at, the newest. */
  planCandidates: 1000,
  /** Releases whose wishes are looked at for one plan, and all those wishes. */
  planDocuments: 20_000,
  planDependencies: 200_000,
  /** Of a question for a plan: what so many packages of a lock file take. */
  planBodyBytes: 4 * 1024 * 1024,
  /** Conclusions that are drawn while versions are chosen: some seconds at most. */
  planSteps: 1_000_000,
})
