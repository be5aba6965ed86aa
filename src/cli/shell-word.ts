/** A word as a POSIX shell takes it: quoted unless it holds nothing special. */
export const shellWord = (text: string): string =>
  /^[\w./:@+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
