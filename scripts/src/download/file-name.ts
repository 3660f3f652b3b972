import { createHash } from 'node:crypto';

// Names that Windows keeps for devices, whatever follows the dot.
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)$/i;

/** A file name (without extension) made from a task id: ours alone, no path in it, the same for the same id. */
export function fileStem(taskId: string): string {
  const safe = taskId.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, 80);
  const kept = RESERVED.test(safe) ? `task_${safe}` : safe;
  if (kept === taskId && kept !== '') return kept;
  // Two ids must not end as one name.
  return `${kept || 'task'}-${createHash('sha256').update(taskId).digest('hex').slice(0, 8)}`;
}
