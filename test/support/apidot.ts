import { CANARY } from './command.ts';
import { PNG } from './media.ts';
import { type Script as ScriptOf, type Service, scripted } from './scripted.ts';
import type { Answer, Route, TestServer } from './server.ts';

/** An id of the documented form, with characters added that an address has to encode. */
export const ID = 'task-unified-1757165031-uyujaw3d:1=2';

export const ENCODED_ID = 'task-unified-1757165031-uyujaw3d%3A1%3D2';

type Name = 'submit' | 'status' | 'detail' | 'file';

/** What a test scripts; the rest behaves as usual. */
export type Script = ScriptOf<Name>;

/** APIDot as far as a test needs it: a task that is queued, then works, then is finished with one picture. */
export function apidot(script: Script = {}): Promise<Service> {
  return scripted(routeOf, SHOWN, script, refusal(404, 'not_found', 'Not found.'));
}

function routeOf(call: string): Name | undefined {
  if (call === 'POST /api/generate/submit') return 'submit';
  if (call.startsWith('GET /api/generate/status/')) return 'status';
  if (call.startsWith('GET /api/generate/detail/music?task_id=')) return 'detail';
  return call.startsWith('GET /files/') ? 'file' : undefined;
}

export const accepted: Answer = {
  body: { code: 200, data: { task_id: ID, status: 'not_started', created_time: '2026-04-19T21:19:42' } },
};

/** The answer that shows the task. */
export const task = (more: Record<string, unknown>): Answer => ({
  body: { code: 200, data: { task_id: ID, ...more } },
});

/** The finished task with files of these names. */
export const finished = ({ origin }: TestServer, ...names: string[]): Answer =>
  task({
    status: 'finished',
    output: {
      files: (names.length > 0 ? names : ['lighthouse.png']).map((name) => ({
        file_url: `${origin}/files/${name}`,
        file_type: 'image',
      })),
    },
    error_message: null,
  });

/** The documented form of an error, with its number as HTTP status unless another one is given. */
export const refusal = (code: number, type: string, message: string, more: Partial<Answer> = {}): Answer => ({
  status: code,
  body: { code, error: { message, type } },
  ...more,
});

/** As the public examples show it. */
const SHOWN: Record<Name, Route> = {
  submit: accepted,
  status: [
    ...['not_started', 'running'].map((status) => task({ status, progress: 40 })),
    (_, { server }) => finished(server),
  ],
  detail: refusal(404, 'not_found', 'Not found.'),
  file: { headers: { 'content-type': 'image/png' }, body: PNG },
};

/** The environment of a live call against a test server, with the canary as key. No test waits for the time limit. */
export const liveApidot = (
  origin: string,
  more: Record<string, string | undefined> = {},
): Record<string, string | undefined> => ({
  APIDOT_BASE_URL: origin,
  APIDOT_API_KEY: CANARY,
  AIVIDEO_TIMEOUT_MS: '10000',
  ...more,
});

/** A payload that gpt-image-2 takes, and the full workflow with it, at a short poll interval. */
export const PICTURE = { prompt: 'a lighthouse at dawn', size: '3:2' };
export const PICTURE_LINE = [
  ...['--provider', 'apidot', '--model', 'gpt-image-2', '--payload', JSON.stringify(PICTURE)],
];
export const PICTURE_ARGS = [...PICTURE_LINE, '--pollInterval', '0.02'];
