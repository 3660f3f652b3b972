/** What there may be to say, as in `count > 0 && 'There are some.'`: what is no text is left out. */
export type Part = string | false | null | undefined;

export type Sentences = readonly (Part | readonly Part[])[];

/** Returns what there is to say, in its order: sentences, and commands that run as they stand. */
export const sentences = (...parts: Sentences): string[] => parts.flat().filter((part) => !!part) as string[];
