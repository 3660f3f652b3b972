// Figures beside their goals: each script of this folder prints them in the same way, and ends with 1 where one is missed.

/** Prints a figure beside its goal. @param most the goal: the figure is not above it */
export function report(measure: string, figure: number, most: number, unit = ''): void {
  reportText(measure, shown(figure, unit), `<= ${shown(most, unit)}`, figure <= most);
}

/** Prints a ratio beside its goal. @param least the goal: the figure is not below it */
export function reportAtLeast(measure: string, figure: number, least: number): void {
  reportText(measure, shown(figure, ''), `>= ${shown(least, '')}`, figure >= least);
}

/** Prints figures and goals in words. */
export function reportText(measure: string, figures: string, goal: string, isMet: boolean): void {
  if (!isMet) process.exitCode = 1;
  console.log(`${isMet ? 'met   ' : 'MISSED'}  ${measure}: ${figures} (goal: ${goal})`);
}

const shown = (value: number, unit: string) => `${Number.isInteger(value) ? value : value.toFixed(2)}${unit}`;
