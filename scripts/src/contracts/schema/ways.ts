/** What a pasted request says beside the fields of its payload. */
export const BESIDE = ['model', 'callbackUrl', 'webhookUrl', 'idempotencyKey'] as const;

type Beside = (typeof BESIDE)[number];

/** Of each field that other models have, the models that take its value: none of them, perhaps. */
export type Elsewhere = ReadonlyMap<string, readonly string[]>;

/** How a caller gives what a hint asks for. A program passes values; a command line has words of its own for the same. */
export interface Ways {
  /** The name of the payload itself. */
  payload: string;
  /** What to do with a picture that is a file; null where a file cannot be given. */
  imageFile: string | null;
  /** What to do with a value that the caller's own way of passing it cuts off. */
  wholePayload: string;
  /** Where a part of a request belongs that is no field of the payload. */
  beside(part: Beside): string;
  /** Where the fields are that the model has not; absent: nobody has searched them. */
  elsewhere?: Elsewhere | undefined;
}

/** The ways of a program that passes the payload as a value. */
export const BY_VALUE: Ways = {
  payload: 'payload',
  imageFile: null,
  wholePayload: 'pass the whole value',
  beside: () => 'it is said beside the payload',
};
