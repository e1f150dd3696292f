//! What has this process cost so far?

use rustix::time::{ClockId, clock_gettime};

/// Returns the processor time of all threads of this process so far.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "no benchmark takes 2^53 ns")]
pub fn process_cpu_ms() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 * 1e3 + time.tv_nsec as f64 / 1e6
}

#[cfg(test)]
mod tests {
    #[test]
    fn work_costs_time() {
        let start = super::process_cpu_ms();
        while super::process_cpu_ms() <= start {}
    }
}
