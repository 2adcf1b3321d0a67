// What questions and answers look like to those who ask and those who answer, and how the type of an answer follows from that of its
// question. No code.

import type { Context, Pid } from '../types.ts'

declare const answers: unique symbol

/** Where the answer to a question goes. It can cross, and is good for one answer. */
export type ReplyTo<Reply = unknown> = readonly [desk: Pid<never>, number: number] & {
  readonly [answers]?: (reply: Reply) => void
}

/** A question, as the process that is asked receives it. */
export interface Call<Request = unknown, Reply = unknown> {
  /** Tells a question from other messages. */
  readonly type: 'call'
  /** For {@link reply}. */
  readonly from: ReplyTo<Reply>
  /** What is asked. */
  readonly request: Request
  /** By when the answer is wanted, as the runtime counts; a server's own questions wait no longer than that. */
  readonly deadline?: number | undefined
  /** Of what work it is a part, if whoever asks has said so. */
  readonly context?: Context | undefined
}

declare const asks: unique symbol

/**
 * A request that tells, to the compiler alone, what it is answered with.
 *
 * @example
 * ```ts
 * import type { Asks } from 'rumpus'
 *
 * type Deposit = Asks<number, { type: 'deposit'; amount: number }>
 * type Close = Asks<void, { type: 'close' }>
 * const deposit: Deposit = { type: 'deposit', amount: 5 }
 * ```
 */
export type Asks<Reply, Request> = Request & { readonly [asks]?: Reply }

/** What a request is answered with: what it {@link Asks}, or else what all requests are. */
export type Answer<Asked, Request, Reply> = Request extends { readonly [asks]?: infer R }
  ? unknown extends R
    ? Reply
    : Asked extends Request
      ? R
      : never
  : Reply

/** How long to wait for an answer. */
export interface CallOptions {
  /** Milliseconds until it rejects with `TimeoutError`; 5000 unless given, Infinity for as long as it takes. */
  readonly timeout?: number
  /** Has it reject with `AbortError` when aborted. */
  readonly signal?: AbortSignal
}

/** How to ask. */
export interface AskOptions extends CallOptions {
  /** Of what work the question is a part; of that which a body does, unless given. */
  readonly context?: Context
}
