//! Whether somebody else wants this thread's core: the share of time that the thread was runnable but not running, from
//! the kernel's own account. Read rarely; where there is no such account, nobody is ever in the way.

/// How often to look.
const PERIOD_US: u64 = 100_000;
/// Waiting for more than this share of the time means that spinning would take the core from others.
const SHARE: f64 = 0.05;

/// See the module text; one per thread.
#[derive(Debug, Default)]
pub(crate) struct Crowd {
    looked_us: u64,
    waited_ns: u64,
    crowded: bool,
}

impl Crowd {
    /// The answer as of the last look.
    pub(crate) fn look(&mut self, now_us: u64) -> bool {
        let passed_us = now_us.saturating_sub(self.looked_us);
        if passed_us >= PERIOD_US {
            let waited_ns = run_delay_ns().unwrap_or(self.waited_ns);
            let share = waited_ns.saturating_sub(self.waited_ns) as f64 / 1_000.0 / passed_us as f64;
            self.crowded = self.looked_us != 0 && share > SHARE;
            self.waited_ns = waited_ns;
            self.looked_us = now_us;
        }
        self.crowded
    }
}

/// The second figure of schedstat: nanoseconds spent waiting for a core.
#[cfg(target_os = "linux")]
fn run_delay_ns() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split_ascii_whitespace().nth(1)?.parse().ok()
}

#[cfg(not(target_os = "linux"))]
fn run_delay_ns() -> Option<u64> {
    None
}
