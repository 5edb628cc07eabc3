// Times as people of the console's language write them.

/** A day, such as `3 Jan 2027`. */
export function day(time: string, language: string): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone: 'UTC' }).format(new Date(time));
}

/** A moment, such as `3 Jan 2027, 14:05`. */
export function moment(time: string, language: string): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(time));
}

/** The time of a day, such as `14:05:09`. */
export function clock(time: string, language: string): string {
  return new Intl.DateTimeFormat(language, { timeStyle: 'medium', hourCycle: 'h23' }).format(new Date(time));
}

/** The day of a moment where the user is, such as `Sunday, 3 January 2027`. */
export function date(time: string, language: string): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'full' }).format(new Date(time));
}
