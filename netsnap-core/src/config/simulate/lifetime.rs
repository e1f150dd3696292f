//! Is a text the time from when to when a key holds?
//!
//! Cisco command references, accept-lifetime: a time and a date, then `infinite`, `duration` with seconds, or the time and the date of
//! the end. A month is written as `Jan`; the day may stand before it when it is typed, and is printed behind it.

use super::shape;

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// The last day of each month.
const DAYS: [u8; 12] = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/// The years that devices take.
const YEARS: std::ops::RangeInclusive<u16> = 1993..=2035;

/// A moment, so that the later one is greater: year, month, day, time of the day.
type Moment = (u16, usize, u8, [u8; 3]);

/// Says whether the words are a lifetime that ends after it begins.
pub(super) fn is_lifetime(words: &[&str]) -> bool {
    let Some((begin, end)) = words.split_at_checked(4) else {
        return false;
    };
    let Some(begin) = moment(begin) else {
        return false;
    };
    match end {
        ["infinite"] => true,
        ["duration", seconds] => seconds.parse::<i32>().is_ok_and(|seconds| seconds > 0),
        end => moment(end).is_some_and(|end| begin < end),
    }
}

fn moment(words: &[&str]) -> Option<Moment> {
    let [time, month, day, year] = words else {
        return None;
    };
    let month = MONTHS.iter().position(|known| known == month)?;
    let day = shape::number(day).filter(|day| (1..=DAYS[month]).contains(day))?;
    let year = year.parse().ok().filter(|year| YEARS.contains(year))?;
    Some((year, month, day, time_of_day(time)?))
}

/// Reads `23:59:59`.
fn time_of_day(text: &str) -> Option<[u8; 3]> {
    let is_whole = text.len() == 8;
    let parts: Option<Vec<u8>> = text.split(':').map(|part| part.parse().ok()).collect();
    let time: [u8; 3] = parts?.try_into().ok()?;
    (is_whole && time[0] < 24 && time[1] < 60 && time[2] < 60).then_some(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lifetime_ends_after_it_begins() {
        let is_one = |text: &str| is_lifetime(&text.split(' ').collect::<Vec<_>>());
        for text in [
            "00:00:00 Jan 1 2026 infinite",
            "00:00:00 Jan 1 2026 duration 86400",
            "00:00:00 Jan 1 2026 00:00:01 Jan 1 2026",
            "12:00:00 Dec 31 2025 00:00:00 Feb 1 2026",
        ] {
            assert!(is_one(text), "{text}");
        }
        for text in [
            "whenever",
            "00:00:00 Jan 1 2026",
            "00:00:00 Jam 1 2026 infinite",
            "00:00:00 Jan 32 2026 infinite",
            "00:00:00 Jan 01 2026 infinite",
            "00:00:00 Feb 30 2026 infinite",
            "24:00:00 Jan 1 2026 infinite",
            "0:00:00 Jan 1 2026 infinite",
            "00:00:00 Jan 1 1992 infinite",
            "00:00:00 Jan 1 2026 infinity",
            "00:00:00 Jan 1 2026 duration 0",
            "00:00:00 Jan 1 2026 00:00:00 Jan 1 2025",
            "00:00:00 Jan 1 2026 00:00:00 Jan 1 2026",
        ] {
            assert!(!is_one(text), "{text}");
        }
    }
}
