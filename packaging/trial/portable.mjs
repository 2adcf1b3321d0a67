// A user's program that runs without the addon; prints what its processes answered.

import { call, reply, run } from 'rumpus/portable'

const answer = await run(async (self) => {
  const doubler = self.spawn(async (me) => {
    for await (const { from, request } of /** @type {import('rumpus/portable').Self<any>} */ (me))
      reply(from, request * 2)
  })
  return call(doubler, 21)
})
console.log(JSON.stringify({ answer }))
