// Owns the list of weakenings: one ordering or one atomic step each, with the model that must then fail. `find` is a
// fragment of exactly one line of `file`, a path from the crate's root.

/**
 * @typedef {object} Case
 * @property {string} part   What may be named on the command line.
 * @property {string} name   What is taken away.
 * @property {string} file
 * @property {string} find
 * @property {string} replace
 * @property {string} test   A file of tests/, without `.rs`.
 * @property {string} model  The test in it that must fail.
 */

const mailbox = 'src/mailbox.rs'
const parcel = 'src/parcel.rs'
const inlet = 'src/inlet.rs'
const inject = 'src/inject.rs'
const bell = 'src/bell.rs'
const steal = 'src/steal.rs'
const slab = 'src/slab.rs'
const idle = '../runtime/src/sched/idle.rs'

const pushExchange = 'compare_exchange_weak(seen, node as usize, '
const claimExchange = 'compare_exchange_weak(head, claimed, '
const popExchange = 'compare_exchange_weak(head, moved, '
const endExchange = 'compare_exchange_weak(head, pack(real, real), '

/** @type {Case[]} */
export const cases = [
  {
    part: 'mailbox',
    name: 'push does not release',
    file: mailbox,
    find: `${pushExchange}Ordering::AcqRel`,
    replace: `${pushExchange}Ordering::Acquire`,
    test: 'loom_mailbox',
    model: 'an_idle_owner_gets_everything_once_and_in_each_senders_order',
  },
  {
    part: 'mailbox',
    name: 'push does not acquire',
    file: mailbox,
    find: `${pushExchange}Ordering::AcqRel`,
    replace: `${pushExchange}Ordering::Release`,
    test: 'loom_mailbox',
    model: 'an_owner_that_parks_misses_no_sender',
  },
  {
    part: 'mailbox',
    name: 'a refused push does not acquire',
    file: mailbox,
    find: 'fence(Ordering::Acquire);',
    replace: 'fence(Ordering::Release);',
    test: 'loom_mailbox',
    model: 'a_push_against_a_close_is_refused_or_handed_out_never_both',
  },
  {
    part: 'mailbox',
    name: 'take does not acquire',
    file: mailbox,
    find: 'swap(SCHEDULED, Ordering::AcqRel)',
    replace: 'swap(SCHEDULED, Ordering::Release)',
    test: 'loom_mailbox',
    model: 'an_owner_that_parks_misses_no_sender',
  },
  {
    part: 'mailbox',
    name: 'take does not release',
    file: mailbox,
    find: 'swap(SCHEDULED, Ordering::AcqRel)',
    replace: 'swap(SCHEDULED, Ordering::Acquire)',
    test: 'loom_mailbox',
    model: 'an_owner_that_parks_misses_no_sender',
  },
  {
    part: 'mailbox',
    name: 'open does not release',
    file: mailbox,
    find: 'store(SCHEDULED, Ordering::Release)',
    replace: 'store(SCHEDULED, Ordering::Relaxed)',
    test: 'loom_mailbox',
    model: 'mail_for_a_former_tenant_is_refused_or_reaches_somebody',
  },
  {
    part: 'mailbox',
    name: 'park does not release',
    file: mailbox,
    find: 'compare_exchange(SCHEDULED, IDLE, Ordering::Release',
    replace: 'compare_exchange(SCHEDULED, IDLE, Ordering::Relaxed',
    test: 'loom_mailbox',
    model: 'an_owner_that_parks_misses_no_sender',
  },
  {
    part: 'mailbox',
    name: 'park does not look whether mail came',
    file: mailbox,
    find: 'self.word.compare_exchange(SCHEDULED, IDLE, Ordering::Release, Ordering::Relaxed).is_ok()',
    replace: 'self.word.swap(IDLE, Ordering::Release) == SCHEDULED',
    test: 'loom_mailbox',
    model: 'an_owner_that_parks_misses_no_sender',
  },
  {
    part: 'mailbox',
    name: 'close does not acquire',
    file: mailbox,
    find: 'swap(CLOSED, Ordering::AcqRel)',
    replace: 'swap(CLOSED, Ordering::Release)',
    test: 'loom_mailbox',
    model: 'a_push_against_a_close_is_refused_or_handed_out_never_both',
  },
  {
    part: 'mailbox',
    name: 'close does not release',
    file: mailbox,
    find: 'swap(CLOSED, Ordering::AcqRel)',
    replace: 'swap(CLOSED, Ordering::Acquire)',
    test: 'loom_mailbox',
    model: 'a_push_against_a_close_is_refused_or_handed_out_never_both',
  },
  {
    part: 'parcel',
    name: 'a releaser does not release',
    file: parcel,
    find: 'fetch_sub(count, Ordering::Release)',
    replace: 'fetch_sub(count, Ordering::Relaxed)',
    test: 'loom_parcel',
    model: 'a_block_sealed_after_its_last_parcel_is_cut_again_by_the_arena',
  },
  {
    part: 'parcel',
    name: 'the last releaser does not acquire',
    file: parcel,
    find: 'fence(Ordering::Acquire);',
    replace: 'fence(Ordering::Release);',
    test: 'loom_parcel',
    model: 'a_block_retired_by_one_holder_is_cut_again_after_the_other',
  },
  {
    part: 'parcel',
    name: 'the last release is not one step',
    file: parcel,
    find: 'if live.fetch_sub(count, Ordering::Release) == count {',
    replace: 'live.fetch_sub(count, Ordering::Release); if live.load(Ordering::Relaxed) == 0 {',
    test: 'loom_parcel',
    model: 'a_block_retired_by_one_holder_is_cut_again_after_the_other',
  },
  {
    part: 'inlet',
    name: 'push does not release',
    file: inlet,
    find: 'compare_exchange_weak(head, index, Ordering::Release',
    replace: 'compare_exchange_weak(head, index, Ordering::Relaxed',
    test: 'loom_inlet',
    model: 'every_index_comes_out_once_and_in_each_pushers_order',
  },
  {
    part: 'inlet',
    name: 'take does not acquire',
    file: inlet,
    find: 'swap(NONE, Ordering::Acquire)',
    replace: 'swap(NONE, Ordering::Relaxed)',
    test: 'loom_inlet',
    model: 'every_index_comes_out_once_and_in_each_pushers_order',
  },
  {
    part: 'inlet',
    name: 'the link is written before the mailbox is known to be parked',
    file: mailbox,
    find: 'compare_exchange(SCHEDULED, IDLE, Ordering::Release',
    replace: 'compare_exchange(SCHEDULED, IDLE, Ordering::Relaxed',
    test: 'loom_inlet',
    model: 'an_index_is_put_in_again_after_its_mailbox_was_parked',
  },
  {
    part: 'inject',
    name: 'the length does not release',
    file: inject,
    find: 'store(queue.len(), Ordering::Release)',
    replace: 'store(queue.len(), Ordering::Relaxed)',
    test: 'loom_inject',
    model: 'who_sees_the_length_sees_the_work',
  },
  {
    part: 'inject',
    name: 'the length does not acquire',
    file: inject,
    find: 'self.len.load(Ordering::Acquire)',
    replace: 'self.len.load(Ordering::Relaxed)',
    test: 'loom_inject',
    model: 'who_sees_the_length_sees_the_work',
  },
  {
    part: 'bell',
    name: 'the sleeper does not fence',
    file: bell,
    find: '        fence(Ordering::SeqCst);\n    }',
    replace: '        fence(Ordering::AcqRel);\n    }',
    test: 'loom_bell',
    model: 'nobody_sleeps_for_ever',
  },
  {
    part: 'bell',
    name: 'the ringer does not fence',
    file: bell,
    find: '        fence(Ordering::SeqCst);\n        //',
    replace: '        fence(Ordering::AcqRel);\n        //',
    test: 'loom_bell',
    model: 'a_sleeper_sees_the_work_or_exactly_one_ringer_wakes_it',
  },
  {
    part: 'bell',
    name: 'the choice of a ringer is not one step',
    file: bell,
    find: 'self.state.compare_exchange(ASLEEP, AWAKE, Ordering::Relaxed, Ordering::Relaxed).is_ok()',
    replace: '{ self.state.store(AWAKE, Ordering::Relaxed); true }',
    test: 'loom_bell',
    model: 'a_sleeper_sees_the_work_or_exactly_one_ringer_wakes_it',
  },
]
for (const name of Object.keys({ steal, slab, idle, claimExchange, popExchange, endExchange })) void name
