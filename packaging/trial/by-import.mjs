// A user's program that imports the package; prints on which threads its processes ran.

import { run } from 'rumpus'
import { everyCore } from './every-core.mjs'

console.log(JSON.stringify(await run(everyCore)))
