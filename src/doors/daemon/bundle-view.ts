import type { BundleQuestion, BundleReply, TakeBundleQuestion, TakenBundleReply } from '#doors/control'

/** Bundles, as the control API makes and takes them. */
export interface BundleView {
  /** Throws as `makeBundle`, and `conflict`, `path-not-found`, `disk-full` for its file. */
  make(question: BundleQuestion, signal: AbortSignal): Promise<BundleReply>
  /** Throws as `takeBundle`, and `path-not-found` and `usage` for its file. */
  take(question: TakeBundleQuestion, signal: AbortSignal): Promise<TakenBundleReply>
}
