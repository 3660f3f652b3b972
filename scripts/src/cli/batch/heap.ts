import { setFlagsFromString } from 'node:v8';

/**
 * Makes V8 collect garbage sooner in this process, which must be one that ends with its command. A thousand waits make so
 * much garbage that the heap would grow to several times of what they hold; a batch has the time to collect it more often.
 */
export function keepHeapSmall(): void {
  // The part for new objects stays as small as it is at the start of a process; it would grow to 32 MB and more.
  setFlagsFromString('--semi-space-growth-factor=1');
  // The rest is collected when it has grown by a third.
  setFlagsFromString('--heap-growing-percent=33');
  // What compiles hot functions takes 6 MB for itself, and saves a batch nothing: it waits for disk and network.
  for (const compiler of ['sparkplug', 'maglev', 'opt']) setFlagsFromString(`--no-${compiler}`);
}

let collecting = 0;

/**
 * Does work that makes a text of many megabytes. Before it is allocated, V8 collects all garbage, and with it the text of
 * the line before: that one has lived long enough to be left for later otherwise.
 */
export async function afterCollecting<T>(work: () => Promise<T>): Promise<T> {
  collecting += 1;
  setFlagsFromString('--gc-global');
  try {
    return await work();
  } finally {
    collecting -= 1;
    if (collecting === 0) setFlagsFromString('--no-gc-global');
  }
}
