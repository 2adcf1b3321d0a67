// The words and numbers of a scheduler's page that the verbs above may know: what a message touches on its way, nothing else.

export {
  AT_ANY,
  AT_DEDICATED,
  AT_HERE,
  BIRTH_HEARD,
  BIRTH_HIGH,
  BIRTH_IS_RENTED,
  BIRTH_LINKED,
  BIRTH_LOW,
  BIRTH_OVERFLOW_SHIFT,
  BIRTH_SERVES,
  BIRTH_WATCHED,
  COUNT_DROPPED_NOBODY,
  COUNT_LOCAL_ACCEPTED,
  COUNT_RECEIVED,
  GRANT,
  HIGH,
  INDEX_BITS,
  INDEX_MASK,
  NAMES,
  NOW_MS,
} from '../native/layout.ts'
