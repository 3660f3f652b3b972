/** Returns a function that makes a value when it is first called, and returns the same one ever after. */
export function once<T>(make: () => Promise<T> | T): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= Promise.resolve(make());
    return made;
  };
}
