/** Longest value that a notice carries of something a person typed: enough for a title, too short for a script. */
export const LONGEST_PARAMETER = 200;
/** Of a title and a body when shown. Vietnamese letters take up to three bytes, and a push holds four thousand. */
const LONGEST_TITLE = 200;
const LONGEST_BODY = 800;

export type NoticeParameters = Readonly<Record<string, string | number>>;

export interface NoticeText {
  readonly title: string;
  readonly body: string;
}

/**
 * One line of plain text: line breaks would start another header in a mail, and marks that turn the direction of writing
 * make a text say what is not there.
 */
export function oneLine(text: string): string {
  return text
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replace(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '')
    .replace(/ {2,}/g, ' ')
    .trim();
}

/** At most `most` characters, never half of one. */
export function cut(text: string, most: number): string {
  const characters = [...text];
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join('')}…`;
}

/** The parameters as they are kept: short, each on one line. */
export function tidyParameters(parameters: NoticeParameters): NoticeParameters {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [
      name,
      typeof value === 'number' ? value : cut(oneLine(value), LONGEST_PARAMETER),
    ]),
  );
}

/** Names in braces, sorted. */
export function placeholders({ title, body }: NoticeText): string[] {
  const names = [...`${title} ${body}`.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  return [...new Set(names)].sort();
}

/** A value that looks like a placeholder stays what it is: each place is filled once. */
export function fill(text: NoticeText, parameters: NoticeParameters): NoticeText {
  const filled = (template: string) =>
    oneLine(template.replace(/\{(\w+)\}/g, (whole, name: string) => String(parameters[name] ?? whole)));
  return { title: cut(filled(text.title), LONGEST_TITLE), body: cut(filled(text.body), LONGEST_BODY) };
}

/** A path inside this service: no other host, no scheme, nothing that a mail or a browser could read as more. */
export function isInnerLink(link: string): boolean {
  return link.length <= 500 && /^\/(?![/\\])[\x21-\x7e]*$/.test(link) && !link.includes('\\');
}
