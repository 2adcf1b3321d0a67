// The entry of a scheduler thread: the kernel below, the process API above, put together.

import { becomeScheduler } from './kernel/become-scheduler.ts'
import './process/live.ts'

becomeScheduler()
