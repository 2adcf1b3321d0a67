// The program of rival `node`.

import 'node:worker_threads'
