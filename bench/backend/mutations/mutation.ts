/** One line that keeps a guarantee, and the test that fails without it. */
export interface Mutation {
  guarantee: string;
  file: string;
  /** A line, or a part of one, that stands there once. */
  line: string;
  /** What is there instead. */
  instead: string;
  test: string;
  title: string;
  /** What would keep the guarantee in its place. */
  also?: Pick<Mutation, 'file' | 'line' | 'instead'>;
}
