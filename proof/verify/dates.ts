/** dd/MM/yyyy, as people here write it, in whatever language they read. @param day YYYY-MM-DD */
export const dayWords = (day: string): string => day.split('-').reverse().join('/');

/** HH:mm dd/MM/yyyy in Viet Nam (UTC+7 the whole year), whatever zone this machine is in. @param ms UTC epoch */
export function timeWords(ms: number): string {
  const local = new Date(ms + 7 * 3_600_000).toISOString();
  return `${local.slice(11, 16)} ${dayWords(local.slice(0, 10))}`;
}
