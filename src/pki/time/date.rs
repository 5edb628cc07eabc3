//! Dates of the Gregorian calendar, also from before it began (ISO 8601).

/// A date that exists.
#[derive(Clone, Copy)]
pub(super) struct Date {
    pub(super) year: i64,
    pub(super) month: i64,
    pub(super) day: i64,
}

/// How many days of a year come before each month, and in all; a leap day is one more from March on.
const BEFORE: [i64; 13] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365];

/// The days from 0001-01-01 to 1970-01-01.
const DAYS_BEFORE_1970: i64 = 719_162;

impl Date {
    /// The date, if there is such a day.
    pub(super) fn new(year: i64, month: i64, day: i64) -> Option<Self> {
        let length = days_before(year, month + 1)? - days_before(year, month)?;
        (1..=length).contains(&day).then_some(Self { year, month, day })
    }

    /// The date so many days after 1970-01-01.
    pub(super) fn of(days: i64) -> Self {
        // 400 years have 146 097 days: the estimate is one year too low at most, or too high.
        let mut year = (days + DAYS_BEFORE_1970).div_euclid(146_097) * 400;
        year += (days + DAYS_BEFORE_1970).rem_euclid(146_097) * 400 / 146_097 + 1;
        if new_year(year) > days {
            year -= 1;
        } else if new_year(year + 1) <= days {
            year += 1;
        }
        let day = days - new_year(year);
        let started = |month: &i64| days_before(year, *month).is_some_and(|before| before <= day);
        let month = (1..=12).rev().find(started).unwrap_or(1);
        Self { year, month, day: day - days_before(year, month).unwrap_or_default() + 1 }
    }

    /// The days since 1970-01-01.
    pub(super) fn days(self) -> i64 {
        new_year(self.year) + days_before(self.year, self.month).unwrap_or_default() + self.day - 1
    }
}

/// The days from 1970-01-01 to the first of this year.
fn new_year(year: i64) -> i64 {
    let before = year - 1;
    let leap_days = before.div_euclid(4) - before.div_euclid(100) + before.div_euclid(400);
    365 * before + leap_days - DAYS_BEFORE_1970
}

/// The days of a year before a month from 1 to 13.
fn days_before(year: i64, month: i64) -> Option<i64> {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let before = BEFORE.get(usize::try_from(month - 1).ok()?)?;
    Some(before + i64::from(is_leap && month > 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_of_ten_thousand_years_follows_the_one_before() {
        let first = Date::new(0, 1, 1).unwrap().days();
        assert_eq!(first, -719_528);
        let (mut year, mut month, mut day) = (0, 1, 1);
        for days in first..=Date::new(9999, 12, 31).unwrap().days() {
            let date = Date::of(days);
            assert_eq!((date.year, date.month, date.day, date.days()), (year, month, day, days));
            (year, month, day) = match () {
                () if Date::new(year, month, day + 1).is_some() => (year, month, day + 1),
                () if month < 12 => (year, month + 1, 1),
                () => (year + 1, 1, 1),
            };
        }
        assert_eq!((year, month, day), (10_000, 1, 1));
    }

    #[test]
    fn days_that_are_none_are_refused() {
        for (year, month, day) in
            [(2026, 2, 29), (1900, 2, 29), (2026, 4, 31), (2026, 13, 1), (2026, 0, 1), (2026, 1, 0)]
        {
            assert!(Date::new(year, month, day).is_none());
        }
        assert!(Date::new(2000, 2, 29).is_some() && Date::new(2024, 2, 29).is_some());
    }
}
