// Times as people of the console's language write them.

/** A day, such as `3 Jan 2027`. */
export function day(time: string, language: string): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone: 'UTC' }).format(new Date(time));
}

/** A moment, such as `3 Jan 2027, 14:05`. */
export function moment(time: string, language: string): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(time));
}
