// The numbers of the buffer of stores that those above may know: a few of what may be asked, and what becomes of it.

export {
  STORE_CHANGED,
  STORE_CLEAR,
  STORE_COUNT,
  STORE_DELETE,
  STORE_DONE,
  STORE_GONE,
  STORE_HAS,
  STORE_NO_NUMBER,
  STORE_TOO_LARGE,
} from '../../native/layout.ts'
