// What tests of applications are made of: applications that take their time, and the order of what happened to them.

import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { type CrashReport, type Simulated, simulate } from 'rumpus'
import {
  type Application,
  type ApplicationReport,
  type Applications,
  application,
  type StartApplicationOptions,
  startApplication,
} from 'rumpus/otp'
import type { AnySelf } from '../process/world.ts'

export const lanes = ['js', 'native'] as const
export type Lane = (typeof lanes)[number]

/** What happened while `what` ran: `starting db`, `ready db`, in its order. */
export const eventsOf = async (what: (events: string[]) => Promise<unknown>): Promise<string[]> => {
  const events: string[] = []
  const hear = (message: unknown): void => {
    const { event, application } = message as ApplicationReport
    events.push(`${event} ${application}`)
  }
  subscribe('rumpus:application', hear)
  try {
    await what(events)
  } finally {
    unsubscribe('rumpus:application', hear)
  }
  return events
}

/** Runs a body in virtual time; its crash reports go to a list. */
export const inTime = async (
  lane: Lane,
  body: (self: AnySelf, time: Simulated, crashes: string[]) => Promise<unknown>,
  seed = 1,
): Promise<void> => {
  const crashes: string[] = []
  const onCrash = ({ error, what }: CrashReport): void => void crashes.push(`${what}: ${(error as Error).message}`)
  await simulate({ seed, lane, onCrash }, async (self: AnySelf, time) => void (await body(self, time, crashes)))
}

/** Waits for nothing. */
export const idle = async (me: AnySelf): Promise<void> => void (await me.receive())

/** An application whose start, drain and stop take `ms` each. */
export const slow = (
  name: string,
  needs: readonly string[] = [],
  ms = 0,
  more: Partial<Application> = {},
): Application =>
  application({
    name,
    needs,
    async start(self) {
      await self.sleep(ms)
      return { children: [{ id: 'idle', start: idle as never }] }
    },
    drain: (self) => self.sleep(ms),
    ...more,
  })

/** Starts applications from a process of their own, which goes on: whoever calls this does something else meanwhile. */
export const startBeside = (
  self: AnySelf,
  all: Application | readonly Application[],
  options: StartApplicationOptions = {},
): Promise<Applications> =>
  new Promise((resolve, reject) => {
    self.spawn(async (me: AnySelf) => {
      await startApplication(me, all, options).then(resolve, reject)
      await me.receive()
    })
  })

/** A generator of numbers, the same for the same seed. */
export const dice = (seed: number): ((below: number) => number) => {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}
