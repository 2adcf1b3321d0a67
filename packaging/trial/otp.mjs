// A user's program of a server and its supervisor; prints what the server answered, before its end and after.

import { exit, run } from 'rumpus'
import { Server, startSupervisor, whichChildren } from 'rumpus/otp'

/** @extends {Server<string>} */
class Counter extends Server {
  count = 0

  /** @override */
  handleCall() {
    return this.count++
  }
}

const answers = await run(async (self) => {
  const children = [{ id: 'counter', start: Counter, name: 'counter' }]
  const top = await startSupervisor(self, { children })
  const before = [await self.call('counter', 'next'), await self.call('counter', 'next')]
  const [child] = await whichChildren(top)
  if (child?.pid === undefined) throw new Error('no child runs')
  self.monitor(child.pid)
  exit(child.pid, 'kill')
  await self.receive()
  await whichChildren(top)
  return [...before, await self.call('counter', 'next')]
})
console.log(JSON.stringify({ answers }))
