/** Lets so many pieces of work run at the same time; the others wait, first come first served. */
export class Slots {
  readonly #width: number;
  #taken = 0;
  readonly #waiting: { weight: number; start: () => void }[] = [];

  constructor(width: number) {
    this.#width = width;
  }

  /**
   * Waits for a free slot.
   * @param weight slots that the work takes; more than there are means all of them
   * @returns the function that frees them; calls after the first do nothing
   */
  async enter(weight = 1): Promise<() => void> {
    const taken = Math.min(weight, this.#width);
    await new Promise<void>((start) => {
      this.#waiting.push({ weight: taken, start });
      this.#next();
    });
    let isOpen = true;
    return () => {
      if (!isOpen) return;
      isOpen = false;
      this.#taken -= taken;
      this.#next();
    };
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    const leave = await this.enter();
    try {
      return await work();
    } finally {
      leave();
    }
  }

  #next(): void {
    for (let first = this.#waiting[0]; first; first = this.#waiting[0]) {
      if (this.#taken + first.weight > this.#width) return;
      this.#waiting.shift();
      this.#taken += first.weight;
      first.start();
    }
  }
}
