// What is taken away of `quota.rs` and of `store/mod.rs`, and the model that must fail.

const quota = 'src/quota.rs'
const store = 'src/store/mod.rs'

/** @type {import('./cases.mjs').Case[]} */
export const quotaCases = [
  {
    part: 'quota',
    name: 'take does not look how much there is',
    file: quota,
    find: 'taken.checked_add(amount).filter(|&taken| taken <= self.most)',
    replace: 'taken.checked_add(amount)',
    test: 'loom_quota',
    model: 'never_more_is_taken_than_there_is',
  },
  {
    part: 'quota',
    name: 'give looks, then stores',
    file: quota,
    find: 'let taken = self.taken.fetch_sub(amount, Ordering::Relaxed);',
    replace:
      'let taken = self.taken.load(Ordering::Relaxed); self.taken.store(taken.wrapping_sub(amount), Ordering::Relaxed);',
    test: 'loom_quota',
    model: 'never_more_is_taken_than_there_is',
  },
  {
    part: 'store',
    name: 'a write that is refused keeps its place',
    file: store,
    find: 'self.entries.give(1); // refused',
    replace: '',
    test: 'loom_quota',
    model: 'a_write_that_is_refused_for_its_bytes_leaves_its_place',
  },
  {
    part: 'store',
    name: 'a write takes no place',
    file: store,
    find: 'if self.limits.entries != u64::MAX && place.is_none() && !self.entries.take(1) {',
    replace: 'if self.limits.entries != u64::MAX && place.is_none() && self.entries.taken() >= self.limits.entries {',
    test: 'loom_quota',
    model: 'of_two_that_want_the_last_place_one_has_it',
  },
  {
    part: 'store',
    name: 'a write does not ask whether the store has ended',
    file: store,
    find: 'if shard.closed { Err(Gone) } else { Ok(shard) }',
    replace: 'Ok(shard)',
    test: 'loom_quota',
    model: 'a_write_beside_an_end_is_refused_or_gone_with_it',
  },
]
