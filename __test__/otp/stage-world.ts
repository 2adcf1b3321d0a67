// Stages that several tests use, and how they are started.

import { send } from 'rumpus'
import { Consumer, Producer, startServer } from 'rumpus/otp'
import type { AnyPid, AnySelf } from '../process/world.ts'

/** Numbers, as many as are wanted. */
export class Counter extends Producer<number> {
  next = 0
  asked: number[] = []
  override begin(options: object = {}): object {
    return options
  }
  override handleDemand(count: number): number[] {
    this.asked.push(count)
    return Array.from({ length: count }, () => this.next++)
  }
}

/** Emits what it is cast. */
export class Source extends Producer<unknown, unknown, readonly unknown[]> {
  lost: unknown[] = []
  override begin(options: object = {}): object {
    return options
  }
  override handleCast(events: readonly unknown[]): void {
    this.emit(events)
  }
  override handleDropped(events: readonly unknown[]): void {
    this.lost.push(...events)
  }
}

/** Passes events on to a process. */
export class Passes extends Consumer<unknown> {
  to!: AnyPid
  override begin(to: AnyPid, ...subscribeTo: never[]): object {
    this.to = to
    return { subscribeTo }
  }
  override handleEvents(events: readonly unknown[]): void {
    send(this.to, events)
  }
}

export const start = async (self: AnySelf, what: never, ...args: unknown[]): Promise<AnyPid> =>
  (await startServer(self, what, { args, link: false })) as AnyPid

/** The same, and tells of subscriptions that are over. */
export class Tells extends Passes {
  override handleCancelled(_: unknown, reason: { kind: string }): void {
    send(this.to, ['cancelled', reason.kind])
  }
}

/** Events until they are so many. */
export async function take(self: AnySelf, count: number): Promise<unknown[]> {
  const all: unknown[] = []
  while (all.length < count) all.push(...((await self.receive()) as unknown[]))
  return all
}

/** Lets those through who wait, one by one. */
export class Gate {
  private left = 0
  private readonly waiting: (() => void)[] = []
  open(count = 1): void {
    this.left += count
    while (this.left > 0 && this.waiting.length > 0) {
      this.left--
      this.waiting.shift()?.()
    }
  }
  pass(): Promise<void> {
    if (this.left === 0) return new Promise((resolve) => this.waiting.push(resolve))
    this.left--
    return Promise.resolve()
  }
}

/** Handles one event each time the gate opens. */
export class Steps extends Consumer<number> {
  to!: AnyPid
  gate!: Gate
  override begin(to: AnyPid, gate: Gate, ...subscribeTo: never[]): object {
    this.to = to
    this.gate = gate
    return { subscribeTo }
  }
  override async handleEvents(events: readonly number[]): Promise<void> {
    for (const event of events) {
      send(this.to, { begun: event })
      await this.gate.pass()
      send(this.to, { handled: event })
    }
  }
}

export const range = (count: number, from = 0): number[] => Array.from({ length: count }, (_, n) => from + n)
