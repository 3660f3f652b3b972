import { readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { writeOwn, writeReport } from '../../../scripts/src/cli/batch/own-file.ts';
import { tempFolder } from '../../support/command.ts';

it("fault 47: the report of a batch replaces that of an earlier run, and neither another batch's nor any other file", () => {
  const folder = tempFolder();
  const report = (file: string, line: number) => {
    const written = writeReport(folder, { name: 'ideas', file }, [{ line }], []);
    return 'file' in written ? path.basename(written.file) : written.problem;
  };
  writeFileSync(path.join(folder, 'victim'), 'mine');
  symlinkSync(path.join(folder, 'victim'), path.join(folder, 'ideas.report-3.jsonl'));
  expect(report('/a/ideas.txt', 1)).toBe('ideas.report.jsonl');
  expect(report('/b/ideas.txt', 1)).toBe('ideas.report-2.jsonl');
  expect(report('/c/ideas.txt', 1)).toBe('ideas.report-4.jsonl');
  expect(report('/a/ideas.txt', 2)).toBe('ideas.report.jsonl');
  const text = readFileSync(path.join(folder, 'ideas.report.jsonl'), 'utf8');
  expect(text).toBe('{"batch":"/a/ideas.txt","line":2}\n');
  expect(readFileSync(path.join(folder, 'victim'), 'utf8')).toBe('mine');
  expect(readdirSync(folder)).toHaveLength(5);
});

it('a folder that is gone is told as the disk tells it', () => {
  const gone = path.join(tempFolder(), 'gone');
  expect(writeReport(gone, { name: 'ideas', file: '-' }, [{ line: 1 }], [])).toEqual({
    problem: 'the folder is gone',
  });
  expect(() => writeOwn(gone, 'ideas', '.jsonl', '{}', '{}')).toThrow('ENOENT');
});
