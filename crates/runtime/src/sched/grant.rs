//! How much a scheduler's JavaScript may do by itself: a pure policy. Owns the running estimate of what a resume costs
//! and the adaptive spin; reads no clock.

/// Most resumes of one grant; the quantum hardly matters above this, and a crossing costs as much as one message.
pub const GRANT_MAX: i32 = 64;
/// A grant should last about this long.
const GRANT_US: f64 = 500.0;
/// How long JavaScript may go on before the event loop gets the thread.
pub const LOOP_US: u64 = 1_000;
/// Unstarted processes claimed at once should keep the scheduler busy for about this long; the rest stays stealable.
const CLAIM_US: f64 = 100.0;
const CLAIM_MAX: usize = 32;
const STREAK_MIN: i32 = 3;
/// As many as BEAM gives one process before the next, or fewer: a message there is ten reductions and more, of 4000.
const STREAK_MAX: i32 = 128;
/// What is left of a dear grant after each that follows.
const DEAR_KEPT: f64 = 0.97;
/// Resumes below this are hardly worth a look at the clock.
const CHEAP_US: f64 = 1.0;
const SPIN_MAX_US: u64 = 50;
const SPIN_START_US: u64 = 20;

/// See the module text.
#[derive(Debug)]
pub struct Grant {
    /// Microseconds a resume takes, smoothed.
    cost_us: f64,
    /// The dearest of late: what is dearer counts at once, and fades.
    dearest_us: f64,
    /// The dearest but one. A single dear grant may be the collector's doing, two are somebody's habit.
    dear_us: f64,
    resumes: i32,
    claims: usize,
    spin_us: u64,
}

impl Default for Grant {
    fn default() -> Self {
        let mut grant =
            Self { cost_us: 20.0, dearest_us: 20.0, dear_us: 20.0, resumes: 1, claims: 1, spin_us: SPIN_START_US };
        grant.size();
        grant
    }
}

impl Grant {
    /// Learns that `resumes` took `elapsed_us`. A dearer sample counts fully at once, so that one slow grant is not
    /// followed by another; a cheaper one only by a quarter.
    pub fn learn(&mut self, resumes: u32, elapsed_us: u64) {
        if resumes == 0 {
            return;
        }
        let sample = elapsed_us as f64 / f64::from(resumes);
        let weight = if sample > self.cost_us { 1.0 } else { 0.25 };
        self.cost_us += (sample - self.cost_us) * weight;
        self.dear_us = sample.min(self.dearest_us).max(self.dear_us * DEAR_KEPT);
        self.dearest_us = sample.max(self.dearest_us * DEAR_KEPT);
        self.size();
    }

    fn size(&mut self) {
        let cost_us = self.cost_us.max(0.01);
        self.resumes = ((GRANT_US / cost_us) as i32).clamp(1, GRANT_MAX);
        self.claims = ((CLAIM_US / cost_us) as usize).clamp(1, CLAIM_MAX);
    }

    /// Resumes of the next grant.
    pub fn resumes(&self) -> i32 {
        self.resumes
    }

    /// Whether a resume costs no more than a few readings of the clock.
    pub fn is_cheap(&self) -> bool {
        self.cost_us < CHEAP_US
    }

    /// How many resumes in a row may go to the process made runnable last while others wait. Many where all are cheap: a
    /// reply finds its process in the cache, and what a pair throws away is gone before the collector comes. The others
    /// wait less than so many microseconds. Three where some have been dear of late: cheap ones in a row would make the
    /// next grant look cheap.
    pub fn streak(&self) -> i32 {
        if self.dear_us < CHEAP_US { STREAK_MAX } else { STREAK_MIN }
    }

    /// Unstarted processes to claim at once.
    pub fn claims(&self) -> usize {
        self.claims
    }

    /// How long to look around before sleeping.
    pub fn spin_us(&self) -> u64 {
        self.spin_us
    }

    /// Spinning found work.
    pub fn spin_paid(&mut self) {
        self.spin_us = (self.spin_us * 2).clamp(2, SPIN_MAX_US);
    }

    /// Spinning found nothing.
    pub fn spin_wasted(&mut self) {
        self.spin_us /= 2;
    }

    /// The sleep that followed lasted `slept_us`: had it been short enough, spinning would have been better.
    pub fn slept(&mut self, slept_us: u64) {
        if slept_us <= 2 * SPIN_MAX_US {
            self.spin_us = (self.spin_us * 2).clamp(SPIN_START_US / 2, SPIN_MAX_US);
        }
    }

    /// Somebody else needs the core: spinning would only take it from them.
    pub fn crowded(&mut self) {
        self.spin_us = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grants_shrink_at_once_and_grow_slowly() {
        let mut grant = Grant::default();
        for _ in 0..150 {
            grant.learn(64, 6);
        }
        assert_eq!((grant.resumes(), grant.streak()), (GRANT_MAX, STREAK_MAX));
        grant.learn(1, 1_000);
        assert_eq!(grant.resumes(), 1, "one dear resume is enough");
        assert_eq!(grant.claims(), 1);
        assert_eq!(grant.streak(), STREAK_MAX, "one alone may have been the collector");
        grant.learn(1, 1_000);
        assert_eq!(grant.streak(), STREAK_MIN);
        grant.learn(1, 10);
        assert!(grant.resumes() < 3, "one cheap resume is not");
    }

    #[test]
    fn a_resume_is_cheap_below_a_microsecond_and_no_longer_at_it() {
        let mut grant = Grant::default();
        (0..150).for_each(|_| grant.learn(64, 6));
        assert!(grant.is_cheap());
        (0..2).for_each(|_| grant.learn(1, 1));
        assert_eq!((grant.is_cheap(), grant.streak()), (false, STREAK_MIN));
    }

    #[test]
    fn spinning_is_bounded_and_comes_back() {
        let mut grant = Grant::default();
        grant.slept(2 * SPIN_MAX_US);
        assert_eq!(grant.spin_us(), 2 * SPIN_START_US, "twice as long");
        let mut grant = Grant::default();
        (0..20).for_each(|_| grant.spin_paid());
        assert_eq!(grant.spin_us(), SPIN_MAX_US);
        (0..20).for_each(|_| grant.spin_wasted());
        assert_eq!(grant.spin_us(), 0);
        grant.slept(1_000_000);
        assert_eq!(grant.spin_us(), 0, "a long sleep was right");
        grant.slept(60);
        assert!(grant.spin_us() > 0, "a short one was not");
    }
}
