// A thread of rival `worker`: says that it is there.

import { parentPort } from 'node:worker_threads'

parentPort?.postMessage('here')
