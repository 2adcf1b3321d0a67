// A user's program that requires the package; prints on which threads its processes ran.

const { run } = require('rumpus')
const { everyCore } = require('./every-core.mjs')

run(everyCore).then((told) => console.log(JSON.stringify(told)))
