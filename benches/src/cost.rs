//! What has this process cost so far?

use std::io;

use rustix::time::{ClockId, clock_gettime};

/// Returns the processor time of all threads of this process so far.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "no benchmark takes 2^53 ns")]
pub fn process_cpu_ms() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 * 1e3 + time.tv_nsec as f64 / 1e6
}

/// Returns a line of `/proc/self/status`, such as `VmHWM:`, in megabytes of 10^6 bytes.
///
/// # Errors
/// When the kernel does not tell.
pub fn memory_mb(name: &str) -> io::Result<f64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let kilobytes = status
        .lines()
        .find_map(|line| line.strip_prefix(name)?.trim().strip_suffix(" kB"))
        .and_then(|number| number.trim().parse::<f64>().ok())
        .ok_or_else(|| io::Error::other("the kernel does not tell"))?;
    Ok(kilobytes * 1024.0 / 1e6)
}

#[cfg(test)]
mod tests {
    #[test]
    fn work_costs_time() {
        let start = super::process_cpu_ms();
        while super::process_cpu_ms() <= start {}
    }
}
