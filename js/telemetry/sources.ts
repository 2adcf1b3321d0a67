// Sources: what can be listened to under a name. Owns the list of them, and that a source listens to its channels only while somebody
// listens to it. Never knows what handlers do.

import { builtin } from '../builtin.ts'
import { badArgument } from '../errors.ts'
import type { Context } from '../types.ts'
import type { Phase, Span } from './span.ts'

const { channel, tracingChannel } = builtin('node:diagnostics_channel')

/** Hears what happens under a name: the data of a point, or a span. */
export type Listener = (name: string, data: unknown) => void

/** What begins to listen to channels, and answers how to stop. */
type Open = (tell: Listener) => () => void

export class Source {
  readonly name: string
  /** Its names end with a phase. */
  readonly hasPhases: boolean
  private readonly open: Open
  private readonly listeners = new Set<Listener>()
  private close: (() => void) | undefined

  constructor(name: string, hasPhases: boolean, open: Open) {
    this.name = name
    this.hasPhases = hasPhases
    this.open = open
  }

  /** Whether something that begins with `prefix` can come from here. */
  mayTell(prefix: string): boolean {
    return begins(this.name, prefix) || (this.hasPhases && begins(prefix, this.name))
  }

  add(listener: Listener): void {
    this.listeners.add(listener)
    this.close ??= this.open((name, data) => {
      // Who is added meanwhile hears of the next; who is taken away, of no more.
      for (const each of [...this.listeners]) if (this.listeners.has(each)) each(name, data)
    })
  }

  delete(listener: Listener): void {
    this.listeners.delete(listener)
    if (this.listeners.size > 0) return
    this.close?.()
    this.close = undefined
  }
}

/** Whether `name` is `prefix`, or goes on behind it with a colon. */
export const begins = (name: string, prefix: string): boolean =>
  prefix === '' || name === prefix || name.startsWith(`${prefix}:`)

const sources = new Map<string, Source>()
const onSource = new Set<(source: Source) => void>()

/** Those there are. */
export const allSources = (): Iterable<Source> => sources.values()

/** Calls `listener` for each that comes; answers how to stop. */
export const onNewSource = (listener: (source: Source) => void): (() => void) => {
  onSource.add(listener)
  return () => void onSource.delete(listener)
}

/** The source under a name, made by the first who asks. */
const sourceOf = (name: string, hasPhases: boolean, open: Open): Source => {
  const known = sources.get(name)
  if (known !== undefined) {
    if (known.hasPhases === hasPhases) return known
    throw badArgument(RangeError, 'name', `one that is not yet that of ${known.hasPhases ? 'a span' : 'a point'}`, name)
  }
  const source = new Source(name, hasPhases, open)
  sources.set(name, source)
  for (const listener of onSource) listener(source)
  return source
}

/** What is published to the channel of this name. */
export const pointSource = (name: string): Source =>
  sourceOf(name, false, (tell) => {
    const listener = (data: unknown): void => tell(name, data)
    const from = channel(name)
    from.subscribe(listener)
    return () => void from.unsubscribe(listener)
  })

/** What is published to a tracing channel: a span, or what becomes one here. */
interface Published {
  readonly isAsync?: true
  readonly error?: unknown
  readonly result?: unknown
  context: Context | undefined
}

/** What is published to the tracing channel of this name; `spanOf` makes a span of what comes. */
export const spanSource = <P extends Published>(name: string, spanOf: (published: P) => Span): Source =>
  sourceOf(name, true, (tell) => {
    const spans = new WeakMap<P, Span>()
    const start = (published: P): void => {
      const span = spanOf(published)
      spans.set(published, span)
      tell(`${name}:start`, span)
      // What is a part of it says so, if somebody has asked for its name.
      if (span.isNamed) published.context = span.context
    }
    const asyncEnd = (published: P): void => {
      const span = spans.get(published)
      // It had begun before anybody listened.
      if (span === undefined) return
      span.error = published.error
      span.result = published.result
      tell(`${name}:${span.end()}`, span)
    }
    const end = (published: P): void => {
      if (published.isAsync !== true) asyncEnd(published)
    }
    const ignore = (): void => {}
    const listeners = { start, end, asyncStart: ignore, asyncEnd, error: ignore }
    const from = tracingChannel<P, P>(name)
    from.subscribe(listeners as never)
    return () => void from.unsubscribe(listeners as never)
  })

/** Spans that something else makes: `open` begins, and answers how to stop. */
export const derivedSource = (name: string, open: (tell: (phase: Phase, span: Span) => void) => () => void): Source =>
  sourceOf(name, true, (tell) => open((phase, span) => tell(`${name}:${phase}`, span)))
