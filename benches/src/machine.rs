//! On what machine was that measured?

use std::fs;

/// Returns one sentence: processor, cores, memory, kernel. What cannot be read is called unknown.
#[must_use]
pub fn describe() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    format!(
        "{}, {cores} cores, {} of memory, Linux {}",
        field("/proc/cpuinfo", "model name").unwrap_or_else(|| "unknown processor".into()),
        memory().unwrap_or_else(|| "an unknown amount".into()),
        fs::read_to_string("/proc/sys/kernel/osrelease")
            .map_or_else(|_| "unknown".into(), |text| text.trim().to_owned()),
    )
}

fn memory() -> Option<String> {
    let kilobytes: f64 = field("/proc/meminfo", "MemTotal")?
        .trim_end_matches(" kB")
        .parse()
        .ok()?;
    Some(format!("{:.1} GiB", kilobytes / f64::from(1 << 20)))
}

/// The value of the first `name : value` in a file.
fn field(file: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    text.lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(key, _)| key.trim() == name)
        .map(|(_, value)| value.trim().to_owned())
}

#[cfg(test)]
mod tests {
    #[test]
    fn this_machine_has_cores_and_a_kernel() {
        let text = super::describe();
        assert!(
            text.contains(" cores, ") && text.contains("Linux "),
            "{text}"
        );
        assert!(!text.contains(" 0 cores"), "{text}");
    }
}
