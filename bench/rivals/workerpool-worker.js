// What the threads of rival `workerpool` do.

import workerpool from 'workerpool'
import { spin } from '../spin.js'

workerpool.worker({ spin })
