import { visibleText } from "../visible-text.ts";

/**
 * Labels for names in a chart: visible, cut to a length that fits beside an axis, and different for different names
 * (two long names with one beginning would otherwise fall on one row).
 *
 * @param names - in the order in which repeats are numbered
 * @param maxLength - characters of a label, at least 8; default 22
 */
export function chartLabels(names: readonly string[], maxLength = 22): Map<string, string> {
  const labels = new Map<string, string>();
  const taken = new Set<string>();
  for (const name of names) {
    if (labels.has(name)) continue;
    const whole = visibleText(name.trim() === "" ? "(blank)" : name, { maxLength: 200 });
    const characters = [...whole];
    const short = characters.length > maxLength ? `${characters.slice(0, maxLength - 1).join("")}…` : whole;
    let label = short;
    for (let copy = 2; taken.has(label); copy++) label = `${short} (${copy})`;
    taken.add(label);
    labels.set(name, label);
  }
  return labels;
}
