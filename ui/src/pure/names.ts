// Names in texts. They may hold anything.

/** Several names as one text, without a line break: no two lists of names come to the same. */
export const idOf = (...names: (string | number | undefined)[]): string => JSON.stringify(names);

/** One name as a shell takes it. */
export const quoted = (name: string): string => `'${name.replaceAll("'", "'\\''")}'`;
