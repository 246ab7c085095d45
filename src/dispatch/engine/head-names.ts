/** With names of this length a head fits its topic, whatever else it says; places may be called twice as much. */
const LONGEST_NAME = 100;

/** A name as a head tells it, and receipts repeat it. Its id stands beside it. */
export function headName(name: string): string {
  const letters = [...name];
  return letters.length <= LONGEST_NAME ? name : `${letters.slice(0, LONGEST_NAME - 1).join('')}…`;
}
