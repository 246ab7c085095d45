/** The entry is the first part of an occurrence's identity (invariant 2). */
export const entryOf = (occurrence: string): string => occurrence.split('-')[0] ?? occurrence;
