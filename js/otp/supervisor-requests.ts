// What others may ask of a supervisor, as it comes in a call, and what is answered. Owns the rules: which child may be restarted or
// deleted, and how many there may be.

import { badArgument, RumpusError } from '../errors.ts'
import type { Pid } from '../types.ts'
import type { ChildLife } from './child-life.ts'
import { type Kept, type KeptOptions, keepSpecIn } from './child-spec.ts'
import { type Child, type Children, isRunning } from './children.ts'
import { notStarted } from './start-server.ts'

/** What a supervisor is asked: the business of the verbs that ask it. */
export type SupervisorRequest =
  | { readonly supervisor: 'which' | 'count' }
  | { readonly supervisor: 'start'; readonly spec: Kept }
  | { readonly supervisor: 'restart' | 'terminate' | 'delete'; readonly child: string | number }

/** A child as {@link whichChildren} shows it. */
export interface ChildView {
  /** Of its spec; a dynamic supervisor's have none. */
  readonly id: string | undefined
  /** Nothing while it does not run. */
  readonly pid: Pid<never> | undefined
  /** Whether it runs, is to run again, or stays as it is. */
  readonly state: 'running' | 'restarting' | 'stopped'
  /** Whether it has children of its own. */
  readonly type: 'worker' | 'supervisor'
}

/** How many children there are. */
export interface ChildCounts {
  /** All, running or not. */
  readonly specs: number
  /** Those that run. */
  readonly active: number
  /** Those that have children of their own. */
  readonly supervisors: number
  /** The others. */
  readonly workers: number
}

/** Who answers: the loop, as far as this must know it. */
export interface Supervising {
  readonly children: Children
  readonly options: KeptOptions
  readonly life: ChildLife
}

/** Answers a request, or throws a RumpusError that is the answer. */
export const answerSupervisor = async (sup: Supervising, request: SupervisorRequest): Promise<unknown> => {
  if (typeof request !== 'object' || request === null) throw unknown(request)
  switch (request.supervisor) {
    case 'which':
      return [...sup.children.all()].map(viewOf)
    case 'count':
      return countsOf(sup.children)
    case 'start':
      return startChild(sup, request.spec)
    case 'restart':
      return restartChild(sup, childOf(sup, request.child))
    case 'terminate':
      return terminateChild(sup, childOf(sup, request.child))
    case 'delete':
      return deleteChild(sup, childOf(sup, request.child))
    default:
      throw unknown(request)
  }
}

const viewOf = ({ spec, pid, restarting }: Child): ChildView => ({
  id: spec.id,
  pid: pid === 0 ? undefined : (pid as Pid),
  state: pid !== 0 ? 'running' : restarting ? 'restarting' : 'stopped',
  type: spec.isSupervisor ? 'supervisor' : 'worker',
})

const countsOf = (children: Children): ChildCounts => {
  let [active, supervisors] = [0, 0]
  for (const { pid, spec } of children.all()) {
    if (pid !== 0) active++
    if (spec.isSupervisor) supervisors++
  }
  return { specs: children.size, active, supervisors, workers: children.size - supervisors }
}

const startChild = async ({ children, options, life }: Supervising, spec: Kept): Promise<Pid> => {
  if (children.size >= options.maxChildren) {
    const message = `a child was refused: there are ${children.size}, as many as maxChildren allows`
    throw new RumpusError('ERR_RUMPUS_TOO_MANY_CHILDREN', message)
  }
  const isDynamic = options.strategy === 'dynamic'
  const kept = keepSpecIn(spec, isDynamic, options.autoShutdown)
  if (kept.id !== undefined && children.find(kept.id) !== undefined) {
    throw refused(`there is a child ${JSON.stringify(kept.id)} already`)
  }
  const child = children.add(kept)
  const reason = await life.start(child)
  if (reason !== undefined) {
    children.remove(child)
    throw notStarted(reason)
  }
  return child.pid as Pid
}

const restartChild = async ({ life }: Supervising, child: Child): Promise<Pid> => {
  if (isRunning(child)) throw refused(`${nameOf(child)} runs, or is being restarted`)
  const reason = await life.start(child)
  if (reason !== undefined) throw notStarted(reason)
  return child.pid as Pid
}

const terminateChild = async ({ children, options, life }: Supervising, child: Child): Promise<void> => {
  await life.stop(child)
  if (options.strategy === 'dynamic' || child.spec.restart === 'temporary') children.remove(child)
}

const deleteChild = ({ children }: Supervising, child: Child): void => {
  if (isRunning(child)) throw refused(`${nameOf(child)} runs, or is being restarted: terminate it first`)
  children.remove(child)
}

const childOf = ({ children }: Supervising, which: string | number): Child => {
  const child = children.find(which)
  if (child === undefined) throw refused(`there is no child ${JSON.stringify(which)}`)
  return child
}

const nameOf = ({ spec, pid }: Child): string =>
  spec.id === undefined ? `child ${pid}` : `child ${JSON.stringify(spec.id)}`

const unknown = (request: unknown): Error => badArgument(TypeError, 'request', 'one that supervisors know', request)

const refused = (why: string): RumpusError => new RumpusError('ERR_RUMPUS_CHILD', why)
