// The page's requests to the API: one function for answers, one for the stream of changes.

const TOKEN = 'token';
// The server sends a comment every 5 s; three of them missing mean that the connection is dead.
const SILENCE_MS = 15_000;
const RECONNECT_MS = [1_000, 2_000, 5_000, 15_000];

export const token = {
  read: () => sessionStorage.getItem(TOKEN),
  keep: (value) => sessionStorage.setItem(TOKEN, value),
  forget: () => sessionStorage.removeItem(TOKEN),
};

/** An answer that is no success. `problem` is its body; null where there was no answer. */
export class ApiError extends Error {
  constructor(status, problem) {
    super(problem?.detail ?? (status === 0 ? 'The server cannot be reached.' : `The server answered ${status}.`));
    this.status = status;
    this.problem = problem;
  }
}

/** Sends a request with the token; returns the response. @throws ApiError */
export async function send(method, path, { body, headers = {}, signal } = {}) {
  let response;
  try {
    response = await fetch(path, {
      method,
      headers: {
        authorization: `Bearer ${token.read()}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      body,
      signal,
      cache: 'no-store',
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(0, null);
  }
  if (response.ok) return response;
  throw new ApiError(response.status, await response.json().catch(() => null));
}

export const read = async (path) => (await send('GET', path)).json();

/**
 * Follows the changes of all generations until `signal` is aborted, and connects anew when the connection is lost.
 * EventSource cannot send a token, and a token in an address ends up in logs; so the stream is read here.
 */
export async function follow({ signal, onEvent, onConnection, onSignedOut }) {
  for (let failures = 0; !signal.aborted; ) {
    const silence = new AbortController();
    let timer;
    const heard = () => {
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(), SILENCE_MS);
    };
    try {
      heard();
      const response = await send('GET', '/v1/events', { signal: AbortSignal.any([signal, silence.signal]) });
      onConnection('live');
      failures = 0;
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      let text = '';
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        heard();
        text += value;
        const blocks = text.split('\n\n');
        text = blocks.pop();
        for (const block of blocks) {
          const event = /^event: (.+)$/m.exec(block)?.[1];
          const data = /^data: (.+)$/m.exec(block)?.[1];
          if (event !== undefined && data !== undefined) onEvent(event, JSON.parse(data));
        }
      }
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) return onSignedOut();
    } finally {
      clearTimeout(timer);
    }
    if (signal.aborted) return;
    onConnection('lost');
    const pause = RECONNECT_MS[Math.min(failures, RECONNECT_MS.length - 1)];
    failures += 1;
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}
