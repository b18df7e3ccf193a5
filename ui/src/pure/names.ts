// Several names as one text. Names may hold anything: no two lists of them come to one text, and
// none holds a line break.

export const idOf = (...names: (string | number | undefined)[]): string => JSON.stringify(names);
