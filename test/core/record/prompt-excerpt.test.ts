import { describe, expect, it } from 'vitest';
import { promptExcerpt } from '../../../scripts/src/core/record/prompt-excerpt.ts';
import type { JsonObject } from '../../../scripts/src/model/json.ts';

describe('the excerpt of a prompt', () => {
  it.each<[string, JsonObject, string | null]>([
    ['is the prompt', { prompt: 'a lighthouse', duration: '5' }, 'a lighthouse'],
    ['is the content of a model that names it so', { content: 'a ship' }, 'a ship'],
    ['is the first of several prompts', { prompt: ['the ship leaves', 'a storm'] }, 'the ship leaves'],
    ['has 60 characters and the mark of a cut', { prompt: 'x'.repeat(70) }, `${'x'.repeat(60)}…`],
    ['has no control characters', { prompt: 'one\u001b[31m\ntwo\u202ethree\u0000' }, 'one [31m twothree'],
    ['has no addresses', { prompt: 'like https://a.example/b?key=1 but blue' }, 'like [address] but blue'],
    ['is null without a prompt', { image: 'data:image/png;base64,AAAA' }, null],
    ['is null for an empty one', { prompt: ' \n' }, null],
  ])('%s', (_, payload, excerpt) => {
    expect(promptExcerpt(payload)).toBe(excerpt);
  });
});
