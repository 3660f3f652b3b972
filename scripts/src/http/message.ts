import type { JsonBody } from './json.ts';

/** One request, complete: the transport adds nothing and follows nothing. */
export interface HttpRequest {
  method: 'GET' | 'POST' | 'PUT';
  url: URL;
  headers: Record<string, string>;
  body?: JsonBody;
}

/** One answer. Header names are in lower case; a header that came twice is joined with a comma. */
export interface HttpHead {
  status: number;
  headers: Record<string, string>;
}

export interface HttpAnswer extends HttpHead {
  body: Buffer;
}

/** How much an answer may be. What is more is refused before it is parsed. */
export interface AnswerLimits {
  /** Bytes of the body, decompressed. */
  bytes: number;
  /** Values and names in it. */
  values: number;
}

/** A request, and how to read its answer. `read` throws a Failure for an answer that is none. */
export interface Call<T> {
  request: HttpRequest;
  limits: AnswerLimits;
  read(answer: HttpAnswer): T;
}
