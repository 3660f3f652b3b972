// Figures beside their goals: each script of this folder prints them in the same way, and ends with 1 where one is missed.

/** Prints a figure beside its goal. @param most the goal: the figure is not above it */
export function report(measure: string, figure: number, most: number, unit = ''): void {
  const isMet = figure <= most;
  if (!isMet) process.exitCode = 1;
  const shown = (value: number) => `${Number.isInteger(value) ? value : value.toFixed(2)}${unit}`;
  console.log(`${isMet ? 'met   ' : 'MISSED'}  ${measure}: ${shown(figure)} (goal <= ${shown(most)})`);
}
