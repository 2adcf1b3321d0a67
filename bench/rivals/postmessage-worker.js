// The other thread of rival `postMessage`: echoes each message, or answers the last of each burst.

import { parentPort, workerData } from 'node:worker_threads'

/** @type {{ echoes: boolean, messages: number }} */
const { echoes, messages } = workerData
let got = 0
parentPort?.on('message', (message) => {
  got++
  if (echoes) parentPort?.postMessage(message)
  else if (got % messages === 0) parentPort?.postMessage('done')
})
parentPort?.postMessage('ready')
