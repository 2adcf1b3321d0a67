// What is taken away of `claim.rs`, and the model that must fail.

const claim = 'src/claim.rs'
const takeExchange = '.compare_exchange(generation << 1 | 1, generation << 1, '

/** @type {import('./cases.mjs').Case[]} */
export const claimCases = [
  {
    part: 'claim',
    name: 'take looks, then stores',
    file: claim,
    find: `${takeExchange}Ordering::Release, Ordering::Acquire)`,
    replace:
      '.load(Ordering::Relaxed).eq(&(generation << 1 | 1)).then(|| self.word.store(generation << 1, Ordering::Relaxed)).ok_or(())',
    test: 'loom_claim',
    model: 'exactly_one_of_three_has_it',
  },
  {
    part: 'claim',
    name: 'take does not release',
    file: claim,
    find: `${takeExchange}Ordering::Release`,
    replace: `${takeExchange}Ordering::Relaxed`,
    test: 'loom_claim',
    model: 'an_owner_that_is_refused_disturbs_no_reader',
  },
  {
    part: 'claim',
    name: 'a take that is refused does not acquire',
    file: claim,
    find: `${takeExchange}Ordering::Release, Ordering::Acquire)`,
    replace: `${takeExchange}Ordering::Release, Ordering::Relaxed)`,
    test: 'loom_claim',
    model: 'an_owner_that_is_refused_disturbs_no_reader',
  },
  {
    part: 'claim',
    name: 'a glance that sees it taken does not acquire',
    file: claim,
    find: 'self.word.load(Ordering::Acquire)',
    replace: 'self.word.load(Ordering::Relaxed)',
    test: 'loom_claim',
    model: 'an_owner_that_sees_it_taken_disturbs_no_reader',
  },
  {
    part: 'claim',
    name: 'take does not ask which tenant',
    file: claim,
    find: 'self.word.compare_exchange(generation << 1 | 1,',
    replace: 'self.word.compare_exchange(self.word.load(Ordering::Relaxed) | 1,',
    test: 'loom_claim',
    model: 'a_late_taker_leaves_the_next_tenant_alone',
  },
]
