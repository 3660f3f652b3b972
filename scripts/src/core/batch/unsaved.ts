import { isUnsaved } from '../../model/request-record.ts';
import type { Line } from './track.ts';

/** An earlier task of a line, of which this machine has not every file. */
export interface UnsavedTask {
  line: number;
  taskId: string;
}

/**
 * Returns the tasks of these lines that are not saved and that no line returns: calls for new tasks took their place.
 * @param lines as far as this call came with them
 */
export function unsavedTasks(lines: readonly Pick<Line, 'line' | 'taskId' | 'known'>[]): UnsavedTask[] {
  const newest = new Set(lines.map(({ taskId, known }) => taskId ?? known.entry?.record.taskId));
  return lines.flatMap(({ line: { number }, known: { entry, older } }) => {
    const records = [...(entry && isUnsaved(entry.record) ? [entry] : []), ...older];
    const taskIds = records.map(({ record }) => record.taskId!).filter((taskId) => !newest.has(taskId));
    return taskIds.map((taskId) => ({ line: number, taskId }));
  });
}
