import type { HttpHead, HttpRequest } from './http-client.ts';

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

/** The name under which every request is made. */
export const USER_AGENT = 'async-media-workflow';
