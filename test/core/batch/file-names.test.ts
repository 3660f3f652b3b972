import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fileNames } from '../../../scripts/src/core/batch/file-names.ts';
import { nameKey } from '../../../scripts/src/download/names.ts';

describe('the names of files', () => {
  const named = (names: (string | null)[], recorded: (string | null)[] = []) =>
    names.map((name, n) => ({ number: n + 1, name, recorded: recorded[n] ?? null }));
  const free = () => false;

  it('are the numbers of the lines, zero-padded to the width of the last one', () => {
    expect(fileNames(named(Array(10).fill(null)), free).slice(0, 2)).toEqual(['01', '02']);
    expect(fileNames(named([null, null]), free)).toEqual(['1', '2']);
    expect(fileNames([{ number: 101, name: null, recorded: null }], free)).toEqual(['101']);
    expect(fileNames(named([null, 'fog']), free, { before: 'line-', after: '' })).toEqual(['line-1', 'fog']);
  });

  it('a line keeps the number that its record has; the others get a version where theirs is taken', () => {
    expect(fileNames(named([null, null], [null, '1']), free)).toEqual(['1-v2', '1']);
    expect(fileNames(named([null, null]), (name) => name === '1')).toEqual(['1-v2', '2']);
    // A name that a single command chose is none of these.
    expect(fileNames(named([null], ['sunset']), free)).toEqual(['1']);
    expect(fileNames(named(['2', null]), free)).toEqual(['2', '2-v2']);
    // A given name got a version when its file was saved, because another file had got it.
    const isFog = (name: string) => name === 'fog';
    expect(fileNames(named(['fog'], ['fog-v2']), isFog)).toEqual(['fog-v2']);
    expect(fileNames(named(['fog'], ['fog-v2']), free)).toEqual(['fog']);
    expect(fileNames(named(['fog', 'fog-v2'], ['fog-v2']), isFog)).toEqual(['fog', 'fog-v2']);
    const around = { before: 'shot-', after: '-final' };
    const recorded = ['shot-2-v2-final', 'shot-1-final-v2', null];
    expect(fileNames(named([null, null, null], recorded), free, around)).toEqual([
      ...recorded.slice(0, 2),
      'shot-3-final',
    ]);
  });

  it('never meet, on a disk that ignores case neither, and are none that is taken', () => {
    const some = fc.option(fc.constantFrom('1', '2', '3', 'A', '1-v2'));
    fc.assert(
      fc.property(
        fc.uniqueArray(some, { selector: (name) => name ?? Math.random() }),
        fc.array(some),
        fc.array(fc.constantFrom('1', '2', '1-v3')),
        (names, recorded, taken) => {
          fc.pre(names.length > 0);
          const found = fileNames(named(names, recorded), (name) => taken.includes(name as '1'));
          expect(new Set(found.map(nameKey)).size).toBe(found.length);
          found.forEach((name, n) => {
            if (names[n] !== null) expect([names[n], `${names[n]}-v2`]).toContain(name);
            else if (name !== recorded[n]) expect(taken).not.toContain(name);
          });
        },
      ),
    );
  });
});
