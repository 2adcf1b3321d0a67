// The entry of a scheduler thread: the kernel below, the process API above, put together. It imports what definitions do, so that
// this need not be read when the first of them is.

import './index.ts'
import { becomeScheduler } from './kernel/become-scheduler.ts'
import './process/live.ts'

becomeScheduler()
