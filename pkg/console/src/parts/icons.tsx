// The pictures of the console, drawn with lines of one width; they say nothing that words beside them do not.

const PATHS = {
  providers: 'M4 6h16M4 12h16M4 18h16',
  new: 'M12 5v14M5 12h14',
  certificates: 'M5 4h14v11H5zM9 8h6M9 11h4M12 15v5l2-1.5L16 20v-5',
  log: 'M12 7v5l3 2M4 12a8 8 0 1 0 2.5-5.8M4 4v4h4',
  moving: 'M4 8h13l-3-3M20 16H7l3 3',
  file: 'M6 3h8l4 4v14H6zM14 3v4h4',
  key: 'M4 15a4 4 0 1 0 8 0 4 4 0 1 0-8 0M11 12.5 19 4.5M16.5 7l2.5 2.5M14 9.5l2 2',
  warning: 'M12 4 3 20h18zM12 10v4M12 17v.5',
  done: 'M5 12.5 10 17l9-10',
  download: 'M12 4v11M7.5 11 12 15.5 16.5 11M5 20h14',
  copy: 'M9 9h10v11H9zM5 15V4h10',
  open: 'M9 6l6 6-6 6',
};

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}

/** The mark of the console: a key in a shield. */
export function Mark() {
  return (
    <svg class="brand-mark" viewBox="0 0 32 32" aria-hidden="true">
      <path class="shield" d="M16 2 28 6v9c0 7.5-5 12.5-12 15C9 27.5 4 22.5 4 15V6z" />
      <circle cx="16" cy="12.5" r="3.5" />
      <path d="M16 16v8M16 20h4" />
    </svg>
  );
}
