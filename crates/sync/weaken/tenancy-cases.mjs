// What is taken away of `tenancy.rs`, and the model that must fail.

const tenancy = 'src/tenancy.rs'

/** @type {import('./cases.mjs').Case[]} */
export const tenancyCases = [
  {
    part: 'tenancy',
    name: 'reserve looks, then stores',
    file: tenancy,
    find: 'self.0.compare_exchange(seen, seen.wrapping_add(1), Ordering::Acquire, Ordering::Relaxed).is_ok()',
    replace: '{ self.0.store(seen.wrapping_add(1), Ordering::Relaxed); true }',
    test: 'loom_tenancy',
    model: 'exactly_one_of_three_reserves_it',
  },
  {
    part: 'tenancy',
    name: 'reserve does not acquire',
    file: tenancy,
    find: 'seen.wrapping_add(1), Ordering::Acquire,',
    replace: 'seen.wrapping_add(1), Ordering::Relaxed,',
    test: 'loom_tenancy',
    model: 'the_next_finds_it_as_it_was_left',
  },
  {
    part: 'tenancy',
    name: 'give_back does not release',
    file: tenancy,
    find: 'self.0.fetch_add(1, Ordering::Release)',
    replace: 'self.0.fetch_add(1, Ordering::Relaxed)',
    test: 'loom_tenancy',
    model: 'the_next_finds_it_as_it_was_left',
  },
  {
    part: 'tenancy',
    name: 'a glance that sees it free does not acquire',
    file: tenancy,
    find: 'self.0.load(Ordering::Acquire)',
    replace: 'self.0.load(Ordering::Relaxed)',
    test: 'loom_tenancy',
    model: 'who_sees_it_free_sees_why',
  },
]
