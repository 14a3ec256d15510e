//! What the kernel counts: the processor's time of a thread, the memory of a process. Linux only.

use std::io;
use std::time::Duration;

/// For how long this thread has had a processor.
///
/// # Errors
/// Not a Linux, or one that does not count.
pub(crate) fn busy() -> io::Result<Duration> {
    let line = std::fs::read_to_string("/proc/thread-self/schedstat")?;
    let first = line.split_whitespace().next().and_then(|word| word.parse().ok());
    first.map(Duration::from_nanos).ok_or_else(|| io::Error::other("schedstat does not say"))
}

/// The most memory that this process has had, in MB.
///
/// # Errors
/// Not a Linux.
pub(crate) fn peak_mb() -> io::Result<u64> {
    status("VmHWM:")
}

/// Forgets the most memory until now: from here on it is counted anew.
///
/// # Errors
/// Not a Linux.
pub(crate) fn forget_peak() -> io::Result<()> {
    std::fs::write("/proc/self/clear_refs", "5")
}

/// The memory that this process has, in MB.
///
/// # Errors
/// Not a Linux.
pub(crate) fn resident_mb() -> io::Result<u64> {
    status("VmRSS:")
}

fn status(field: &str) -> io::Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix(field));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.map(|kilobytes| kilobytes / 1024).ok_or_else(|| io::Error::other("the status does not say"))
}
