// What ends a stream from outside, a `taskStream` or a loop over events: its owner must end, or a signal says so.

import { AbortError } from '../errors.ts'

/** Calls `fail` with why, at once if it is so already; answers how to listen no more. */
export const onEnds = (
  owner: AbortSignal | undefined,
  signal: AbortSignal | undefined,
  fail: (why: unknown) => void,
): (() => void) => {
  const onEnd = (): void => fail(owner?.reason)
  const onAbort = (): void => fail(new AbortError(signal?.reason))
  if (owner?.aborted) onEnd()
  if (signal?.aborted) onAbort()
  owner?.addEventListener('abort', onEnd)
  signal?.addEventListener('abort', onAbort)
  return () => {
    owner?.removeEventListener('abort', onEnd)
    signal?.removeEventListener('abort', onAbort)
  }
}
